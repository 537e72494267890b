import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Guard } from './workflow/step-process.ts';

/**
 * A process that outlives the lab by a moment: where the lab is killed and cannot end its steps, it does, and removes what
 * they kept. Nothing but the end of a pipe tells it, so no kind of end goes unseen.
 */
export class Watchdog implements Guard {
  readonly #child: ChildProcess;

  /** @param directory holds private files of the steps; removed where the lab is killed */
  constructor(directory: string) {
    const script = fileURLToPath(new URL('watchdog-process.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script, directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Its own group: what ends the lab from a terminal must not end it.
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

  /** The lab ends by itself and has ended everything. */
  end(): void {
    this.#child.stdin!.end('end\n');
  }
}
