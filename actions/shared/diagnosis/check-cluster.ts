import type { Pod } from '../kubernetes-objects.ts';
import { quote } from '../quote.ts';
import { nameOf } from '../workloads.ts';
import { CLIENT_NOT_CONFIGURED, lastFinding } from './log-findings.ts';
import { containerStatuses, TOKEN_FILE, USE_LABEL, variable } from './pod.ts';
import { argument, shorten, type Verdict } from './verdict.ts';
import type { DiagnosisTarget, WorkloadState } from './workload-state.ts';

export function checkCluster(state: WorkloadState): Verdict | undefined {
  return checkServiceAccount(state) ?? checkPod(state) ?? checkStart(state);
}

const ONLY_AT_CREATION = 'the webhook mutates a pod only when the pod is created.';
const RECREATE = `Then recreate the pod: ${ONLY_AT_CREATION}`;

function annotateCommand({ namespace, serviceAccount }: DiagnosisTarget, options = ''): string {
  return `kubectl annotate serviceaccount ${serviceAccount} --namespace ${namespace} ${options}azure.workload.identity/client-id=CLIENT_ID`;
}

function checkServiceAccount(state: WorkloadState): Verdict | undefined {
  const { target, annotations, pod } = state;
  const account = quote(nameOf(target));
  if (annotations === null) {
    return {
      link: 'service-account-missing',
      seen: `Service account ${account} does not exist.`,
      remedy:
        'Run federate-identity before this step, with the kubeconfig and the issuer of this cluster. It creates the service account.',
      final: true,
    };
  }
  // Programs such as cert-manager and KEDA can name the identity themselves. The log of one that does not shows it.
  if (annotations?.clientId === '' && (pod === undefined || (pod && lacksIdentity(pod, state)))) {
    return {
      link: 'service-account-not-annotated',
      seen: `Service account ${account} has no annotation azure.workload.identity/client-id, so its pods do not know which identity to use.`,
      remedy: `Run federate-identity for this service account, or annotate it with the client ID of the managed identity:\n${annotateCommand(target)}\n${RECREATE}`,
      final: true,
    };
  }
  return undefined;
}

/** True if no container has a client ID, and the log shows that the program needs one. */
function lacksIdentity(pod: Pod, { log }: WorkloadState): boolean {
  const named = pod.spec.containers.some(({ env = [] }) =>
    env.some(({ name }) => name === 'AZURE_CLIENT_ID'),
  );
  return !named && lastFinding(log)?.code === CLIENT_NOT_CONFIGURED;
}

function checkPod(state: WorkloadState): Verdict | undefined {
  const { target, annotations, pod, events } = state;
  if (pod === undefined) return undefined;
  if (pod === null) return target.podName ? podGoneVerdict(target) : podNotCreatedVerdict(target, events);
  const name = quote(`${target.namespace}/${pod.metadata.name}`);
  if (variable(pod, TOKEN_FILE) === undefined) return notMutatedVerdict(name, pod, state.webhook);

  const clientId = variable(pod, 'AZURE_CLIENT_ID');
  if (annotations?.clientId && (clientId ? clientId !== annotations.clientId : lacksIdentity(pod, state))) {
    return {
      link: 'pod-of-another-identity',
      seen: `Pod ${name} has ${clientId ? `the client ID ${quote(clientId)}` : 'no client ID'}, but its service account is annotated with ${quote(annotations.clientId)}.`,
      remedy: `If the annotation is wrong, correct it:\n${annotateCommand(target, '--overwrite ')}\n${RECREATE} (deploy-workload does this with replace: true.)`,
      final: true,
    };
  }
  return undefined;
}

function podGoneVerdict({ namespace, podName }: DiagnosisTarget): Verdict {
  return {
    link: 'pod-gone',
    seen: `Pod ${quote(`${namespace}/${podName}`)} no longer exists. Something deleted it while this step watched it.`,
    remedy: `Find what deleted the pod, then run this step again:\nkubectl get events --namespace ${namespace} --sort-by .lastTimestamp`,
    final: true,
  };
}

function podNotCreatedVerdict(target: DiagnosisTarget, events: WorkloadState['events'] = []): Verdict {
  return {
    link: 'pod-not-created',
    seen: `Service account ${quote(nameOf(target))} has no pod: ${sentence(events.at(-1) ?? 'no event reports why')}`,
    remedy:
      'Fix what the message reports. It comes from the API server or an admission webhook: the service account, a quota, or the Pod Security Standard of the namespace.',
    final: false,
  };
}

function notMutatedVerdict(name: string, pod: Pod, webhook: boolean | undefined): Verdict {
  const seen = `The workload identity webhook did not mutate pod ${name}, so the pod has no token.`;
  if (pod.metadata.labels?.[USE_LABEL] !== 'true') {
    return {
      link: 'pod-not-labelled',
      seen: `${seen} The pod does not have the label ${USE_LABEL}: "true". On a service account or a deployment, the label has no effect.`,
      remedy: `Add this label to the pod, or to the pod template of its deployment or job (spec.template.metadata.labels):\n${USE_LABEL}: "true"\n${RECREATE}`,
      final: true,
    };
  }
  if (webhook === true) {
    return {
      link: 'pod-not-mutated',
      seen: `${seen} The pod has the label, and the cluster has the webhook. Either the pod is older than one of them, or its annotation azure.workload.identity/skip-containers lists the container.`,
      remedy: `Remove the container from the annotation if it is listed. ${RECREATE}`,
      final: true,
    };
  }
  return {
    link: 'webhook-missing',
    seen: `${seen} The pod has the label. ${webhook === undefined ? 'Either the cluster does not have the webhook, or the pod is older than the webhook.' : 'The cluster does not have the webhook.'}`,
    remedy: `Enable workload identity on the cluster. create-cluster does this, or:\naz aks update --resource-group GROUP --name CLUSTER --enable-oidc-issuer --enable-workload-identity\n${RECREATE}`,
    final: true,
  };
}

