import { expect, it } from 'vitest';
import { excess, type Permissions } from './permissions.ts';
import { readWorkflow } from './read-workflow.ts';
import { repositories, repository } from './testing.ts';

/** The permissions of a job of a workflow with these lines. */
async function permissions(line: string): Promise<Permissions> {
  const root = await repository({
    'w.yml': `on: workflow_dispatch\n${line}\njobs: { j: { runs-on: ubuntu-latest, steps: [{ run: x }] } }`,
  });
  const { own, all } = repositories(root);
  return (await readWorkflow(`${root}/w.yml`, own, all)).jobs[0]!.permissions;
}

it.each([
  ['', { contents: 'read', packages: 'read' }],
  ['permissions: {}', {}],
  ['permissions: { issues: write }', { issues: 'write' }],
])('of a job, from its workflow: %j', async (line, expected) => {
  expect(await permissions(line)).toEqual(expected);
});

it('of everything: only who may write gets ID tokens', async () => {
  expect(await permissions('permissions: read-all')).toMatchObject({ issues: 'read', 'id-token': 'none' });
  expect(await permissions('permissions: write-all')).toMatchObject({
    issues: 'write',
    'id-token': 'write',
    models: 'read',
  });
});

it('beyond what is allowed are told, in the order of their names', () => {
  const requested = { issues: 'write', contents: 'read', actions: 'read' } as const;
  expect(excess(requested, { issues: 'read', contents: 'write' })).toEqual({
    requested: 'actions: read, issues: write',
    allowed: 'actions: none, issues: read',
  });
  expect(excess(requested, { issues: 'write', contents: 'read', actions: 'read' })).toBeUndefined();
});
