import type { Result } from './workflow.ts';

export interface JobInfo {
  readonly id: string;
  readonly name: string;
}

/** Every call for a step gets the same object. */
export interface StepInfo {
  readonly job: JobInfo;
  /** Counts from 1 within the job. */
  readonly number: number;
  readonly name: string;
  readonly background: boolean;
}

/** `output` is a line that the step printed. */
export type Level = 'output' | 'debug' | 'notice' | 'warning' | 'error';

/** All text is masked. */
export interface Observer {
  jobStarted(job: JobInfo): void;
  jobMessage(job: JobInfo, level: Level, text: string): void;
  jobEnded(job: JobInfo, result: Result): void;
  stepStarted(step: StepInfo): void;
  stepLine(step: StepInfo, level: Level, text: string): void;
  /** @param result a failure with `continue-on-error` is a success */
  stepEnded(step: StepInfo, result: Result): void;
}
