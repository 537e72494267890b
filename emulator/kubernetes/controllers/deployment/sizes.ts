import type { Deployment, IntOrPercentage, ReplicaSet } from '../../objects.ts';

/**
 * How large the replica sets of a deployment are to be: nothing but arithmetic.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/deployment/util/deployment_util.go
 */

/** Pods allowed in addition to the replicas, and replicas allowed to be unavailable, during an update. */
export function bounds({ spec }: Deployment): { maxSurge: number; maxUnavailable: number } {
  const { type, rollingUpdate } = spec.strategy;
  if (type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaled(rollingUpdate?.maxSurge ?? '25%', spec.replicas, Math.ceil);
  const asked = scaled(rollingUpdate?.maxUnavailable ?? '25%', spec.replicas, Math.floor);
  // Otherwise no pod could be replaced.
  const maxUnavailable = maxSurge === 0 && asked === 0 ? 1 : asked;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, spec.replicas) };
}

function scaled(value: IntOrPercentage, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value, 10) * total) / 100);
}

export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
}

export function totalAvailable(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0);
}

/** Grows as far as the surge allows. */
export function nextSizeOfNew(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate' || current >= replicas) return replicas;
  const room = replicas + bounds(deployment).maxSurge - totalSize(sets);
  return current + Math.max(0, Math.min(room, replicas - current));
}

/**
 * Removes unavailable pods first, then as many others as allowed.
 * @param old sets with pods, oldest first
 * @returns only the sets that change
 */
export function nextSizesOfOld(
  deployment: Deployment,
  newSet: ReplicaSet,
  old: readonly ReplicaSet[],
): Map<ReplicaSet, number> {
  const minAvailable = deployment.spec.replicas - bounds(deployment).maxUnavailable;
  const newUnavailable = newSet.spec.replicas - (newSet.status.availableReplicas ?? 0);
  let removable = totalSize([...old, newSet]) - minAvailable - newUnavailable;
  const sizes = new Map<ReplicaSet, number>();
  if (removable <= 0) return sizes;
  const sizeOf = (set: ReplicaSet) => sizes.get(set) ?? set.spec.replicas;

  for (const set of old) {
    const unhealthy = Math.min(removable, set.spec.replicas - (set.status.availableReplicas ?? 0));
    if (unhealthy <= 0) continue;
    sizes.set(set, set.spec.replicas - unhealthy);
    removable -= unhealthy;
  }
  let spare = totalAvailable([...old, newSet]) - minAvailable;
  for (const set of old) {
    const less = Math.min(spare, sizeOf(set));
    if (less <= 0) continue;
    sizes.set(set, sizeOf(set) - less);
    spare -= less;
  }
  return sizes;
}

/**
 * Sizes of the sets if the deployment is scaled during an update. Each set changes in proportion, and the largest set
 * takes the rest.
 * @param active sets with pods
 * @param maxOf pods that the deployment allowed when the set was last scaled
 */
export function proportionalSizes(
  deployment: Deployment,
  active: readonly ReplicaSet[],
  maxOf: (set: ReplicaSet) => number,
): Map<ReplicaSet, number> {
  const { replicas } = deployment.spec;
  const allowed = replicas > 0 ? replicas + bounds(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(active);
  const born = ({ metadata }: ReplicaSet) => Date.parse(metadata.creationTimestamp ?? '');
  const ordered = [...active].sort(
    (one, other) =>
      other.spec.replicas - one.spec.replicas ||
      (toAdd > 0 ? born(other) - born(one) : born(one) - born(other)),
  );
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of ordered) {
    const size = set.spec.replicas;
    const share =
      replicas === 0
        ? -size
        : Math.round((size * (replicas + bounds(deployment).maxSurge)) / maxOf(set)) - size;
    const left = toAdd - added;
    const change = size === 0 || left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    sizes.set(set, size + change);
    added += change;
  }
  const [largest] = ordered;
  if (largest !== undefined) {
    sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  }
  return sizes;
}
