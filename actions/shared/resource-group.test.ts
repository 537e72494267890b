import { describe, expect, it } from 'vitest';
import { azureError, fakeTools, notFound } from './fake-tools.ts';
import { InvalidInputs, parseInputs } from './inputs.ts';
import { labTagsProblem, type Tags } from './ownership.ts';
import {
  ensureResourceGroup,
  generatedTagArguments,
  renewExpiry,
  resourceGroupInputs,
} from './resource-group.ts';

const now = new Date('2026-11-23T10:00:00.123Z');
const environment = { GITHUB_REPOSITORY: 'octo/lab', GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '2' };
const parse = (values: Record<string, string>, env: NodeJS.ProcessEnv = environment) =>
  parseInputs(
    input => resourceGroupInputs(input, env, now),
    name => values[name] ?? '',
  );

describe('resourceGroupInputs', () => {
  it('adds tags for the repository, the run, and the expiry', () => {
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

  it('omits repository and run outside GitHub Actions', () => {
    expect(Object.keys(parse({ 'resource-group': 'rg' }, {}).tags)).toEqual(['managed-by', 'expires-on']);
  });

  it('accepts tags, a location, and a lifetime', () => {
    const group = parse({
      'resource-group': 'rg',
      location: 'westeurope',
      tags: 'team=a b\nRunner=mine',
      'expires-in-hours': '1',
    });
    expect(group).toMatchObject({
      location: 'westeurope',
      tags: { team: 'a b', Runner: 'mine', run: '77-2', 'expires-on': '2026-11-23T11:00:00Z' },
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
  ])('rejects the tag %j', tags => {
    expect(() => parse({ 'resource-group': 'rg', tags })).toThrow(InvalidInputs);
  });

  it.each([
    ['managed-by=x', '"managed-by", which is reserved'],
    ['Repository=o/r', '"Repository", which is reserved'],
    ['RUN=1', '"RUN", which is reserved'],
    ['expires-ON=2100-01-01', 'Remove this line, and set expires-in-hours instead'],
    ['Team=a\nteam=b', 'tags sets "Team" and "team". Azure ignores the case'],
  ])('rejects the tags %j', (tags, problem) => {
    expect(() => parse({ 'resource-group': 'rg', tags })).toThrow(problem);
  });
});

describe('labTagsProblem', () => {
  it.each<[Tags | null, string, string | undefined]>([
    [{ 'managed-by': 'workload-identity-lab', repository: 'O/R' }, 'o/r', undefined],
    [{ 'Managed-By': 'workload-identity-lab', REPOSITORY: 'o/r' }, 'o/r', undefined],
    [{ 'managed-by': 'workload-identity-lab' }, '', undefined],
    [{ 'managed-by': 'workload-identity-lab' }, 'o/r', 'it has no tag repository, not "o/r"'],
    [{ 'managed-by': 'workload-identity-lab', repository: 'o/r' }, '', 'its tag repository is "o/r", not ""'],
    [{ 'managed-by': 'Workload-Identity-Lab', repository: 'o/r' }, 'o/r', 'it has no tag managed-by='],
    [{ 'managed-by': 'workload-identity-lab-setup' }, '', 'it has no tag managed-by='],
    [null, '', 'it has no tag managed-by='],
  ])('of %j and %j is %j', (tags, repository, problem) => {
    const found = labTagsProblem(tags, repository);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});

describe('renewing', () => {
  const lab = (expires?: string, repository = 'o/r') => ({
    ...{ 'managed-by': 'workload-identity-lab', repository },
    ...(expires && { 'expires-on': expires }),
  });
  const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
  const group = { name: 'rg', location: 'eastus', tags: lab(late) };

  const renew = async (groupTags: Tags | null, tags: Tags | null, update = (): unknown => ({})) => {
    const tools = fakeTools({
      'az group show': () => ({ id: '/rg', tags: groupTags }),
      'az tag update': update,
    });
    await renewExpiry(tools.az, group, { id: '/rg/vault', tags }, tools.log);
    return {
      tools,
      updates: tools.commands.map(line => line.join(' ')).filter(line => line.includes('tag')),
    };
  };
  const update = (id: string) =>
    `az tag update --resource-id ${id} --operation merge --tags expires-on=${late}`;

  it.each<[string, Tags | null, Tags | null, string[]]>([
    ['the group of a lab', lab(early), lab(early), [update('/rg')]],
    ['in a group of another owner the resource', null, lab(early), [update('/rg/vault')]],
    ['in a group of another lab the resource', lab(early, 'x/y'), lab(early), [update('/rg/vault')]],
    ['nothing of another owner', lab(early), null, []],
    ['nothing of another repository', lab(early), lab(early, 'x/y'), []],
    ['nothing that lives as long or longer', lab(late), lab(early), []],
    ['nothing without a time', lab(), lab(early), []],
    ['nothing with an invalid time', lab('never'), lab(early), []],
  ])('changes %s', async (_, groupTags, tags, expected) => {
    expect((await renew(groupTags, tags)).updates).toEqual(expected);
  });

  it('warns with the command if the caller is not allowed to', async () => {
    const { tools } = await renew(lab(early), lab(early), () => azureError('AuthorizationFailed'));
    expect(tools.warnings).toEqual([expect.stringContaining(update('/rg'))]);
    expect(tools.warnings[0]).toContain('Tag Contributor');
  });

  it('happens on an existing group of a lab before a resource is created in it', async () => {
    const tools = fakeTools({
      'az group show': () => ({ id: '/rg', tags: lab(early) }),
      'az tag update': () => ({}),
    });
    expect((await ensureResourceGroup(tools.az, group, tools.log)).outcome).toBe('already there');
    expect(tools.commands.at(-1)?.join(' ')).toBe(update('/rg'));
  });
});

describe('generatedTagArguments', () => {
  it('keeps dots, and contains nothing that az would read as a file', () => {
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

  it('creates the group with one argument per tag', async () => {
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

  it('does not change an existing group', async () => {
    const tools = fakeTools({ 'az group show': () => ({ tags: null }) });
    expect((await ensureResourceGroup(tools.az, group)).outcome).toBe('already there');
    expect(tools.commands).toHaveLength(1);
  });
});
