import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One process at its start. */
export interface Sighting {
  readonly tool: string;
  readonly argv: readonly string[];
  /** One variable a line. */
  readonly environment: string;
  /** Files with the needle at that moment. */
  readonly files: readonly { readonly path: string; readonly mode: string }[];
}

/**
 * Comes before programs on PATH, records how each process starts, and then executes the program.
 */
export class Spy {
  readonly #notes: string;
  readonly path: string;

  /**
   * @param watched must not contain `directory`
   * @param needle text to search for in the watched files
   * @param path PATH of the programs
   */
  constructor(directory: string, tools: readonly string[], watched: string, needle: string, path: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#notes = join(directory, 'notes.jsonl');
    this.path = `${directory}${delimiter}${path}`;
    const look = join(directory, 'look.cjs');
    writeFileSync(look, LOOK, { mode: 0o600 });
    writeFileSync(join(directory, 'needle'), needle, { mode: 0o600 });
    for (const tool of tools) {
      const lines = [
        '#!/bin/sh',
        `'${process.execPath}' '${look}' '${this.#notes}' '${join(directory, 'needle')}' '${watched}' ${tool} "$@"`,
        `PATH='${path}'`,
        `exec ${tool} "$@"`,
        '',
      ];
      writeFileSync(join(directory, tool), lines.join('\n'));
      chmodSync(join(directory, tool), 0o700);
    }
  }

  sightings(): Sighting[] {
    if (!existsSync(this.#notes)) return [];
    return readFileSync(this.#notes, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  }
}

const LOOK = `
const { appendFileSync, readFileSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');
const [notes, needleFile, watched, tool, ...argv] = process.argv.slice(2);
const needle = readFileSync(needleFile, 'utf8');
const files = [];
for (const entry of readdirSync(watched, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  try {
    if (readFileSync(path).includes(needle)) files.push({ path, mode: (statSync(path).mode & 0o777).toString(8) });
  } catch {} // it was deleted meanwhile
}
const environment = Object.entries(process.env).map(pair => pair.join('=')).join('\\n');
appendFileSync(notes, JSON.stringify({ tool, argv, environment, files }) + '\\n', { mode: 0o600 });
`;
