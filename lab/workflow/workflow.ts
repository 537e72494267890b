import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Permissions } from './permissions.ts';
import type { Action } from './read-action.ts';
import type { Repository } from './repositories.ts';

/** A workflow file, read. What may hold expressions is kept as the parser's token and evaluated when its time comes. */
export interface Workflow {
  readonly repository: Repository;
  /** As GitHub names it: `.github/workflows/lab.yml`. */
  readonly path: string;
  readonly name: string;
  /** What starts it: `workflow_dispatch`, `schedule`, … */
  readonly events: readonly string[];
  /** The cron expressions of `on.schedule`. */
  readonly schedules: readonly string[];
  /** Inputs of `workflow_dispatch`. */
  readonly inputs: readonly InputDefinition[];
  /** What `on.workflow_call` asks of a caller and gives to it. */
  readonly call: CallDefinition;
  readonly env?: MappingToken;
  readonly jobs: readonly Job[];
}

/** An input of `workflow_dispatch`. */
export interface InputDefinition {
  readonly name: string;
  readonly type: 'string' | 'choice' | 'boolean' | 'number' | 'environment';
  readonly required: boolean;
  readonly default?: string;
  readonly options: readonly string[];
}

/** `on.workflow_call`. */
export interface CallDefinition {
  readonly inputs: readonly CallInput[];
  /** The value of each output, by name. */
  readonly outputs: ReadonlyMap<string, TemplateToken>;
}

/** An input of `workflow_call`. */
export interface CallInput {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number';
  readonly default?: TemplateToken;
}

interface BaseJob {
  readonly id: string;
  readonly name?: TemplateToken;
  readonly needs: readonly string[];
  /** An expression; holds a status function. */
  readonly condition: string;
  /** What the job's token may do, whoever said so: the job, its workflow, or a caller. */
  readonly permissions: Permissions;
}

/** A job that has steps. */
export interface StepsJob extends BaseJob {
  readonly kind: 'steps';
  readonly env?: MappingToken;
  /** The environment's name. */
  readonly environment?: TemplateToken;
  readonly continueOnError?: TemplateToken;
  readonly defaults: RunDefaults;
  readonly outputs?: MappingToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly steps: readonly Step[];
}

/** A job that calls a workflow. */
export interface CallJob extends BaseJob {
  readonly kind: 'call';
  readonly workflow: Workflow;
  readonly with?: MappingToken;
  /** The secrets that the called workflow gets: all of the caller's, or those named. */
  readonly secrets?: 'inherit' | MappingToken;
}

export type Job = StepsJob | CallJob;

/** `defaults.run`. */
export interface RunDefaults {
  readonly shell?: TemplateToken;
  readonly workingDirectory?: TemplateToken;
}

interface BaseStep {
  /** The step's own id, or one that starts with `__` and is not to be seen in the `steps` context. */
  readonly id: string;
  readonly name?: TemplateToken;
}

interface ExecutionStep extends BaseStep {
  readonly condition: string;
  readonly env?: MappingToken;
  readonly continueOnError?: TemplateToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly background: boolean;
}

/** `run:` */
export interface RunStep extends ExecutionStep {
  readonly kind: 'run';
  readonly script: TemplateToken;
  readonly shell?: TemplateToken;
  readonly workingDirectory?: TemplateToken;
}

/** `uses:` */
export interface ActionStep extends ExecutionStep {
  readonly kind: 'action';
  readonly uses: string;
  readonly action: Action;
  readonly with?: MappingToken;
}

/** `wait:` (the ids), `wait-all:` (no ids). */
export interface WaitStep extends BaseStep {
  readonly kind: 'wait';
  readonly targets?: readonly string[];
}

/** `cancel:` */
export interface CancelStep extends BaseStep {
  readonly kind: 'cancel';
  readonly target: string;
}

export type Step = RunStep | ActionStep | WaitStep | CancelStep;

/** How a step or a job ended. */
export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';
