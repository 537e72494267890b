import type { Result } from './workflow.ts';

/** A job, to those who show it. */
export interface JobInfo {
  readonly id: string;
  readonly name: string;
}

/** A step, to those who show it. The same object is given each time. */
export interface StepInfo {
  readonly job: JobInfo;
  /** Counts from 1 within the job. */
  readonly number: number;
  readonly name: string;
  readonly background: boolean;
}

/** `output` is what a step printed itself. */
export type Level = 'output' | 'debug' | 'notice' | 'warning' | 'error';

/** Is told what happens in a run. All text is masked already. */
export interface Observer {
  jobStarted(job: JobInfo): void;
  /** Something about the job as a whole. */
  jobMessage(job: JobInfo, level: Level, text: string): void;
  jobEnded(job: JobInfo, result: Result): void;
  stepStarted(step: StepInfo): void;
  stepLine(step: StepInfo, level: Level, text: string): void;
  /** @param result what the job makes of it: a failure that `continue-on-error` forgives is a success */
  stepEnded(step: StepInfo, result: Result): void;
}
