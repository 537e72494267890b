import { isDeepStrictEqual } from 'node:util';
import type { Deployment, PodTemplate, ReplicaSet } from '../../objects.ts';

/** The label that tells the pods of one replica set of a deployment from those of another. */
export const hashLabel = 'pod-template-hash';

/** Annotations by which a deployment keeps account of its replica sets. */
export const annotation = {
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
} as const;

/** What a replica set does not take over from its deployment. */
const notInherited: readonly string[] = [
  ...Object.values(annotation),
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.revisionTo',
];

/** The replica set that has the deployment's template; the oldest where there are several. */
export function findNew(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec.template);
  return [...sets].sort(byAge).find(({ spec }) => isDeepStrictEqual(withoutHash(spec.template), wanted));
}

/** Older before younger. */
export function byAge({ metadata: one }: ReplicaSet, { metadata: other }: ReplicaSet): number {
  return (
    Date.parse(one.creationTimestamp ?? '') - Date.parse(other.creationTimestamp ?? '') ||
    (one.name < other.name ? -1 : 1)
  );
}

function withoutHash({ metadata, spec }: PodTemplate): object {
  const { labels = {}, ...rest } = metadata ?? {};
  const { [hashLabel]: _, ...others } = labels;
  return { metadata: { ...rest, labels: others }, spec };
}

/** The revision that a replica set was last made the current one with; 0 where it does not say. */
export function revisionOf({ metadata }: ReplicaSet | Deployment): number {
  return Number(metadata.annotations?.[annotation.revision]) || 0;
}

/**
 * The annotations of the replica set that is current: the deployment's own, and its revision, which goes up when an old
 * set becomes current again.
 * @param old all others of the deployment
 */
export function annotationsOfNew(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Record<string, string> {
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !notInherited.includes(key),
  );
  const annotations = { ...set?.metadata.annotations, ...Object.fromEntries(inherited) };
  const next = 1 + Math.max(0, ...old.map(revisionOf));
  const before = set === undefined ? 0 : revisionOf(set);
  if (before >= next) return annotations;
  const history = annotations[annotation.revisionHistory];
  return {
    ...annotations,
    [annotation.revision]: String(next),
    ...(before > 0 && { [annotation.revisionHistory]: history ? `${history},${before}` : String(before) }),
  };
}

/**
 * What tells the replica sets of a deployment apart, in the form of Kubernetes' own: FNV-1a of the template, in letters
 * and digits that make no words. The value is our own, because Kubernetes hashes how Go prints the template.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/controller_utils.go (ComputeHash)
 */
export function templateHash(template: PodTemplate, collisionCount: number | undefined): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(sorted(template)) + (collisionCount ?? ''))) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...String(hash)].map(digit => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

/** The same value whatever the order of the fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
