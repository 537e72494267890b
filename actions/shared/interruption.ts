/** Thrown out of every wait and every command once the runner has asked the step to stop. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;
  /** The commands that ran when it came. What they had begun elsewhere may go on. */
  readonly cutOff: (readonly string[])[] = [];

  constructor(signal: NodeJS.Signals) {
    super(`The step was cancelled (${signal}).`);
    this.name = 'Interrupted';
    this.signal = signal;
  }
}

/** Aborted, with an {@link Interrupted} as its reason, when this process is told to stop. */
export const interruption = new AbortController();

/** Aborted in the same manner when it is told a second time: by SIGTERM, which the runner sends 7.5 s after SIGINT. */
export const repeatedInterruption = new AbortController();

/**
 * Makes SIGINT and SIGTERM abort {@link interruption} and {@link repeatedInterruption} instead of ending the process at once. The
 * runner signals this one process only, never its children (actions/runner, ProcessInvoker.cs): what is running under us
 * must be told by us, and `command.ts` does that.
 */
export function listenForSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      const stop = interruption.signal.aborted ? repeatedInterruption : interruption;
      stop.abort(new Interrupted(signal));
    });
  }
}
