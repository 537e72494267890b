import { expect, it } from 'vitest';
import { findExcess, type Permissions } from './permissions.ts';
import { readWorkflow } from './read-workflow.ts';
import { createRepository, describeRepositories, runWorkflow } from './testing.ts';

async function permissions(line: string): Promise<Permissions> {
  const root = await createRepository({
    'w.yml': `on: workflow_dispatch\n${line}\njobs: { j: { runs-on: ubuntu-latest, steps: [{ run: x }] } }`,
  });
  const { own, all } = describeRepositories(root);
  return (await readWorkflow(`${root}/w.yml`, own, all)).jobs[0]!.permissions;
}

it.each([
  ['', { contents: 'read', packages: 'read' }],
  ['permissions: {}', {}],
  ['permissions: { issues: write }', { issues: 'write' }],
])('of a job come from its workflow: %j', async (line, expected) => {
  expect(await permissions(line)).toEqual(expected);
});

it('write-all grants ID tokens, and read-all does not', async () => {
  expect(await permissions('permissions: read-all')).toMatchObject({ issues: 'read', 'id-token': 'none' });
  expect(await permissions('permissions: write-all')).toMatchObject({
    issues: 'write',
    'id-token': 'write',
    models: 'read',
  });
});

it('to change GitHub skip the job if the run has no GitHub', async () => {
  const run = await runWorkflow(
    `jobs:
  verify:
    runs-on: ubuntu-latest
    permissions: { contents: read, id-token: write }
    steps: [{ run: 'echo "token: <$GITHUB_TOKEN>"', env: { GITHUB_TOKEN: "\${{ github.token }}" } }]
  report:
    needs: verify
    if: always()
    runs-on: ubuntu-latest
    permissions: { contents: read, issues: write }
    steps: [{ run: "exit 1" }]
`,
    { host: { githubToken: undefined } },
  );
  expect(run.result).toBe('success');
  expect(Object.values(run.logs).flat()).toContain('token: <>');
  expect(run.logs.report).toEqual([
    'notice: skipped: it changes GitHub (issues: write), and this run has no GitHub',
  ]);
  expect(run.events).toContain('job skipped report');
});

it('beyond the allowed ones are listed in alphabetical order', () => {
  const requested = { issues: 'write', contents: 'read', actions: 'read' } as const;
  expect(findExcess(requested, { issues: 'read', contents: 'write' })).toEqual({
    requested: 'actions: read, issues: write',
    allowed: 'actions: none, issues: read',
  });
  expect(findExcess(requested, { issues: 'write', contents: 'read', actions: 'read' })).toBeUndefined();
});
