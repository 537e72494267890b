import { randomUUID } from 'node:crypto';
import { info, warning } from '@actions/core';

/** What an action prints. {@link harmless} is applied to each line first. */
export interface Log {
  info(text: string): void;
  /** Also an annotation of the run. */
  warning(text: string): void;
}

export const log: Log = {
  info: text => info(harmless(text)),
  warning: text => warning(harmless(text)),
};

const LONGEST_LINE = 4096;
// CSI, OSC and two-character escape sequences (ECMA-48).
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * The text without anything that the runner obeys. The runner reads both streams of a step and takes
 * `::name::` at the start of a line and `##[name]` anywhere in it as commands, and a bare CR ends a line for it
 * (actions/runner, ActionCommand.cs and ProcessInvoker.cs). Colors and control characters are removed, and long lines are cut.
 */
export function harmless(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(harmlessLine)
    .join('\n');
}

function harmlessLine(line: string): string {
  const plain = line.replace(ANSI, '').replace(CONTROL, '');
  const cut =
    plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE)} … (${plain.length} characters)` : plain;
  // A zero-width space breaks the command for the runner and changes nothing for the reader.
  return cut.replaceAll('##[', '##\u200b[').replace(/^([\s\p{Cf}]*)::/u, '$1:\u200b:');
}

/** Prints the first lines of a long stream as they arrive, and its last lines once it has ended. */
export class BoundedPrinter {
  readonly #print: (line: string) => void;
  readonly #most: number;
  readonly #last: string[] = [];
  #printed = 0;
  #leftOut = 0;

  /** @param most lines that are printed immediately. */
  constructor(print: (line: string) => void, most = 2000) {
    this.#print = print;
    this.#most = most;
  }

  take(line: string): void {
    if (this.#printed < this.#most) {
      this.#printed++;
      this.#print(line);
      return;
    }
    if (this.#leftOut === 0 && this.#last.length === 0)
      this.#print(
        `… ${this.#most} lines were printed. Of the others, the last ${LAST_LINES} follow at the end.`,
      );
    this.#last.push(line);
    if (this.#last.length <= LAST_LINES) return;
    this.#last.shift();
    this.#leftOut++;
  }

  end(): void {
    if (this.#leftOut > 0) this.#print(`… ${this.#leftOut} lines left out`);
    for (const line of this.#last.splice(0)) this.#print(line);
    this.#leftOut = 0;
  }
}

const LAST_LINES = 20;

const LONGEST_TEXT = 64 * 1024;

/** {@link harmless} text, of which the middle is cut if it is long. */
export const bounded = (text: string): string => harmless(bothEnds(text, LONGEST_TEXT));

/**
 * Prints text of others (a pod, az, events) as a collapsed group, with `| ` before each line. A random token switches off
 * the runner's commands meanwhile. They include masks, so that nothing else is printed in between.
 */
export function printUntrusted(
  title: string,
  text: string,
  write: (line: string) => void = line => info(line),
): void {
  const token = randomUUID();
  write(`::group::${harmless(title).replaceAll('\n', ' ')}`);
  write(`::stop-commands::${token}`);
  for (const line of bounded(text).split('\n')) write(`| ${line}`);
  write(`::${token}::`);
  write('::endgroup::');
}

/** @param most characters */
export function bothEnds(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n… (${text.length - 2 * half} characters)\n${text.slice(-half)}`;
}
