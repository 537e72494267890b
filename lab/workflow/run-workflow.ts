import { mkdir } from 'node:fs/promises';
import { type Event, githubContext } from './contexts.ts';
import { JobGraph, type RunState } from './job-graph.ts';
import type { JobResult, RunServices } from './job-run.ts';
import { type Grace, runnerGrace } from './step-process.ts';
import type { Result, Workflow } from './workflow.ts';

/** How a run ended. */
export interface RunResult {
  readonly result: Result;
  readonly jobs: Readonly<Record<string, JobResult>>;
}

export interface RunOptions extends Omit<RunServices, 'grace'> {
  workflow: Workflow;
  event: Event;
  /** A private directory for what lives as long as its job. */
  directory: string;
  /** Runs this job, and what it needs, only. */
  only?: string;
  /** Shorter in tests. */
  grace?: Grace;
}

/** One run of a workflow. */
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
      facts: {
        workflow,
        github: githubContext(workflow, event),
        inputs: event.name === 'workflow_dispatch' ? event.inputs : {},
        secrets: {},
      },
    });
  }

  /** Runs the jobs, each as soon as what it needs has ended. */
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
   * Cancels the run as GitHub does: a running job goes on only where its condition holds in a cancelled run, and so do jobs
   * that have not started.
   * @returns the names of the jobs that go on
   */
  cancel(): string[] {
    this.#state.cancelled = true;
    return this.#jobs.cancel();
  }

  /** Ends all processes at once and starts nothing more. */
  kill(): void {
    this.#state.cancelled = true;
    this.#state.killed = true;
    this.#jobs.kill();
  }
}
