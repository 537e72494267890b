import { join } from 'node:path';
import { quote } from '../../actions/shared/quote.ts';
import { type Contexts, entries, holds, type Status, text } from './expressions.ts';
import type { JobResult, Needs, RunServices, WorkflowScope } from './job.ts';
import { JobRun } from './job-run.ts';
import type { JobInfo } from './observer.ts';
import type { CallJob, Job, Result, StepsJob } from './workflow.ts';
import { callInputs } from './workflow-inputs.ts';

export interface JobGraphOptions extends RunServices {
  scope: WorkflowScope;
  /** Private. Each job deletes its part. */
  directory: string;
  /** The outermost first. */
  callers: readonly JobInfo[];
  only?: string;
  state: RunState;
}

export interface RunState {
  cancelled: boolean;
  killed: boolean;
}

function writePermissionsOf({ kind, permissions }: Job): string[] {
  if (kind === 'call') return [];
  const scopes = Object.keys(permissions).filter(scope => permissions[scope] === 'write');
  return scopes.filter(scope => scope !== 'id-token').map(scope => `${scope}: write`);
}

const skipped: JobResult = { result: 'skipped', outputs: {}, summaries: [] };

/** A job that calls a workflow contains another graph. */
export class JobGraph {
  readonly #options: JobGraphOptions;
  readonly #running = new Map<Job, JobRun | JobGraph>();
  readonly #finished = new Map<string, Promise<JobResult>>();
  readonly #results = new Map<string, JobResult>();

  constructor(options: JobGraphOptions) {
    this.#options = options;
  }

