import type {
  V1Container,
  V1LabelSelector,
  V1LifecycleHandler,
  V1ObjectReference,
  V1OwnerReference,
  V1PodSpec,
  V1Probe,
} from '@kubernetes/client-node';

export type {
  V1ConfigMapProjection as FileSource,
  V1DownwardAPIVolumeFile as DownwardApiFile,
  V1EnvVarSource as EnvVarSource,
  V1HTTPGetAction as HttpGetAction,
  V1KeyToPath as KeyToPath,
  V1LabelSelector as LabelSelector,
  V1LifecycleHandler as LifecycleHandler,
  V1OwnerReference as OwnerReference,
  V1Probe as Probe,
  V1ResourceFieldSelector as ResourceFieldSelector,
  V1SecurityContext as SecurityContext,
  V1ServiceAccountTokenProjection as ServiceAccountTokenProjection,
  V1TCPSocketAction as TcpSocketAction,
  V1Volume as Volume,
  V1VolumeProjection as VolumeProjection,
} from '@kubernetes/client-node';

// JSON on the wire. Types without times come from the package. Its other types do not fit: they have `Date` for text,
// and all fields are optional.

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: V1OwnerReference[];
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface ObjectList<T> {
  metadata: { resourceVersion?: string };
  items: T[];
}

/** Times are RFC 3339. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  /** Nodes only. */
  lastHeartbeatTime?: string;
  /** Deployments only. */
  lastUpdateTime?: string;
  /** Jobs only. */
  lastProbeTime?: string;
}

export interface Container extends V1Container {
  image: string;
}

export type ProbeHandler = V1LifecycleHandler & Pick<V1Probe, 'grpc'>;

export interface PodSpec extends V1PodSpec {
  initContainers?: Container[];
  containers: Container[];
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: {
    exitCode: number;
    signal?: number;
    reason: string;
    message?: string;
    startedAt: string;
    finishedAt: string;
    containerID?: string;
  };
}

export interface ContainerStatus {
  name: string;
  state: ContainerState;
  lastState: ContainerState;
  ready: boolean;
  started: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
}

export interface PodStatus {
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  conditions?: Condition[];
  reason?: string;
  message?: string;
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  qosClass?: string;
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
}

export interface Pod extends KubernetesObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodTemplate {
  metadata?: Partial<ObjectMeta>;
  spec: PodSpec;
}

export type ServiceAccount = KubernetesObject;

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
  /** Values in base64. */
  binaryData?: Record<string, string>;
}

export interface Secret extends KubernetesObject {
  /** Values in base64. */
  data?: Record<string, string>;
}

export interface Node extends KubernetesObject {
  spec?: { unschedulable?: boolean; podCIDR?: string; podCIDRs?: string[] };
  status?: { conditions?: Condition[]; [field: string]: unknown };
}

export interface TokenRequest {
  spec: {
    audiences: string[];
    /** Seconds. */
    expirationSeconds: number;
    boundObjectRef?: { apiVersion: string; kind: string; name: string; uid: string };
  };
  status: { token: string; expirationTimestamp: string };
}

export interface ObjectReference extends V1ObjectReference {
  kind: string;
  name: string;
}

export interface KubernetesEvent extends KubernetesObject {
  involvedObject: ObjectReference;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  source: { component: string; host?: string };
  reportingComponent: string;
  reportingInstance: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
}

export interface ReplicaSet extends KubernetesObject {
  spec: {
    replicas: number;
    minReadySeconds?: number;
    selector: V1LabelSelector;
    template: PodTemplate;
  };
  status: ReplicaSetStatus;
}

export interface ReplicaSetStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  terminatingReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

/** A number, or a percentage such as `25%`. */
export type IntOrPercentage = number | string;

export interface Deployment extends KubernetesObject {
  spec: {
    replicas: number;
    minReadySeconds?: number;
    paused?: boolean;
    progressDeadlineSeconds?: number;
    revisionHistoryLimit?: number;
    selector: V1LabelSelector;
    strategy: {
      type: 'Recreate' | 'RollingUpdate';
      rollingUpdate?: { maxSurge?: IntOrPercentage; maxUnavailable?: IntOrPercentage };
    };
    template: PodTemplate;
  };
  status?: DeploymentStatus;
}

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  terminatingReplicas?: number;
  collisionCount?: number;
  conditions?: Condition[];
}

export interface Job extends KubernetesObject {
  spec: {
    parallelism: number;
    completions?: number;
    backoffLimit: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
    suspend?: boolean;
    podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
    selector: V1LabelSelector;
    template: PodTemplate;
  };
  status?: JobStatus;
}

export interface JobStatus {
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  startTime?: string;
  completionTime?: string;
  /** Ended pods that are not counted yet. */
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] };
  conditions?: Condition[];
}

export function conditionOf(
  status: { conditions?: Condition[] } | undefined,
  type: string,
): Condition | undefined {
  return status?.conditions?.find(condition => condition.type === type);
}
