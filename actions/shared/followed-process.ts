import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

export interface FollowOptions {
  input: string;
  env: Record<string, string>;
  onLine: (line: string) => void;
  onStderr: (data: Buffer) => void;
  onChild: (child: ChildProcess) => void;
}

/** How long output is awaited after the process has exited: a process that it started may keep the pipe open. */
const LAST_OUTPUT_MILLISECONDS = 10_000;

/**
 * `@actions/exec` keeps everything since the last line break and searches all of it again for each chunk.
 * @returns the exit code; null if a signal ended the process.
 */
export function followProcess(
  tool: string,
  args: readonly string[],
  { input, env, onLine, onStderr, onChild }: FollowOptions,
): Promise<number | null> {
  const child = spawn(tool, args, { env });
  onChild(child);
  const lines = new LineSplitter(onLine);
  child.stdout.on('data', (data: Buffer) => lines.write(data));
  child.stderr.on('data', onStderr);
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => {
    let deadline: NodeJS.Timeout | undefined;
    const end = (exitCode: number | null): void => {
      clearTimeout(deadline);
      lines.end();
      resolve(exitCode);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      // The words of @actions/exec, so that both ways to start a command fail alike.
      reject(error.code === 'ENOENT' ? new Error(`Unable to locate executable file: ${tool}.`) : error),
    );
    child.once('exit', exitCode => {
      deadline = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        end(exitCode);
      }, LAST_OUTPUT_MILLISECONDS);
    });
    child.once('close', end);
  });
}

/** Characters of a line that are passed on. The longest secret, with every character escaped, fits. */
const LONGEST_LINE = 256 * 1024;

/** Splits a stream into lines. LF, CR LF, and CR end a line. The rest of a line that is too long is dropped. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #line = '';
  #afterCarriageReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(data: Buffer): void {
    this.#add(this.#decoder.write(data));
  }

  /** Passes on the last line if no line break ended it. */
  end(): void {
    this.#add(this.#decoder.end());
    if (this.#line !== '') this.#endLine();
  }

  #add(text: string): void {
    if (text === '') return;
    let start = this.#afterCarriageReturn && text.startsWith('\n') ? 1 : 0;
    this.#afterCarriageReturn = text.endsWith('\r');
    const lineBreak = /\r\n|\r|\n/g;
    lineBreak.lastIndex = start;
    for (let found = lineBreak.exec(text); found; found = lineBreak.exec(text)) {
      this.#keep(text.slice(start, found.index));
      this.#endLine();
      start = lineBreak.lastIndex;
    }
    this.#keep(text.slice(start));
  }

  #keep(text: string): void {
    const room = LONGEST_LINE - this.#line.length;
    if (room > 0) this.#line += text.slice(0, room);
  }

  #endLine(): void {
    const line = this.#line;
    this.#line = '';
    this.#onLine(line);
  }
}
