import type { Job, JobStatus, Pod } from '../../objects.ts';

/** Keeps a pod until it is counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

export interface Tally {
  /** Pods that are counted permanently. */
  readonly counted: { readonly succeeded: number; readonly failed: number };
  /** UIDs of ended pods that still have the finalizer. */
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
}

/** Permanently counted or not. */
export function succeeded({ counted, uncounted }: Tally): number {
  return counted.succeeded + uncounted.succeeded.length;
}

/** Permanently counted or not. */
export function failed({ counted, uncounted }: Tally): number {
  return counted.failed + uncounted.failed.length;
}

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) ?? false;
}

/**
 * Counts ended pods in three steps: the status lists the pod, the pod loses its finalizer, the status counts it. An
 * interruption between steps neither loses nor duplicates a pod.
 * @param pods pods that the job controls
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
export function tally({ spec, status = {} }: Job, pods: readonly Pod[]): Tally {
  const byUid = new Map(pods.map(pod => [pod.metadata.uid ?? '', pod]));
  const split = (uids: readonly string[] = []) => {
    const pending = uids.filter(uid => {
      const pod = byUid.get(uid);
      return pod !== undefined && isTracked(pod);
    });
    return { pending, settled: uids.length - pending.length };
  };
  const good = split(status.uncountedTerminatedPods?.succeeded);
  const bad = split(status.uncountedTerminatedPods?.failed);
  const noted = new Set([...good.pending, ...bad.pending]);
  const fresh = pods.filter(pod => isTracked(pod) && !noted.has(pod.metadata.uid ?? ''));
  const uids = (list: readonly Pod[]) => list.map(({ metadata }) => metadata.uid ?? '');
  return {
    counted: {
      succeeded: (status.succeeded ?? 0) + good.settled,
      failed: (status.failed ?? 0) + bad.settled,
    },
    uncounted: {
      succeeded: [...good.pending, ...uids(fresh.filter(pod => pod.status?.phase === 'Succeeded'))],
      failed: [...bad.pending, ...uids(fresh.filter(pod => hasFailed(pod, spec.podReplacementPolicy)))],
    },
  };
}

/** A terminating pod counts as failed immediately, unless the job waits for its end. */
function hasFailed({ metadata, status }: Pod, policy: Job['spec']['podReplacementPolicy']): boolean {
  if (status?.phase === 'Failed') return true;
  return policy !== 'Failed' && metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded';
}

/** As in the status: without empty lists. */
export function uncountedPods({ uncounted }: Tally): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return {
    ...(uncounted.succeeded.length > 0 && { succeeded: [...uncounted.succeeded] }),
    ...(uncounted.failed.length > 0 && { failed: [...uncounted.failed] }),
  };
}

/**
 * Milliseconds to wait before the next pod. Doubles with each failure since the last success.
 * @param shortest pause after the first failure: 10 s in a cluster; the maximum is 60 times as long
 * @param now milliseconds
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
 */
export function backoffPause(pods: readonly Pod[], shortest: number, now: number): number {
  const ends = pods
    .filter(({ status }) => status?.phase === 'Failed' || status?.phase === 'Succeeded')
    .map(pod => ({ at: endOf(pod, now), failed: pod.status?.phase === 'Failed' }))
    .sort((one, other) => one.at - other.at);
  const failures = ends.slice(1 + ends.findLastIndex(end => !end.failed));
  const last = failures.at(-1);
  if (last === undefined) return 0;
  const pause = Math.min(shortest * 2 ** (failures.length - 1), shortest * 60);
  return Math.max(0, last.at + pause - now);
}

function endOf({ status }: Pod, now: number): number {
  const times = (status?.containerStatuses ?? [])
    .map(({ state }) => Date.parse(state.terminated?.finishedAt ?? ''))
    .filter(time => !Number.isNaN(time));
  return times.length > 0 ? Math.max(...times) : now;
}
