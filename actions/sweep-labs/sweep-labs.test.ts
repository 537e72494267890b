import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeSubscription, groupIdOf, idOf } from '../shared/deletion/fake-subscription.ts';
import { generatedOwner } from '../shared/deletion/generated-subscriptions.ts';
import { checkGeneratedSubscriptions } from '../shared/deletion/generated-subscriptions-check.ts';
import { CLUSTER, IDENTITY, VAULT } from '../shared/deletion/inventory.ts';
import { ActionFailed } from '../shared/failures.ts';
import { fakeTools, noAccount } from '../shared/fake-tools.ts';
import { notExpired } from './expiry.ts';
import { sweepLabs } from './sweep-labs.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const lab = (expires?: string) => ({
  ...{ 'managed-by': 'workload-identity-lab', repository: 'owner/labs' },
  ...(expires && { 'expires-on': expires }),
});
const over = lab('2026-11-24T11:59:59Z');
const soon = lab('2026-11-24T12:00:01Z');
const createdBy = 'deployer';

describe('notExpired', () => {
  it.each<[string, Record<string, string> | null, string | undefined]>([
    ['has passed', over, undefined],
    ['has passed, with a tag name in another case', { 'Expires-On': '2026-11-24' }, undefined],
    ['has not passed', soon, 'expires on 2026-11-24T12:00:01Z'],
    ['has passed in another zone', lab('2026-11-24T13:00:00+02:00'), undefined],
    ['has passed with its day', lab('2026-11-24'), undefined],
    ['is missing', lab(), 'it has no tag expires-on'],
    ['is not a time', lab('tomorrow'), 'its tag expires-on is "tomorrow", which is not a time'],
    ['is not a time, though Date accepts it', lab('1'), 'its tag expires-on is "1", which is not a time'],
    ['is missing with all tags', null, 'it has no tag expires-on'],
  ])('recognizes a time that %s', (_, tags, reason) => {
    expect(notExpired(tags, now)).toBe(reason);
  });
});

let azure: FakeSubscription;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  azure = new FakeSubscription();
});
afterEach(() => vi.useRealTimers());

async function sweep(dryRun = false) {
  const tools = fakeTools(azure.answers());
  const owner = { repository: 'owner/labs', createdBy: [] };
  const inputs = { account: noAccount, owner, dryRun, timeoutMinutes: 30 };
  const result = await sweepLabs(inputs, tools).catch((error: unknown) => error);
  return { result, markdown: tools.report.markdown('sweep-labs') };
}

const names = () => azure.resources.map(({ name }) => name).sort();

