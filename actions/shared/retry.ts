import { Interrupted } from './interruption.ts';
import type { Log } from './log.ts';
import { duration, type Time } from './time.ts';

/** A wait ended at its bound. */
export class TimedOut extends Error {
  readonly what: string;
  /** What was last seen. */
  readonly state: string;

  constructor(what: string, waited: number, state: string) {
    super(`${what}: given up after ${duration(waited)}; last seen: ${state}`);
    this.name = 'TimedOut';
    this.what = what;
    this.state = state;
  }
}

export interface WaitOptions {
  /** What is waited for or tried, for the log: "AKS cluster wilab", "grant AcrPull on wilab4521". */
  what: string;
  timeoutSeconds: number;
  /** The first wait; each next one is half as long again, up to the longest. Defaults 1 and 15. */
  firstWaitSeconds?: number;
  longestWaitSeconds?: number;
  /** No more attempts than these, however much time there is. */
  maxAttempts?: number;
  time: Time;
  log: Log;
  /** Gives numbers from 0 to 1; default Math.random. */
  random?: () => number;
}

/** The waits between two looks: growing, and jittered so that steps which started together do not stay together. */
function* waits({
  firstWaitSeconds = 1,
  longestWaitSeconds = 15,
  random = Math.random,
}: WaitOptions): Generator<number, never> {
  for (let seconds = firstWaitSeconds; ; seconds = Math.min(seconds * 1.5, longestWaitSeconds)) {
    yield seconds * 1000 * (0.8 + 0.4 * random());
  }
}

/** How many attempts fit into the time, were each wait of its mean length and took an attempt none. */
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
 * Tries until it succeeds. Only errors for which `transient` names a reason are tried again; any other is thrown at
 * once. Each wait is logged with its reason.
 * @throws the last error, when the time is up or the error is not transient.
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

/** What a look found: the value waited for, or a word for the state it is still in. */
export type PollResult<T> = { value: T } | { state: string };

const REPORT_EVERY = 60_000;

/**
 * Looks again and again until the value is there. The state is logged when it changes, and once a minute.
 * @param options.goesOn what is warned of where the step is cancelled meanwhile: "its deletion goes on in Azure"
 * @throws {TimedOut} when the time is up; whatever `look` throws, at once.
 */
export async function poll<T>(
  options: WaitOptions & { goesOn?: string },
  look: () => Promise<PollResult<T>>,
): Promise<T> {
  const { what, goesOn, log } = options;
  try {
    return await lookUntilThere(options, look);
  } catch (error) {
    if (goesOn && error instanceof Interrupted) log.warning(`${what}: ${goesOn}.`);
    throw error;
  }
}

async function lookUntilThere<T>(options: WaitOptions, look: () => Promise<PollResult<T>>): Promise<T> {
  const { what, timeoutSeconds, time, log } = options;
  const start = time.now();
  let reported = { state: '', at: start };
  for (const wait of waits(options)) {
    const found = await look();
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
