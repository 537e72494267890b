import { expect, it } from 'vitest';
import { Backoff, goDuration } from './backoff.ts';

it('doubles up to thirty times the first delay, and resets after a long success', () => {
  const backoff = new Backoff(10_000);
  const delays = Array.from({ length: 7 }, () => backoff.next() / 1000);
  expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300]);
  backoff.succeeded(600_000);
  expect(backoff.next()).toBe(300_000);
  backoff.succeeded(600_001);
  expect(backoff.next()).toBe(10_000);
});

it.each([
  [50, '50ms'],
  [10_000, '10s'],
  [1620, '1.62s'],
  [160_000, '2m40s'],
  [300_000, '5m0s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});
