import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { StringDecoder } from 'node:string_decoder';
import { exec } from '@actions/exec';
import { Interrupted, insistence, interruption } from './interruption.ts';
import { signalTree } from './process-tree.ts';

export interface CommandOptions {
  /** Written to the command's standard input: the way for manifests and secrets, which never stand in argv. */
  input?: string;
  /** Added to the environment of the command; undefined removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Called with each line of standard output as it comes; the output is then not collected. */
  onLine?: (line: string) => void;
  /** Ends the command (SIGTERM) when aborted; the call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Runs although the step was told to stop: only for short last words such as aborting an operation in Azure. */
  lastWord?: boolean;
  /** Not retried on a transient failure, because the caller repeats the command itself. */
  once?: boolean;
}

/** A command ended with a non-zero exit code. */
export class CommandFailed extends Error {
  /** The tool and its arguments; free of secrets, because none is ever put there. */
  readonly command: readonly string[];
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: readonly string[], exitCode: number | null, stderr: string) {
    super(
      `${command.join(' ')} failed with exit code ${exitCode}: ${stderr.trim() || 'it printed no error'}`,
    );
    this.name = 'CommandFailed';
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }

  /** Azure's error code (`ResourceNotFound`, `AADSTS700024`, …) where standard error names one. */
  get code(): string | undefined {
    return (
      /^(?:ERROR: )?\((\w+)\)/m.exec(this.stderr)?.[1] ??
      /^Code: (\w+)/m.exec(this.stderr)?.[1] ??
      /AADSTS\d+/.exec(this.stderr)?.[0]
    );
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
 * @throws {CommandFailed} on a non-zero exit code; the abort reason when `signal` or the step's interruption ended it.
 */
export async function runCommand(
  tool: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const stops = [options.signal, options.lastWord ? undefined : interruption.signal].filter(
    signal => signal !== undefined,
  );
  const stop = AbortSignal.any(stops);
  stop.throwIfAborted();

  const output = new Collector(options.onLine);
  const errors = new Collector();
  const ended = new AbortController();
  const adopt = (child: ChildProcess): void => {
    child.once('spawn', () => {
      // A command that ends without reading its input is judged by its exit code, not by the broken pipe.
      child.stdin?.on('error', () => {});
      const tell = (reason: unknown) =>
        signalTree(child.pid!, reason instanceof Interrupted ? reason.signal : 'SIGTERM');
      const cut = () => {
        // At once: what the step ends with may be said before this command has ended.
        if (stop.reason instanceof Interrupted) stop.reason.cutOff.push([tool, ...args]);
        tell(stop.reason);
      };
      if (stop.aborted) cut();
      else stop.addEventListener('abort', cut, { signal: ended.signal });
      if (!options.lastWord)
        insistence.signal.addEventListener('abort', () => tell(insistence.signal.reason), {
          signal: ended.signal,
        });
    });
  };

  const exitCode: number | null = await announceChild
    .run(adopt, () =>
      exec(tool, [...args], {
        silent: true,
        ignoreReturnCode: true,
        input: Buffer.from(options.input ?? ''),
        env: commandEnvironment({ ...process.env, ...options.env }),
        listeners: { stdout: data => output.write(data), stderr: data => errors.write(data) },
      }),
    )
    .finally(() => ended.abort());

  output.end();
  errors.end();
  // Also where it has exited with 0: az acr build does, when it is interrupted while it shows the build's log.
  stop.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailed([tool, ...args], exitCode, errors.text);
  return { stdout: output.text, stderr: errors.text };
}

/** What of a line is handed on; the longest secret there is, with every character escaped, is not cut. */
const LONGEST_LINE = 256 * 1024;

/** Gathers a stream's text, or hands it on line by line. */
class Collector {
  text = '';
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(data: Buffer): void {
    this.#add(this.#decoder.write(data));
  }

  end(): void {
    this.#add(this.#decoder.end());
    if (!this.#onLine || this.text === '') return;
    this.#onLine(this.text);
    this.text = '';
  }

  #add(text: string): void {
    this.text += text;
    if (!this.#onLine) return;
    const lines = this.text.split('\n').map(line => line.slice(0, LONGEST_LINE));
    this.text = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
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
