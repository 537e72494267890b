import type { Job, Workflow } from './workflow/workflow.ts';

/** `verified` means that the pod has read the secret. */
export class Verification {
  readonly #jobs: readonly string[];
  /** Milliseconds since the epoch. */
  verifiedAt: number | undefined;

  constructor(workflow: Workflow) {
    this.#jobs = workflow.jobs.filter(hasVerifiedOutput).map(job => job.id);
  }

  record(outputs: Readonly<Record<string, string>>): void {
    if (outputs.verified === 'true') this.verifiedAt ??= Date.now();
  }

  /** True if no job with the output was to run, or if it was verified. */
  isComplete(only: string | undefined): boolean {
    const isExpected = this.#jobs.length > 0 && (only === undefined || this.#jobs.includes(only));
    return !isExpected || this.verifiedAt !== undefined;
  }
}

function hasVerifiedOutput(job: Job): boolean {
  return job.kind === 'call'
    ? job.workflow.jobs.some(hasVerifiedOutput)
    : Boolean(job.outputs?.find('verified'));
}
