import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dieWithParent } from '../../child-processes.ts';

/** Processes of one control plane, with a log file each. They end with this process. */
export class Processes {
  readonly #directory: string;
  readonly #log: (line: string) => void;
  readonly #children = new Set<ChildProcess>();
  readonly #ended = Promise.withResolvers<never>();
  #stopping = false;

  constructor(directory: string, log: (line: string) => void) {
    this.#directory = directory;
    this.#log = log;
    // The log has the error even if nothing waits for it.
    this.ended.catch(() => {});
    process.once('exit', this.#kill);
  }

  /** Rejects with the end of the log if a process ends unexpectedly. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** @param file the program; its output goes to `NAME.log` */
  start(name: string, file: string, args: readonly string[]): void {
    const logFile = join(this.#directory, `${name}.log`);
    const output = openSync(logFile, 'a', 0o600);
    const [program = '', ...rest] = [...dieWithParent(), file, ...args];
    const child = spawn(program, rest, {
      cwd: this.#directory,
      // Without the environment: a proxy in it would receive all requests.
      env: { PATH: process.env.PATH },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#children.add(child);
    const ended = (how: string) => {
      this.#children.delete(child);
      if (this.#stopping) return;
      const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
      this.#log(`${name} ended: ${how}`);
      this.#ended.reject(new Error(`${name} ended: ${how}\n${last}`));
    };
    child.once('error', error => ended(error.message));
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  }

  /** Kills all processes. Their data is temporary. */
  async stop(): Promise<void> {
    this.#stopping = true;
    process.off('exit', this.#kill);
    const ends = [...this.#children].map(child => new Promise(resolve => child.once('exit', resolve)));
    this.#kill();
    await Promise.all(ends);
  }

  readonly #kill = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
  };
}
