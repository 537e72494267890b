import type { Screen } from './display/screen.ts';
import type { WorkflowRun } from './workflow/run-workflow.ts';

/** Milliseconds. One Ctrl-C arrives twice: from the terminal and from npm. */
const DUPLICATE_TIME = 300;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** As on GitHub, the first Ctrl-C cancels the run. The second kills every process. */
export class SignalHandler {
  readonly #screen: Screen;
  readonly #abort = new AbortController();
  #run: WorkflowRun | undefined;
  #count = 0;
  #last = 0;
  readonly #onSignal = () => {
    const isDuplicate = Date.now() - this.#last < DUPLICATE_TIME;
    this.#last = Date.now();
    if (isDuplicate) return;
    this.#count++;
    this.#abort.abort(new Error('Interrupted.'));
    if (this.#count > 1) {
      this.#run?.kill();
      return;
    }
    if (!this.#run) return;
    const continuing = this.#run.cancel();
    const always =
      continuing.length > 0 ? ` These jobs continue, because they always run: ${continuing.join(', ')}.` : '';
    this.#screen.print(
      `Cancelling the run, as GitHub does.${always} Press Ctrl-C again to kill every process.`,
    );
  };

  constructor(screen: Screen) {
    this.#screen = screen;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  watch(run: WorkflowRun): void {
    this.#run = run;
    if (this.#count > 0) run.cancel();
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}
