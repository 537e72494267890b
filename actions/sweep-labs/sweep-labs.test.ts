import { describe, expect, it, vi } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { type Answer, azureError, fakeTools, noAccount, notFound } from '../shared/fake-tools.ts';
import { expiry } from './expiry.ts';
import { sweepLabs } from './sweep-labs.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const lab = (expires?: string) => ({
  'managed-by': 'workload-identity-lab',
  ...(expires && { 'expires-on': expires }),
});
const over = lab('2026-11-24T11:59:59Z');
const soon = lab('2026-11-24T12:00:01Z');

describe('expiry', () => {
  it.each<[string, Record<string, string> | null, boolean, string]>([
    ['has passed', over, true, 'expired on 2026-11-24T11:59:59Z'],
    ['has not', soon, false, 'expires on 2026-11-24T12:00:01Z'],
    ['of another zone', lab('2026-11-24T13:00:00+02:00'), true, 'expired on'],
    ['of a day', lab('2026-11-24'), true, 'expired on'],
    ['missing', lab(), false, 'no tag expires-on'],
    ['no time', lab('tomorrow'), false, '"tomorrow", which is no time'],
    ['no time, though Date takes it', lab('1'), false, '"1", which is no time'],
    ['of somebody else', { 'expires-on': '2020-01-01' }, false, 'no tag managed-by'],
    ['of nobody', null, false, 'no tag managed-by'],
  ])('knows a time that is %s', (_, tags, isOver, reason) => {
    const found = expiry(tags, now);
    expect(found.over).toBe(isOver);
    expect(found.reason).toContain(reason);
  });
});

type Tags = Record<string, string> | null;

/** A subscription: by resource group, its tags and those of its vaults; and the deleted vaults with theirs. */
function azure(
  groups: Record<string, { tags: Tags; vaults: Record<string, Tags>; managedBy?: string }>,
  deleted: Record<string, Tags> = {},
) {
  const gone = new Set<string>();
  const of = (args: readonly string[]) => args[args.indexOf('--name') + 1]!;
  const resources = (group: string) =>
    Object.entries(groups[group]!.vaults)
      .filter(([name]) => !gone.has(name))
      .map(([name, tags]) => ({
        id: `/subscriptions/s/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`,
        name,
        type: 'Microsoft.KeyVault/vaults',
        tags,
        resourceGroup: group,
      }));
  const ours = (tags: Tags) => tags?.['managed-by'] === 'workload-identity-lab';
  const answers: Record<string, Answer> = {
    'az group list': () =>
      Object.entries(groups).map(([name, { tags, managedBy = null }]) => ({ name, tags, managedBy })),
    'az resource list --tag': () =>
      Object.keys(groups).flatMap(group => resources(group).filter(({ tags }) => ours(tags))),
    'az resource list --resource-group': args => resources(args[args.indexOf('--resource-group') + 1]!),
    'az group show': args => {
      if (gone.has(of(args))) return notFound('ResourceGroupNotFound');
      const { tags, managedBy = null } = groups[of(args)]!;
      return { tags, managedBy, properties: { provisioningState: 'Succeeded' } };
    },
    'az group delete': args => void gone.add(of(args)),
    'az keyvault delete': args => void gone.add(of(args)),
    'az keyvault list-deleted': () =>
      Object.entries(deleted)
        .filter(([name]) => !gone.has(name))
        .map(([name, tags]) => ({
          name,
          properties: { vaultId: `/subscriptions/s/resourceGroups/old/x/${name}`, location: 'eastus', tags },
        })),
    'az keyvault purge': args => void gone.add(of(args)),
  };
  return answers;
}

async function sweep(answers: Record<string, Answer>, dryRun = false) {
  vi.useFakeTimers({ toFake: ['Date'], now });
  const tools = fakeTools(answers);
  const result = await sweepLabs({ account: noAccount, dryRun, timeoutMinutes: 30 }, tools)
    .catch((error: unknown) => error)
    .finally(() => vi.useRealTimers());
  return {
    result,
    deletions: tools.commands
      .map(command => command.join(' '))
      .filter(line => /(delete|purge) --name/.test(line)),
    markdown: tools.report.markdown('sweep-labs'),
  };
}

