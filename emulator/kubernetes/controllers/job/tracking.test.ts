import { expect, it } from 'vitest';
import type { Job, JobStatus, Pod } from '../../objects.ts';
import { backoffPause, failed, succeeded, tally, trackingFinalizer } from './tracking.ts';

function job(status: JobStatus = {}, spec: Partial<Job['spec']> = {}): Job {
  const template = { spec: { containers: [] } };
  return {
    metadata: { name: 'j' },
    spec: { parallelism: 1, backoffLimit: 6, selector: {}, template, ...spec },
    status,
  };
}

function pod(
  uid: string,
  phase: 'Running' | 'Succeeded' | 'Failed',
  more: { tracked?: boolean; deleted?: boolean; at?: number } = {},
): Pod {
  const { tracked = true, deleted = false, at = 0 } = more;
  const finishedAt = new Date(at).toISOString();
  const terminated = { exitCode: 0, reason: '', startedAt: '', finishedAt };
  return {
    metadata: {
      name: uid,
      uid,
      ...(tracked && { finalizers: [trackingFinalizer] }),
      ...(deleted && { deletionTimestamp: finishedAt }),
    },
    spec: { containers: [] },
    status: {
      phase,
      containerStatuses: [
        {
          name: 'c',
          state: { terminated },
          lastState: {},
          ready: false,
          started: false,
          restartCount: 0,
          image: '',
          imageID: '',
        },
      ],
    },
  };
}

it('lists an ended pod, and counts it after its finalizer is removed, whatever happens in between', () => {
  const noted = tally(job(), [pod('a', 'Succeeded'), pod('b', 'Failed'), pod('c', 'Running')]);
  expect(noted).toEqual({
    counted: { succeeded: 0, failed: 0 },
    uncounted: { succeeded: ['a'], failed: ['b'] },
  });
  expect([succeeded(noted), failed(noted)]).toEqual([1, 1]);
  const status = { uncountedTerminatedPods: { succeeded: ['a'], failed: ['b'] } };
  // Counting again changes nothing.
  expect(tally(job(status), [pod('a', 'Succeeded'), pod('b', 'Failed')])).toEqual(noted);
  // One pod has lost its finalizer, the other one is deleted.
  expect(tally(job(status), [pod('a', 'Succeeded', { tracked: false })])).toEqual({
    counted: { succeeded: 1, failed: 1 },
    uncounted: { succeeded: [], failed: [] },
  });
  // A counted pod that still exists is not counted again.
  expect(
    tally(job({ succeeded: 1 }), [pod('a', 'Succeeded', { tracked: false })]).uncounted.succeeded,
  ).toEqual([]);
});

it('counts a terminating pod as failed immediately, or only after its end', () => {
  const going = [pod('a', 'Running', { deleted: true })];
  expect(failed(tally(job(), going))).toBe(1);
  expect(failed(tally(job({}, { podReplacementPolicy: 'Failed' }), going))).toBe(0);
});

it('doubles the pause with each failure since the last success, up to sixty times', () => {
  const failures = (count: number) =>
    Array.from({ length: count }, (_, index) => pod(`${index}`, 'Failed', { at: index * 1000 }));
  const last = (count: number) => (count - 1) * 1000;
  expect(backoffPause([], 10_000, 0)).toBe(0);
  expect(backoffPause(failures(1), 10_000, last(1))).toBe(10_000);
  expect(backoffPause(failures(1), 10_000, last(1) + 4000)).toBe(6000);
  expect(backoffPause(failures(3), 10_000, last(3))).toBe(40_000);
  expect(backoffPause(failures(20), 10_000, last(20))).toBe(600_000);
  expect(backoffPause([...failures(3), pod('s', 'Succeeded', { at: 5000 })], 10_000, 5000)).toBe(0);
});
