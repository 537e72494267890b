import { spawn } from 'node:child_process';
import { LineSplitter } from './line-splitter.ts';

/** How long a cancelled process has, in milliseconds. */
export interface Grace {
  /** From SIGINT to SIGTERM. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
}

/** The runner's: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
export const runnerGrace: Grace = { interrupt: 7500, terminate: 2500 };

/** Is told of the process groups whose members may be alive: where the lab is killed, it ends them. */
export interface ProcessGroupWatcher {
  watch(group: number): void;
  forget(group: number): void;
}

/** A process that outlived its step's end may hold the output open this long, in milliseconds, as with the runner. */
const closeGrace = 5000;

/** A step's process, running. */
export interface StepProcess {
  /** Resolves with the exit code once the process has ended; -1 where a signal ended it. */
  readonly ended: Promise<number>;
  /** SIGINT, then SIGTERM, then SIGKILL: to this one process, not to its children, as the runner does. */
  cancel(grace: Grace): void;
  /** Ends what is left of it and of its children at once. */
  kill(): void;
}

/**
 * Starts the process of a step. It leads a group of its own: a Ctrl-C in the terminal is not sent to it, and what it leaves
 * behind can be ended with it.
 * @param options.onLine takes each line of standard output and standard error
 * @param options.guard is told of its group until it is killed
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
      }, closeGrace);
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
        // Nobody of the group is left.
      }
      options.guard?.forget(child.pid);
    },
  };
}
