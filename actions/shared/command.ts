import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { StringDecoder } from 'node:string_decoder';
import { exec } from '@actions/exec';
import { CommandFailed, CommandTimedOut, OutputTooLarge } from './command-errors.ts';
import { isReadOnly } from './command-words.ts';
import { followProcess } from './followed-process.ts';
import { Interrupted, interruption, repeatedInterruption } from './interruption.ts';
import { signalTree } from './process-tree.ts';

export interface CommandOptions {
  /** For manifests and secrets, which are never arguments. */
  input?: string;
  /** Added to the environment; undefined removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The output is then not collected, and its length is not limited. The rest of a line that is too long is dropped. */
  onLine?: (line: string) => void;
  /** Ends the command with SIGTERM. The call then rejects with the reason of the signal. */
  signal?: AbortSignal;
  /** Runs although the step was asked to stop: for a short command, such as one that aborts an operation in Azure. */
  lastWord?: boolean;
  /** Default: {@link timeLimitOf}. */
  timeoutSeconds?: number;
  once?: boolean;
}

/**
 * Seconds. az has no timeout for `az rest` and for logins; for other commands it is 20 minutes (four times 5). kubectl has
 * no timeout for the program that gets its credentials, and requests the kinds of a server five times.
 * https://learn.microsoft.com/python/api/overview/azure/core-readme#configuration
 */
function timeLimitOf(command: readonly string[], { lastWord }: CommandOptions): number {
  if (lastWord) return 60;
  switch (command[0]) {
    case 'kubectl':
      return 120;
    case 'docker':
      return 5400;
    case 'az':
      return isReadOnly(command) ? 600 : 5400;
    default:
      return 600;
  }
}

// @actions/exec does not expose the process that it starts, and the signals of the runner must reach it. Node publishes each
// child on this channel, synchronously and in the async context of the caller.
// https://nodejs.org/api/diagnostics_channel.html#process
const announceChild = new AsyncLocalStorage<(child: ChildProcess) => void>();
subscribe('child_process', message =>
  announceChild.getStore()?.((message as { process: ChildProcess }).process),
);

// Inputs and the runner's tokens are for this process only: a command must not inherit a secret input.
const PRIVATE_ENVIRONMENT = /^(INPUT|STATE|ACTIONS)_/;

export function commandEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !PRIVATE_ENVIRONMENT.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * Runs a command without a shell and without printing anything.
 * @throws {CommandFailed} on a non-zero exit code; {@link CommandTimedOut} and {@link OutputTooLarge} at its limits; the
 *   abort reason when `signal` or the step's interruption ended it.
 */
export async function runCommand(
  tool: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const command = [tool, ...args];
  const limit = new AbortController();
  const stops = [options.signal, options.lastWord ? undefined : interruption.signal, limit.signal].filter(
    signal => signal !== undefined,
  );
  const stop = AbortSignal.any(stops);
  stop.throwIfAborted();
  const seconds = options.timeoutSeconds ?? timeLimitOf(command, options);
  const timer = setTimeout(() => limit.abort(new CommandTimedOut(command, seconds)), seconds * 1000);

  const ended = new AbortController();
  const onChild = (child: ChildProcess): void => {
    child.once('spawn', () => {
      // If a command ends without reading its input, its exit code counts, not the broken pipe.
      child.stdin?.on('error', () => {});
      const signalChild = (reason: unknown) => {
        if (reason instanceof Interrupted) return signalTree(child.pid!, reason.signal);
        signalTree(child.pid!, 'SIGTERM');
        const kill = setTimeout(() => signalTree(child.pid!, 'SIGKILL'), KILL_AFTER_MILLISECONDS);
        ended.signal.addEventListener('abort', () => clearTimeout(kill));
      };
      const interrupt = () => {
        // Immediately: the message of the step can be needed before this command has ended.
        if (stop.reason instanceof Interrupted) stop.reason.cutOff.push(command);
        signalChild(stop.reason);
      };
      if (stop.aborted) interrupt();
      else stop.addEventListener('abort', interrupt, { signal: ended.signal });
      if (!options.lastWord)
        repeatedInterruption.signal.addEventListener(
          'abort',
          () => signalChild(repeatedInterruption.signal.reason),
          {
            signal: ended.signal,
          },
        );
    });
  };

  const tooLarge = (what: string): void => limit.abort(new OutputTooLarge(command, what));
  const output = new Collector(tooLarge);
  const errors = new Collector(tooLarge);
  const env = commandEnvironment({ ...process.env, ...options.env });
  const { onLine, input = '' } = options;
  const run = (): Promise<number | null> =>
    onLine
      ? followProcess(tool, args, {
          ...{ input, env, onLine, onChild },
          onStderr: data => errors.write(data),
        })
      : announceChild.run(onChild, () =>
          exec(tool, [...args], {
            silent: true,
            ignoreReturnCode: true,
            input: Buffer.from(input),
            env,
            listeners: { stdout: data => output.write(data), stderr: data => errors.write(data) },
          }),
        );
  let exitCode: number | null;
  try {
    exitCode = await run();
  } finally {
    clearTimeout(timer);
    ended.abort();
  }

  // Also after exit code 0: an interrupted `az acr build` exits with 0 while it shows the log.
  stop.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailed(command, exitCode, errors.end());
  return { stdout: output.end(), stderr: errors.end() };
}

const KILL_AFTER_MILLISECONDS = 10_000;

const MEBIBYTE = 1024 * 1024;
/** Far above the largest list that a command of the actions prints. */
const MOST_OUTPUT = 128 * MEBIBYTE;
/** az and kubectl break lines in their JSON. Without line breaks, @actions/exec needs quadratic time. */
const LONGEST_OUTPUT_LINE = 8 * MEBIBYTE;

class Collector {
  #text = '';
  #length = 0;
  #lineLength = 0;
  readonly #decoder = new StringDecoder('utf8');
  readonly #tooLarge: (what: string) => void;

  constructor(tooLarge: (what: string) => void) {
    this.#tooLarge = tooLarge;
  }

  write(data: Buffer): void {
    this.#length += data.length;
    const lineBreak = data.lastIndexOf('\n');
    this.#lineLength = lineBreak < 0 ? this.#lineLength + data.length : data.length - lineBreak - 1;
    if (this.#length > MOST_OUTPUT) this.#tooLarge(`more than ${MOST_OUTPUT / MEBIBYTE} MiB`);
    else if (this.#lineLength > LONGEST_OUTPUT_LINE)
      this.#tooLarge(`more than ${LONGEST_OUTPUT_LINE / MEBIBYTE} MiB without a line break`);
    else this.#text += this.#decoder.write(data);
  }

  end(): string {
    this.#text += this.#decoder.end();
    return this.#text;
  }
}

/**
 * Runs a program and returns its standard output.
 * @throws {CommandFailed}
 */
export type Program = (args: readonly string[], options?: CommandOptions) => Promise<string>;

export function program(name: string): Program {
  return async (args, options) => (await runCommand(name, args, options)).stdout;
}
