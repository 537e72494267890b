import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { actionInputs, unexpectedInputs } from './action-inputs.ts';
import { type Contexts, number, text } from './expressions.ts';
import { FileCommands } from './file-commands.ts';
import type { JobOptions } from './job.ts';
import type { JobContext } from './job-context.ts';
import type { Level, StepInfo } from './observer.ts';
import { scriptCommand } from './shells.ts';
import { emptyEffects, executeStep, type StepEffects } from './step-execution.ts';
import type { StepProcess } from './step-process.ts';
import type { ActionStep, RunStep } from './workflow.ts';

export interface PreparedStep {
  readonly contexts: Contexts;
  readonly env: Readonly<Record<string, string>>;
  readonly abort: AbortController;
}

export interface PostStep {
  readonly step: ActionStep;
  readonly name: string;
  state: Readonly<Record<string, string>>;
}

export class StepRunner {
  readonly posts: PostStep[] = [];
  readonly summaries: string[] = [];
  readonly #options: JobOptions;
  readonly #context: JobContext;
  readonly #processes: StepProcess[] = [];

  constructor(options: JobOptions, context: JobContext) {
    this.#options = options;
    this.#context = context;
  }

  /**
   * Never throws.
   * @param state of the main script: runs the post script instead
   */
  async run(
    step: RunStep | ActionStep,
    info: StepInfo,
    { contexts, env, abort }: PreparedStep,
    state?: Readonly<Record<string, string>>,
  ): Promise<StepEffects> {
    const { observer, grace, guard, job } = this.#options;
    const { masks, temp, workspace } = this.#context;
    const log = (level: Level, line: string) => observer.stepLine(info, level, line);
    try {
      const post: PostStep | undefined =
        step.kind === 'action' && step.action.post && state === undefined
          ? { step, name: info.name, state: {} }
          : undefined;
      if (post) this.posts.push(post);
      const files = await FileCommands.create(temp);
      const command =
        step.kind === 'action'
          ? { file: process.execPath, args: [this.#scriptOf(step, state ? 'post' : 'main')] }
          : await scriptCommand(
              text(step.script, contexts),
              text(step.shell ?? job.defaults.shell, contexts),
              temp,
            );
      const unexpected = step.kind === 'action' && state === undefined && unexpectedInputs(step);
      if (unexpected) log('warning', unexpected);
      const own = {
        ...env,
        ...(step.kind === 'action' ? actionInputs(step, contexts) : {}),
        ...Object.fromEntries(Object.entries(state ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
        ...this.#counterpartVariables(step),
      };
      const effects = await executeStep({
        ...command,
        name: info.name,
        cwd:
          step.kind === 'run'
            ? resolve(workspace, text(step.workingDirectory ?? job.defaults.workingDirectory, contexts))
            : workspace,
        env: this.#context.environment(step, own, files.environment),
        files,
        masks,
        log,
        signal: abort.signal,
        grace,
        guard,
        timeoutMinutes: number(step.timeoutMinutes, contexts),
        started: process => this.#processes.push(process),
      });
      if (post) post.state = effects.state;
      if (effects.summary.trim() !== '') this.summaries.push(effects.summary);
      return effects;
    } catch (error) {
      log('error', masks.mask((error as Error).message));
      return emptyEffects(abort.signal.aborted ? 'cancelled' : 'failure');
    }
  }

  kill(): void {
    for (const process of this.#processes) process.kill();
  }

  /** @throws Error in the runner's words if the workspace does not have the action */
  #scriptOf({ action }: ActionStep, script: 'main' | 'post'): string {
    const { location } = action;
    const directory =
      'directory' in location ? location.directory : join(this.#context.workspace, location.pathInWorkspace);
    if (!existsSync(directory)) {
      throw new Error(
        `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'. Did you forget to run actions/checkout before running your local action?`,
      );
    }
    return join(directory, action[script]!);
  }

  #counterpartVariables(step: RunStep | ActionStep): Record<string, string> {
    if (step.kind !== 'action' || !step.action.isCounterpart) return {};
    const { host, repositories, artifacts } = this.#options;
    return {
      ...host.counterparts,
      LAB_REPOSITORIES: JSON.stringify(Object.fromEntries(repositories)),
      LAB_ARTIFACTS: artifacts,
    };
  }
}
