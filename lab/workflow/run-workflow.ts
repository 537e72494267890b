import { mkdir } from 'node:fs/promises';
import { type Event, githubContext } from './contexts.ts';
import type { JobResult, RunServices } from './job.ts';
import { JobGraph, type RunState } from './job-graph.ts';
import { type Grace, runnerGrace } from './step-process.ts';
import type { Result, Workflow } from './workflow.ts';

export interface RunResult {
  readonly result: Result;
  readonly jobs: Readonly<Record<string, JobResult>>;
}

export interface RunOptions extends Omit<RunServices, 'grace'> {
  workflow: Workflow;
  event: Event;
  /** Private. Each job deletes its part. */
  directory: string;
  only?: string;
  /** Shorter in tests. */
  grace?: Grace;
}

export class WorkflowRun {
  readonly #directory: string;
  readonly #state: RunState = { cancelled: false, killed: false };
  readonly #jobs: JobGraph;

  constructor({ workflow, event, grace = runnerGrace, ...options }: RunOptions) {
    this.#directory = options.directory;
    this.#jobs = new JobGraph({
      ...options,
      grace,
      callers: [],
      state: this.#state,
      scope: {
        workflow,
        github: githubContext(workflow, event),
        inputs: event.name === 'workflow_dispatch' ? event.inputs : {},
        secrets: {},
      },
    });
  }

  async run(): Promise<RunResult> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const jobs = await this.#jobs.run();
    const { result } = this.#jobs;
    return {
      result:
        result !== 'failure' && this.#state.cancelled
          ? 'cancelled'
          : result === 'skipped'
            ? 'success'
            : result,
      jobs: Object.fromEntries(jobs),
    };
  }

  /**
   * A job continues, or starts, only if its condition is true in a cancelled run.
   * @returns the names of the running jobs that continue
   */
  cancel(): string[] {
    this.#state.cancelled = true;
    return this.#jobs.cancel();
  }

  /** Also starts nothing more. */
  kill(): void {
    this.#state.cancelled = true;
    this.#state.killed = true;
    this.#jobs.kill();
  }
}