describe('sweepLabs', () => {
  beforeEach(() => {
    azure.groups = [
      { name: 'lab-over', tags: over },
      { name: 'lab-soon', tags: soon },
      { name: 'lab-untimed', tags: lab() },
      { name: 'lab-shared', tags: over },
      { name: 'lab-of-others', tags: { ...over, repository: 'other/labs' } },
      { name: 'team' },
      { name: 'MC_lab-over_wilab', tags: over, managedBy: 'wilab' },
      { name: 'foreign', tags: { 'expires-on': '2020-01-01' } },
    ];
    const vault = (group: string, name: string, tags: Record<string, string> | null) =>
      azure.add(group, VAULT, name, { tags, createdBy });
    vault('lab-over', 'v1', over);
    vault('lab-soon', 'v2', over);
    vault('lab-untimed', 'v3', over);
    vault('lab-shared', 'v4', over);
    vault('lab-shared', 'theirs', null);
    vault('lab-of-others', 'v5', { ...over, repository: 'other/labs' });
    vault('team', 'v6', over);
    vault('team', 'v7', soon);
    vault('MC_lab-over_wilab', 'identity', over);
    vault('foreign', 'v8', null);
    azure.deletedVaults = [
      { name: 'old', group: 'gone', tags: over },
      { name: 'of-team', group: 'team', tags: over },
      { name: 'of-renewed', group: 'lab-soon', tags: over },
      { name: 'fresh', group: 'gone', tags: soon },
      { name: 'long', group: 'gone', tags: over, retention: 90 },
      { name: 'not-ours', group: 'gone' },
    ];
  });

  it('deletes expired labs in every resource group, and nothing else', async () => {
    const { result, markdown } = await sweep();
    expect(result).toEqual({
      found: '["lab-of-others","lab-over","lab-shared","lab-soon","lab-untimed","team"]',
      deleted: '["lab-over","lab-shared","team"]',
      left: '["lab-of-others","lab-soon","lab-untimed"]',
    });
    expect(azure.groups.map(({ name }) => name)).not.toContain('lab-over');
    expect(azure.groups).toHaveLength(7);
    expect(names()).toEqual(['identity', 'theirs', 'v2', 'v3', 'v5', 'v7', 'v8']);
    expect(azure.purged.sort()).toEqual(['old', 'v1', 'v4', 'v6']);
    expect(markdown).toContain('| lab\\-soon | left | expires on 2026\\-11\\-24T12\\:00\\:01Z |');
    expect(markdown).toContain('| lab\\-untimed | left | it has no tag expires\\-on |');
    expect(markdown).toMatch(/\| lab\\-of\\-others \| left \| its tag repository is .*other/);
  });

  it('deletes nothing in a dry run', async () => {
    const { result, markdown } = await sweep(true);
    expect(result).toMatchObject({ deleted: '[]' });
    expect([azure.deleted, azure.purged]).toEqual([[], []]);
    expect(markdown).toContain('| team | would be deleted | 1 of 2 resources |');
  });

  it('continues after a lab that it cannot delete, and fails at the end', async () => {
    azure.locked.add(groupIdOf('lab-over'));
    const { result } = await sweep();
    expect(result).toBeInstanceOf(ActionFailed);
    expect((result as ActionFailed).message).toMatch(
      /^Not everything could be deleted:\n- lab-over: failed: .*ScopeLocked.*\(A lock protects the resource/,
    );
    expect((result as ActionFailed).outputs).toMatchObject({ deleted: '["lab-shared","team"]' });
    expect(azure.purged.sort()).toEqual(['old', 'v4', 'v6']);
  });

  it('continues after a vault that it cannot purge, and reports all', async () => {
    azure.deletedVaults.push({ name: 'guarded', group: 'gone', tags: over, protected: true });
    const { result } = await sweep();
    expect((result as ActionFailed).message).toMatch(
      /^Not everything could be deleted:\n- deleted vault guarded: .*MethodNotAllowed.*purge protection/,
    );
    expect((result as ActionFailed).outputs).toMatchObject({ deleted: '["lab-over","lab-shared","team"]' });
    expect(azure.purged).toContain('old');
  });

  it.each([
    ['the group', 'group show', () => azure.groups[0]!],
    ['the vault', 'keyvault show', () => azure.resources[0]!],
  ])(
    'keeps a lab that a new run uses: %s is renewed between the list and the deletion',
    async (_, command, of) => {
      const renewed = of();
      let shown = 0;
      azure.before = text => {
        if (
          text.startsWith(command) &&
          text.includes(renewed.name) &&
          ++shown === (command === 'group show' ? 2 : 1)
        )
          renewed.tags = soon;
      };
      const { result } = await sweep();
      expect(result).toMatchObject({ left: expect.stringContaining('"lab-over"') });
      expect(names()).toContain('v1');
      expect(azure.groups).toHaveLength(8);
    },
  );

  it('keeps a group that is renewed after its last resource was deleted', async () => {
    azure.before = text => {
      if (text.startsWith('keyvault delete --name v1')) azure.groups[0]!.tags = soon;
    };
    const { result, markdown } = await sweep();
    expect(result).toMatchObject({ deleted: '["lab-shared","team"]' });
    expect(azure.groups).toHaveLength(8);
    expect(markdown).toMatch(/lab\\-over \| left \| Resource group lab\\-over was not deleted.* expires on/);
  });

  it('keeps resources with only tags as proof in a group of another owner', async () => {
    const tagged = [
      azure.add('team', CLUSTER, 'c', { tags: over }),
      azure.add('team', IDENTITY, 'i', { tags: over }),
      azure.add('team', VAULT, 'k', { tags: over, createdBy: 'somebody' }),
    ];
    await sweep();
    for (const each of tagged) expect(azure.deleted).not.toContain(idOf(each));
  });

  it('deletes and purges exactly the resources of the lab, in generated subscriptions', async () => {
    const generated = { account: noAccount, owner: generatedOwner, dryRun: false, timeoutMinutes: 1 };
    await checkGeneratedSubscriptions(undefined, tools => sweepLabs(generated, tools));
  });

  it('reports that no lab has expired', async () => {
    azure = new FakeSubscription();
    const { result, markdown } = await sweep();
    expect(result).toEqual({ found: '[]', deleted: '[]', left: '[]' });
    expect(markdown).toContain('No lab was found.');
  });
});
