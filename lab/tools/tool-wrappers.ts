import { openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateDirectory } from '../paths.ts';
import { isRunning } from '../processes.ts';
import type { ToolPaths } from './find-tools.ts';

/** Times in milliseconds since the epoch. */
export interface ToolProcess {
  readonly tool: string;
  readonly started: number;
  ended?: number;
}

/** Milliseconds: the error of each measurement. */
const INTERVAL = 20;

/**
 * Each wrapper writes its name and process ID, but no arguments, into a file, and then becomes the
 * tool. Signals, input, and output do not change.
 */
export class ToolWrappers {
  readonly directory: string;
  readonly processes: ToolProcess[] = [];
  readonly #running = new Map<number, ToolProcess>();
  readonly #log: number;
  readonly #timer: NodeJS.Timeout;
  #rest = '';

  constructor(tools: ToolPaths, directory: string) {
    this.directory = createPrivateDirectory(directory);
    const log = join(directory, 'processes.log');
    writeFileSync(log, '', { mode: 0o600 });
    for (const tool of ['az', 'kubectl'] as const) {
      const script = `#!/bin/sh\necho ${tool} $$ >> ${shellQuote(log)}\nexec ${shellQuote(tools[tool])} "$@"\n`;
      writeFileSync(join(directory, tool), script, { mode: 0o700 });
    }
    this.#log = openSync(log, 'r');
    this.#timer = setInterval(() => this.#update(), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#update();
  }

  #update(): void {
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

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
