import type { ContainerStatus, Pod, ProjectedToken } from '../kubernetes-objects.ts';

/** The webhook mutates the pods that have this label. */
export const USE_LABEL = 'azure.workload.identity/use';

/** Default audience of the tokens that the webhook adds to a pod, in every cloud (pkg/webhook/consts.go). */
export const USUAL_AUDIENCE = 'api://AzureADTokenExchange';

/** The webhook sets this variable to the path of the token. A pod without it was not mutated. */
export const TOKEN_FILE = 'AZURE_FEDERATED_TOKEN_FILE';

export function variable(pod: Pick<Pod, 'spec'>, name: string): string | undefined {
  return pod.spec.containers.flatMap(({ env = [] }) => env).find(entry => entry.name === name)?.value;
}

/** The projected token that the webhook added; undefined if the pod was not mutated. */
export function projectedToken(pod: Pod): ProjectedToken | undefined {
  const file = variable(pod, TOKEN_FILE);
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return sources
    .map(({ serviceAccountToken }) => serviceAccountToken)
    .find(token => token?.audience !== undefined && file?.endsWith(`/${token.path}`));
}

/** The container of the lab's client. Admission webhooks can add others. */
export const CONTAINER = 'wi-kv-test';

/** The status of the client's container, or else of the first one. The kubelet sorts them by name. */
export function containerStatus(pod: Pod): ContainerStatus | undefined {
  const statuses = pod.status?.containerStatuses;
  return statuses?.find(({ name }) => name === CONTAINER) ?? statuses?.[0];
}

export function containerStatuses({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

export function hasStarted(status: ContainerStatus | undefined): boolean {
  return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function describeState(pod: Pod | undefined): string {
  if (!pod) return 'does not exist';
  const state = containerStatus(pod)?.state;
  if (state?.running) return 'running, and has not printed the secret yet';
  if (state?.terminated) return `ended with exit code ${state.terminated.exitCode}`;
  return state?.waiting?.reason ?? pod.status?.phase ?? 'just created';
}
