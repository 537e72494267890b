import { describe, expect, it } from 'vitest';
import { Latency, latencyProfiles } from './latency.ts';

function drawing(profile: 'fast' | 'realistic', ...draws: number[]): Latency {
  return new Latency(profile, () => draws.shift()!);
}

describe('the duration of an operation', () => {
  it('is between the captured extremes, half of the time below the median', () => {
    const latency = drawing('realistic', 0, 0.25, 0.5, 0.75, 0.999_999);
    const took = Array.from({ length: 5 }, () => latency.of('cluster create') / 1000);
    expect(took.slice(0, 4)).toEqual([210, 237.5, 265, 326.25]);
    expect(took[4]).toBeCloseTo(510, 1);
  });

  it('is a two-hundredth on the fast profile', () => {
    expect(drawing('fast', 0.5).of('cluster create')).toBeCloseTo(265_000 / 200);
    expect(drawing('fast', 0).of('federated credential write')).toBeCloseTo(5);
  });

  it('differs from run to run', () => {
    const latency = new Latency('realistic');
    expect(new Set(Array.from({ length: 20 }, () => latency.of('vault create'))).size).toBeGreaterThan(1);
  });
});

it('scales any other time by the same factor, and returns milliseconds', () => {
  expect(new Latency('realistic').scale(300)).toBe(300_000);
  expect(new Latency('fast').scale(300)).toBe(300_000 * latencyProfiles.fast);
});

it('lets clients poll again after ten seconds, and never after 0', () => {
  expect(new Latency('realistic').retryAfter).toBe(10);
  expect(new Latency('fast').retryAfter).toBe(0.1);
});
