import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessGroupWatcher } from './workflow/step-process.ts';

/**
 * A process that ends the steps and deletes their files if this command is killed. It notices every kind of end, because it
 * waits for the end of a pipe.
 */
export class Watchdog implements ProcessGroupWatcher {
  readonly #child: ChildProcess;

  /** @param directory private files of the steps */
  constructor(directory: string) {
    const script = fileURLToPath(new URL('watchdog-process.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script, directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // In a separate group, Ctrl-C does not reach it.
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

  /** This command has ended everything itself. */
  end(): void {
    this.#child.stdin!.end('end\n');
  }
}