function checkStart({ pod, events = [], target: { namespace } }: WorkloadState): Verdict | undefined {
  if (!pod) return undefined;
  const podName = pod.metadata.name;
  const describeCommand = `kubectl describe pod ${podName} --namespace ${namespace}`;
  const notStarted = (reason: string, message = 'the kubelet reports no reason'): Verdict => ({
    link: 'container-not-started',
    seen: `A container of pod ${quote(`${namespace}/${podName}`)} does not start (${reason}): ${sentence(message)}`,
    remedy: `Fix what the kubelet reports:\n${describeCommand}`,
    final: false,
  });
  const conditions = pod.status?.conditions ?? [];
  const unscheduled = conditions.find(each => each.type === 'PodScheduled' && each.status === 'False');
  if (unscheduled) {
    return {
      link: 'pod-not-scheduled',
      seen: `No node accepts pod ${quote(`${namespace}/${podName}`)}: ${sentence(unscheduled.message ?? 'the scheduler reports no reason')}`,
      remedy: `Add a Linux node with enough free CPU and memory, or correct the node selector, affinity, or tolerations of the pod:\n${describeCommand}`,
      final: false,
    };
  }
  for (const { name, state } of containerStatuses(pod)) {
    const { reason = '', message = '' } = state?.waiting ?? {};
    if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
      // While the kubelet backs off, only the events report the reason.
      const said = [message, ...events.toReversed()].find(text => PULL_REASON.test(text)) ?? message;
      const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
      const container = containers.find(each => each.name === name) ?? containers[0];
      return imagePullVerdict(container?.image ?? '', said, describeCommand);
    }
    if (/^Err|Error|CreateContainer/.test(reason)) return notStarted(reason, message || events.at(-1));
  }
  const unmounted = events.findLast(text => /MountVolume|Unable to attach or mount volumes/.test(text));
  if (unmounted && pod.status?.phase === 'Pending' && !/AADSTS|Forbidden|SecretNotFound/.test(unmounted))
    return notStarted('a volume is missing', unmounted);
  return undefined;
}

/** The message of another program, shortened, with one period at its end. */
function sentence(text: string): string {
  return `${shorten(text).replace(/[.\s]+$/, '')}.`;
}

const NOT_FOUND = /NotFound|not found|manifest unknown/i;
const NOT_ALLOWED = /\b40[13]\b|unauthorized|authentication required|denied/i;
const PULL_REASON = new RegExp(`${NOT_FOUND.source}|${NOT_ALLOWED.source}|failed to pull`, 'i');

function imagePullVerdict(image: string, said: string, describeCommand: string): Verdict {
  const [host = '', ...path] = image.split('/');
  const registry = argument(host.split('.')[0], 'REGISTRY');
  if (NOT_FOUND.test(said)) {
    const repository = argument(path.join('/').replace(/[:@].*/, ''), 'REPOSITORY');
    return {
      link: 'image-not-found',
      seen: `The registry does not have image ${quote(image)}: ${shorten(said)}`,
      remedy: `Build the image with build-image, and deploy its output image. To list the existing tags:\naz acr repository show-tags --name ${registry} --repository ${repository}`,
      final: true,
    };
  }
  if (NOT_ALLOWED.test(said)) {
    return {
      link: 'image-pull-denied',
      seen: `The nodes are not allowed to pull image ${quote(image)}: ${shorten(said)}`,
      remedy: `Assign AcrPull on ${quote(host)} to the kubelet identity of the cluster. create-cluster does this with registry-name, or:\naz aks update --resource-group GROUP --name CLUSTER --attach-acr ${registry}\nAzure applies a new assignment after some minutes.`,
      final: false,
    };
  }
  return {
    link: 'image-pull-failed',
    seen: `The nodes could not pull image ${quote(image)}: ${shorten(said) || 'the kubelet reports no reason'}`,
    remedy: `Check that the nodes reach ${quote(host)}. The events of the pod show each attempt:\n${describeCommand}`,
    final: false,
  };
}

/** The kubelet forgets the crashes of a container that has run for this time. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
const BACKOFF_RESET_SECONDS = 600;

/** @param now Unix seconds. */
export function checkCrash({ pod, log, target }: WorkloadState, now: number): Verdict | undefined {
  for (const { name, restartCount, state, lastState } of (pod && containerStatuses(pod)) || []) {
    const { startedAt } = state?.running ?? {};
    const young = startedAt !== undefined && now - Date.parse(startedAt) / 1000 < BACKOFF_RESET_SECONDS;
    const crashing = !state?.running || young;
    const ended = state?.terminated ?? (crashing ? lastState?.terminated : undefined);
    if (!ended || ended.exitCode === 0) continue;
    const reason = ended.reason ? ` (${ended.reason})` : '';
    const restarts = restartCount > 0 ? ` The kubelet restarted it ${restartCount} times.` : '';
    const previous = state?.terminated ? '' : ' --previous';
    return {
      link: 'container-crashed',
      seen: `Container ${quote(name ?? '')} ended with exit code ${ended.exitCode}${reason}.${restarts} Its log reports no broken link. Last line: ${shorten(log.at(-1) ?? '(none)')}`,
      remedy: `Read the log and fix the program:\nkubectl logs ${target.podName} --namespace ${target.namespace} --container ${argument(name, 'CONTAINER')}${previous}\nIf the reason is OOMKilled, increase the memory limit of the container.`,
      final: false,
    };
  }
  return undefined;
}
