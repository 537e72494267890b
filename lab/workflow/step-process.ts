import { spawn } from 'node:child_process';
import { LineSplitter } from './line-splitter.ts';

/** Milliseconds. */
export interface Grace {
  /** From SIGINT to SIGTERM. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
export const runnerGrace: Grace = { interrupt: 7500, terminate: 2500 };

/** Ends the process groups if this command is killed. */
export interface ProcessGroupWatcher {
  watch(group: number): void;
  forget(group: number): void;
}

/** Milliseconds that a process can keep the output open after its step, as on the runner. */
const CLOSE_TIMEOUT = 5000;

export interface StepProcess {
  /** -1 if a signal ended the process. */
  readonly ended: Promise<number>;
  /** Sends SIGINT, SIGTERM, and SIGKILL to this process only, as the runner does. */
  cancel(grace: Grace): void;
  kill(): void;
}

/**
 * Uses a separate process group: Ctrl-C does not reach it, and its children can be ended with it.
 * @param options.guard watches the group until it is killed
 */
export function startProcess(options: {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  onLine: (line: string) => void;
  guard?: ProcessGroupWatcher;
}): StepProcess {
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) options.guard?.watch(child.pid);
  for (const stream of [child.stdout, child.stderr]) {
    const lines = new LineSplitter(options.onLine);
    stream.on('data', (chunk: Buffer) => lines.write(chunk));
    stream.on('end', () => lines.end());
  }

  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => {
      clearTimeout(timer);
      const give = () => resolve(code ?? -1);
      const late = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        give();
      }, CLOSE_TIMEOUT);
      child.once('close', () => {
        clearTimeout(late);
        give();
      });
    });
  });

  const running = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    ended,
    cancel(grace) {
      if (!running() || timer !== undefined) return;
      child.kill('SIGINT');
      timer = setTimeout(() => {
        child.kill('SIGTERM');
        timer = setTimeout(() => child.kill('SIGKILL'), grace.terminate);
      }, grace.interrupt);
    },
    kill() {
      clearTimeout(timer);
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended.
      }
      options.guard?.forget(child.pid);
    },
  };
}
