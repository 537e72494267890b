import { explain, type Failure } from './failure.ts';

/** What the loop needs from the world; tests give their own. */
export interface Surroundings {
  /** Reads the current value of the secret. */
  readSecret(): Promise<string>;
  /** Prints one line. */
  print(line: string): void;
  /** Told after each read whether the secret could be read: what a readiness probe asks for. */
  ready(isReady: boolean): void;
  /** Waits, in milliseconds. It ends the loop by throwing. */
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** A number from 0 to below 1. */
  random(): number;
}

/** The secret could not be read, and trying again does not help or has been tried long enough. */
export class ReadFailed extends Error {}

const firstWaitMs = 1000;
const longestWaitMs = 30_000;

/**
 * Reads the secret again and again, or so many times, and prints it: the walkthrough's program.
 *
 * A read that fails for a reason that passes by itself is tried again after a wait that doubles up to 30 s, less up
 * to half of it at random so that many pods do not come back at the same moment. The bound counts from the first
 * failure in a row.
 * @param options names as they appear in the log; times in milliseconds; after how many good reads it ends
 * @throws ReadFailed for a reason that stays, or after the bound
 */
export async function watchSecret(
  options: { vaultName: string; secretName: string; intervalMs: number; retryMs: number; reads: number },
  { readSecret, print, ready, sleep, now, random }: Surroundings,
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

/** Reads the secret once and prints it; or gives the reason why it could not be read. */
async function printSecret(
  readSecret: Surroundings['readSecret'],
  print: Surroundings['print'],
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

/**
 * Keeps a value on its line: if it holds control characters, they and backslashes are written as in JSON
 * (`\n`, `\u001b`, `\\`). Any other value is given as it is.
 */
export function escapeControls(value: string): string {
  if (!/\p{Cc}|\u2028|\u2029/u.test(value)) return value;
  return value.replaceAll(/[\p{Cc}\u2028\u2029\\]/gu, character => {
    const short = JSON.stringify(character).slice(1, -1);
    return short === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
  });
}
