import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Observer } from './observer.ts';
import { readWorkflow } from './read-workflow.ts';
import type { Repositories, Repository } from './repositories.ts';
import { type RunResult, WorkflowRun } from './run-workflow.ts';
import type { RunnerHost } from './runner-host.ts';
import { resolveInputs } from './workflow-inputs.ts';

export interface TestRun extends RunResult {
  /** `start STEP`, `RESULT STEP`, `job RESULT JOB`, in order. */
  readonly events: readonly string[];
  /** By the step's name or the job's ID. Lines other than output begin with their level. */
  readonly logs: Readonly<Record<string, readonly string[]>>;
  readonly leftovers: readonly string[];
}

/** Deleted after the test. */
export async function createRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lab-test-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

export function describeRepositories(
  root: string,
  others: Readonly<Record<string, string>> = {},
): { own: Repository; all: Repositories } {
  const named = (name: string, directory: string, digit: string): Repository => ({
    name,
    directory,
    ref: 'refs/heads/main',
    sha: digit.repeat(40),
  });
  const own = named('octo/lab', root, '0');
  const more = Object.entries(others).map(([name, directory]) => named(name, directory, '1'));
  return { own, all: new Map([own, ...more].map(one => [one.name, one])) };
}

/**
 * @param jobs text of the workflow, with or without `on:`
 * @param options.onLine receives each line, and can cancel the run
 */
export async function runWorkflow(
  jobs: string,
  options: {
    files?: Readonly<Record<string, string>>;
    inputs?: Readonly<Record<string, string>>;
    /** By name. */
    others?: Readonly<Record<string, string>>;
    cron?: string;
    host?: Partial<RunnerHost>;
    only?: string;
    onLine?: (line: string, run: WorkflowRun) => void;
  } = {},
): Promise<TestRun> {
  const path = '.github/workflows/test.yml';
  const content = /^on:/m.test(jobs) ? jobs : `on: workflow_dispatch\n${jobs}`;
  const root = await createRepository({ [path]: content, ...options.files });
  const { own, all } = describeRepositories(root, options.others);
  const workflow = await readWorkflow(join(root, path), own, all);
  const events: string[] = [];
  const logs: Record<string, string[]> = {};
  const line = (where: string, level: string, text: string) => {
    logs[where] ??= [];
    logs[where].push(level === 'output' ? text : `${level}: ${text}`);
    options.onLine?.(text, run);
  };
  const observer: Observer = {
    jobStarted: () => {},
    jobMessage: (job, level, text) => line(job.id, level, text),
    jobEnded: (job, result) => void events.push(`job ${result} ${job.id}`),
    stepStarted: step => void events.push(`start ${step.name}`),
    stepLine: (step, level, text) => line(step.name, level, text),
    stepEnded: (step, result) => void events.push(`${result} ${step.name}`),
  };
  const directory = join(root, '.lab');
  const run = new WorkflowRun({
    workflow,
    event:
      options.cron === undefined
        ? {
            name: 'workflow_dispatch',
            inputs: resolveInputs(workflow.inputs, new Map(Object.entries(options.inputs ?? {}))),
          }
        : { name: 'schedule', cron: options.cron },
    repositories: all,
    artifacts: join(root, 'artifacts'),
    host: {
      vars: { REGION: 'eastus' },
      environment: async () => ({ PATH: process.env.PATH ?? '', HOME: root }),
      idTokenRequest: async () => ({ url: 'https://token.test', token: 'request-token' }),
      githubToken: async permissions => `token-for-${Object.entries(permissions).join(';')}`,
      counterparts: {},
      ...options.host,
    },
    directory,
    observer,
    only: options.only,
    grace: { interrupt: 500, terminate: 500 },
  });
  const result = await run.run();
  return { ...result, events, logs, leftovers: await readdir(directory) };
}
