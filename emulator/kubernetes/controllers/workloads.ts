import type { KubernetesObject, ObjectMeta, PodSpec } from '../objects.ts';

/**
 * What the controllers of workloads read and write, as JSON on the wire.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
 */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PodTemplate {
  metadata?: Partial<ObjectMeta>;
  spec: PodSpec;
}

/** A condition of a workload. Times are RFC 3339. */
export interface WorkloadCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  /** Deployments only. */
  lastUpdateTime?: string;
  /** Jobs only. */
  lastProbeTime?: string;
}

export interface ReplicaSet extends KubernetesObject {
  spec: {
    replicas: number;
    minReadySeconds?: number;
    selector: LabelSelector;
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
  conditions?: WorkloadCondition[];
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
    selector: LabelSelector;
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
  conditions?: WorkloadCondition[];
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
    selector: LabelSelector;
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
  /** Pods that have ended and still carry the finalizer, or have just lost it and are not counted yet. */
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] };
  conditions?: WorkloadCondition[];
}

/** The condition of that type, where there is one. */
export function conditionOf(
  status: { conditions?: WorkloadCondition[] } | undefined,
  type: string,
): WorkloadCondition | undefined {
  return status?.conditions?.find(condition => condition.type === type);
}
