import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { actionInputs, unexpectedInputs } from './action-inputs.ts';
import { githubEnvironment, idTokenClaims } from './contexts.ts';
import { type Contexts, entries, holds, number, type Status, text } from './expressions.ts';
import { FileCommands } from './file-commands.ts';
import { Masks } from './masks.ts';
import type { JobInfo, Level, Observer, StepInfo } from './observer.ts';
import type { Repositories } from './repositories.ts';
import type { RunnerHost } from './runner-host.ts';
import { scriptCommand } from './shells.ts';
import { Slots } from './slots.ts';
import { emptyEffects, executeStep, type StepEffects } from './step-execution.ts';
import type { Grace, ProcessGroupWatcher, StepProcess } from './step-process.ts';
import type {
  ActionStep,
  CancelStep,
  Result,
  RunStep,
  Step,
  StepsJob,
  WaitStep,
  Workflow,
} from './workflow.ts';
import type { Inputs } from './workflow-inputs.ts';

/** Background steps at once in one job: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsbackground */
const backgroundLimit = 10;

/** How long a `cancel` step waits for the step it ended, in milliseconds. */
const cancelWait = 7500;

const defaultJobMinutes = 360;

/** What a job leaves to the run. */
export interface JobResult {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown, in the order of the steps that wrote it. */
  readonly summaries: readonly string[];
}

/** What every job of a run has from it. */
export interface RunServices {
  host: RunnerHost;
  /** Those that actions/checkout can put into a workspace. */
  repositories: Repositories;
  /** Where the run's artifacts are kept. */
  artifacts: string;
  observer: Observer;
  /** Told the outputs of each step when its job takes them over. */
  outputsSeen?: (outputs: Readonly<Record<string, string>>) => void;
  grace: Grace;
  guard?: ProcessGroupWatcher;
}

/** The `needs` context of a job. */
export type Needs = Readonly<Record<string, { result: Result; outputs: Readonly<Record<string, string>> }>>;

/** What the jobs of one workflow, called or not, have in common. */
export interface WorkflowScope {
  readonly workflow: Workflow;
  /** The `github` context of the run. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Inputs;
  /** Without GITHUB_TOKEN, which each job has of its own. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface JobOptions extends RunServices {
  job: StepsJob;
  /** For display: the jobs that called its workflow come before it. */
  info: (name: string) => JobInfo;
  facts: WorkflowScope;
  needs: Needs;
  /** The job's own directory, private; gone when the job is. */
  directory: string;
}

interface Background {
  readonly step: RunStep | ActionStep;
  readonly abort: AbortController;
  readonly done: Promise<StepEffects>;
}

interface Post {
  readonly step: ActionStep;
  readonly name: string;
  /** STATE_ values, filled in by the main script. */
  state: Readonly<Record<string, string>>;
}

/**
 * One job on one runner: its steps in order, then what its actions left to do afterwards.
 * The order of things is the runner's: https://github.com/actions/runner/blob/main/src/Runner.Worker/StepsRunner.cs
 */
export class JobRun {
  readonly info: JobInfo;
  readonly #options: JobOptions;
  readonly #masks = new Masks();
  readonly #slots = new Slots(backgroundLimit);
  readonly #steps: Record<string, { outputs: Record<string, string>; outcome: Result; conclusion: Result }> =
    {};
  readonly #background = new Map<string, Background>();
  readonly #posts: Post[] = [];
  readonly #processes: StepProcess[] = [];
  readonly #summaries: string[] = [];
  readonly #path: string[] = [];
  #status: 'success' | 'failure' | 'cancelled' = 'success';
  #killed = false;
  #current: { condition: string; contexts: Contexts; abort: AbortController } | undefined;
  #env: Record<string, string> = {};
  #base: Readonly<Record<string, string>> = {};
  #runner: Readonly<Record<string, string>> = {};
  #token = '';
  #count = 0;

