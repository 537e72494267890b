import { wholeSeconds } from '../../../timestamps.ts';
import {
  type Condition,
  conditionOf,
  type Deployment,
  type DeploymentStatus,
  type ReplicaSet,
} from '../../objects.ts';
import { bounds, totalAvailable, totalSize } from './sizes.ts';

/** Kubernetes' value for no deadline. */
const noDeadline = 2 ** 31 - 1;

/** In milliseconds. */
export function progressDeadline({ spec }: Deployment): number | undefined {
  const { progressDeadlineSeconds = noDeadline } = spec;
  return progressDeadlineSeconds === noDeadline ? undefined : progressDeadlineSeconds * 1000;
}

/**
 * Counts the pods of the replica sets, and sets the condition `Available`. Does not change `Progressing`.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function countedStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentStatus {
  const sum = (count: (set: ReplicaSet) => number | undefined) =>
    sets.reduce((total, set) => total + (count(set) ?? 0), 0);
  const available = totalAvailable(sets);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(({ status }) => status.replicas),
    updatedReplicas: newSet?.status.replicas ?? 0,
    readyReplicas: sum(({ status }) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(sets) - available),
  };
  const { collisionCount, conditions } = deployment.status ?? {};
  const status: DeploymentStatus = {
    // Go's `omitempty` omits zero.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: sum(set => set.status.terminatingReplicas),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions !== undefined && { conditions }),
  };
  const enough = available >= deployment.spec.replicas - bounds(deployment).maxUnavailable;
  return withCondition(
    status,
    enough
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
      : condition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
        ),
  );
}

/** Adds the condition `Progressing`. @param now milliseconds */
export function rolloutStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const status = countedStatus(deployment, sets, newSet);
  const deadline = progressDeadline(deployment);
  if (deadline === undefined) return withFailure(without(status, 'Progressing'), sets, newSet);

  const current = conditionOf(deployment.status, 'Progressing');
  const settled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (settled) return withFailure(status, sets, newSet);

  const subject = newSet
    ? `ReplicaSet "${newSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    const done = condition('Progressing', 'True', 'NewReplicaSetAvailable', message);
    return withFailure(withCondition(status, done), sets, newSet);
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    // Every step restarts the deadline, so the update time changes even if nothing else does.
    const step = condition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const updated = withCondition(without(status, 'Progressing'), {
      ...step,
      ...(since !== undefined && { lastTransitionTime: since }),
    });
    return withFailure(updated, sets, newSet);
  }
  if (hasTimedOut(current, deadline, now)) {
    const message = `${subject} has timed out progressing.`;
    const late = condition('Progressing', 'False', 'ProgressDeadlineExceeded', message);
    return withFailure(withCondition(status, late), sets, newSet);
  }
  return withFailure(status, sets, newSet);
}

export function isComplete(
  { metadata, spec }: Deployment,
  { observedGeneration = 0, ...status }: DeploymentStatus,
): boolean {
  return (
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    observedGeneration >= (metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function hasTimedOut(current: Condition | undefined, deadline: number, now: number): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(current.lastUpdateTime ?? '') + deadline < now;
}

/** Milliseconds until the progress deadline, if it can still pass. */
export function untilTimedOut(
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const deadline = progressDeadline(deployment);
  const current = conditionOf(status, 'Progressing');
  if (deadline === undefined || current === undefined || isComplete(deployment, status)) return undefined;
  if (current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable') {
    return undefined;
  }
  return Math.max(0, Date.parse(current.lastUpdateTime ?? '') + deadline - now) + 100;
}

/** A replica set that cannot create pods is a failure of the deployment. */
function withFailure(
  status: DeploymentStatus,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentStatus {
  const failures = [...(newSet ? [newSet] : []), ...sets].map(set =>
    conditionOf(set.status, 'ReplicaFailure'),
  );
  const failure = failures.find(each => each !== undefined);
  if (failure === undefined) return without(status, 'ReplicaFailure');
  return withCondition(status, { ...failure, lastUpdateTime: failure.lastTransitionTime ?? '' });
}

export function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition {
  const now = wholeSeconds();
  return { type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now };
}

/** Replaces the condition of its type at the end of the list, unless it already has this status and reason. */
export function withCondition(status: DeploymentStatus, added: Condition): DeploymentStatus {
  const current = conditionOf(status, added.type);
  if (current?.status === added.status && current.reason === added.reason) return status;
  const since = current?.status === added.status ? current.lastTransitionTime : undefined;
  const { conditions = [] } = without(status, added.type);
  return {
    ...status,
    conditions: [...conditions, { ...added, ...(since !== undefined && { lastTransitionTime: since }) }],
  };
}

function without(status: DeploymentStatus, type: string): DeploymentStatus {
  if (status.conditions === undefined) return status;
  return { ...status, conditions: status.conditions.filter(each => each.type !== type) };
}
