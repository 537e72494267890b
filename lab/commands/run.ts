import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { quote } from '../../actions/shared/quote.ts';
import { duration } from '../../actions/shared/time.ts';
import { openAzureBackend } from '../azure-backend.ts';
import type { Backend } from '../backend.ts';
import type { Command } from '../command-line.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { Progress } from '../display/progress.ts';
import { formatArtifacts, formatProcesses } from '../display/run-report.ts';
import type { Screen } from '../display/screen.ts';
import { openEmulatorBackend } from '../emulator-backend.ts';
import { emulatedGitHub } from '../emulator-process.ts';
import { findWorkflow } from '../find-workflow.ts';
import { createRunDirectory } from '../paths.ts';
import { exitWithNpm } from '../processes.ts';
import { SignalHandler } from '../signal-handler.ts';
import { Verification } from '../verification.ts';
import { Watchdog } from '../watchdog.ts';
import type { Event } from '../workflow/contexts.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { type RunResult, WorkflowRun } from '../workflow/run-workflow.ts';
import type { Workflow } from '../workflow/workflow.ts';
import { resolveInputs } from '../workflow/workflow-inputs.ts';

type RunCommand = Extract<Command, { name: 'run' }>;

/** @returns 0 if the run succeeded and its output `verified`, if it has one, is `true` */
export async function runWorkflowCommand(command: RunCommand, screen: Screen): Promise<number> {
  const started = Date.now();
  const { file, repository, repositories } = await findWorkflow(command.workflow);
  const workflow = await readWorkflow(file, repository, repositories);
  const event = createEvent(command, workflow);
  if (command.job !== undefined && !workflow.jobs.some(({ id }) => id === command.job)) {
    throw new Error(
      `--job: ${workflow.path} has no job ${quote(command.job)}.\nIts jobs: ${workflow.jobs.map(({ id }) => id).join(', ')}`,
    );
  }
  exitWithNpm();
  const directory = createRunDirectory();
  const [jobs, artifacts] = [join(directory, 'jobs'), join(directory, 'artifacts')];
  const signals = new SignalHandler(screen);
  const { signal } = signals;
  const opening: Promise<Backend> =
    command.cloud === 'azure'
      ? openAzureBackend(screen, { yes: command.yes, keepsLab: keepsLab(event), job: command.job, signal })
      : openEmulatorBackend(screen, directory, command, repository.name, command.faults, signal);
  const backend = await opening.catch(error => {
    signals.end();
    rmSync(directory, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : error;
  });
  const watchdog = new Watchdog(jobs);
  try {
    const verification = new Verification(workflow);
    const run = new WorkflowRun({
      workflow,
      event,
      repositories,
      artifacts,
      host: backend.host,
      directory: jobs,
      observer: new Progress(screen, join(directory, 'logs'), command.verbose),
      guard: watchdog,
      only: command.job,
      outputsSeen: outputs => verification.record(outputs),
    });
    signals.watch(run);
    const owner = repository.name === emulatedGitHub.repository ? '' : ` of ${repository.name}`;
    screen.print(`Running ${workflow.path}${owner}\n`);
    const result = await run.run();
    screen.settle();
    showSummary(result, directory, screen);
    await backend.end();
    const isComplete = verification.isComplete(command.job);
    const isOk = result.result === 'success' && isComplete;
    const { verifiedAt } = verification;
    const times = [
      `${duration(Date.now() - started)} in all`,
      verifiedAt && `${duration(verifiedAt - started)} to the verified secret`,
    ].filter(part => part);
    const mark = screen.style(
      isOk ? 'green' : 'red',
      `${isOk ? '✓' : '✗'} ${headlineOf(result, isComplete, verifiedAt !== undefined)}`,
    );
    const lines = [
      `\n${mark}: ${times.join(', ')}`,
      ...formatProcesses(backend.processes),
      ...formatArtifacts(artifacts),
      `Logs and summary: ${relative(process.cwd(), directory)}`,
    ];
    screen.print(lines.join('\n'));
    return isOk ? 0 : 1;
  } finally {
    signals.end();
    screen.settle();
    await backend.end();
    rmSync(jobs, { recursive: true, force: true });
    watchdog.end();
  }
}

function headlineOf({ result }: RunResult, isComplete: boolean, isVerified: boolean): string {
  if (result !== 'success') return result;
  if (!isComplete) return 'Not verified';
  return isVerified ? 'Verified' : 'Succeeded';
}

function keepsLab(event: Event): boolean {
  return event.name === 'workflow_dispatch' && event.inputs.delete === false;
}

function showSummary({ jobs }: RunResult, directory: string, screen: Screen): void {
  const summary = Object.values(jobs)
    .flatMap(job => job.summaries)
    .join('\n');
  if (summary.trim() === '') return;
  writeFileSync(join(directory, 'summary.md'), summary, { mode: 0o600 });
  screen.print(`\n${renderMarkdown(summary, screen)}`);
}

/**
 * Sets the input `delete` unless the lab is to be kept: a local run shows the complete sequence.
 * @throws Error if the event cannot start the workflow
 */
function createEvent(command: RunCommand, workflow: Workflow): Event {
  const { path, events, schedules } = workflow;
  if (!events.includes(command.event)) {
    throw new Error(
      `--event: the event ${quote(command.event)} does not start ${path}.\nIts events: ${events.join(', ')}`,
    );
  }
  if (command.event === 'schedule') return { name: 'schedule', cron: schedules[0]! };
  const given = new Map(command.inputs);
  const canDelete = workflow.inputs.some(({ name, type }) => name === 'delete' && type === 'boolean');
  if (command.keep && !canDelete) throw new Error('--keep: the workflow has no boolean input "delete".');
  if (canDelete && !given.has('delete')) given.set('delete', String(!command.keep));
  return { name: 'workflow_dispatch', inputs: resolveInputs(workflow.inputs, given) };
}
