/** A pod as the API server holds it; what is used of it. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: {
    serviceAccountName?: string;
    containers: { name: string; image: string; env?: { name: string; value?: string }[] }[];
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string };
}

/** The label by which the webhook knows the pods to mutate. */
export const USE_LABEL = 'azure.workload.identity/use';

/** An environment variable of the pod's first container. */
export function variable(pod: Pod, name: string): string | undefined {
  return pod.spec.containers[0]?.env?.find(entry => entry.name === name)?.value;
}

/** What the kubelet says of the pod's first container. */
export function containerStatus(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.[0];
}

/** Whether there is a log to read: the container runs, or did. */
export function hasStarted(pod: Pod): boolean {
  const status = containerStatus(pod);
  return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}

/** The pod's state in a few words, for the log. */
export function stateOf(pod: Pod | undefined): string {
  if (!pod) return 'not to be seen';
  const state = containerStatus(pod)?.state;
  if (state?.running) return 'running, and has not shown the secret yet';
  if (state?.terminated) return `ended with ${state.terminated.exitCode}`;
  return state?.waiting?.reason ?? pod.status?.phase ?? 'just made';
}
