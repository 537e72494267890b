import { describe, expect, it } from 'vitest';
import type { Deployment, IntOrPercentage, ReplicaSet } from '../../objects.ts';
import { bounds, nextSizeOfNew, nextSizesOfOld, proportionalSizes } from './sizes.ts';

function deployment(
  replicas: number,
  maxSurge?: IntOrPercentage,
  maxUnavailable?: IntOrPercentage,
): Deployment {
  return {
    metadata: { name: 'd' },
    spec: {
      replicas,
      selector: {},
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          ...(maxSurge !== undefined && { maxSurge }),
          ...(maxUnavailable !== undefined && { maxUnavailable }),
        },
      },
      template: { spec: { containers: [] } },
    },
  };
}

let born = 0;
function set(name: string, replicas: number, availableReplicas = replicas): ReplicaSet {
  born += 1;
  return {
    metadata: { name, creationTimestamp: new Date(born * 1000).toISOString() },
    spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas, availableReplicas },
  };
}

const named = (sizes: ReadonlyMap<ReplicaSet, number>) =>
  Object.fromEntries([...sizes].map(([{ metadata }, size]) => [metadata.name, size]));

describe('limits', () => {
  it.each<[number, IntOrPercentage | undefined, IntOrPercentage | undefined, number, number]>([
    [4, undefined, undefined, 1, 1],
    [3, '25%', '25%', 1, 0],
    [10, '25%', '25%', 3, 2],
    [10, 3, 2, 3, 2],
    [2, 0, 5, 0, 2],
    [1, '0%', '25%', 0, 1],
    [0, '25%', '25%', 0, 0],
  ])(
    'of %s pods with maxSurge %s and maxUnavailable %s',
    (replicas, surge, unavailable, maxSurge, maxUnavailable) => {
      expect(bounds(deployment(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable });
    },
  );
});

it('the new set grows up to the surge', () => {
  const wanted = deployment(10, 3, 2);
  expect(nextSizeOfNew(wanted, [set('old', 10)], 0)).toBe(3);
  expect(nextSizeOfNew(wanted, [set('old', 8), set('new', 5)], 5)).toBe(5);
  expect(nextSizeOfNew(wanted, [set('old', 1), set('new', 8)], 8)).toBe(10);
  expect(nextSizeOfNew(deployment(2), [set('new', 5)], 5)).toBe(2);
});

describe('old sets shrink', () => {
  const wanted = deployment(10, 3, 2);

  it('only while enough pods stay available', () => {
    expect(named(nextSizesOfOld(wanted, set('new', 3, 0), [set('old', 10)]))).toEqual({ old: 8 });
    expect(named(nextSizesOfOld(wanted, set('new', 5, 0), [set('old', 8)]))).toEqual({});
    expect(named(nextSizesOfOld(wanted, set('new', 5, 2), [set('old', 8)]))).toEqual({ old: 6 });
  });

  it('unavailable pods first', () => {
    const [stuck, good] = [set('stuck', 4, 0), set('good', 8)];
    expect(named(nextSizesOfOld(wanted, set('new', 1, 1), [good, stuck]))).toEqual({ stuck: 0, good: 7 });
  });

  it('the oldest set first', () => {
    const [first, second] = [set('first', 2), set('second', 6)];
    expect(named(nextSizesOfOld(wanted, set('new', 5, 5), [first, second]))).toEqual({ first: 0, second: 3 });
  });
});

describe('scaling during an update', () => {
  it('is proportional, as in the documentation', () => {
    // 10 replicas, maxSurge 3, maxUnavailable 2: 8 old and 5 new, scaled to 15.
    const sizes = proportionalSizes(deployment(15, 3, 2), [set('old', 8), set('new', 5)], () => 13);
    expect(named(sizes)).toEqual({ old: 11, new: 7 });
  });

  it('to zero empties every set', () => {
    const sizes = proportionalSizes(deployment(0, 3, 2), [set('old', 8), set('new', 5)], () => 13);
    expect(named(sizes)).toEqual({ old: 0, new: 0 });
  });

  it('gives the remainder to the largest set', () => {
    const sizes = proportionalSizes(deployment(4, 0, 1), [set('a', 1), set('b', 1), set('c', 1)], () => 3);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBe(4);
  });
});