  constructor(options: JobOptions) {
    this.#options = options;
    const { job } = options;
    this.info = options.info(job.name ? text(job.name, this.#contexts()) : job.id);
  }

  /** Runs the job to its end. Never throws for what a step does. */
  async run(): Promise<JobResult> {
    const { job, observer, directory } = this.#options;
    observer.jobStarted(this.info);
    let outputs: Record<string, string> = {};
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#setUp();
      const minutes = number(job.timeoutMinutes, this.#contexts()) ?? defaultJobMinutes;
      timer = setTimeout(() => {
        this.#say('error', `The job has exceeded the maximum execution time of ${minutes} minutes.`);
        this.cancel();
      }, minutes * 60_000);
      for (const step of job.steps) await this.#step(step);
      await this.#settle([...this.#background.keys()]);
      while (this.#posts.length > 0) await this.#post(this.#posts.pop()!);
      outputs = this.#outputs();
    } catch (error) {
      this.#say('error', (error as Error).message);
      this.#fail();
    } finally {
      clearTimeout(timer);
      for (const process of this.#processes) process.kill();
      await rm(directory, { recursive: true, force: true });
    }
    observer.jobEnded(this.info, this.#status);
    return { result: this.#status, outputs, summaries: this.#summaries };
  }

  /**
   * Cancels the job: background steps end at once, the current step unless its condition still holds, and later steps run
   * only where their conditions hold in a cancelled job.
   */
  cancel(): void {
    if (this.#status === 'cancelled') return;
    this.#status = 'cancelled';
    for (const { abort } of this.#background.values()) abort.abort();
    const current = this.#current;
    if (current && !holds(current.condition, current.contexts, this.#conditions())) current.abort.abort();
  }

  /** Ends everything at once; nothing more is run. */
  kill(): void {
    this.#killed = true;
    this.cancel();
    this.#current?.abort.abort();
    for (const process of this.#processes) process.kill();
  }

  async #setUp(): Promise<void> {
    const { job, facts, host, directory } = this.#options;
    this.#token = (await host.githubToken?.(job.permissions)) ?? '';
    for (const secret of [...Object.values(facts.secrets), this.#token]) this.#masks.add(secret);
    const at = (name: string) => join(directory, name);
    for (const name of ['temp', 'tools', 'workspace']) {
      await mkdir(at(name), { recursive: true, mode: 0o700 });
    }
    await writeFile(at('event.json'), JSON.stringify(facts.github.event), { mode: 0o600 });
    this.#runner = {
      name: 'lab',
      os: process.platform === 'darwin' ? 'macOS' : 'Linux',
      arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
      temp: at('temp'),
      tool_cache: at('tools'),
      environment: 'github-hosted',
    };
    const environment = text(job.environment, this.#contexts());
    const idToken =
      job.permissions['id-token'] === 'write'
        ? await host.idTokenRequest?.(idTokenClaims(facts.github, facts.workflow, environment))
        : undefined;
    if (idToken) this.#masks.add(idToken.token);
    this.#base = {
      ...(await host.environment(directory)),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      ...(idToken && {
        ACTIONS_ID_TOKEN_REQUEST_URL: idToken.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.token,
      }),
    };
    this.#env = entries(facts.workflow.env, this.#contexts());
    this.#env = { ...this.#env, ...entries(job.env, this.#contexts()) };
  }

  async #step(step: Step): Promise<void> {
    if (this.#killed) return;
    switch (step.kind) {
      case 'wait':
        await this.#wait(step);
        break;
      case 'cancel':
        await this.#cancel(step);
        break;
      default:
        if (step.background) this.#start(step);
        else await this.#foreground(step);
    }
  }

  async #foreground(step: RunStep | ActionStep): Promise<void> {
    const info = this.#announce(step, this.#name(step));
    const prepared = this.#prepare(step, info, step.condition);
    if (!prepared) return;
    this.#current = { condition: step.condition, contexts: prepared.contexts, abort: prepared.abort };
    const effects = await this.#execute(step, info, prepared);
    this.#current = undefined;
    this.#options.observer.stepEnded(info, this.#apply(step, effects));
  }

  /** Starts a step in the background. Its condition is asked now; what it brings about is seen after a wait. */
  #start(step: RunStep | ActionStep): void {
    const info = this.#announce(step, this.#name(step));
    const prepared = this.#prepare(step, info, step.condition);
    if (!prepared) return;
    const { observer } = this.#options;
    const run = async (): Promise<StepEffects> => {
      // A background step that is reached after the cancellation never starts, whatever its condition says.
      if (this.#status === 'cancelled') return emptyEffects('cancelled');
      const release = await this.#slots.take();
      try {
        return await this.#execute(step, info, prepared);
      } finally {
        release();
      }
    };
    const done = run().then(effects => {
      observer.stepEnded(info, conclusionOf(step, effects.outcome, this.#contexts()));
      return effects;
    });
    this.#background.set(step.id.toLowerCase(), { step, abort: prepared.abort, done });
  }

  async #wait(step: WaitStep): Promise<void> {
    const targets = step.targets ?? [...this.#background.keys()];
    const info = this.#announce(step, text(step.name, this.#contexts()) || `Wait for ${targets.join(', ')}`);
    const failed = await this.#settle(targets);
    for (const id of failed)
      this.#options.observer.stepLine(info, 'error', `The background step '${id}' failed.`);
    this.#options.observer.stepEnded(info, failed.length > 0 ? 'failure' : 'success');
  }

  /** Waits for background steps and takes their effects over. @returns the ids of those that failed the job */
  async #settle(ids: readonly string[]): Promise<string[]> {
    const failed: string[] = [];
    for (const id of ids) {
      const background = this.#background.get(id.toLowerCase());
      if (!background) continue;
      const effects = await background.done;
      this.#background.delete(id.toLowerCase());
      if (this.#apply(background.step, effects) === 'failure') failed.push(id);
    }
    return failed;
  }

  async #cancel(step: CancelStep): Promise<void> {
    const info = this.#announce(step, text(step.name, this.#contexts()) || `Cancel ${step.target}`);
    const id = step.target.toLowerCase();
    const background = this.#background.get(id);
    if (background) {
      background.abort.abort();
      const late = AbortSignal.timeout(cancelWait);
      const effects = await Promise.race([
        background.done,
        new Promise<StepEffects>(give =>
          late.addEventListener('abort', () => give(emptyEffects('cancelled'))),
        ),
      ]);
      this.#background.delete(id);
      this.#apply(background.step, effects);
    }
    this.#options.observer.stepEnded(info, 'success');
  }

  async #post({ step, name, state }: Post): Promise<void> {
    if (this.#killed) return;
    const info = this.#info(`Post ${name}`, false);
    this.#options.observer.stepStarted(info);
    const condition = step.action.postCondition;
    const prepared = this.#prepare(step, info, condition, false);
    if (!prepared) return;
    this.#current = { condition, contexts: prepared.contexts, abort: prepared.abort };
    const effects = await this.#execute(step, info, prepared, state);
    this.#current = undefined;
    if (effects.outcome === 'failure') this.#fail();
    this.#take(effects);
    this.#options.observer.stepEnded(info, effects.outcome);
  }

  /**
   * Evaluates a step's environment and condition.
   * @param recorded whether the step's result is to be seen in the `steps` context
   * @returns `undefined` where the step is not to be run; that is recorded and told
   */
  #prepare(
    step: RunStep | ActionStep,
    info: StepInfo,
    condition: string,
    recorded = true,
  ): { contexts: Contexts; env: Record<string, string>; abort: AbortController } | undefined {
    const { observer } = this.#options;
    const end = (result: Result) => {
      if (recorded) this.#record(step.id, emptyEffects(result), result);
      observer.stepEnded(info, result);
      return undefined;
    };
    try {
      const env = entries(step.env, this.#contexts(step));
      const contexts = this.#contexts(step, env);
      if (!holds(condition, contexts, this.#conditions())) return end('skipped');
      return { contexts, env, abort: new AbortController() };
    } catch (error) {
      observer.stepLine(info, 'error', this.#masks.mask((error as Error).message));
      this.#fail();
      return end('failure');
    }
  }

  /** Runs a step's script, or its action's main script - or, given the state of the main script, the post script. */
  async #execute(
    step: RunStep | ActionStep,
    info: StepInfo,
    { contexts, env, abort }: { contexts: Contexts; env: Record<string, string>; abort: AbortController },
    state?: Readonly<Record<string, string>>,
  ): Promise<StepEffects> {
    const { observer, grace, guard, job } = this.#options;
    const workspace = this.#workspace;
    const log = (level: Level, line: string) => observer.stepLine(info, level, line);
    try {
      const post: Post | undefined =
        step.kind === 'action' && step.action.post && state === undefined
          ? { step, name: info.name, state: {} }
          : undefined;
      if (post) this.#posts.push(post);
      const files = await FileCommands.create(this.#runner.temp!);
      const command =
        step.kind === 'action'
          ? { file: process.execPath, args: [this.#script(step, state ? 'post' : 'main')] }
          : await scriptCommand(
              text(step.script, contexts),
              text(step.shell ?? job.defaults.shell, contexts),
              this.#runner.temp!,
            );
      const unexpected = step.kind === 'action' && state === undefined && unexpectedInputs(step);
      if (unexpected) log('warning', unexpected);
      const inputs = step.kind === 'action' ? actionInputs(step, contexts) : {};
      const own = { ...env, ...inputs, ...prefixed('STATE_', state), ...this.#counterpartEnvironment(step) };
      const effects = await executeStep({
        ...command,
        name: info.name,
        cwd:
          step.kind === 'run'
            ? resolve(workspace, text(step.workingDirectory ?? job.defaults.workingDirectory, contexts))
            : workspace,
        env: this.#environment(step, own, files.environment),
        files,
        masks: this.#masks,
        log,
        signal: abort.signal,
        grace,
        guard,
        timeoutMinutes: number(step.timeoutMinutes, contexts),
        started: process => this.#processes.push(process),
      });
      if (post) post.state = effects.state;
      if (effects.summary.trim() !== '') this.#summaries.push(effects.summary);
      return effects;
    } catch (error) {
      log('error', this.#masks.mask((error as Error).message));
      return emptyEffects(abort.signal.aborted ? 'cancelled' : 'failure');
    }
  }

  /** The script of a step's action. @throws Error in the runner's words where the workspace does not have the action */
  #script({ action }: ActionStep, findProgram: 'main' | 'post'): string {
    const directory =
      'directory' in action.place ? action.place.directory : join(this.#workspace, action.place.inWorkspace);
    if (!existsSync(directory)) {
      throw new Error(
        `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'. Did you forget to run actions/checkout before running your local action?`,
      );
    }
    return join(directory, action[findProgram]!);
  }

  /** What an action of the lab's own knows that no other step does. */
  #counterpartEnvironment(step: RunStep | ActionStep): Record<string, string> {
    if (step.kind !== 'action' || !step.action.counterpart) return {};
    const { host, repositories, artifacts } = this.#options;
    return {
      ...host.counterparts,
      LAB_REPOSITORIES: JSON.stringify(Object.fromEntries(repositories)),
      LAB_ARTIFACTS: artifacts,
    };
  }

  get #workspace(): string {
    return join(this.#options.directory, 'workspace');
  }

  /** The environment of a process: the machine's, then the workflow's, the job's and GITHUB_ENV's, then the step's own. */
  #environment(
    step: RunStep | ActionStep,
    own: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const env: Record<string, string> = { ...this.#base, ...this.#env, ...own };
    return {
      ...env,
      ...githubEnvironment(this.#github(step)),
      ...prefixed('RUNNER_', this.#runner, true),
      RUNNER_WORKSPACE: dirname(this.#workspace),
      ...files,
      PATH: [...this.#path, env.PATH ?? ''].join(delimiter),
    };
  }

  #github(step?: Step): Record<string, unknown> {
    const { facts, directory, job } = this.#options;
    return {
      ...facts.github,
      token: this.#token,
      workspace: this.#workspace,
      job: job.id,
      action: step?.id ?? '',
      event_path: join(directory, 'event.json'),
    };
  }

  #contexts(step?: Step, env: Readonly<Record<string, string>> = {}): Contexts {
    const { facts, host, needs } = this.#options;
    const { repository, path } = facts.workflow;
    return {
      github: this.#github(step),
      inputs: facts.inputs,
      vars: host.vars,
      secrets: { ...facts.secrets, GITHUB_TOKEN: this.#token },
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

  #conditions(): Status {
    return {
      success: this.#status === 'success',
      failure: this.#status === 'failure',
      cancelled: this.#status === 'cancelled',
    };
  }

  /** Takes a step's result over. @returns its conclusion */
  #apply(step: RunStep | ActionStep, effects: StepEffects): Result {
    const conclusion = conclusionOf(step, effects.outcome, this.#contexts(step));
    if (conclusion === 'failure') this.#fail();
    this.#take(effects);
    this.#options.outputsSeen?.(effects.outputs);
    this.#record(step.id, effects, conclusion);
    return conclusion;
  }

  #take(effects: StepEffects): void {
    Object.assign(this.#env, effects.env);
    for (const directory of effects.path) this.#path.unshift(directory);
  }

  #record(id: string, { outcome, outputs }: StepEffects, conclusion: Result): void {
    if (!id.startsWith('__')) this.#steps[id] = { outputs: { ...outputs }, outcome, conclusion };
  }

  #fail(): void {
    if (this.#status === 'success') this.#status = 'failure';
  }

  /** The job's outputs, without those that would tell a secret. */
  #outputs(): Record<string, string> {
    const outputs = entries(this.#options.job.outputs, this.#contexts());
    for (const [name, value] of Object.entries(outputs)) {
      if (value === '') delete outputs[name];
      else if (this.#masks.hides(value)) {
        delete outputs[name];
        this.#say('warning', `Skip output '${name}' since it may contain secret.`);
      }
    }
    return outputs;
  }

  #name(step: RunStep | ActionStep): string {
    const what =
      step.kind === 'action'
        ? () => step.uses
        : () => text(step.script, this.#contexts(step)).trim().split('\n')[0];
    try {
      return this.#masks.mask(text(step.name, this.#contexts(step)) || `Run ${what()}`);
    } catch {
      // The expression is wrong; the step itself will say so.
      return step.id;
    }
  }

  #announce(step: Step, name: string): StepInfo {
    const info = this.#info(name, 'background' in step && step.background);
    this.#options.observer.stepStarted(info);
    return info;
  }

  #info(name: string, background: boolean): StepInfo {
    return { job: this.info, number: ++this.#count, name, background };
  }

  #say(level: Level, message: string): void {
    this.#options.observer.jobMessage(this.info, level, this.#masks.mask(message));
  }
}

function conclusionOf(step: RunStep | ActionStep, outcome: Result, contexts: Contexts): Result {
  if (outcome !== 'failure' || step.continueOnError === undefined) return outcome;
  return text(step.continueOnError, contexts) === 'true' ? 'success' : 'failure';
}

function prefixed(
  prefix: string,
  values: Readonly<Record<string, string>> = {},
  upper = false,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [prefix + (upper ? name.toUpperCase() : name), value]),
  );
}
