import { getInput } from '@actions/core';
import { readsFile } from './az-arguments.ts';
import { maskSecret } from './mask.ts';
import type { Rule } from './naming-rules.ts';
import { INVISIBLE, quote } from './quote.ts';

/** Something must be put right before anything is done; the message lists every problem. */
export class InvalidInputs extends Error {
  readonly problems: readonly string[];

  /** @param heading what several problems are called together. */
  constructor(problems: readonly string[], heading = 'inputs are not valid') {
    super(
      problems.length === 1
        ? problems[0]!
        : `${problems.length} ${heading}:\n${problems.map(problem => `- ${problem}`).join('\n')}`,
    );
    this.name = 'InvalidInputs';
    this.problems = problems;
  }
}

/**
 * Reads an action's inputs, all of them before any is refused.
 * @param build takes each input by its parser and puts the typed object together; on a problem a parser gives a
 *   placeholder, which nobody sees.
 * @param read gives an input's raw text, '' when it is not set.
 * @throws {InvalidInputs} with every problem.
 */
export function parseInputs<T>(
  build: (input: InputParser) => T,
  read: (name: string) => string = readInput,
): T {
  const parser = new InputParser(read);
  const inputs = build(parser);
  if (parser.problems.length > 0) throw new InvalidInputs(parser.problems);
  return inputs;
}

// Blanks are dealt with below, so that a secret keeps its own.
const readInput = (name: string): string => getInput(name, { trimWhitespace: false });

export class InputParser {
  readonly problems: string[] = [];
  readonly #read: (name: string) => string;

  constructor(read: (name: string) => string) {
    this.#read = read;
  }

  /** A value that must be given and keep the rule. */
  required(name: string, rule: Rule): string {
    const value = this.#line(name);
    if (value === '') return this.#addProblem(name, `is required: ${rule.what} (${rule.valid})`, '');
    return value === undefined ? '' : this.#checkRule(name, value, rule);
  }

  /** A value that may be left out; the default, '' unless given, then stands for it. */
  optional(name: string, rule: Rule, defaultValue = ''): string {
    const value = this.#line(name);
    return value ? this.#checkRule(name, value, rule) : defaultValue;
  }

  /** As {@link optional}, for text that no command gets as an argument: it may start with any character. */
  text(name: string, rule: Rule, defaultValue = ''): string {
    const value = this.#visible(name);
    return value ? this.#checkRule(name, value, rule) : defaultValue;
  }

  /** One of these words; the first is the default. */
  oneOf<const T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const value = this.#line(name);
    if (!value) return words[0];
    const found = words.find(word => word === value);
    return found ?? this.#addProblem(name, `is ${quote(value)}; valid are ${words.join(', ')}`, words[0]);
  }

  boolean(name: string, defaultValue: boolean): boolean {
    return this.oneOf(name, defaultValue ? ['true', 'false'] : ['false', 'true']) === 'true';
  }

  /** A whole number between two bounds, both included. */
  integer(
    name: string,
    { default: defaultValue, min, max }: { default: number; min: number; max: number },
  ): number {
    const value = this.#line(name);
    if (!value) return defaultValue;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    return this.#addProblem(
      name,
      `is ${quote(value)}; valid is a whole number from ${min} to ${max}`,
      defaultValue,
    );
  }

  /** A path of a file or folder; relative ones are the workflow's workspace's. */
  path(name: string, defaultValue = ''): string {
    return this.#line(name, '; to name a file or folder, start with "./"') || defaultValue;
  }

  /** As {@link path}, and it must be given. */
  requiredPath(name: string): string {
    const refused = this.problems.length;
    const value = this.path(name);
    return value === '' && this.problems.length === refused
      ? this.#addProblem(name, 'is required: a path', '')
      : value;
  }

  /** A secret, untrimmed and without a rule. It is masked in the log before anything else happens; problems never show it. */
  secret(name: string): string {
    const value = this.#read(name);
    maskSecret(value);
    return value;
  }

  /** Lines of `key=value`, no key twice, whatever its case; blank lines and lines that start with `#` are passed over. */
  keyValues(name: string, { key, value }: { key: Rule; value: Rule }): Record<string, string> {
    const found: Record<string, string> = {};
    const seen = new Set<string>();
    for (const [left, right] of this.pairs(name, 'key=value', key, value)) {
      if (seen.has(left.toLowerCase())) this.#addProblem(name, `names ${quote(left)} twice`, '');
      seen.add(left.toLowerCase());
      found[left] = right;
    }
    return found;
  }

  /**
   * Lines of two values; blank lines and lines that start with `#` are passed over.
   * @param form the two with the character between them: `key=value`.
   */
  pairs(name: string, form: string, left: Rule, right: Rule): [string, string][] {
    const separator = /[^a-z-]/.exec(form)?.[0] ?? '';
    const lines = this.#read(name)
      .split(/\r?\n/)
      .map(line => line.trim())
      .filter(line => line !== '' && !line.startsWith('#'));
    return lines.flatMap(line => {
      const at = line.indexOf(separator);
      if (at < 1)
        return this.#addProblem(name, `has the line ${quote(line)}; valid are lines of ${form}`, []);
      const [one, other] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      return [[this.#checkRule(name, one, left), this.#checkRule(name, other, right)]];
    });
  }

  /** Adds a problem that concerns more than one input. */
  problem(text: string): void {
    this.problems.push(text);
  }

  /** The trimmed text of an input; undefined, once refused, if az or kubectl would interpret it. */
  #line(name: string, remedy = ''): string | undefined {
    const value = this.#visible(name);
    if (value === undefined) return undefined;
    const refuse = (problem: string) =>
      this.#addProblem(name, `is ${quote(value)}; it must not ${problem}`, undefined);
    if (value.startsWith('-'))
      return refuse(`start with "-", which az and kubectl take for an option${remedy}`);
    if (value.startsWith('@'))
      return refuse(`start with "@": az replaces such an argument with the content of a file${remedy}`);
    if (readsFile(value))
      return refuse('have "@" after its first "=": az replaces what follows with the content of a file');
    return value;
  }

  /** The trimmed text of an input; undefined, once refused, if it is not one line of visible text. */
  #visible(name: string): string | undefined {
    const value = this.#read(name).trim();
    if (!INVISIBLE.test(value)) return value;
    return this.#addProblem(
      name,
      `is ${quote(value)}; line breaks, control characters and invisible characters are not valid`,
      undefined,
    );
  }

  #checkRule(name: string, value: string, rule: Rule): string {
    if (rule.accepts(value)) return value;
    return this.#addProblem(
      name,
      `is ${quote(value)}, which is not ${rule.what}; valid: ${rule.valid} (${rule.link})`,
      value,
    );
  }

  #addProblem<T>(name: string, problem: string, placeholder: T): T {
    this.problems.push(`${name} ${problem}`);
    return placeholder;
  }
}
