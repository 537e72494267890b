import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { githubEnvironment, idTokenClaims } from './contexts.ts';
import { type Contexts, entries, type Status, text } from './expressions.ts';
import type { JobOptions } from './job.ts';
import { Masks } from './masks.ts';
import { emptyEffects, type StepEffects } from './step-execution.ts';
import type { ActionStep, Result, RunStep, Step } from './workflow.ts';

export class JobContext {
  readonly masks = new Masks();
  readonly #options: JobOptions;
  readonly #steps: Record<string, { outputs: Record<string, string>; outcome: Result; conclusion: Result }> =
    {};
  /** The latest first. */
  readonly #path: string[] = [];
  #status: 'success' | 'failure' | 'cancelled' = 'success';
  #env: Record<string, string> = {};
  #base: Readonly<Record<string, string>> = {};
  #runner: Readonly<Record<string, string>> = {};
  #token = '';

  constructor(options: JobOptions) {
    this.#options = options;
  }

  get status(): 'success' | 'failure' | 'cancelled' {
    return this.#status;
  }

  get workspace(): string {
    return join(this.#options.directory, 'workspace');
  }

  get temp(): string {
    return join(this.#options.directory, 'temp');
  }

  async prepare(): Promise<void> {
    const { job, scope, host, directory } = this.#options;
    this.#token = (await host.githubToken?.(job.permissions)) ?? '';
    for (const secret of [...Object.values(scope.secrets), this.#token]) this.masks.add(secret);
    const tools = join(directory, 'tools');
    for (const path of [this.temp, tools, this.workspace]) {
      await mkdir(path, { recursive: true, mode: 0o700 });
    }
    await writeFile(this.#eventFile, JSON.stringify(scope.github.event), { mode: 0o600 });
    this.#runner = {
      name: 'lab',
      os: process.platform === 'darwin' ? 'macOS' : 'Linux',
      arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
      temp: this.temp,
      tool_cache: tools,
      environment: 'github-hosted',
    };
    const environment = text(job.environment, this.contexts());
    const idToken =
      job.permissions['id-token'] === 'write'
        ? await host.idTokenRequest?.(idTokenClaims(scope.github, scope.workflow, environment))
        : undefined;
    if (idToken) this.masks.add(idToken.token);
    this.#base = {
      ...(await host.environment(directory)),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      ...(idToken && {
        ACTIONS_ID_TOKEN_REQUEST_URL: idToken.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.token,
      }),
    };
    this.#env = entries(scope.workflow.env, this.contexts());
    this.#env = { ...this.#env, ...entries(job.env, this.contexts()) };
  }

  fail(): void {
    if (this.#status === 'success') this.#status = 'failure';
  }

  cancel(): void {
    this.#status = 'cancelled';
  }

  contexts(step?: Step, env: Readonly<Record<string, string>> = {}): Contexts {
    const { scope, host, needs } = this.#options;
    const { repository, path } = scope.workflow;
    return {
      github: this.#github(step),
      inputs: scope.inputs,
      vars: host.vars,
      secrets: { ...scope.secrets, GITHUB_TOKEN: this.#token },
      env: { ...this.#env, ...env },
      needs,
      strategy: { 'fail-fast': true, 'job-index': 0, 'job-total': 1, 'max-parallel': 1 },
      steps: this.#steps,
      job: {
        status: this.#status,
        workflow_ref: `${repository.name}/${path}@${repository.ref}`,
        workflow_sha: repository.sha,
        workflow_repository: repository.name,
        workflow_file_path: path,
      },
      runner: this.#runner,
    };
  }

  get conditions(): Status {
    return {
      success: this.#status === 'success',
      failure: this.#status === 'failure',
      cancelled: this.#status === 'cancelled',
    };
  }

  /**
   * Later sources win: the host, the workflow, the job, GITHUB_ENV, and the step.
   * @param files variables with the paths of the command files
   */
  environment(
    step: RunStep | ActionStep,
    own: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const env: Record<string, string> = { ...this.#base, ...this.#env, ...own };
    return {
      ...env,
      ...githubEnvironment(this.#github(step)),
      ...Object.fromEntries(
        Object.entries(this.#runner).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, value]),
      ),
      RUNNER_WORKSPACE: dirname(this.workspace),
      ...files,
      PATH: [...this.#path, env.PATH ?? ''].join(delimiter),
    };
  }

  /** @returns the conclusion of the step */
  apply(step: RunStep | ActionStep, effects: StepEffects): Result {
    const conclusion = this.conclusionOf(step, effects.outcome);
    if (conclusion === 'failure') this.fail();
    this.applyEnvironment(effects);
    this.#options.outputsSeen?.(effects.outputs);
    this.#record(step.id, effects, conclusion);
    return conclusion;
  }

  applyEnvironment(effects: StepEffects): void {
    Object.assign(this.#env, effects.env);
    for (const directory of effects.path) this.#path.unshift(directory);
  }

  recordUnrun(step: RunStep | ActionStep, result: Result): void {
    this.#record(step.id, emptyEffects(result), result);
  }

  conclusionOf(step: RunStep | ActionStep, outcome: Result): Result {
    if (outcome !== 'failure' || step.continueOnError === undefined) return outcome;
    return text(step.continueOnError, this.contexts(step)) === 'true' ? 'success' : 'failure';
  }

  /** Drops outputs that contain a secret. */
  outputs(): { outputs: Record<string, string>; dropped: string[] } {
    const all = Object.entries(entries(this.#options.job.outputs, this.contexts())).filter(
      ([, value]) => value !== '',
    );
    return {
      outputs: Object.fromEntries(all.filter(([, value]) => !this.masks.hides(value))),
      dropped: all.filter(([, value]) => this.masks.hides(value)).map(([name]) => name),
    };
  }

  get #eventFile(): string {
    return join(this.#options.directory, 'event.json');
  }

  #record(id: string, { outcome, outputs }: StepEffects, conclusion: Result): void {
    if (!id.startsWith('__')) this.#steps[id] = { outputs: { ...outputs }, outcome, conclusion };
  }

  #github(step?: Step): Record<string, unknown> {
    const { scope, job } = this.#options;
    return {
      ...scope.github,
      token: this.#token,
      workspace: this.workspace,
      job: job.id,
      action: step?.id ?? '',
      event_path: this.#eventFile,
    };
  }
}
