import { getInput } from '@actions/core';
import { readsFile } from './az-arguments.ts';
import { maskSecret } from './mask.ts';
import type { Rule } from './naming-rules.ts';
import { INVISIBLE, quote } from './quote.ts';

export class InvalidInputs extends Error {
  readonly problems: readonly string[];

  /** @param heading noun for several problems: "2 HEADING" */
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
 * @param build builds the typed object; for an invalid input the parser returns a placeholder, which nobody sees
 * @param read returns the raw text of an input, '' if it is not set
 * @throws {InvalidInputs} with all problems
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

// Only the parser trims, because a secret keeps its spaces.
const readInput = (name: string): string => getInput(name, { trimWhitespace: false });

export class InputParser {
  readonly problems: string[] = [];
  readonly #read: (name: string) => string;

  constructor(read: (name: string) => string) {
    this.#read = read;
  }

  required(name: string, rule: Rule): string {
    const value = this.#line(name);
    if (value === '') return this.#addProblem(name, `is required. Set it to ${rule.what}: ${rule.valid}`, '');
    return value === undefined ? '' : this.#checkRule(name, value, rule);
  }

  optional(name: string, rule: Rule, defaultValue = ''): string {
    const value = this.#line(name);
    return value ? this.#checkRule(name, value, rule) : defaultValue;
  }

  /** For text that is no argument of a command: it can start with any character. */
  text(name: string, rule: Rule, defaultValue = ''): string {
    const value = this.#visible(name);
    return value ? this.#checkRule(name, value, rule) : defaultValue;
  }

  /** The first word is the default. */
  oneOf<const T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const value = this.#line(name);
    if (!value) return words[0];
    const found = words.find(word => word === value);
    return found ?? this.#addProblem(name, `is ${quote(value)}. Valid values: ${words.join(', ')}`, words[0]);
  }

  boolean(name: string, defaultValue: boolean): boolean {
    return this.oneOf(name, defaultValue ? ['true', 'false'] : ['false', 'true']) === 'true';
  }

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
      `is ${quote(value)}. Valid values: whole numbers from ${min} to ${max}`,
      defaultValue,
    );
  }

  /** A path of a file or folder, relative to the workspace of the workflow. */
  path(name: string, defaultValue = ''): string {
    return this.#line(name, '. For a file or folder with this name, begin with "./"') || defaultValue;
  }

  requiredPath(name: string): string {
    const refused = this.problems.length;
    const value = this.path(name);
    return value === '' && this.problems.length === refused
      ? this.#addProblem(name, 'is required. Set it to a path', '')
      : value;
  }

  /** A secret, not trimmed. It is masked in the log immediately, and no message contains it. */
  secret(name: string): string {
    const value = this.#read(name);
    maskSecret(value);
    return value;
  }

  /** Lines of `key=value`. Keys are unique without case. Empty lines and lines that start with `#` are ignored. */
  keyValues(name: string, { key, value }: { key: Rule; value: Rule }): Record<string, string> {
    const found: Record<string, string> = {};
    const seen = new Set<string>();
    for (const [left, right] of this.pairs(name, 'key=value', key, value)) {
      if (seen.has(left.toLowerCase())) this.#addProblem(name, `contains ${quote(left)} twice`, '');
      seen.add(left.toLowerCase());
      found[left] = right;
    }
    return found;
  }

  /**
   * Lines of two values. Empty lines and lines that start with `#` are ignored.
   * @param form the two values with the separator: `key=value`
   */
  pairs(name: string, form: string, left: Rule, right: Rule): [string, string][] {
    const separator = /[^a-z-]/.exec(form)?.[0] ?? '';
    const lines = this.#read(name)
      .split(/\r?\n/)
      .map(line => line.trim())
      .filter(line => line !== '' && !line.startsWith('#'));
    return lines.flatMap(line => {
      const at = line.indexOf(separator);
      if (at < 1) return this.#addProblem(name, `has the line ${quote(line)}. Valid lines: ${form}`, []);
      const [one, other] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      return [[this.#checkRule(name, one, left), this.#checkRule(name, other, right)]];
    });
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  /** The trimmed text of an input; undefined, with a problem added, if az or kubectl would interpret it. */
  #line(name: string, remedy = ''): string | undefined {
    const value = this.#visible(name);
    if (value === undefined) return undefined;
    const refuse = (problem: string) =>
      this.#addProblem(name, `is ${quote(value)}. It must not ${problem}`, undefined);
    if (value.startsWith('-')) return refuse(`start with "-": az and kubectl read it as an option${remedy}`);
    if (value.startsWith('@'))
      return refuse(`start with "@": az replaces such an argument with the content of a file${remedy}`);
    if (readsFile(value))
      return refuse(
        'contain "@" after its first "=": az replaces the part after it with the content of a file',
      );
    return value;
  }

  /** The trimmed text of an input; undefined, with a problem added, if it is not one line of visible text. */
  #visible(name: string): string | undefined {
    const value = this.#read(name).trim();
    if (!INVISIBLE.test(value)) return value;
    return this.#addProblem(
      name,
      `is ${quote(value)}. Remove line breaks, control characters, and invisible characters`,
      undefined,
    );
  }

  #checkRule(name: string, value: string, rule: Rule): string {
    if (rule.accepts(value)) return value;
    return this.#addProblem(
      name,
      `is ${quote(value)}, which is not ${rule.what}. Valid: ${rule.valid} (${rule.link})`,
      value,
    );
  }

  #addProblem<T>(name: string, problem: string, placeholder: T): T {
    this.problems.push(`${name} ${problem}`);
    return placeholder;
  }
}
