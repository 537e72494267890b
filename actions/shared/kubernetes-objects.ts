/**
 * Kubernetes objects as kubectl prints them in JSON, with the fields that the actions use. The types of
 * `@kubernetes/client-node` do not fit: they declare `Date` where JSON has text.
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
export interface ObjectMeta {
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
}

export interface Pod {
  metadata: ObjectMeta;
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
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string };
}

export interface ServiceAccount {
  metadata: ObjectMeta & { namespace: string };
}

/** A deployment, stateful set, daemon set, or job. */
export interface Controller {
  kind: string;
  metadata: ObjectMeta & { namespace: string };
  spec: {
    replicas?: number;
    suspend?: boolean;
    template: { metadata?: { labels?: Record<string, string> }; spec: { serviceAccountName?: string } };
  };
  status?: { succeeded?: number; failed?: number; desiredNumberScheduled?: number };
}

export interface ClusterEvent {
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  involvedObject?: { kind?: string; namespace?: string; name?: string };
}