describe('sweepLabs', () => {
  const world = () =>
    azure(
      {
        'lab-over': { tags: over, vaults: { v1: over } },
        'lab-soon': { tags: soon, vaults: { v2: soon } },
        'lab-untimed': { tags: lab(), vaults: {} },
        'lab-shared': { tags: over, vaults: { v3: over, theirs: null } },
        team: { tags: null, vaults: { v4: over, v5: soon } },
        'MC_lab-over_wilab': { tags: over, vaults: { identity: over, set: null }, managedBy: 'wilab' },
        foreign: { tags: { 'expires-on': '2020-01-01' }, vaults: { v6: null } },
      },
      { old: over, fresh: soon, 'not-ours': null },
    );

  it('deletes what has expired, wherever it is, and nothing else; a cluster’s own group is the cluster’s', async () => {
    const { result, deletions, markdown } = await sweep(world());
    expect(result).toEqual({
      found: '["lab-over","lab-shared","lab-soon","lab-untimed","team"]',
      deleted: '["lab-over","lab-shared","team"]',
      left: '["lab-soon","lab-untimed"]',
    });
    expect(deletions.sort()).toEqual([
      'az group delete --name lab-over --yes --no-wait',
      'az keyvault delete --name v3 --resource-group lab-shared',
      'az keyvault delete --name v4 --resource-group team',
      'az keyvault purge --name old --location eastus --no-wait',
    ]);
    expect(markdown).toContain('| lab\\-soon | left | expires on 2026\\-11\\-24T12\\:00\\:01Z |');
    expect(markdown).toContain('| lab\\-untimed | left | it has no tag expires\\-on |');
  });

  it('deletes nothing in a dry run', async () => {
    const { result, deletions, markdown } = await sweep(world(), true);
    expect(result).toMatchObject({ deleted: '[]' });
    expect(deletions).toEqual([]);
    expect(markdown).toContain('| team | would be deleted | 1 of 2 resources |');
  });

  it('goes on after a lab that cannot be deleted, and fails at the end', async () => {
    const answers = world();
    const { result, deletions } = await sweep({
      ...answers,
      'az group delete': () => azureError('ScopeLocked', 'There is a lock.'),
    });
    expect(result).toBeInstanceOf(ActionFailed);
    expect((result as ActionFailed).message).toMatch(
      /^Not everything could be deleted:\n- lab-over: failed: .*ScopeLocked.*\(A lock is on it/,
    );
    expect((result as ActionFailed).outputs).toMatchObject({ deleted: '["lab-shared","team"]' });
    expect(deletions).toHaveLength(4);
  });

  it('goes on after a deleted vault that cannot be purged, and tells of all', async () => {
    const answers = azure({ 'lab-over': { tags: over, vaults: {} } }, { guarded: over, old: over });
    const purge = answers['az keyvault purge'] as (args: readonly string[]) => unknown;
    const { result, deletions, markdown } = await sweep({
      ...answers,
      'az keyvault purge': args =>
        args.includes('guarded')
          ? azureError('MethodNotAllowed', 'Operation DeletedVaultPurge is not allowed.')
          : purge(args),
    });
    expect((result as ActionFailed).message).toMatch(
      /^Not everything could be deleted:\n- deleted vault guarded: .*MethodNotAllowed.*purge protection/,
    );
    expect((result as ActionFailed).outputs).toMatchObject({ deleted: '["lab-over"]' });
    expect(deletions).toContain('az keyvault purge --name old --location eastus --no-wait');
    expect(markdown).toContain('| lab\\-over | deleted | the group |');
  });

  it('says so when there is none', async () => {
    const { result, markdown } = await sweep(azure({}));
    expect(result).toEqual({ found: '[]', deleted: '[]', left: '[]' });
    expect(markdown).toContain('No lab was found.');
  });
});
