import type { Pod } from '../kubernetes-objects.ts';
import { nameOf } from '../workloads.ts';
import { CLIENT_NOT_CONFIGURED, lastFinding } from './log-findings.ts';
import { containerStatuses, TOKEN_FILE, USE_LABEL, variable } from './pod.ts';
import { shorten, type Verdict } from './verdict.ts';
import type { DiagnosisTarget, WorkloadState } from './workload-state.ts';

/** The links in the cluster: from the service account to a container that has been started. */
export function checkCluster(state: WorkloadState): Verdict | undefined {
  return checkServiceAccount(state) ?? checkPod(state) ?? checkStart(state);
}

const AGAIN = 'Make the pod again: a pod is mutated only when it is made.';

function checkServiceAccount(state: WorkloadState): Verdict | undefined {
  const { target, annotations, pod } = state;
  const account = nameOf(target);
  if (annotations === null) {
    return {
      link: 'service-account-missing',
      seen: `There is no service account ${account}.`,
      remedy: 'Run federate-identity for it, with the kubeconfig and issuer of this cluster, before.',
      final: true,
    };
  }
  // Programs may name the identity themselves, as cert-manager and KEDA do; those that miss it say so.
  if (annotations?.clientId === '' && (pod === undefined || (pod && lacksIdentity(pod, state)))) {
    return {
      link: 'service-account-not-annotated',
      seen: `Service account ${account} has no annotation azure.workload.identity/client-id: a pod would not know which identity to ask for.`,
      remedy: `Run federate-identity for it, or annotate it with the client id of the managed identity. ${AGAIN}`,
      final: true,
    };
  }
  return undefined;
}

/** Whether neither the webhook nor the pod's author named an identity, and the program lacks it. */
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
  const name = `${target.namespace}/${pod.metadata.name}`;
  if (variable(pod, TOKEN_FILE) === undefined) return notMutatedVerdict(name, pod, state.webhook);

  const madeFor = variable(pod, 'AZURE_CLIENT_ID');
  if (annotations?.clientId && (madeFor ? madeFor !== annotations.clientId : lacksIdentity(pod, state))) {
    return {
      link: 'pod-of-another-identity',
      seen: `Pod ${name} was made for ${madeFor ? `the identity ${madeFor}` : 'no identity'}, and its service account is annotated with ${annotations.clientId}.`,
      remedy: `Correct the annotation if it is wrong. ${AGAIN} (deploy-workload does with replace: true)`,
      final: true,
    };
  }
  return undefined;
}

function podGoneVerdict({ namespace, podName }: DiagnosisTarget): Verdict {
  return {
    link: 'pod-gone',
    seen: `Pod ${namespace}/${podName} is gone: something deleted it while it was watched.`,
    remedy: 'Find out what deletes it (kubectl get events), and run this again.',
    final: true,
  };
}

function podNotCreatedVerdict(target: DiagnosisTarget, events: WorkloadState['events'] = []): Verdict {
  return {
    link: 'pod-not-created',
    seen: `There is no pod of ${nameOf(target)}: ${sentence(events.at(-1) ?? 'no event says why')}`,
    remedy:
      'The message comes from the API server or an admission webhook. Correct what it names: the service account, the quota, or what the Pod Security Standard of the namespace forbids.',
    final: false,
  };
}

function notMutatedVerdict(name: string, pod: Pod, webhook: boolean | undefined): Verdict {
  const seen = `Pod ${name} was not mutated by the workload identity webhook: it has no token to exchange.`;
  if (pod.metadata.labels?.[USE_LABEL] !== 'true') {
    return {
      link: 'pod-not-labelled',
      seen: `${seen} It lacks the label ${USE_LABEL}: "true" (on the pod itself; on the service account or the deployment it counts for nothing).`,
      remedy: `Give the pod, or the pod template of what makes it, that label. ${AGAIN}`,
      final: true,
    };
  }
  if (webhook === true) {
    return {
      link: 'pod-not-mutated',
      seen: `${seen} It has the label and the cluster has the webhook, so the pod is older than one of the two, or its containers are named in azure.workload.identity/skip-containers.`,
      remedy: AGAIN,
      final: true,
    };
  }
  return {
    link: 'webhook-missing',
    seen: `${seen} It has the label, so the webhook is missing in this cluster${webhook === undefined ? ', or came later than the pod' : ''}.`,
    remedy: `Enable workload identity on the cluster (create-cluster does, or az aks update --enable-oidc-issuer --enable-workload-identity). ${AGAIN}`,
    final: true,
  };
}

