import type { Screen } from './display/screen.ts';
import type { WorkflowRun } from './workflow/run-workflow.ts';

/** Signals closer together than this, in milliseconds, are one. */
const echoTime = 300;

/** Ctrl-C: the first cancels as GitHub would, the second ends everything at once. */
export class Interruption {
  readonly #screen: Screen;
  readonly #abort = new AbortController();
  #run: WorkflowRun | undefined;
  #count = 0;
  #last = 0;
  readonly #onSignal = () => {
    // npm hands on the signal that the terminal has sent to this process already: one Ctrl-C arrives twice.
    const echo = Date.now() - this.#last < echoTime;
    this.#last = Date.now();
    if (echo) return;
    this.#count++;
    this.#abort.abort(new Error('Interrupted.'));
    if (this.#count > 1) {
      this.#run?.kill();
      return;
    }
    if (!this.#run) return;
    const goOn = this.#run.cancel();
    const also = goOn.length > 0 ? ` ${goOn.join(', ')} runs always and goes on.` : '';
    this.#screen.print(`Cancelling, as GitHub would.${also} Ctrl-C again ends everything at once.`);
  };

  constructor(screen: Screen) {
    this.#screen = screen;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onSignal);
  }

  /** Aborted with the first interruption: ends what is not a workflow yet. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  watch(run: WorkflowRun): void {
    this.#run = run;
    if (this.#count > 0) run.cancel();
  }

  end(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onSignal);
  }
}
