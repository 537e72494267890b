import { createHash } from 'node:crypto';
import { setSecret } from '@actions/core';

const VALUE = /^Secret value: (.*)$/;

// A pod may print anything, and a mask that is short, or one of many, makes the job's log and outputs unreadable.
const SHORTEST_MASK = 8;
const MOST_MASKS = 50;
const LONGEST_MEMORY = 200;

/** Reads a pod's log line by line: is the expected secret in it? Keeps the last lines, without any value. */
export class PodLog {
  /** The last lines, each value replaced by `***`. */
  readonly lines: string[] = [];
  /** How many values were shown. */
  values = 0;
  /** Whether one of them was the expected one. */
  verified = false;
  readonly #sha256: string;
  readonly #masked = new Set<string>();

  /** @param sha256 of the expected value, in lower-case hexadecimal digits. */
  constructor(sha256: string) {
    this.#sha256 = sha256;
  }

  /**
   * Takes one line.
   * @returns the line as it may be printed. A value in it is masked in the whole log first.
   */
  take(line: string): string {
    const printed = VALUE.exec(line)?.[1];
    if (printed !== undefined) this.#takeValue(printed);
    const safe = printed === undefined ? line : 'Secret value: ***';
    this.lines.push(safe);
    if (this.lines.length > LONGEST_MEMORY) this.lines.shift();
    return safe;
  }

  #takeValue(printed: string): void {
    this.values++;
    // The client escapes a value with control characters, and no other; only the digest tells which it was.
    for (const value of [printed, unescapeControls(printed)]) {
      const matches = sha256(value) === this.#sha256;
      this.verified ||= matches;
      if (matches || (value.length >= SHORTEST_MASK && this.#masked.size < MOST_MASKS)) {
        if (!this.#masked.has(value)) setSecret(value);
        this.#masked.add(value);
      }
    }
  }
}

function sha256(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** Undoes the client's escapes, which are JSON's. What is not such an escape stays as it is. */
function unescapeControls(text: string): string {
  return text.replace(/\\(?:u[0-9a-f]{4}|[bfnrt\\])/g, sequence => JSON.parse(`"${sequence}"`) as string);
}
