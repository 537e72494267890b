import { emptyEffects, type StepEffects } from './step-execution.ts';
import type { ActionStep, RunStep } from './workflow.ts';

/**
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsbackground
 */
const MAX_PARALLEL = 10;

/** Milliseconds. */
const CANCEL_TIMEOUT = 7500;

interface BackgroundStep {
  readonly step: RunStep | ActionStep;
  readonly abort: AbortController;
  readonly done: Promise<StepEffects>;
}

/** Effects of a step apply when the job waits for it. */
export class BackgroundSteps {
  readonly #running = new Map<string, BackgroundStep>();
  readonly #slots = new Semaphore(MAX_PARALLEL);

  /** In lower case. */
  get ids(): string[] {
    return [...this.#running.keys()];
  }

  /**
   * @param execute never throws
   * @param onEnd is called before the job waits for the step
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

  /** Undefined if no such step runs. */
  async settle(id: string): Promise<{ step: RunStep | ActionStep; effects: StepEffects } | undefined> {
    const background = this.#running.get(id.toLowerCase());
    if (!background) return undefined;
    const effects = await background.done;
    this.#running.delete(id.toLowerCase());
    return { step: background.step, effects };
  }

  /** Undefined if no such step runs. */
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

  /** The result releases the slot. */
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
