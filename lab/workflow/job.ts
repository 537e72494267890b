import type { JobInfo, Observer } from './observer.ts';
import type { Repositories } from './repositories.ts';
import type { RunnerHost } from './runner-host.ts';
import type { Grace, ProcessGroupWatcher } from './step-process.ts';
import type { Result, StepsJob, Workflow } from './workflow.ts';
import type { Inputs } from './workflow-inputs.ts';

export interface JobResult {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown, in the order of the steps that wrote it. */
  readonly summaries: readonly string[];
}

/** What every job of a run shares. */
export interface RunServices {
  host: RunnerHost;
  /** Repositories that actions/checkout can put into a workspace. */
  repositories: Repositories;
  /** Directory of the run's artifacts. */
  artifacts: string;
  observer: Observer;
  /** Receives the outputs of each step when it ends, or when the job waits for it. */
  outputsSeen?: (outputs: Readonly<Record<string, string>>) => void;
  grace: Grace;
  guard?: ProcessGroupWatcher;
}

/** The `needs` context of a job. */
export type Needs = Readonly<Record<string, { result: Result; outputs: Readonly<Record<string, string>> }>>;

/** What the jobs of one workflow share. */
export interface WorkflowScope {
  readonly workflow: Workflow;
  /** The `github` context of the run. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Inputs;
  /** Without GITHUB_TOKEN, which differs for each job. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface JobOptions extends RunServices {
  job: StepsJob;
  /** Adds the names of the jobs that called the workflow. */
  info: (name: string) => JobInfo;
  scope: WorkflowScope;
  needs: Needs;
  /** Private, and deleted at the end of the job. */
  directory: string;
}
