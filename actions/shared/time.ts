import { setTimeout as wait } from 'node:timers/promises';
import { interruption } from './interruption.ts';

/** The clock that waits are measured and slept on; tests pass one of their own, so that they never really sleep. */
export interface Time {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with {@link interruption}'s reason when the step is told to stop. */
  sleep(milliseconds: number): Promise<void>;
}

export const realTime: Time = {
  now: () => performance.now(),
  async sleep(milliseconds) {
    try {
      await wait(milliseconds, undefined, { signal: interruption.signal });
    } catch (error) {
      interruption.signal.throwIfAborted();
      throw error;
    }
  },
};

/** A duration for people: `0.4 s`, `12 s`, `4 min 07 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
