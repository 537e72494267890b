import { getObject, type Kubectl } from '../kubectl.ts';
import type { ClusterEvent, Pod, ServiceAccount } from '../kubernetes-objects.ts';
import type { OptionalReads } from './optional-reads.ts';
import { TOKEN_FILE, variable } from './pod.ts';
import type { DiagnosisTarget, IdentityAnnotations, WorkloadState } from './workload-state.ts';

/** Name of the webhook on AKS. https://azure.github.io/azure-workload-identity/docs/installation.html */
const WEBHOOK = 'azure-wi-webhook-mutating-webhook-configuration';

export async function readCluster(
  state: WorkloadState,
  kubectl: Kubectl,
  optional: OptionalReads,
): Promise<WorkloadState> {
  const { target } = state;
  const [annotations, pod, events] = await Promise.all([
    state.annotations ?? optional.readOrNote('the service account', () => readAnnotations(kubectl, target)),
    state.pod || !target.podName ? state.pod : optional.readOrNote('the pod', () => podOf(kubectl, target)),
    state.events ?? optional.readOrNote('the events', () => readEvents(kubectl, target)),
  ]);
  const mutated = pod && variable(pod, TOKEN_FILE) !== undefined;
  const webhook =
    pod && !mutated ? await optional.readOrNote('the webhook', () => readWebhook(kubectl)) : state.webhook;
  return { ...state, annotations, pod, events, webhook };
}

export async function readAnnotations(
  kubectl: Kubectl,
  { namespace, serviceAccount }: Pick<DiagnosisTarget, 'namespace' | 'serviceAccount'>,
): Promise<IdentityAnnotations | null> {
  const account = await getObject<ServiceAccount>(kubectl, 'serviceaccount', serviceAccount, namespace);
  return account ? identityAnnotations(account) : null;
}

/** https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html */
export function identityAnnotations({ metadata: { annotations = {} } }: ServiceAccount): IdentityAnnotations {
  return {
    clientId: annotations['azure.workload.identity/client-id'] ?? '',
    tenantId: annotations['azure.workload.identity/tenant-id'] ?? '',
  };
}

async function podOf(kubectl: Kubectl, { podName, namespace }: DiagnosisTarget): Promise<Pod | null> {
  return (await getObject<Pod>(kubectl, 'pod', podName, namespace)) ?? null;
}

async function readWebhook(kubectl: Kubectl): Promise<boolean> {
  return (await getObject(kubectl, 'mutatingwebhookconfigurations', WEBHOOK)) !== undefined;
}

async function readEvents(kubectl: Kubectl, { podName, namespace }: DiagnosisTarget): Promise<string[]> {
  if (!podName) return [];
  const text = await kubectl([
    ...['get', 'events', '--namespace', namespace, '--output', 'json'],
    ...['--field-selector', `involvedObject.kind=Pod,involvedObject.name=${podName}`],
  ]);
  return eventMessages((JSON.parse(text) as { items: ClusterEvent[] }).items);
}

export function eventMessages(events: readonly ClusterEvent[]): string[] {
  const when = (event: ClusterEvent): string => event.lastTimestamp ?? event.eventTime ?? '';
  return events
    .toSorted((one, other) => when(one).localeCompare(when(other)))
    .map(event => event.message ?? '');
}
