import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startFacts } from './contexts.ts';
import { type Contexts, holds, type Status } from './expressions.ts';
import type { Machine } from './machine.ts';
import type { Observer } from './observer.ts';
import { type Grace, runnerGrace } from './process.ts';
import { type JobResult, JobRun } from './run-job.ts';
import type { Job, Result, Workflow } from './workflow.ts';

/** How a run ended. */
export interface RunResult {
  readonly result: Result;
  readonly jobs: Readonly<Record<string, JobResult>>;
}

export interface RunOptions {
  workflow: Workflow;
  inputs: Readonly<Record<string, string | boolean | number>>;
  machine: Machine;
  /** The checked-out repository: GITHUB_WORKSPACE. */
  workspace: string;
  /** A private directory for what lives as long as its job. */
  directory: string;
  observer: Observer;
  /** Told the outputs of each step when its job takes them over. */
  outputsSeen?: (outputs: Readonly<Record<string, string>>) => void;
  /** Runs this job, and what it needs, only. */
  only?: string;
  /** Shorter in tests. */
  grace?: Grace;
}

const skipped: JobResult = { result: 'skipped', outputs: {}, summaries: [] };

/** One run of a workflow. */
export class WorkflowRun {
  readonly #options: RunOptions;
  readonly #running = new Map<Job, JobRun>();
  readonly #finished = new Map<string, Promise<JobResult>>();
  readonly #results = new Map<string, JobResult>();
  readonly #facts: ReturnType<typeof startFacts>;
  #cancelled = false;
  #killed = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#facts = startFacts(options.workflow, options.machine, options.inputs, options.workspace);
  }

  /** Runs the jobs, each as soon as what it needs has ended. */
  async run(): Promise<RunResult> {
    const { workflow, directory, only } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const wanted =
      only === undefined ? workflow.jobs : this.#ancestors(this.#job(only)).concat(this.#job(only));
    await Promise.all(wanted.map(job => this.#finish(job)));
    const results = [...this.#results.values()].map(({ result }) => result);
    return {
      result: results.includes('failure')
        ? 'failure'
        : this.#cancelled || results.includes('cancelled')
          ? 'cancelled'
          : 'success',
      jobs: Object.fromEntries(this.#results),
    };
  }

  /**
   * Cancels the run as GitHub does: a running job goes on only where its condition holds in a cancelled run, and so do jobs
   * that have not started.
   * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation
   * @returns the names of the jobs that go on
   */
  cancel(): string[] {
    this.#cancelled = true;
    const goOn: string[] = [];
    for (const [job, run] of this.#running) {
      if (this.#holds(job)) goOn.push(run.info.name);
      else run.cancel();
    }
    return goOn;
  }

  /** Ends all processes at once and starts nothing more. */
  kill(): void {
    this.#cancelled = true;
    this.#killed = true;
    for (const run of this.#running.values()) run.kill();
  }

  #finish(job: Job): Promise<JobResult> {
    const known = this.#finished.get(job.id);
    if (known) return known;
    const finished = (async () => {
      await Promise.all(job.needs.map(id => this.#finish(this.#job(id))));
      const result = await this.#run(job);
      this.#results.set(job.id, result);
      return result;
    })();
    this.#finished.set(job.id, finished);
    return finished;
  }

  async #run(job: Job): Promise<JobResult> {
    const { observer, directory } = this.#options;
    const run = new JobRun({
      ...this.#options,
      job,
      facts: this.#facts,
      needs: this.#needs(job),
      directory: join(directory, job.id),
      grace: this.#options.grace ?? runnerGrace,
    });
    if (this.#killed || !this.#holds(job)) {
      const result = { ...skipped, result: this.#cancelled ? 'cancelled' : 'skipped' } as const;
      observer.jobEnded(run.info, result.result);
      return result;
    }
    this.#running.set(job, run);
    try {
      return await run.run();
    } finally {
      this.#running.delete(job);
    }
  }

  #holds(job: Job): boolean {
    const contexts: Contexts = {
      github: this.#facts.github,
      inputs: this.#facts.inputs,
      vars: this.#options.machine.vars,
      needs: this.#needs(job),
    };
    return holds(job.condition, contexts, this.#status(job));
  }

  /** A job's success() and failure() look at all jobs before it, not only at those it names: https://github.com/actions/runner/issues/491 */
  #status(job: Job): Status {
    const results = this.#ancestors(job).map(({ id }) => this.#results.get(id)?.result);
    return {
      success: !this.#cancelled && results.every(result => result === 'success'),
      failure: !this.#cancelled && results.includes('failure'),
      cancelled: this.#cancelled,
    };
  }

  #ancestors(job: Job): Job[] {
    const needed = job.needs.map(id => this.#job(id));
    return [...new Set([...needed.flatMap(other => this.#ancestors(other)), ...needed])];
  }

  #needs(job: Job): Record<string, { result: Result; outputs: Readonly<Record<string, string>> }> {
    return Object.fromEntries(
      job.needs.map(id => {
        const { result, outputs } = this.#results.get(id) ?? skipped;
        return [id, { result, outputs }];
      }),
    );
  }

  #job(id: string): Job {
    const found = this.#options.workflow.jobs.find(job => job.id === id);
    if (!found) throw new Error(`The workflow has no job '${id}'.`);
    return found;
  }
}
