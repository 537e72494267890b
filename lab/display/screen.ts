import { stripVTControlCharacters, styleText } from 'node:util';

/** Redraws per second. */
const RATE = 10;

/** Prints permanent lines. In a terminal, redraws live lines below them. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly interactive: boolean;
  #live: () => readonly string[] = () => [];
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream = process.stdout, env: NodeJS.ProcessEnv = process.env) {
    this.#stream = stream;
    this.interactive = stream.isTTY === true && !env.CI && env.TERM !== 'dumb';
  }

  style(format: Parameters<typeof styleText>[0], text: string): string {
    return styleText(format, text, { stream: this.#stream });
  }

  /** Characters. */
  get width(): number {
    return this.#stream.columns || 100;
  }

  print(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
    this.#draw();
  }

  /** Until the next call, or until {@link settle}. */
  live(lines: () => readonly string[]): void {
    this.#live = lines;
    if (!this.interactive) return;
    this.#redraw();
    this.#timer ??= setInterval(() => this.#redraw(), 1000 / RATE).unref();
  }

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

/** A cut line loses its colors. */
export function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`;
}
