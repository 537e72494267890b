import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLine } from '../api/server.ts';

/** Kubelet's default of `containerLogMaxSize`. */
const maxBytes = 10 * 1024 * 1024;
/** A longer line is stored in parts, as in container runtimes. */
const maxLineBytes = 16 * 1024;

/**
 * The log of one run of a container, in the format of the CRI: `TIME STREAM TAG TEXT`. The tag is F, or P for a part
 * of a line. A full file is renamed and replaces the previous one.
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export class ContainerLog {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number;
  #size = 0;
  #ended = false;
  readonly #pending = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  readonly #wake = new Set<() => void>();

  /**
   * @param path of a new file, created with mode 0600
   * @param limit bytes per file
   */
  constructor(path: string, limit = maxBytes) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#maxBytes = limit;
    this.#file = openSync(path, 'a', 0o600);
  }

  /** Accepts output in any chunks. */
  append(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    let rest = Buffer.concat([this.#pending[stream], chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      this.#line(stream, rest.subarray(0, end), 'F');
      rest = rest.subarray(end + 1);
    }
    while (rest.length > maxLineBytes) {
      this.#line(stream, rest.subarray(0, maxLineBytes), 'P');
      rest = rest.subarray(maxLineBytes);
    }
    this.#pending[stream] = rest;
    this.#notify();
  }

  /** Writes an unfinished line and ends all followers. */
  end(): void {
    if (this.#ended) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#pending[stream].length > 0) this.#line(stream, this.#pending[stream], 'F');
    }
    this.#ended = true;
    closeSync(this.#file);
    this.#notify();
  }

  /** Content of the current file. */
  read(): LogLine[] {
    const reader = new LineReader(this.#path, 0);
    try {
      return reader.read();
    } finally {
      reader.close();
    }
  }

  /** Lines from now on, until the container ends or the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<LogLine> {
    // The position is taken now, so that no line between read() and the first iteration is lost.
    return this.#follow(new LineReader(this.#path, this.#size), signal);
  }

  async *#follow(first: LineReader, signal: AbortSignal): AsyncGenerator<LogLine> {
    let reader = first;
    let file = this.#file;
    try {
      while (!signal.aborted) {
        const ended = this.#ended;
        const setAside = file !== this.#file;
        yield* reader.read();
        if (setAside) {
          reader.close();
          reader = new LineReader(this.#path, 0);
          file = this.#file;
        } else if (ended) {
          return;
        } else if (file === this.#file && ended === this.#ended && reader.position === this.#size) {
          await this.#changed(signal);
        }
      }
    } finally {
      reader.close();
    }
  }

  #line(stream: 'stdout' | 'stderr', text: Buffer, tag: 'F' | 'P'): void {
    const time = new Date().toISOString().replace('Z', '000000Z');
    const line = Buffer.concat([Buffer.from(`${time} ${stream} ${tag} `), text, Buffer.from('\n')]);
    if (this.#size > 0 && this.#size + line.length > this.#maxBytes) this.#setAside();
    writeSync(this.#file, line);
    this.#size += line.length;
  }

  #setAside(): void {
    const full = this.#file;
    renameSync(this.#path, `${this.#path}.1`);
    // Opened before the old file is closed, so that the two have different descriptors.
    this.#file = openSync(this.#path, 'a', 0o600);
    closeSync(full);
    this.#size = 0;
  }

  #notify(): void {
    for (const wake of this.#wake) wake();
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#wake.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}

export function removeLog(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.1`, { force: true });
}

/** Reads new lines of a log file on each call. */
class LineReader {
  position: number;
  readonly #file: number;
  #partial = '';

  constructor(path: string, position: number) {
    this.#file = openSync(path, 'r');
    this.position = position;
  }

  read(): LogLine[] {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(this.#file, chunk, 0, chunk.length, this.position);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      this.position += length;
    }
    const lines: LogLine[] = [];
    for (const line of Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1)) {
      const [, time, tag, text] = /^(\S+) std(?:out|err) ([FP]) ([\s\S]*)$/.exec(line) ?? [];
      if (time === undefined) continue;
      this.#partial += text;
      if (tag === 'P') continue;
      lines.push({ time, text: this.#partial });
      this.#partial = '';
    }
    return lines;
  }

  close(): void {
    closeSync(this.#file);
  }
}
