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

export interface RunServices {
  host: RunnerHost;
  repositories: Repositories;
  artifacts: string;
  observer: Observer;
  /** Called when the step ends, or when the job waits for it. */
  outputsSeen?: (outputs: Readonly<Record<string, string>>) => void;
  grace: Grace;
  guard?: ProcessGroupWatcher;
}

export type Needs = Readonly<Record<string, { result: Result; outputs: Readonly<Record<string, string>> }>>;

export interface WorkflowScope {
  readonly workflow: Workflow;
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Inputs;
  /** Without GITHUB_TOKEN, which differs for each job. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface JobOptions extends RunServices {
  job: StepsJob;
  info: (name: string) => JobInfo;
  scope: WorkflowScope;
  needs: Needs;
  /** Deleted at the end of the job. */
  directory: string;
}
