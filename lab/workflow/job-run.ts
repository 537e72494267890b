import { rm } from 'node:fs/promises';
import { BackgroundSteps } from './background-steps.ts';
import { type Contexts, entries, holds, number, text } from './expressions.ts';
import type { JobOptions, JobResult } from './job.ts';
import { JobContext } from './job-context.ts';
import type { JobInfo, Level, StepInfo } from './observer.ts';
import { type PostStep, type PreparedStep, StepRunner } from './step-runner.ts';
import type { ActionStep, CancelStep, Result, RunStep, Step, WaitStep } from './workflow.ts';

const DEFAULT_TIMEOUT_MINUTES = 360;

/**
 * The order is that of https://github.com/actions/runner/blob/main/src/Runner.Worker/StepsRunner.cs
 */
export class JobRun {
  readonly info: JobInfo;
  readonly #options: JobOptions;
  readonly #context: JobContext;
  readonly #steps: StepRunner;
  readonly #background = new BackgroundSteps();
  #isKilled = false;
  #current: { condition: string; contexts: Contexts; abort: AbortController } | undefined;
  #count = 0;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#context = new JobContext(options);
    this.#steps = new StepRunner(options, this.#context);
    const { job } = options;
    this.info = options.info(job.name ? text(job.name, this.#context.contexts()) : job.id);
  }

  /** A failing step does not throw. */
  async run(): Promise<JobResult> {
    const { job, observer, directory } = this.#options;
    observer.jobStarted(this.info);
    let outputs: Record<string, string> = {};
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#context.prepare();
      const minutes = number(job.timeoutMinutes, this.#context.contexts()) ?? DEFAULT_TIMEOUT_MINUTES;
      timer = setTimeout(() => {
        this.#report('error', `The job has exceeded the maximum execution time of ${minutes} minutes.`);
        this.cancel();
      }, minutes * 60_000);
      for (const step of job.steps) await this.#runStep(step);
      await this.#settle(this.#background.ids);
      while (this.#steps.posts.length > 0) await this.#runPost(this.#steps.posts.pop()!);
      outputs = this.#readOutputs();
    } catch (error) {
      this.#report('error', (error as Error).message);
      this.#context.fail();
    } finally {
      clearTimeout(timer);
      this.#steps.kill();
      await rm(directory, { recursive: true, force: true });
    }
    const result = this.#context.status;
    observer.jobEnded(this.info, result);
    return { result, outputs, summaries: this.#steps.summaries };
  }

  /**
   * The current step continues if its condition is still true. Later steps run only if their
   * conditions are true in a cancelled job.
   */
  cancel(): void {
    if (this.#context.status === 'cancelled') return;
    this.#context.cancel();
    this.#background.abortAll();
    const current = this.#current;
    if (current && !holds(current.condition, current.contexts, this.#context.conditions))
      current.abort.abort();
  }

  kill(): void {
    this.#isKilled = true;
    this.cancel();
    this.#current?.abort.abort();
    this.#steps.kill();
  }

  async #runStep(step: Step): Promise<void> {
    if (this.#isKilled) return;
    switch (step.kind) {
      case 'wait':
        await this.#wait(step);
        break;
      case 'cancel':
        await this.#cancelStep(step);
        break;
      default:
        if (step.background) this.#startInBackground(step);
        else await this.#runInForeground(step);
    }
  }

  async #runInForeground(step: RunStep | ActionStep): Promise<void> {
    const info = this.#announce(this.#nameOf(step), false);
    const prepared = this.#prepare(step, info, step.condition);
    if (!prepared) return;
    this.#current = { condition: step.condition, ...prepared };
    const effects = await this.#steps.run(step, info, prepared);
    this.#current = undefined;
    this.#options.observer.stepEnded(info, this.#context.apply(step, effects));
  }

  /** Evaluates the condition now. The effects apply when the job waits for the step. */
  #startInBackground(step: RunStep | ActionStep): void {
    const info = this.#announce(this.#nameOf(step), true);
    const prepared = this.#prepare(step, info, step.condition);
    if (!prepared) return;
    this.#background.start(
      step,
      prepared.abort,
      () => this.#steps.run(step, info, prepared),
      effects => this.#options.observer.stepEnded(info, this.#context.conclusionOf(step, effects.outcome)),
      this.#context.status === 'cancelled',
    );
  }

  async #wait(step: WaitStep): Promise<void> {
    const targets = step.targets ?? this.#background.ids;
    const name = text(step.name, this.#context.contexts()) || `Wait for ${targets.join(', ')}`;
    const info = this.#announce(name, false);
    const failed = await this.#settle(targets);
    for (const id of failed)
      this.#options.observer.stepLine(info, 'error', `The background step '${id}' failed.`);
    this.#options.observer.stepEnded(info, failed.length > 0 ? 'failure' : 'success');
  }

  /** @returns the IDs of the steps that failed the job */
  async #settle(ids: readonly string[]): Promise<string[]> {
    const failed: string[] = [];
    for (const id of ids) {
      const settled = await this.#background.settle(id);
      if (settled && this.#context.apply(settled.step, settled.effects) === 'failure') failed.push(id);
    }
    return failed;
  }

  async #cancelStep(step: CancelStep): Promise<void> {
    const name = text(step.name, this.#context.contexts()) || `Cancel ${step.target}`;
    const info = this.#announce(name, false);
    const cancelled = await this.#background.cancel(step.target);
    if (cancelled) this.#context.apply(cancelled.step, cancelled.effects);
    this.#options.observer.stepEnded(info, 'success');
  }

  async #runPost({ step, name, state }: PostStep): Promise<void> {
    if (this.#isKilled) return;
    const info = this.#announce(`Post ${name}`, false);
    const condition = step.action.postCondition;
    const prepared = this.#prepare(step, info, condition, false);
    if (!prepared) return;
    this.#current = { condition, ...prepared };
    const effects = await this.#steps.run(step, info, prepared, state);
    this.#current = undefined;
    if (effects.outcome === 'failure') this.#context.fail();
    this.#context.applyEnvironment(effects);
    this.#options.observer.stepEnded(info, effects.outcome);
  }

  /**
   * Records and reports a step that does not run.
   * @param isRecorded the `steps` context shows the result
   * @returns undefined if the step does not run
   */
  #prepare(
    step: RunStep | ActionStep,
    info: StepInfo,
    condition: string,
    isRecorded = true,
  ): PreparedStep | undefined {
    const { observer } = this.#options;
    const end = (result: Result) => {
      if (isRecorded) this.#context.recordUnrun(step, result);
      observer.stepEnded(info, result);
      return undefined;
    };
    try {
      const env = entries(step.env, this.#context.contexts(step));
      const contexts = this.#context.contexts(step, env);
      if (!holds(condition, contexts, this.#context.conditions)) return end('skipped');
      return { contexts, env, abort: new AbortController() };
    } catch (error) {
      observer.stepLine(info, 'error', this.#context.masks.mask((error as Error).message));
      this.#context.fail();
      return end('failure');
    }
  }

  #readOutputs(): Record<string, string> {
    const { outputs, dropped } = this.#context.outputs();
    for (const name of dropped) this.#report('warning', `Skip output '${name}' since it may contain secret.`);
    return outputs;
  }

  #nameOf(step: RunStep | ActionStep): string {
    const contexts = this.#context.contexts(step);
    const target =
      step.kind === 'action' ? () => step.uses : () => text(step.script, contexts).trim().split('\n')[0];
    try {
      return this.#context.masks.mask(text(step.name, contexts) || `Run ${target()}`);
    } catch {
      // The step reports the invalid expression itself.
      return step.id;
    }
  }

  #announce(name: string, background: boolean): StepInfo {
    const info = { job: this.info, number: ++this.#count, name, background };
    this.#options.observer.stepStarted(info);
    return info;
  }

  #report(level: Level, message: string): void {
    this.#options.observer.jobMessage(this.info, level, this.#context.masks.mask(message));
  }
}
