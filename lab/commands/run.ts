import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { artifactLines } from '../display/run-report.ts';
import { openAzure } from '../azure-backend.ts';
import type { Cloud } from '../backend.ts';
import type { Command } from '../command-line.ts';
import { duration } from '../display/duration.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { processLines } from '../display/measures.ts';
import { Progress } from '../display/progress.ts';
import type { Screen } from '../display/screen.ts';
import { openEmulatedCloud } from '../emulator-backend.ts';
import { github } from '../emulator-process.ts';
import { newRun } from '../paths.ts';
import { Interruption } from '../signal-handler.ts';
import { endWithNpm } from '../npm-parent.ts';
import { findWorkflow } from '../find-workflow.ts';
import { Verdict } from '../verification.ts';
import { Watchdog } from '../watchdog.ts';
import type { Event } from '../workflow/contexts.ts';
import { resolveInputs } from '../workflow/workflow-inputs.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { type RunResult, WorkflowRun } from '../workflow/run-workflow.ts';
import type { Workflow } from '../workflow/workflow.ts';

type RunCommand = Extract<Command, { name: 'run' }>;

/**
 * Runs a workflow and shows it: on the emulator, or on the real Azure.
 * @returns 0 only where the run succeeded and, where the workflow has an output `verified`, that is `true`
 */
export async function runCommand(command: RunCommand, screen: Screen): Promise<number> {
  const started = Date.now();
  const { file, repository, repositories } = await findWorkflow(command.workflow);
  const workflow = await readWorkflow(file, repository, repositories);
  const event = startEvent(command, workflow);
  if (command.job !== undefined && !workflow.jobs.some(({ id }) => id === command.job)) {
    throw new Error(
      `${workflow.path} has no job '${command.job}'. It has: ${workflow.jobs.map(({ id }) => id).join(', ')}`,
    );
  }
  endWithNpm();
  const directory = newRun();
  const [jobs, artifacts] = [join(directory, 'jobs'), join(directory, 'artifacts')];
  const interruption = new Interruption(screen);
  const { signal } = interruption;
  const opening: Promise<Cloud> =
    command.cloud === 'azure'
      ? openAzure(screen, { yes: command.yes, keeps: keepsLab(event), job: command.job, signal })
      : openEmulatedCloud(screen, directory, command, repository.name, command.faults, signal);
  const cloud = await opening.catch(error => {
    interruption.end();
    rmSync(directory, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : error;
  });
  const watchdog = new Watchdog(jobs);
  try {
    const verdict = new Verdict(workflow);
    const run = new WorkflowRun({
      workflow,
      event,
      repositories,
      artifacts,
      machine: cloud.machine,
      directory: jobs,
      observer: new Progress(screen, join(directory, 'logs'), command.verbose),
      guard: watchdog,
      only: command.job,
      outputsSeen: outputs => verdict.look(outputs),
    });
    interruption.watch(run);
    const whose = repository.name === github.repository ? '' : ` of ${repository.name}`;
    screen.print(`Running ${workflow.path}${whose}\n`);
    const ended = await run.run();
    screen.settle();
    showSummary(ended, directory, screen);
    await cloud.end();
    const ok = ended.result === 'success' && verdict.holds(command.job);
    const took = [
      `${duration(Date.now() - started)} in all`,
      verdict.at && `${duration(verdict.at - started)} to the verified secret`,
    ].filter(part => part);
    const headline = ok
      ? verdict.at
        ? 'Verified'
        : 'Succeeded'
      : ended.result === 'success'
        ? 'Not verified'
        : ended.result;
    const mark = screen.style(ok ? 'green' : 'red', `${ok ? '✓' : '✗'} ${headline}`);
    const lines = [
      `\n${mark}: ${took.join(', ')}`,
      ...processLines(cloud.processes),
      ...artifactLines(artifacts),
      `Logs and summary: ${relative(process.cwd(), directory)}`,
    ];
    screen.print(lines.join('\n'));
    return ok ? 0 : 1;
  } finally {
    interruption.end();
    screen.settle();
    await cloud.end();
    rmSync(jobs, { recursive: true, force: true });
    watchdog.end();
  }
}

/** Whether the run has been told to leave the lab where it is. */
function keepsLab(event: Event): boolean {
  return event.name === 'workflow_dispatch' && event.inputs.delete === false;
}

/** The summaries of all jobs: on the screen, and in the run's folder. */
function showSummary({ jobs }: RunResult, directory: string, screen: Screen): void {
  const summary = Object.values(jobs)
    .flatMap(job => job.summaries)
    .join('\n');
  if (summary.trim() === '') return;
  writeFileSync(join(directory, 'summary.md'), summary, { mode: 0o600 });
  screen.print(`\n${renderMarkdown(summary, screen)}`);
}

/**
 * What starts the run. Where a workflow can delete what it made, it does, unless that is to be kept: a run by hand shows the
 * whole circle.
 * @throws Error where the workflow cannot be started in this way
 */
function startEvent(command: RunCommand, workflow: Workflow): Event {
  const { path, events, schedules } = workflow;
  if (!events.includes(command.event)) {
    throw new Error(`${path} is not started by ${command.event}, only by ${events.join(', ')}.`);
  }
  if (command.event === 'schedule') return { name: 'schedule', cron: schedules[0]! };
  const given = new Map(command.inputs);
  const canDelete = workflow.inputs.some(({ name, type }) => name === 'delete' && type === 'boolean');
  if (command.keep && !canDelete) throw new Error('--keep: the workflow has no boolean input delete.');
  if (canDelete && !given.has('delete')) given.set('delete', String(!command.keep));
  return { name: 'workflow_dispatch', inputs: resolveInputs(workflow.inputs, given) };
}
