import { emptyEffects, type StepEffects } from './step-execution.ts';
import type { ActionStep, RunStep } from './workflow.ts';

/** Background steps that run in parallel in one job: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsbackground */
const MAX_PARALLEL = 10;

/** Milliseconds that a `cancel` step waits for the cancelled step. */
const CANCEL_TIMEOUT = 7500;

interface BackgroundStep {
  readonly step: RunStep | ActionStep;
  readonly abort: AbortController;
  readonly done: Promise<StepEffects>;
}

/** The background steps of a job. Their effects apply when the job waits for them. */
export class BackgroundSteps {
  readonly #running = new Map<string, BackgroundStep>();
  readonly #slots = new Semaphore(MAX_PARALLEL);

  /** IDs of the steps that no step has waited for, in lower case. */
  get ids(): string[] {
    return [...this.#running.keys()];
  }

  /**
   * @param execute runs the step when a slot is free, and never throws
   * @param onEnd is called when it has ended, before the job waits for it
   * @param isCancelled the job was cancelled: the step does not start
   */
  start(
    step: RunStep | ActionStep,
    abort: AbortController,
    execute: () => Promise<StepEffects>,
    onEnd: (effects: StepEffects) => void,
    isCancelled: boolean,
  ): void {
    const run = async () => {
      if (isCancelled) return emptyEffects('cancelled');
      const release = await this.#slots.acquire();
      try {
        return await execute();
      } finally {
        release();
      }
    };
    const done = run().then(effects => {
      onEnd(effects);
      return effects;
    });
    this.#running.set(step.id.toLowerCase(), { step, abort, done });
  }

  /** Waits for a step. @returns undefined if no such step runs */
  async settle(id: string): Promise<{ step: RunStep | ActionStep; effects: StepEffects } | undefined> {
    const background = this.#running.get(id.toLowerCase());
    if (!background) return undefined;
    const effects = await background.done;
    this.#running.delete(id.toLowerCase());
    return { step: background.step, effects };
  }

  /** Cancels a step and waits for it, up to a limit. @returns undefined if no such step runs */
  async cancel(id: string): Promise<{ step: RunStep | ActionStep; effects: StepEffects } | undefined> {
    const background = this.#running.get(id.toLowerCase());
    if (!background) return undefined;
    background.abort.abort();
    const timeout = AbortSignal.timeout(CANCEL_TIMEOUT);
    const effects = await Promise.race([
      background.done,
      new Promise<StepEffects>(resolve =>
        timeout.addEventListener('abort', () => resolve(emptyEffects('cancelled'))),
      ),
    ]);
    this.#running.delete(id.toLowerCase());
    return { step: background.step, effects };
  }

  abortAll(): void {
    for (const { abort } of this.#running.values()) abort.abort();
  }
}

class Semaphore {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns releases the slot */
  async acquire(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>(resolve => this.#queue.push(resolve));
    return () => {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
