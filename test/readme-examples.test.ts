import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { LabCopy } from './support/lab-copy.ts';

interface Step {
  id?: string;
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
}

interface Job {
  needs?: string;
  steps?: Step[];
}

function examples(file: string): unknown[] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)];
  return blocks.map(([, text = '']) => parse(text));
}

/** The example is a workflow, jobs, or steps. */
function jobsOf(example: unknown): Record<string, Job> {
  if (Array.isArray(example)) return {};
  return (example as { jobs?: Record<string, Job> }).jobs ?? (example as Record<string, Job>);
}

function stepsOf(example: unknown): Step[] {
  if (Array.isArray(example)) return example as Step[];
  return Object.values(jobsOf(example)).flatMap(job => job.steps ?? []);
}

/** Undefined for an action of another repository. */
function folderOf({ uses = '' }: Step): string | undefined {
  return /^OWNER\/workload-identity-lab\/(actions\/[\w-]+)@main$/.exec(uses)?.[1];
}

interface ActionFile {
  inputs?: Record<string, { required?: boolean }>;
  outputs?: Record<string, unknown>;
}
const actionFile = (folder: string): ActionFile => parse(readFileSync(join(folder, 'action.yml'), 'utf8'));

const readmes = globSync('actions/*/README.md').sort();
const documents = ['README.md', ...readmes, ...globSync('docs/*.md')];

test('the README of every action has an example for other repositories', () => {
  expect(readmes.length).toBeGreaterThan(9);
  for (const readme of readmes) {
    const used = examples(readme).flatMap(stepsOf);
    expect(used.map(folderOf), readme).toContain(dirname(readme));
    expect(used.filter(({ uses }) => uses?.startsWith('.'))).toEqual([]);
  }
});

test.each(documents)('%s uses only existing inputs and outputs of the actions', file => {
  const ours = examples(file).flatMap(stepsOf).filter(folderOf);
  for (const step of ours) {
    const { inputs = {} } = actionFile(folderOf(step)!);
    const given = Object.keys(step.with ?? {});
    expect(Object.keys(inputs), step.uses).toEqual(expect.arrayContaining(given));
    const required = Object.keys(inputs).filter(name => inputs[name]?.required);
    expect(given, step.uses).toEqual(expect.arrayContaining(required));
  }
  const read = JSON.stringify(examples(file)).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g);
  for (const [, id, output = ''] of read) {
    const step = ours.find(each => each.id === id);
    expect(step, `${file}: a step with id ${id}`).toBeDefined();
    expect(Object.keys(actionFile(folderOf(step!)!).outputs ?? {}), `${file}: ${id}`).toContain(output);
  }
});

test.each(documents)('%s has no expression in a script, and pins other actions', file => {
  for (const { run = '', uses } of examples(file).flatMap(stepsOf)) {
    expect(run).not.toContain('${{');
    if (uses && !/^(\.|OWNER\/)/.test(uses)) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  }
});

// Whole runs in one test.
describe('run', { timeout: 900_000 }, () => {
  let lab: LabCopy;
  beforeAll(() => {
    lab = new LabCopy();
  });
  afterAll(() => lab.remove());

  const start = async (name: string, content: object, ...args: string[]): ReturnType<LabCopy['run']> => {
    const file = join(lab.directory, '..', 'team', '.github', 'workflows', `${name}.yml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stringify(content));
    const ended = await lab.run('--workflow', file, '--verbose', ...args);
    expect(ended.output).toContain(`${name}.yml of local/team\n`);
    return ended;
  };
  const run = async (name: string, content: object): Promise<string> => {
    const { exitCode, output } = await start(name, content);
    expect(exitCode, output).toBe(0);
    return output;
  };
  const exampleOf = (action: string, index = 0): unknown => examples(`actions/${action}/README.md`)[index];
  const login = stepsOf(exampleOf('diagnose-workload', 1))[0]!;

  test('the examples of the actions, job after job', async () => {
    const jobs: Record<string, Omit<Job, 'needs'> & { needs: string[] }> = {};
    for (const example of [
      exampleOf('setup-vault'),
      exampleOf('build-image'),
      exampleOf('create-cluster'),
      exampleOf('federate-identity'),
      exampleOf('deploy-workload'),
      exampleOf('diagnose-workload', 1),
      exampleOf('delete-lab'),
      exampleOf('sweep-labs'),
    ]) {
      for (const [name, job] of Object.entries(jobsOf(example))) {
        const needs = new Set([job.needs, Object.keys(jobs).at(-1)]);
        jobs[name] = { ...job, needs: [...needs].filter(each => each !== undefined) };
      }
    }
    expect(Object.keys(jobs)).toHaveLength(8);
    // Steps that continue the first example of an action.
    jobs.lab!.steps!.push(
      ...stepsOf(exampleOf('deploy-workload', 1)),
      ...stepsOf(exampleOf('diagnose-workload')).map(step => ({
        ...step,
        env: { KUBECONFIG: '${{ steps.cluster.outputs.kubeconfig }}' },
      })),
      ...stepsOf(exampleOf('summarize-lab')),
    );
    const output = await run('examples', { on: 'workflow_dispatch', permissions: {}, jobs });
    expect(output).toMatch(/Verified: /);
    expect(output).toMatch(/default\/wi-demo-sa.*works/);
    expect(output).toMatch(/team-b\/worker.*works/);
  });

  test('the example of report-status, if every login fails', async () => {
    const refused = { host: 'login.microsoftonline.com', pathPattern: '/oauth2/', status: 400, times: 100 };
    const body = { error: 'invalid_request', error_description: 'AADSTS90002: Not tonight.' };
    const { exitCode, output } = await start(
      ...(['nightly', exampleOf('report-status') as object] as const),
      ...['--fault', JSON.stringify({ ...refused, body })],
    );
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(/^✗ smoke \/ Lab › Create the managed identity /m);
    expect(output).toMatch(/^✓ report › /m);
    expect(output).toContain('Topic "smoke": failure. Issue https://github.com/local/team/issues/1: opened.');
  });

  test('the smallest example of README, and examples that use existing resources', async () => {
    const [, example] = examples('README.md') as [Step[], { jobs: Record<string, Job> }];
    const [[verify, job]] = Object.entries(example.jobs) as [[string, Job]];
    const others = {
      'runs-on': 'ubuntu-24.04',
      environment: 'azure-lab',
      permissions: { 'id-token': 'write' },
    };
    const before = [
      login,
      { run: readFileSync('test/readme-examples/existing.sh', 'utf8'), env: { CONTEXT: lab.directory } },
    ];
    const after = ['create-cluster', 'federate-identity', 'setup-vault'].flatMap(action =>
      stepsOf(exampleOf(action, 1)),
    );
    const jobs = {
      before: { ...others, steps: before },
      [verify]: { needs: 'before', ...job },
      after: { ...others, needs: verify, steps: after },
    };
    expect(await run('verify', { ...example, jobs })).toMatch(/shop\/orders.*works/);
  });

  test('the scripts in documents are valid', () => {
    for (const file of documents) {
      const blocks = [...readFileSync(file, 'utf8').matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)];
      for (const [, text = ''] of blocks) {
        const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
        expect(status, `${file}: ${stderr}`).toBe(0);
      }
    }
  });
});
