import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a spy saw of one process as it started. */
export interface Sighting {
  readonly tool: string;
  readonly argv: readonly string[];
  /** Its whole environment. */
  readonly environment: string;
  /** The files below the watched folder that held the needle at that moment, with their modes. */
  readonly files: readonly { readonly path: string; readonly mode: string }[];
}

/**
 * Stands before programs on PATH and notes, for each process, how it was started; then becomes the program. What it
 * notes lies outside the watched folder.
 */
export class Spy {
  readonly #notes: string;
  /** PATH with the spy in front. */
  readonly path: string;

  /**
   * @param watched the folder whose files are looked through
   * @param needle what is looked for in them
   * @param path where the programs themselves are found
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

  /** All that was seen so far. */
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
  } catch {} // it went meanwhile
}
const environment = Object.entries(process.env).map(pair => pair.join('=')).join('\\n');
appendFileSync(notes, JSON.stringify({ tool, argv, environment, files }) + '\\n', { mode: 0o600 });
`;
