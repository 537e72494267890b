import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Permissions } from './permissions.ts';
import type { Action } from './read-action.ts';
import type { Repository } from './repositories.ts';

/** Values that can contain expressions are tokens, to be evaluated later. */
export interface Workflow {
  readonly repository: Repository;
  /** `.github/workflows/lab.yml` */
  readonly path: string;
  readonly name: string;
  /** `workflow_dispatch`, `schedule`, … */
  readonly events: readonly string[];
  readonly schedules: readonly string[];
  readonly inputs: readonly InputDefinition[];
  readonly call: CallDefinition;
  readonly env?: MappingToken;
  readonly jobs: readonly Job[];
}

export interface InputDefinition {
  readonly name: string;
  readonly type: 'string' | 'choice' | 'boolean' | 'number' | 'environment';
  readonly required: boolean;
  readonly default?: string;
  readonly options: readonly string[];
}

export interface CallDefinition {
  readonly inputs: readonly CallInput[];
  readonly outputs: ReadonlyMap<string, TemplateToken>;
}

export interface CallInput {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number';
  readonly default?: TemplateToken;
}

interface BaseJob {
  readonly id: string;
  readonly name?: TemplateToken;
  readonly needs: readonly string[];
  /** An expression with a status function. */
  readonly condition: string;
  /** From the job, its workflow, or a caller. */
  readonly permissions: Permissions;
}

export interface StepsJob extends BaseJob {
  readonly kind: 'steps';
  readonly env?: MappingToken;
  readonly environment?: TemplateToken;
  readonly continueOnError?: TemplateToken;
  readonly defaults: RunDefaults;
  readonly outputs?: MappingToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly steps: readonly Step[];
}

export interface CallJob extends BaseJob {
  readonly kind: 'call';
  readonly workflow: Workflow;
  readonly with?: MappingToken;
  readonly secrets?: 'inherit' | MappingToken;
}

export type Job = StepsJob | CallJob;

export interface RunDefaults {
  readonly shell?: TemplateToken;
  readonly workingDirectory?: TemplateToken;
}

interface BaseStep {
  /** The `steps` context does not show IDs that start with `__`. */
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

export interface RunStep extends ExecutionStep {
  readonly kind: 'run';
  readonly script: TemplateToken;
  readonly shell?: TemplateToken;
  readonly workingDirectory?: TemplateToken;
}

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

export interface CancelStep extends BaseStep {
  readonly kind: 'cancel';
  readonly target: string;
}

export type Step = RunStep | ActionStep | WaitStep | CancelStep;

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';
