import { describe, expect, it } from 'vitest';
import { fakeTools, notFound } from './fake-tools.ts';
import { InvalidInputs, parseInputs } from './inputs.ts';
import { ensureResourceGroup, generatedTagArguments, resourceGroupInputs } from './resource-group.ts';

const now = new Date('2026-11-23T10:00:00.123Z');
const environment = { GITHUB_REPOSITORY: 'octo/lab', GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '2' };
const parse = (values: Record<string, string>, env: NodeJS.ProcessEnv = environment) =>
  parseInputs(
    input => resourceGroupInputs(input, env, now),
    name => values[name] ?? '',
  );

describe('resourceGroupInputs', () => {
  it('tags with whose, of which run, and from when it may go', () => {
    expect(parse({ 'resource-group': 'rg' })).toEqual({
      name: 'rg',
      location: 'eastus',
      tags: {
        'managed-by': 'workload-identity-lab',
        repository: 'octo/lab',
        run: '77-2',
        'expires-on': '2026-11-24T10:00:00Z',
      },
    });
  });

  it('does without repository and run outside of Actions', () => {
    expect(Object.keys(parse({ 'resource-group': 'rg' }, {}).tags)).toEqual(['managed-by', 'expires-on']);
  });

  it('adds tags, takes another location and life', () => {
    const group = parse({
      'resource-group': 'rg',
      location: 'westeurope',
      tags: 'team=a b\nrun=mine',
      'expires-in-hours': '1',
    });
    expect(group).toMatchObject({
      location: 'westeurope',
      tags: { team: 'a b', run: 'mine', 'expires-on': '2026-11-23T11:00:00Z' },
    });
  });

  it.each([
    '-o=x',
    'a b=c',
    'a=[1]',
    "a='x",
    'a={}',
    'a<b=c',
    'novalue',
    'a=@/etc/passwd',
    'a=null',
    'a=b\nA=c',
  ])('refuses the tag %j', tags => {
    expect(() => parse({ 'resource-group': 'rg', tags })).toThrow(InvalidInputs);
  });
});

describe('generatedTagArguments', () => {
  it('keeps dots, and shows az nothing to read from a file', () => {
    const [, json = ''] = generatedTagArguments({ 'cost.center': 'x=@/etc/passwd' });
    expect(JSON.parse(json)).toEqual({ 'cost.center': 'x=@/etc/passwd' });
    expect(json).not.toContain('@');
  });
});

describe('ensureResourceGroup', () => {
  const group = {
    name: 'rg',
    location: 'eastus',
    tags: { 'managed-by': 'workload-identity-lab', team: 'a b' },
  };

  it('makes it with its tags, each one argument', async () => {
    const tools = fakeTools({
      'az group show': () => notFound('ResourceGroupNotFound'),
      'az group create': () => ({}),
    });
    expect((await ensureResourceGroup(tools.az, group)).outcome).toBe('created');
    expect(tools.commands).toEqual([
      ['az', 'group', 'show', '--name', 'rg'],
      [
        'az',
        'group',
        'create',
        '--name',
        'rg',
        '--location',
        'eastus',
        '--tags',
        'managed-by=workload-identity-lab',
        'team=a b',
      ],
    ]);
  });

  it('leaves one that is there alone', async () => {
    const tools = fakeTools({ 'az group show': () => ({ tags: null }) });
    expect((await ensureResourceGroup(tools.az, group)).outcome).toBe('already there');
    expect(tools.commands).toHaveLength(1);
  });
});
