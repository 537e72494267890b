import { createHash } from 'node:crypto';
import { maskSecret } from '../mask.ts';

const VALUE = /^Secret value: (.*)$/;

// A pod may print anything, and a mask that is short, or one of many, makes the job's log and outputs unreadable. A value
// that is not masked is not printed either.
const SHORTEST_MASK = 8;
const MOST_MASKS = 50;
const LONGEST_MEMORY = 200;
/** Characters of a line that are kept; a refusal of Azure has some hundreds. */
const LONGEST_LINE = 16 * 1024;

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
  readonly #secrets = new Set<string>();

  /** @param sha256 of the expected value, in lower-case hexadecimal digits. */
  constructor(sha256: string) {
    this.#sha256 = sha256;
  }

  /**
   * Takes one line.
   * @returns the line as it may be printed. A value in it is masked in the whole log first.
   */
  addLine(line: string): string {
    const printed = VALUE.exec(line)?.[1];
    if (printed !== undefined) this.#takeValue(printed);
    const safe = printed === undefined ? this.#withoutSecret(line) : 'Secret value: ***';
    this.lines.push(safe.slice(0, LONGEST_LINE));
    if (this.lines.length > LONGEST_MEMORY) this.lines.shift();
    return safe;
  }

  #takeValue(printed: string): void {
    this.values++;
    // The client escapes a value with control characters, and no other; only the digest tells which it was.
    const forms = [printed, unescapeControls(printed)];
    const matches = forms.some(value => sha256(value) === this.#sha256);
    this.verified ||= matches;
    for (const value of forms) {
      if (value.length < SHORTEST_MASK || (!matches && this.#masked.size >= MOST_MASKS)) continue;
      if (matches) this.#secrets.add(value);
      if (!this.#masked.has(value)) maskSecret(value);
      this.#masked.add(value);
    }
  }

  /** The runner masks whole values only; a long line is cut before it is printed, perhaps within the value. */
  #withoutSecret(line: string): string {
    let safe = line;
    for (const secret of this.#secrets) safe = safe.replaceAll(secret, '***');
    return safe;
  }
}

function sha256(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** Undoes the client's escapes, which are JSON's. What is not such an escape stays as it is. */
function unescapeControls(text: string): string {
  return text.replace(/\\(?:u[0-9a-f]{4}|[bfnrt\\])/g, sequence => JSON.parse(`"${sequence}"`) as string);
}