  /** By job ID. */
  async run(): Promise<ReadonlyMap<string, JobResult>> {
    const { scope, only } = this.#options;
    const wanted =
      only === undefined ? scope.workflow.jobs : this.#ancestors(this.#job(only)).concat(this.#job(only));
    await Promise.all(wanted.map(job => this.#finish(job)));
    return this.#results;
  }

  /**
   * Cancels running jobs, unless their conditions are true in a cancelled run.
   * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation
   * @returns the names of the jobs that continue
   */
  cancel(): string[] {
    return [...this.#running].flatMap(([job, run]) => {
      if (run instanceof JobGraph) return run.cancel();
      if (this.#holds(job)) return [run.info.name];
      run.cancel();
      return [];
    });
  }

  kill(): void {
    for (const run of this.#running.values()) run.kill();
  }

  get result(): Result {
    const results = new Set([...this.#results.values()].map(({ result }) => result));
    const worst = (['failure', 'cancelled', 'success'] as const).find(result => results.has(result));
    return worst ?? 'skipped';
  }

  #finish(job: Job): Promise<JobResult> {
    const known = this.#finished.get(job.id);
    if (known) return known;
    const finished = (async () => {
      await Promise.all(job.needs.map(id => this.#finish(this.#job(id))));
      const result = await this.#run(job);
      this.#results.set(job.id, result);
      return result;
    })();
    this.#finished.set(job.id, finished);
    return finished;
  }

  async #run(job: Job): Promise<JobResult> {
    const { observer, state, host } = this.#options;
    if (state.killed || !this.#holds(job)) {
      const result = { ...skipped, result: state.cancelled ? 'cancelled' : 'skipped' } as const;
      observer.jobEnded(this.#info(job)(this.#name(job)), result.result);
      return result;
    }
    const changes = writePermissionsOf(job);
    if (!host.githubToken && changes.length > 0) {
      const info = this.#info(job)(this.#name(job));
      observer.jobMessage(
        info,
        'notice',
        `skipped: it changes GitHub (${changes.join(', ')}), and this run has no GitHub`,
      );
      observer.jobEnded(info, 'skipped');
      return skipped;
    }
    try {
      return await (job.kind === 'call' ? this.#call(job) : this.#steps(job));
    } finally {
      this.#running.delete(job);
    }
  }

  async #steps(job: StepsJob): Promise<JobResult> {
    const run = new JobRun({
      ...this.#options,
      job,
      info: this.#info(job),
      needs: this.#needs(job),
      directory: this.#directory(job),
    });
    this.#running.set(job, run);
    const ended = await run.run();
    const forgiven = ended.result === 'failure' && text(job.continueOnError, this.#contexts(job)) === 'true';
    return forgiven ? { ...ended, result: 'success' } : ended;
  }

  async #call(job: CallJob): Promise<JobResult> {
    const { scope, callers, observer } = this.#options;
    const info = this.#info(job)(this.#name(job));
    try {
      const graph = new JobGraph({
        ...this.#options,
        scope: {
          ...scope,
          workflow: job.workflow,
          inputs: callInputs(job, this.#contexts(job)),
          secrets: await this.#secrets(job),
        },
        directory: this.#directory(job),
        callers: [...callers, info],
        only: undefined,
      });
      this.#running.set(job, graph);
      const jobs = await graph.run();
      const contexts = {
        ...this.#contexts(job),
        inputs: undefined,
        jobs: Object.fromEntries([...jobs].map(([id, { result, outputs }]) => [id, { result, outputs }])),
      };
      const outputs = [...job.workflow.call.outputs].map(([name, value]) => [name, text(value, contexts)]);
      return {
        result: graph.result,
        outputs: Object.fromEntries(outputs.filter(([, value]) => value !== '')),
        summaries: [...jobs.values()].flatMap(({ summaries }) => summaries),
      };
    } catch (error) {
      observer.jobMessage(info, 'error', (error as Error).message);
      observer.jobEnded(info, 'failure');
      return { ...skipped, result: 'failure' };
    }
  }

  async #secrets({ secrets, permissions, ...job }: CallJob): Promise<Readonly<Record<string, string>>> {
    const { scope, host } = this.#options;
    if (secrets === undefined) return {};
    if (secrets === 'inherit') return scope.secrets;
    const token = (await host.githubToken?.(permissions)) ?? '';
    return entries(secrets, {
      ...this.#contexts(job),
      secrets: { ...scope.secrets, GITHUB_TOKEN: token },
    });
  }

  #info({ id }: Job): (name: string) => JobInfo {
    const { callers } = this.#options;
    return name => ({
      id: [...callers.slice(-1).map(caller => caller.id), id].join('.'),
      name: [...callers.slice(-1).map(caller => caller.name), name].join(' / '),
    });
  }

  #name({ id, name }: Job): string {
    try {
      return name === undefined ? id : text(name, this.#contexts());
    } catch {
      return id;
    }
  }

  #directory({ id }: Job): string {
    return join(this.#options.directory, id);
  }

  #contexts(job?: Pick<Job, 'needs'>): Contexts {
    const { scope, host } = this.#options;
    return {
      github: scope.github,
      inputs: scope.inputs,
      vars: host.vars,
      needs: job && this.#needs(job),
    };
  }

  #holds(job: Job): boolean {
    return holds(job.condition, this.#contexts(job), this.#status(job));
  }

  /**
   * Considers all jobs before it, not only those in `needs`:
   * https://github.com/actions/runner/issues/491
   */
  #status(job: Job): Status {
    const { cancelled } = this.#options.state;
    const results = this.#ancestors(job).map(({ id }) => this.#results.get(id)?.result);
    return {
      success: !cancelled && results.every(result => result === 'success'),
      failure: !cancelled && results.includes('failure'),
      cancelled,
    };
  }

  #ancestors(job: Job): Job[] {
    const needed = job.needs.map(id => this.#job(id));
    return [...new Set([...needed.flatMap(other => this.#ancestors(other)), ...needed])];
  }

  #needs(job: Pick<Job, 'needs'>): Needs {
    return Object.fromEntries(
      job.needs.map(id => {
        const { result, outputs } = this.#results.get(id) ?? skipped;
        return [id, { result, outputs }];
      }),
    );
  }

  #job(id: string): Job {
    const found = this.#options.scope.workflow.jobs.find(job => job.id === id);
    if (!found) throw new Error(`The workflow has no job ${quote(id)}.`);
    return found;
  }
}
