import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessGroupWatcher } from './workflow/step-process.ts';

/**
 * Ends the steps and deletes their files if this command is killed. It waits for the end of a pipe,
 * which every kind of end closes.
 */
export class Watchdog implements ProcessGroupWatcher {
  readonly #child: ChildProcess;

  constructor(directory: string) {
    const script = fileURLToPath(new URL('watchdog-process.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script, directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C must not reach it.
      detached: true,
      env: {},
    });
    this.#child.once('error', () => {});
    this.#child.stdin!.on('error', () => {});
    this.#child.unref();
  }

  watch(group: number): void {
    this.#child.stdin!.write(`watch ${group}\n`);
  }

  forget(group: number): void {
    this.#child.stdin!.write(`forget ${group}\n`);
  }

  end(): void {
    this.#child.stdin!.end('end\n');
  }
}
