/** A kubelet's delays for pulls and restarts: each failure doubles them. */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  #next: number;

  /** @param initial milliseconds; the maximum is 30 times as long (10 s and 5 min in a kubelet) */
  constructor(initial: number) {
    this.#initial = initial;
    this.#max = 30 * initial;
    this.#next = initial;
  }

  /** In milliseconds. */
  next(): number {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, this.#max);
    return delay;
  }

  /** Resets the delay after a success of twice the maximum. */
  succeeded(forMilliseconds: number): void {
    if (forMilliseconds > 2 * this.#max) this.#next = this.#initial;
  }
}

/** Formats a duration like Go: `10s`, `2m40s`, `1.62s`, `50ms`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds) / 1000;
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${Math.round((seconds % 60) * 1000) / 1000}s`;
}
