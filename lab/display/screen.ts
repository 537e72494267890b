import { stripVTControlCharacters, styleText } from 'node:util';

/** Redraws per second of what is live. */
const rate = 10;

/**
 * Where the lab shows things: lines that stay, and on a terminal below them lines that live, redrawn in place.
 */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  /** Whether lines can be redrawn. */
  readonly interactive: boolean;
  #live: () => readonly string[] = () => [];
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream = process.stdout, env: NodeJS.ProcessEnv = process.env) {
    this.#stream = stream;
    this.interactive = stream.isTTY === true && !env.CI && env.TERM !== 'dumb';
  }

  /** Text in a colour, where the stream shows colours (NO_COLOR is honoured). */
  style(format: Parameters<typeof styleText>[0], text: string): string {
    return styleText(format, text, { stream: this.#stream });
  }

  /** Width in characters. */
  get width(): number {
    return this.#stream.columns || 100;
  }

  /** Prints lines that stay. */
  print(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
    this.#draw();
  }

  /** Shows lines below everything else, and keeps them fresh, until something else or nothing is to be shown. */
  live(lines: () => readonly string[]): void {
    this.#live = lines;
    if (!this.interactive) return;
    this.#redraw();
    this.#timer ??= setInterval(() => this.#redraw(), 1000 / rate).unref();
  }

  /** Removes what is live. */
  settle(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#live = () => [];
    this.#erase();
  }

  #redraw(): void {
    this.#erase();
    this.#draw();
  }

  #erase(): void {
    if (this.#drawn > 0) this.#stream.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.interactive) return;
    const lines = this.#live().map(line => cut(line, this.width - 1));
    if (lines.length > 0) this.#stream.write(`${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

/** A line that fits into a width: one that is too long loses its colours with its end. */
export function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`;
}
