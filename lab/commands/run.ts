import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from '../command-line.ts';
import { duration } from '../display/duration.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { processLines } from '../display/measures.ts';
import { Progress } from '../display/progress.ts';
import type { Screen } from '../display/screen.ts';
import { newRun, repository } from '../folder.ts';
import { localMachine } from '../local-machine.ts';
import { openSession } from '../session.ts';
import { resolveInputs } from '../workflow/inputs.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { WorkflowRun } from '../workflow/run-workflow.ts';
import type { Workflow } from '../workflow/workflow.ts';

/**
 * Runs a workflow on the emulator and shows it.
 * @returns 0 only where the run succeeded and, where the workflow has an output `verified`, that is `true`
 */
export async function runCommand(
  command: Extract<Command, { name: 'run' }>,
  screen: Screen,
): Promise<number> {
  const started = Date.now();
  const file = workflowFile(command.workflow);
  const workflow = await readWorkflow(file, repository);
  const inputs = resolveInputs(workflow.inputs, givenInputs(command, workflow));
  if (command.job !== undefined && !workflow.jobs.some(({ id }) => id === command.job)) {
    throw new Error(
      `${workflow.path} has no job '${command.job}'. It has: ${workflow.jobs.map(({ id }) => id).join(', ')}`,
    );
  }
  const directory = newRun();
  const interruption = new Interruption(screen);
  const session = await openSession(screen, directory, command, interruption.signal).catch(error => {
    interruption.end();
    rmSync(directory, { recursive: true, force: true });
    throw interruption.signal.aborted ? interruption.signal.reason : error;
  });
  try {
    const progress = new Progress(screen, join(directory, 'logs'), command.verbose);
    const verified = new Verdict(workflow);
    const run = new WorkflowRun({
      workflow,
      inputs,
      machine: await localMachine(session.emulator, session.wrappers.directory),
      workspace: repository,
      directory: join(directory, 'jobs'),
      observer: progress,
      only: command.job,
      outputsSeen: outputs => verified.look(outputs),
    });
    interruption.watch(run);
    screen.print(`Running ${workflow.path}\n`);
    const { result, jobs } = await run.run();
    screen.settle();

    const summary = Object.values(jobs)
      .flatMap(job => job.summaries)
      .join('\n');
    if (summary.trim() !== '') {
      writeFileSync(join(directory, 'summary.md'), summary, { mode: 0o600 });
      screen.print(`\n${renderMarkdown(summary, screen)}`);
    }
    await session.end();
    const ok = result === 'success' && verified.holds(command.job);
    const took = [
      `${duration(Date.now() - started)} in all`,
      verified.at && `${duration(verified.at - started)} to the verified secret`,
    ].filter(part => part);
    const headline = ok
      ? verified.at
        ? 'Verified'
        : 'Succeeded'
      : result === 'success'
        ? 'Not verified'
        : result;
    const mark = screen.style(ok ? 'green' : 'red', `${ok ? '✓' : '✗'} ${headline}`);
    const lines = [
      `\n${mark}: ${took.join(', ')}`,
      ...processLines(session.wrappers.processes),
      `Logs and summary: ${relative(process.cwd(), directory)}`,
    ];
    screen.print(lines.join('\n'));
    return ok ? 0 : 1;
  } finally {
    interruption.end();
    screen.settle();
    await session.end();
    rmSync(join(directory, 'jobs'), { recursive: true, force: true });
  }
}

function workflowFile(name: string): string {
  const workflows = join(repository, '.github', 'workflows');
  const candidates = [resolve(name), join(workflows, name), join(workflows, `${name}.yml`)];
  const found = candidates.find(candidate => existsSync(candidate));
  if (!found) throw new Error(`There is no workflow '${name}', here or in .github/workflows.`);
  if (relative(repository, found).startsWith('..')) throw new Error(`'${name}' is outside the repository.`);
  return found;
}

/** A run shows the whole circle: where a workflow can delete what it made, it does, unless it is to be kept. */
function givenInputs(command: { inputs: ReadonlyMap<string, string>; keep: boolean }, workflow: Workflow) {
  const given = new Map(command.inputs);
  const canDelete = workflow.inputs.some(({ name, type }) => name === 'delete' && type === 'boolean');
  if (command.keep && !canDelete) throw new Error('--keep: the workflow has no boolean input delete.');
  if (canDelete && !given.has('delete')) given.set('delete', String(!command.keep));
  return given;
}

/** Whether, and when, the secret was verified: a step says so with its output `verified`. */
class Verdict {
  readonly #jobs: readonly string[];
  /** Milliseconds since the epoch. */
  at: number | undefined;

  constructor(workflow: Workflow) {
    this.#jobs = workflow.jobs.filter(job => job.outputs?.find('verified')).map(job => job.id);
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

/** Signals closer together than this, in milliseconds, are one. */
const echoTime = 300;

/** Ctrl-C: the first cancels as GitHub would, the second ends everything at once. */
class Interruption {
  readonly #screen: Screen;
  readonly #abort = new AbortController();
  #run: WorkflowRun | undefined;
  #count = 0;
  #last = 0;
  readonly #onSignal = () => {
    // npm hands on the signal that the terminal has sent to this process already: one Ctrl-C arrives twice.
    const echo = Date.now() - this.#last < echoTime;
    this.#last = Date.now();
    if (echo) return;
    this.#count++;
    this.#abort.abort(new Error('Interrupted.'));
    if (this.#count > 1) {
      this.#run?.kill();
      return;
    }
    if (!this.#run) return;
    const goOn = this.#run.cancel();
    const also = goOn.length > 0 ? ` ${goOn.join(', ')} runs always and goes on.` : '';
    this.#screen.print(`Cancelling, as GitHub would.${also} Ctrl-C again ends everything at once.`);
  };

  constructor(screen: Screen) {
    this.#screen = screen;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onSignal);
  }

  /** Aborted with the first interruption: ends what is not a workflow yet. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  watch(run: WorkflowRun): void {
    this.#run = run;
    if (this.#count > 0) run.cancel();
  }

  end(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onSignal);
  }
}
