import { describe, expect, it } from 'vitest';
import { fakeTime } from './fake-tools.ts';
import { Interrupted } from './interruption.ts';
import { poll, retry, TimedOut } from './retry.ts';

function waiting(random = 0.5) {
  const lines: string[] = [];
  const warnings: string[] = [];
  const log = {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void warnings.push(text),
  };
  return { what: 'Thing', timeoutSeconds: 60, time: fakeTime(), log, random: () => random, lines, warnings };
}

const transient = (error: unknown) =>
  error instanceof Error && error.message === 'soon' ? 'it is new' : undefined;

describe('retry', () => {
  it('retries with growing waits, and logs the attempt, the reason, and the wait', async () => {
    const options = waiting();
    let left = 3;
    const value = await retry({ ...options, transient }, async () => {
      if (left-- > 0) throw new Error('soon');
      return 'done';
    });
    expect(value).toBe('done');
    expect(options.lines).toEqual([
      'Thing: attempt 1 of 9 failed: it is new. Trying again in 1.0 s.',
      'Thing: attempt 2 of 9 failed: it is new. Trying again in 1.5 s.',
      'Thing: attempt 3 of 9 failed: it is new. Trying again in 2.3 s.',
    ]);
    expect(options.time.now()).toBe(4750);
  });

  it('throws other errors immediately', async () => {
    const options = waiting();
    let tries = 0;
    const attempt = async () => {
      tries++;
      throw new Error('no');
    };
    await expect(retry({ ...options, transient }, attempt)).rejects.toThrow('no');
    expect(tries).toBe(1);
    expect(options.lines).toEqual([]);
  });

  it('throws the last error at the timeout', async () => {
    const options = waiting();
    const attempt = async () => {
      throw new Error('soon');
    };
    await expect(retry({ ...options, transient }, attempt)).rejects.toThrow('soon');
    expect(options.time.now()).toBeLessThanOrEqual(60_000);
    expect(options.time.now()).toBeGreaterThan(40_000);
    expect(options.lines.at(-1)).toMatch(/attempt 9 of 9 failed: it is new\. Given up after/);
  });

  it('stops after the maximum number of attempts', async () => {
    const options = { ...waiting(), maxAttempts: 2, firstWaitSeconds: 30 };
    const attempt = async () => {
      throw new Error('soon');
    };
    await expect(retry({ ...options, transient }, attempt)).rejects.toThrow('soon');
    expect(options.lines).toEqual([
      'Thing: attempt 1 of 2 failed: it is new. Trying again in 30 s.',
      expect.stringContaining('attempt 2 of 2 failed: it is new. Given up after'),
    ]);
  });

  it.each([
    [0, 800],
    [1, 1200],
  ])('varies the wait by a fifth (random %d)', async (random, expected) => {
    const options = waiting(random);
    let first = true;
    await retry({ ...options, transient }, async () => {
      if (!first) return;
      first = false;
      throw new Error('soon');
    });
    expect(options.time.now()).toBeCloseTo(expected);
  });
});

describe('poll', () => {
  it('waits for the value and logs each change of state once', async () => {
    const options = waiting();
    const states = ['Creating', 'Creating', 'Updating'];
    expect(
      await poll<number>(options, async () =>
        states.length > 0 ? { state: states.shift()! } : { value: 7 },
      ),
    ).toBe(7);
    expect(options.lines).toEqual(['Thing: Creating (0.0 s)', 'Thing: Updating (2.5 s)']);
  });

  it('accepts a falsy value', async () => {
    expect(await poll(waiting(), async () => ({ value: 0 }))).toBe(0);
  });

  it('fails at the timeout with the last observed state, and limits each wait', async () => {
    const options = { ...waiting(), longestWaitSeconds: 5, timeoutSeconds: 600 };
    let looks = 0;
    const failure = await poll<never>(options, async () => {
      looks++;
      return { state: 'Creating' };
    }).catch(error => error);
    expect(failure).toBeInstanceOf(TimedOut);
    expect(failure.message).toMatch(/^Thing: timed out after .*; last state: Creating$/);
    expect(looks).toBeGreaterThan(600 / 5);
    expect(options.lines.length).toBeLessThanOrEqual(11);
  });

  it('warns on cancellation about what continues without it, but not on failure', async () => {
    const options = { ...waiting(), goesOn: 'its deletion goes on in Azure' };
    const stop = new Interrupted('SIGINT');
    await expect(poll(options, async () => Promise.reject(stop))).rejects.toBe(stop);
    expect(options.warnings).toEqual(['Thing: its deletion goes on in Azure.']);
    await expect(poll(options, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(options.warnings).toHaveLength(1);
  });

  it('rethrows the error of the poll function', async () => {
    await expect(poll(waiting(), async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
