import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Action } from './action.ts';

/** A workflow file, read. What may hold expressions is kept as the parser's token and evaluated when its time comes. */
export interface Workflow {
  /** As GitHub names it: `.github/workflows/lab.yml`. */
  readonly path: string;
  readonly name: string;
  /** Inputs of `workflow_dispatch`. */
  readonly inputs: readonly InputDefinition[];
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

export interface Job {
  readonly id: string;
  readonly name?: TemplateToken;
  readonly needs: readonly string[];
  /** An expression; holds a status function. */
  readonly condition: string;
  readonly env?: MappingToken;
  /** The environment's name. */
  readonly environment?: TemplateToken;
  /** Whether `permissions` grant `id-token: write`. */
  readonly idToken: boolean;
  readonly defaults: RunDefaults;
  readonly outputs?: MappingToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly steps: readonly Step[];
}

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
