import type { Job, Workflow } from './workflow/workflow.ts';

/** Whether, and when, the secret was verified: a step says so with its output `verified`. */
export class Verdict {
  readonly #jobs: readonly string[];
  /** Milliseconds since the epoch. */
  at: number | undefined;

  constructor(workflow: Workflow) {
    this.#jobs = workflow.jobs.filter(promises).map(job => job.id);
  }

  look(outputs: Readonly<Record<string, string>>): void {
    if (outputs.verified === 'true') this.at ??= Date.now();
  }

  /** A workflow that promises a verdict must give it, unless only another of its jobs was run. */
  holds(only: string | undefined): boolean {
    const promised = this.#jobs.length > 0 && (only === undefined || this.#jobs.includes(only));
    return !promised || this.at !== undefined;
  }
}

/** A job promises a verdict with an output `verified`, or by calling a workflow that does. */
function promises(job: Job): boolean {
  return job.kind === 'call' ? job.workflow.jobs.some(promises) : Boolean(job.outputs?.find('verified'));
}
