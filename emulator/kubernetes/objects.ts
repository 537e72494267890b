/**
 * The Kubernetes objects that webhook, kubelet and controllers read and write, as JSON on the wire. Only the fields
 * that they use are named; field names, units and formats are Kubernetes' own.
 * @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/
 */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  /** Counts the changes of what is asked for. */
  generation?: number;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** Who an object belongs to; one of its owners at most is its controller. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
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

export interface KeyToPath {
  key: string;
  path: string;
  mode?: number;
}

export interface EnvVarSource {
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: ResourceFieldRef;
  configMapKeyRef?: { name?: string; key: string; optional?: boolean };
  secretKeyRef?: { name?: string; key: string; optional?: boolean };
}

export interface ResourceFieldRef {
  /** `limits.cpu`, `requests.memory`. */
  resource: string;
  containerName?: string;
  divisor?: Quantity;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: EnvVarSource;
}

export interface EnvFromSource {
  prefix?: string;
  configMapRef?: { name?: string; optional?: boolean };
  secretRef?: { name?: string; optional?: boolean };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  subPath?: string;
}

export interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  envFrom?: EnvFromSource[];
  ports?: { containerPort: number; name?: string; protocol?: string }[];
  volumeMounts?: VolumeMount[];
  securityContext?: SecurityContext;
  restartPolicy?: string;
  lifecycle?: { postStart?: LifecycleHandler; preStop?: LifecycleHandler };
  resources?: { limits?: Record<string, Quantity>; requests?: Record<string, Quantity> };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

/** `500m`, `128Mi`, or a number. */
export type Quantity = string | number;

export interface HttpGetAction {
  /** A number, or the name of one of the container's ports. */
  port: number | string;
  path?: string;
  host?: string;
  scheme?: 'HTTP' | 'HTTPS';
  httpHeaders?: { name: string; value: string }[];
}

export interface TcpSocketAction {
  port: number | string;
  host?: string;
}

/** What looks at a container from within or from outside. */
export interface ProbeHandler {
  exec?: { command?: string[] };
  httpGet?: HttpGetAction;
  tcpSocket?: TcpSocketAction;
  grpc?: { port: number };
}

export interface LifecycleHandler extends ProbeHandler {
  sleep?: { seconds: number };
}

/** Times are seconds, thresholds numbers of looks in a row. */
export interface Probe extends ProbeHandler {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
}

export interface ServiceAccountTokenProjection {
  path: string;
  expirationSeconds?: number;
  audience?: string;
}

export interface FileSource {
  name?: string;
  items?: KeyToPath[];
  optional?: boolean;
}

export interface DownwardApiFile {
  path: string;
  mode?: number;
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: ResourceFieldRef;
}

export interface VolumeProjection {
  serviceAccountToken?: ServiceAccountTokenProjection;
  configMap?: FileSource;
  secret?: FileSource;
  downwardAPI?: { items?: DownwardApiFile[] };
}

export interface Volume {
  name: string;
  projected?: { defaultMode?: number; sources?: VolumeProjection[] };
  configMap?: FileSource & { defaultMode?: number };
  secret?: { secretName?: string; items?: KeyToPath[]; optional?: boolean; defaultMode?: number };
  downwardAPI?: { items?: DownwardApiFile[]; defaultMode?: number };
  emptyDir?: object;
}

export interface PodSpec {
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  serviceAccountName?: string;
  restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  terminationGracePeriodSeconds?: number;
  hostNetwork?: boolean;
  securityContext?: SecurityContext;
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastTransitionTime?: string;
  lastHeartbeatTime?: string;
  reason?: string;
  message?: string;
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

export interface ObjectReference {
  apiVersion?: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
  fieldPath?: string;
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
