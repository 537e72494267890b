import { explain, type Failure } from './failure.ts';

export interface Dependencies {
  readSecret(): Promise<string>;
  print(line: string): void;
  /** Called after each read, for a readiness probe. */
  ready(isReady: boolean): void;
  /** Ends the loop if it throws. */
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since a fixed moment. */
  now(): number;
  random(): number;
}

/** The secret could not be read, and the error is permanent or the time limit has passed. */
export class ReadFailed extends Error {}

const firstWaitMs = 1000;
const longestWaitMs = 30_000;

/**
 * The walkthrough's program: reads the secret and prints it, again and again.
 *
 * After a transient failure it waits, twice as long each time up to 30 s, minus up to half at random so that pods do not
 * retry at the same moment. The time limit counts from the first failure in a row.
 * @throws ReadFailed for a permanent failure, or after the time limit
 */
export async function watchSecret(
  options: { vaultName: string; secretName: string; intervalMs: number; retryMs: number; reads: number },
  { readSecret, print, ready, sleep, now, random }: Dependencies,
): Promise<void> {
  let reads = 0;
  let failingSince: number | undefined;
  let waitMs = firstWaitMs;
  for (;;) {
    print(`Retrieving your secret from ${options.vaultName}.`);
    const failure = await printSecret(readSecret, print);
    ready(!failure);
    if (!failure) {
      failingSince = undefined;
      waitMs = firstWaitMs;
      if (++reads >= options.reads) return;
      await sleep(options.intervalMs);
      continue;
    }
    const what = `secret ${options.secretName} could not be read (${failure.code}): ${failure.message}`;
    if (!failure.transient) throw new ReadFailed(`Stopped: ${what}`);
    failingSince ??= now();
    const pause = Math.round(waitMs * (1 - random() / 2));
    if (now() + pause - failingSince > options.retryMs) {
      throw new ReadFailed(`Given up after ${options.retryMs / 1000} s: ${what}`);
    }
    print(`Trying again in ${(pause / 1000).toFixed(1)} s: ${what}`);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
    await sleep(pause);
  }
}

async function printSecret(
  readSecret: Dependencies['readSecret'],
  print: Dependencies['print'],
): Promise<Failure | undefined> {
  let value: string;
  try {
    value = await readSecret();
  } catch (error) {
    return explain(error);
  }
  print(`Secret value: ${escapeControls(value)}`);
  return undefined;
}

/** Keeps a value on one line. A value with control characters has JSON escapes for them and for backslashes. */
export function escapeControls(value: string): string {
  if (!/\p{Cc}|\u2028|\u2029/u.test(value)) return value;
  return value.replaceAll(/[\p{Cc}\u2028\u2029\\]/gu, character => {
    const short = JSON.stringify(character).slice(1, -1);
    return short === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
  });
}
