import { setTimeout as wait } from 'node:timers/promises';
import { interruption } from './interruption.ts';

/** A clock. Tests use a fake, so that they never sleep. */
export interface Time {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Resolves after the milliseconds; rejects with the reason of {@link interruption} when the step is asked to stop. */
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
