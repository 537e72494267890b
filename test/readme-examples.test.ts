import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { LabCopy } from './support/lab-copy.ts';

// What READMEs give to copy and paste, run as it stands.

interface Step {
  id?: string;
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
}

/** The blocks of YAML in a file, in their order, read. */
function examples(file: string): unknown[] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)];
  return blocks.map(([, text = '']) => parse(text));
}

/** The steps of an example: a workflow, some jobs, one job, or steps. */
function stepsOf(example: unknown): Step[] {
  if (Array.isArray(example)) return example as Step[];
  const found = example as { jobs?: Record<string, { steps?: Step[] }>; steps?: Step[] };
  const jobs = Object.values(found.jobs ?? (example as Record<string, { steps?: Step[] }>));
  return jobs.flatMap(job => job.steps ?? []);
}

const readmes = globSync('actions/*/README.md').sort();
const documents = ['README.md', ...readmes, ...globSync('docs/*.md')];

test('every action’s README has an example of it', () => {
  expect(readmes.length).toBeGreaterThan(9);
  for (const readme of readmes) {
    const used = examples(readme)
      .flatMap(stepsOf)
      .map(step => step.uses);
    expect(used, readme).toContain(`./${dirname(readme)}`);
  }
});

test.each(documents)('%s gives our actions the inputs that they have', file => {
  const ours = examples(file)
    .flatMap(stepsOf)
    .filter(({ uses = '' }) => /^(\.|OWNER\/workload-identity-lab)\/actions\//.test(uses));
  for (const { uses = '', with: given = {} } of ours) {
    const folder = `actions/${basename(uses.split('@')[0]!)}`;
    const { inputs = {} } = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as {
      inputs?: Record<string, { required?: boolean }>;
    };
    expect(Object.keys(inputs), uses).toEqual(expect.arrayContaining(Object.keys(given)));
    const required = Object.keys(inputs).filter(name => inputs[name]?.required);
    expect(Object.keys(given), uses).toEqual(expect.arrayContaining(required));
  }
});

test.each(documents)('%s puts no expression into a script, and pins what is not ours', file => {
  for (const { run = '', uses } of examples(file).flatMap(stepsOf)) {
    expect(run).not.toContain('${{');
    if (uses && !/^(\.|OWNER\/)/.test(uses)) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  }
});

describe('run', () => {
  let lab: LabCopy;
  beforeAll(() => {
    lab = new LabCopy();
  });
  afterAll(() => lab.remove());

  const workflow = (directory: string, name: string, content: string): string => {
    const file = join(directory, '.github', 'workflows', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };

  test('the actions’ own, one after the other in one job, and the deletion in the next', async () => {
    const first = (action: string): Step[] =>
      stepsOf(examples(join('actions', action, 'README.md'))[0]).filter(
        ({ uses = '' }) => !/^(actions\/checkout|azure\/login)@/.test(uses),
      );
    const login = stepsOf(examples('actions/setup-vault/README.md')[0]).slice(0, 2);
    // The cluster waits for its registry: one after the other, the image comes first.
    const chain = ['setup-vault', 'build-image', 'create-cluster', 'federate-identity', 'deploy-workload'];
    const steps = [...login, ...[...chain, 'summarize-lab'].flatMap(first)];
    expect(steps.filter(({ uses }) => uses?.startsWith('./')).length).toBeGreaterThan(6);
    const job = (needs: string[], all: Step[]) => ({
      needs,
      if: '${{ always() }}',
      'runs-on': 'ubuntu-latest',
      environment: 'azure-lab',
      permissions: { contents: 'read', 'id-token': 'write', issues: 'write' },
      steps: all,
    });
    const report = stepsOf(examples('actions/report-status/README.md')[0]).filter(({ uses }) =>
      uses?.startsWith('./'),
    );
    const content = {
      on: 'workflow_dispatch',
      permissions: {},
      jobs: {
        smoke: { ...job([], steps), outputs: { diagnosis: '${{ steps.summary.outputs.diagnosis }}' } },
        after: job(
          ['smoke'],
          [
            ...login,
            ...report,
            ...first('sweep-labs'),
            ...stepsOf(examples('actions/delete-lab/README.md')[0]).slice(2),
          ],
        ),
      },
    };
    const file = workflow(lab.directory, 'examples.yml', stringify(content));
    const { exitCode, output } = await lab.run('--workflow', file, '--verbose');
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/Verified: /);
  });

  test('the README’s smallest one, in a repository that is not this one', async () => {
    const [example] = examples('README.md') as [{ name: string; jobs: Record<string, { steps: Step[] }> }];
    const [[verify, job]] = Object.entries(example.jobs) as [[string, { steps: Step[] }]];
    const before = {
      'runs-on': 'ubuntu-latest',
      environment: 'azure-lab',
      permissions: { 'id-token': 'write' },
      steps: [
        job.steps[0],
        { run: readFileSync('test/readme-examples/existing.sh', 'utf8'), env: { CONTEXT: lab.directory } },
      ],
    };
    const jobs = { before, [verify]: { needs: 'before', ...job } };
    const other = join(lab.directory, '..', 'team');
    const file = workflow(other, 'verify.yml', stringify({ ...example, jobs }));
    const { exitCode, output } = await lab.run('--workflow', file, '--verbose');
    expect(exitCode, output).toBe(0);
    expect(output).toContain('verify.yml of local/team\n');
    expect(output).toMatch(/shop\/orders.*works/);
  });

  test('the scripts in documents are whole', () => {
    for (const file of documents) {
      const blocks = [...readFileSync(file, 'utf8').matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)];
      for (const [, text = ''] of blocks) {
        const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
        expect(status, `${file}: ${stderr}`).toBe(0);
      }
    }
  });
});