function checkStart({ pod, events = [] }: WorkloadState): Verdict | undefined {
  if (!pod) return undefined;
  const conditions = pod.status?.conditions ?? [];
  const unscheduled = conditions.find(each => each.type === 'PodScheduled' && each.status === 'False');
  if (unscheduled) {
    return {
      link: 'pod-not-scheduled',
      seen: `No node takes the pod: ${sentence(unscheduled.message ?? 'the scheduler gives no reason')}`,
      remedy:
        'Give the cluster a Linux node with room for the pod, or correct what the pod asks of its node.',
      final: false,
    };
  }
  for (const { name, state } of containerStatuses(pod)) {
    const { reason = '', message = '' } = state?.waiting ?? {};
    if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
      // Once the kubelet backs off, its state may no longer say why; the events still do.
      const said = [message, ...events.toReversed()].find(text => PULL_REASON.test(text)) ?? message;
      const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
      const container = containers.find(each => each.name === name) ?? containers[0];
      return imagePullVerdict(container?.image ?? 'of the pod', said);
    }
    if (/^Err|Error|CreateContainer/.test(reason)) return notStartedVerdict(reason, message || events.at(-1));
  }
  const unmounted = events.findLast(text => /MountVolume|Unable to attach or mount volumes/.test(text));
  if (unmounted && pod.status?.phase === 'Pending' && !/AADSTS|Forbidden|SecretNotFound/.test(unmounted))
    return notStartedVerdict('a volume is missing', unmounted);
  return undefined;
}

function notStartedVerdict(reason: string, message: string | undefined): Verdict {
  return {
    link: 'container-not-started',
    seen: `The container does not start (${reason}): ${sentence(message ?? 'no reason is given')}`,
    remedy: 'See kubectl describe pod; the message says what the node could not do.',
    final: false,
  };
}

/** What somebody else wrote, short, and with one full stop at its end. */
function sentence(text: string): string {
  return `${shorten(text).replace(/[.\s]+$/, '')}.`;
}

const NOT_FOUND = /NotFound|not found|manifest unknown/i;
const NOT_ALLOWED = /\b40[13]\b|unauthorized|authentication required|denied/i;
const PULL_REASON = new RegExp(`${NOT_FOUND.source}|${NOT_ALLOWED.source}|failed to pull`, 'i');

function imagePullVerdict(image: string, said: string): Verdict {
  const registry = image.split('/')[0] ?? '';
  if (NOT_FOUND.test(said)) {
    return {
      link: 'image-not-found',
      seen: `Image ${image} is not in the registry: ${shorten(said)}`,
      remedy:
        'Build it (build-image) and deploy the image that its output names. Nothing was ever pushed under this name, or it was deleted.',
      final: true,
    };
  }
  if (NOT_ALLOWED.test(said)) {
    return {
      link: 'image-pull-denied',
      seen: `The nodes may not pull ${image}: ${shorten(said)}`,
      remedy: `Give the cluster's kubelet identity the role AcrPull on ${registry} (create-cluster does with registry-name). An assignment made just now is seen after some minutes.`,
      final: false,
    };
  }
  return {
    link: 'image-pull-failed',
    seen: `Image ${image} could not be pulled: ${shorten(said) || 'the kubelet gives no reason'}`,
    remedy: `Check that the nodes reach ${registry}; the message says what they met.`,
    final: false,
  };
}

/** The kubelet forgives a container its crashes once it has run for so many seconds. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
const BACKOFF_RESET_SECONDS = 600;

/**
 * A container that ended although it should not, and whose log names no link.
 * @param now Unix seconds.
 */
export function checkCrash({ pod, log }: WorkloadState, now: number): Verdict | undefined {
  for (const { name, restartCount, state, lastState } of (pod && containerStatuses(pod)) || []) {
    const { startedAt } = state?.running ?? {};
    const young = startedAt !== undefined && now - Date.parse(startedAt) / 1000 < BACKOFF_RESET_SECONDS;
    const crashing = !state?.running || young;
    const ended = state?.terminated ?? (crashing ? lastState?.terminated : undefined);
    if (!ended || ended.exitCode === 0) continue;
    return {
      link: 'container-crashed',
      seen: `Container ${name ?? ''} ended with exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ''}${restartCount > 0 ? `, restarted ${restartCount} times` : ''}, and its log names no link of the chain. Its last line: ${shorten(log.at(-1) ?? '(none)')}`,
      remedy:
        'Read the log: the program fails for a reason of its own. OOMKilled means that it needs more memory than its limit.',
      final: false,
    };
  }
  return undefined;
}
