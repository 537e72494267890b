import { Interrupted } from './interruption.ts';
import type { Log } from './log.ts';
import { duration, type Time } from './time.ts';

export class TimedOut extends Error {
  readonly what: string;
  readonly state: string;

  constructor(what: string, waited: number, state: string) {
    super(`${what}: timed out after ${duration(waited)}; last state: ${state}`);
    this.name = 'TimedOut';
    this.what = what;
    this.state = state;
  }
}

export interface WaitOptions {
  /** Subject for the log: "AKS cluster wilab", "grant AcrPull on wilab4521". */
  what: string;
  timeoutSeconds: number;
  /** Each wait is 1.5 times the one before, up to the longest. Defaults: 1 and 15. */
  firstWaitSeconds?: number;
  longestWaitSeconds?: number;
  /** Limit of attempts, in addition to the timeout. */
  maxAttempts?: number;
  time: Time;
  log: Log;
  /** Returns numbers from 0 to 1. Default: Math.random. */
  random?: () => number;
}

/** Growing waits, with jitter, so that steps that started together do not stay in step. */
function* waits({
  firstWaitSeconds = 1,
  longestWaitSeconds = 15,
  random = Math.random,
}: WaitOptions): Generator<number, never> {
  for (let seconds = firstWaitSeconds; ; seconds = Math.min(seconds * 1.5, longestWaitSeconds)) {
    yield seconds * 1000 * (0.8 + 0.4 * random());
  }
}

/** How many attempts fit into the timeout, if each wait has its mean length and an attempt takes no time. */
function attemptsWithin(options: WaitOptions): number {
  let [attempts, left] = [1, options.timeoutSeconds * 1000];
  for (const wait of waits({ ...options, random: () => 0.5 })) {
    left -= wait;
    if (left < 0) break;
    attempts++;
  }
  return attempts;
}

/**
 * Retries until the attempt succeeds. Logs each wait with its reason.
 * @param options.transient returns the reason for a retry; undefined for an error that is thrown immediately
 * @throws the last error, at the timeout
 */
export async function retry<T>(
  options: WaitOptions & { transient: (error: unknown) => string | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  const { what, timeoutSeconds, transient, time, log } = options;
  const start = time.now();
  const most = Math.min(attemptsWithin(options), options.maxAttempts ?? Number.POSITIVE_INFINITY);
  let tries = 0;
  for (const wait of waits(options)) {
    try {
      tries++;
      return await attempt();
    } catch (error) {
      const reason = transient(error);
      if (reason === undefined) throw error;
      const failed = `${what}: attempt ${tries} of ${most} failed: ${reason}.`;
      if (tries >= most || time.now() - start + wait > timeoutSeconds * 1000) {
        log.info(`${failed} Given up after ${duration(time.now() - start)}.`);
        throw error;
      }
      log.info(`${failed} Trying again in ${duration(wait)}.`);
      await time.sleep(wait);
    }
  }
  throw new Error('unreachable: the waits never end');
}

/** The value that the caller waits for, or the current state in a few words. */
export type PollResult<T> = { value: T } | { state: string };

const REPORT_EVERY = 60_000;

/**
 * Reads until the value exists. Logs the state when it changes, and once a minute.
 * @param options.goesOn warning if the step is cancelled meanwhile: "its deletion continues in Azure"
 * @throws {TimedOut} at the timeout; what `read` throws, immediately
 */
export async function poll<T>(
  options: WaitOptions & { goesOn?: string },
  read: () => Promise<PollResult<T>>,
): Promise<T> {
  const { what, goesOn, log } = options;
  try {
    return await pollUntilValue(options, read);
  } catch (error) {
    if (goesOn && error instanceof Interrupted) log.warning(`${what}: ${goesOn}.`);
    throw error;
  }
}

async function pollUntilValue<T>(options: WaitOptions, read: () => Promise<PollResult<T>>): Promise<T> {
  const { what, timeoutSeconds, time, log } = options;
  const start = time.now();
  let reported = { state: '', at: start };
  for (const wait of waits(options)) {
    const found = await read();
    if ('value' in found) return found.value;
    const now = time.now();
    if (now - start + wait > timeoutSeconds * 1000) throw new TimedOut(what, now - start, found.state);
    if (found.state !== reported.state || now - reported.at >= REPORT_EVERY) {
      reported = { state: found.state, at: now };
      log.info(`${what}: ${found.state} (${duration(now - start)})`);
    }
    await time.sleep(wait);
  }
  throw new Error('unreachable: the waits never end');
}
