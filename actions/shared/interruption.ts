/** Thrown by every wait and every command after the runner has asked the step to stop. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;
  /** The commands that were running. Azure might continue what they began. */
  readonly cutOff: (readonly string[])[] = [];

  constructor(signal: NodeJS.Signals) {
    super(`The step was cancelled (${signal}).`);
    this.name = 'Interrupted';
    this.signal = signal;
  }
}

/** Aborted with an {@link Interrupted} when this process receives the first signal to stop. */
export const interruption = new AbortController();

/** Aborted with an {@link Interrupted} at the second signal: SIGTERM, which the runner sends 7.5 s after SIGINT. */
export const repeatedInterruption = new AbortController();

/**
 * Makes SIGINT and SIGTERM abort {@link interruption} and {@link repeatedInterruption} instead of ending the process. The
 * runner signals only this process, never its children (actions/runner, ProcessInvoker.cs). `command.ts` signals them.
 */
export function listenForSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      const stop = interruption.signal.aborted ? repeatedInterruption : interruption;
      stop.abort(new Interrupted(signal));
    });
  }
}
