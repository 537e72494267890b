/** A pod as the API server holds it; what is used of it. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    finalizers?: string[];
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
  spec: {
    serviceAccountName?: string;
    nodeName?: string;
    containers: Container[];
    initContainers?: Container[];
    volumes?: Volume[];
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
}

interface Volume {
  name: string;
  projected?: { sources?: { serviceAccountToken?: ProjectedToken }[] };
}

/** A token that the kubelet writes into a volume and renews. */
export interface ProjectedToken {
  audience?: string;
  expirationSeconds?: number;
  path: string;
}

export interface ContainerStatus {
  name?: string;
  ready?: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  /** The time in ISO 8601. */
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string };
}

/** The label by which the webhook knows the pods to mutate. */
export const USE_LABEL = 'azure.workload.identity/use';

/** The audience of the tokens that the webhook has projected, in every cloud, unless it is told otherwise (pkg/webhook/consts.go). */
export const USUAL_AUDIENCE = 'api://AzureADTokenExchange';

/** Where the webhook writes the path of the token; a pod that has it nowhere was not mutated. */
export const TOKEN_FILE = 'AZURE_FEDERATED_TOKEN_FILE';

/** An environment variable of the pod's first container that has it. */
export function variable(pod: Pick<Pod, 'spec'>, name: string): string | undefined {
  return pod.spec.containers.flatMap(({ env = [] }) => env).find(entry => entry.name === name)?.value;
}

/** The token that the webhook had projected, as the volume asks for it; undefined where the pod has none. */
export function projectedToken(pod: Pod): ProjectedToken | undefined {
  const file = variable(pod, TOKEN_FILE);
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return sources
    .map(({ serviceAccountToken }) => serviceAccountToken)
    .find(token => token?.audience !== undefined && file?.endsWith(`/${token.path}`));
}

/** The container that the lab's client runs in; others may stand beside it, which an admission webhook put there. */
export const CONTAINER = 'wi-kv-test';

/** What the kubelet says of the client's container, or else of the first one; it sorts them by name. */
export function containerStatus(pod: Pod): ContainerStatus | undefined {
  const statuses = pod.status?.containerStatuses;
  return statuses?.find(({ name }) => name === CONTAINER) ?? statuses?.[0];
}

/** What the kubelet says of all its containers, those first that must end before the others start. */
export function containerStatuses({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** Whether there is a log to read: the container runs, or did. */
export function hasStarted(status: ContainerStatus | undefined): boolean {
  return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}

/** Whether every container is ready to serve. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** The pod's state in a few words, for the log. */
export function stateOf(pod: Pod | undefined): string {
  if (!pod) return 'not to be seen';
  const state = containerStatus(pod)?.state;
  if (state?.running) return 'running, and has not shown the secret yet';
  if (state?.terminated) return `ended with ${state.terminated.exitCode}`;
  return state?.waiting?.reason ?? pod.status?.phase ?? 'just made';
}
