import { spawn } from 'node:child_process';
import { LineSplitter } from './line-splitter.ts';

/** Milliseconds that a cancelled process has. */
export interface Grace {
  /** From SIGINT to SIGTERM. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
}

/** The runner's: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
export const runnerGrace: Grace = { interrupt: 7500, terminate: 2500 };

/** Knows the process groups that might be running, to end them if this command is killed. */
export interface ProcessGroupWatcher {
  watch(group: number): void;
  forget(group: number): void;
}

/** Milliseconds that a process can keep the output open after the end of its step, as on the runner. */
const CLOSE_TIMEOUT = 5000;

export interface StepProcess {
  /** Resolves with the exit code, or -1 if a signal ended the process. */
  readonly ended: Promise<number>;
  /** Sends SIGINT, then SIGTERM, then SIGKILL to this process, but not to its children, as the runner does. */
  cancel(grace: Grace): void;
  kill(): void;
}

/**
 * Starts the process of a step in a separate process group: Ctrl-C does not reach it, and its children can be ended with it.
 * @param options.onLine receives each line of standard output and standard error
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
