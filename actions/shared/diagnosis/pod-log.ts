import { createHash } from 'node:crypto';
import { maskSecret } from '../mask.ts';

const VALUE = /^Secret value: (.*)$/;

// A pod can print anything. A short mask, or very many, makes the log and the outputs of a job unreadable. Values without a
// mask are not printed.
const SHORTEST_MASK = 8;
const MOST_MASKS = 50;
const LONGEST_MEMORY = 200;
/** Characters. A refusal of Azure has some hundreds. */
const LONGEST_LINE = 16 * 1024;

export class PodLog {
  /** The last lines, each value replaced by `***`. */
  readonly lines: string[] = [];
  values = 0;
  verified = false;
  readonly #sha256: string;
  readonly #masked = new Set<string>();
  readonly #secrets = new Set<string>();

  /** @param sha256 of the expected value, in lowercase hexadecimal digits. */
  constructor(sha256: string) {
    this.#sha256 = sha256;
  }

  /** Masks a value in the line, and returns the line in the form that is safe to print. */
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
    // The client escapes only values with control characters. The digest shows which form is the value.
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

  /** The runner masks only whole values, and a long line might be cut within one. */
  #withoutSecret(line: string): string {
    let safe = line;
    for (const secret of this.#secrets) safe = safe.replaceAll(secret, '***');
    return safe;
  }
}

function sha256(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

function unescapeControls(text: string): string {
  return text.replace(/\\(?:u[0-9a-f]{4}|[bfnrt\\])/g, sequence => JSON.parse(`"${sequence}"`) as string);
}
