/** Delays that double from one failure to the next, as a kubelet draws them for pulls and restarts. */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  #next: number;

  /** @param initial milliseconds; the longest is 30 times that (a kubelet's 10 s and 5 min) */
  constructor(initial: number) {
    this.#initial = initial;
    this.#max = 30 * initial;
    this.#next = initial;
  }

  /** The delay after one more failure, in milliseconds. */
  next(): number {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, this.#max);
    return delay;
  }

  /** Begins again from the shortest where things went well for twice the longest delay. */
  succeeded(forMilliseconds: number): void {
    if (forMilliseconds > 2 * this.#max) this.#next = this.#initial;
  }
}

/** A duration as Go prints it: `10s`, `2m40s`, `1.62s`, `50ms`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds) / 1000;
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${Math.round((seconds % 60) * 1000) / 1000}s`;
}
