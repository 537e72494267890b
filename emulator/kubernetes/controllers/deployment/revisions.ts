import { isDeepStrictEqual } from 'node:util';
import type { Deployment, PodTemplate, ReplicaSet } from '../../objects.ts';

export const hashLabel = 'pod-template-hash';

export const annotation = {
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
} as const;

/** Annotations that replica sets do not inherit. */
const notInherited: readonly string[] = [
  ...Object.values(annotation),
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.revisionTo',
];

/** The oldest replica set with the deployment's template. */
export function findNew(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec.template);
  return [...sets].sort(byAge).find(({ spec }) => isDeepStrictEqual(withoutHash(spec.template), wanted));
}

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

/** 0 if the replica set has no revision. */
export function revisionOf({ metadata }: ReplicaSet | Deployment): number {
  return Number(metadata.annotations?.[annotation.revision]) || 0;
}

/**
 * Annotations of the current replica set. The revision increases when an old set becomes current again.
 * @param old all other sets of the deployment
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
 * Hash of a pod template, in Kubernetes' format: FNV-1a in letters and digits. The value differs, because Kubernetes
 * hashes how Go prints the template.
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

/** Sorts fields, so that their order does not change the hash. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
