import type { FileCommands } from './file-commands.ts';
import type { Masks } from './masks.ts';
import type { Level } from './observer.ts';
import { type Grace, type ProcessGroupWatcher, type StepProcess, startProcess } from './step-process.ts';
import type { Result } from './workflow.ts';
import { CommandReader } from './workflow-commands.ts';

/** Applies to the job when the step ends, or when the job waits for it. */
export interface StepEffects {
  readonly outcome: Result;
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly state: Readonly<Record<string, string>>;
  /** Markdown, masked. */
  readonly summary: string;
}

export function emptyEffects(outcome: Result): StepEffects {
  return { outcome, outputs: {}, env: {}, path: [], state: {}, summary: '' };
}

/**
 * @param options.timeoutMinutes fails the step after this time
 * @param options.started receives the process, so that its children can be ended with the job
 */
export async function executeStep(options: {
  name: string;
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  files: FileCommands;
  masks: Masks;
  log: (level: Level, text: string) => void;
  signal: AbortSignal;
  grace: Grace;
  guard?: ProcessGroupWatcher;
  timeoutMinutes?: number;
  started: (process: StepProcess) => void;
}): Promise<StepEffects> {
  const { masks, files, signal, timeoutMinutes } = options;
  const log = (level: Level, text: string) => options.log(level, masks.mask(text));
  const outputs: Record<string, string> = {};
  const state: Record<string, string> = {};
  let failed = false;
  const fail = (message: string) => {
    failed = true;
    log('error', message);
  };
  const commands = new CommandReader({
    addMask: value => masks.add(value),
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    saveState: (name, value) => {
      state[name] = value;
    },
    print: line => log('output', line),
    annotate: log,
    fail,
  });

  if (!signal.aborted) {
    const step = startProcess({ ...options, onLine: line => commands.read(line) });
    options.started(step);
    const cancel = () => step.cancel(options.grace);
    signal.addEventListener('abort', cancel, { once: true });
    const timeout =
      timeoutMinutes &&
      setTimeout(() => {
        fail(`The action '${options.name}' has timed out after ${timeoutMinutes} minutes.`);
        cancel();
      }, timeoutMinutes * 60_000);
    try {
      const code = await step.ended;
      if (code !== 0 && !failed && !signal.aborted) fail(`Process completed with exit code ${code}.`);
    } catch (error) {
      fail((error as Error).message);
    } finally {
      clearTimeout(timeout);
      signal.removeEventListener('abort', cancel);
    }
  }

  // Also after a cancellation:
  // https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
  const written = await files.collect();
  for (const problem of written.problems) fail(problem);
  for (const notice of written.notices) log('error', notice);
  return {
    outcome: signal.aborted ? 'cancelled' : failed ? 'failure' : 'success',
    outputs: { ...outputs, ...Object.fromEntries(written.outputs) },
    env: Object.fromEntries(written.env),
    path: written.path,
    state: { ...state, ...Object.fromEntries(written.state) },
    summary: written.summary
      .split('\n')
      .map(line => masks.mask(line))
      .join('\n'),
  };
}
