import { openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivate } from '../paths.ts';
import { isRunning } from '../processes.ts';
import type { Tools } from './find-tools.ts';

/** A process of az or kubectl: when it ran, in milliseconds since the epoch. */
export interface ToolProcess {
  readonly tool: string;
  readonly started: number;
  ended?: number;
}

/** How often is looked for processes that have started or ended, in milliseconds: the error of each measurement. */
const interval = 20;

/**
 * Makes a directory for the front of PATH in which `az` and `kubectl` are the ones chosen. Each notes its name and process id,
 * never its arguments, in a file, and becomes the real one: signals, input and output are untouched.
 */
export class ToolWrappers {
  readonly directory: string;
  readonly processes: ToolProcess[] = [];
  readonly #running = new Map<number, ToolProcess>();
  readonly #log: number;
  readonly #timer: NodeJS.Timeout;
  #rest = '';

  constructor(tools: Tools, directory: string) {
    this.directory = makePrivate(directory);
    const log = join(directory, 'processes.log');
    writeFileSync(log, '', { mode: 0o600 });
    for (const tool of ['az', 'kubectl'] as const) {
      const script = `#!/bin/sh\necho ${tool} $$ >> ${quoted(log)}\nexec ${quoted(tools[tool])} "$@"\n`;
      writeFileSync(join(directory, tool), script, { mode: 0o700 });
    }
    this.#log = openSync(log, 'r');
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  /** Stops looking. */
  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const now = Date.now();
    const buffer = Buffer.alloc(4096);
    for (let length = 1; length > 0; ) {
      length = readSync(this.#log, buffer);
      this.#rest += buffer.toString('utf8', 0, length);
    }
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [tool = '', pid] = line.split(' ');
      const process = { tool, started: now };
      this.processes.push(process);
      this.#running.set(Number(pid), process);
    }
    for (const [pid, process] of this.#running) {
      if (isRunning(pid)) continue;
      process.ended = now;
      this.#running.delete(pid);
    }
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
