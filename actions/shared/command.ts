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
  /** Written to the command's standard input: the way for manifests and secrets, which never stand in argv. */
  input?: string;
  /** Added to the environment of the command; undefined removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  /**
   * Called with each line of standard output as it arrives. The output is then not collected, and its length is not
   * limited; only the rest of a line that is too long is dropped.
   */
  onLine?: (line: string) => void;
  /** Ends the command (SIGTERM) when aborted; the call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Runs although the step was told to stop: only for short last words such as aborting an operation in Azure. */
  lastWord?: boolean;
  /** Time limit of the command. Default: {@link timeLimitOf}. */
  timeoutSeconds?: number;
  /** Not retried on a transient failure, because the caller repeats the command itself. */
  once?: boolean;
}

/**
 * The time limit of a command in seconds. az waits without limit for an answer to `az rest` and to its logins, and 20
 * minutes (5 minutes, four times) elsewhere; kubectl waits without limit for the program that gets its credentials, and asks
 * five times which kinds a server has.
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

// @actions/exec keeps the process it starts to itself. Node announces every child on this channel, synchronously and
// in the caller's async context, so that each call below learns of its own child and can hand signals on to it.
// https://nodejs.org/api/diagnostics_channel.html#process
const announceChild = new AsyncLocalStorage<(child: ChildProcess) => void>();
subscribe('child_process', message =>
  announceChild.getStore()?.((message as { process: ChildProcess }).process),
);

// Inputs and the runner's own tokens are for this process only; a secret input would otherwise be inherited.
const PRIVATE_ENVIRONMENT = /^(INPUT|STATE|ACTIONS)_/;

/** The environment for a command: this process's own, without inputs, state and the runner's tokens. */
export function commandEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !PRIVATE_ENVIRONMENT.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * Runs a command to its end, without a shell and without printing anything.
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
  const adopt = (child: ChildProcess): void => {
    child.once('spawn', () => {
      // A command that ends without reading its input is judged by its exit code, not by the broken pipe.
      child.stdin?.on('error', () => {});
      const tell = (reason: unknown) => {
        if (reason instanceof Interrupted) return signalTree(child.pid!, reason.signal);
        signalTree(child.pid!, 'SIGTERM');
        const kill = setTimeout(() => signalTree(child.pid!, 'SIGKILL'), KILL_AFTER_MILLISECONDS);
        ended.signal.addEventListener('abort', () => clearTimeout(kill));
      };
      const cut = () => {
        // At once: what the step ends with may be said before this command has ended.
        if (stop.reason instanceof Interrupted) stop.reason.cutOff.push(command);
        tell(stop.reason);
      };
      if (stop.aborted) cut();
      else stop.addEventListener('abort', cut, { signal: ended.signal });
      if (!options.lastWord)
        repeatedInterruption.signal.addEventListener(
          'abort',
          () => tell(repeatedInterruption.signal.reason),
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
          ...{ input, env, onLine, onChild: adopt },
          onStderr: data => errors.write(data),
        })
      : announceChild.run(adopt, () =>
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

  // Also where it has exited with 0: az acr build does, when it is interrupted while it shows the build's log.
  stop.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailed(command, exitCode, errors.end());
  return { stdout: output.end(), stderr: errors.end() };
}

/** How long a command that was stopped for a reason of ours has to end, before it is killed. */
const KILL_AFTER_MILLISECONDS = 10_000;

const MEBIBYTE = 1024 * 1024;
/** Far above the largest list that a command of the actions prints. */
const MOST_OUTPUT = 128 * MEBIBYTE;
/** az and kubectl break lines in their JSON. Without line breaks, @actions/exec needs quadratic time. */
const LONGEST_OUTPUT_LINE = 8 * MEBIBYTE;

/** Gathers the text of a stream up to a limit. */
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

  /** The whole text. */
  end(): string {
    this.#text += this.#decoder.end();
    return this.#text;
  }
}

/**
 * Runs one program and gives its standard output.
 * @throws {CommandFailed} when it fails.
 */
export type Program = (args: readonly string[], options?: CommandOptions) => Promise<string>;

/** The program of this name on PATH. */
export function program(name: string): Program {
  return async (args, options) => (await runCommand(name, args, options)).stdout;
}
