import { beforeEach, describe, expect, it } from 'vitest';
import { FakeSubscription, groupIdOf, idOf } from '../shared/deletion/fake-subscription.ts';
import { generatedOwner } from '../shared/deletion/generated-subscriptions.ts';
import { checkGeneratedSubscriptions } from '../shared/deletion/generated-subscriptions-check.ts';
import { CLUSTER, IDENTITY, VAULT } from '../shared/deletion/inventory.ts';
import { ActionFailed, describeFailure } from '../shared/failures.ts';
import {
  azureError,
  type FakeAnswer,
  type FakeTools,
  failing,
  fakeTools,
  noAccount,
} from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import { deleteLab } from './delete-lab.ts';
import { type Inputs, parse } from './inputs.ts';

const REGISTRY = 'Microsoft.ContainerRegistry/registries';
const ours = { 'managed-by': 'workload-identity-lab', repository: 'owner/labs' };
const foreign: readonly (Record<string, string> | null)[] = [
  null,
  {},
  { 'managed-by': 'another-tool', repository: 'owner/labs' },
  { 'managed-by': 'workload-identity-lab' },
  { 'managed-by': 'workload-identity-lab', repository: 'owner/other' },
];

let inputs: Inputs;
let azure: FakeSubscription;

beforeEach(() => {
  const owner = { repository: 'Owner/Labs', createdBy: [] };
  inputs = { account: noAccount, owner, resourceGroup: 'Lab', timeoutMinutes: 30, dryRun: false };
  azure = new FakeSubscription();
  azure.groups = [{ name: 'lab', tags: ours }, { name: 'other' }];
});

/** Adds one of each kind that the lab creates. */
function addKinds(tags: Record<string, string> | null = ours): void {
  const nodes = `${groupIdOf('MC_lab')}/providers`;
  azure.add('lab', CLUSTER, 'wilab', {
    tags,
    more: {
      nodeResourceGroup: 'MC_lab',
      identity: { type: 'SystemAssigned', principalId: 'control-plane' },
      identityProfile: {
        kubeletidentity: { objectId: 'kubelet', resourceId: `${nodes}/${IDENTITY}/agents` },
      },
    },
  });
  azure.add('lab', REGISTRY, 'wilab1', { tags, createdBy: 'deployer' });
  azure.add('lab', VAULT, 'vault1', { tags, createdBy: 'DEPLOYER' });
  azure.add('lab', IDENTITY, 'wi', { tags, more: { principalId: 'p' } });
}

const run = async (more: Record<string, FakeAnswer> = {}) => {
  const tools = fakeTools({ ...azure.answers(), ...more });
  const result = await deleteLab(inputs, tools).catch((error: unknown) => error);
  return { tools, result, text: result instanceof Error ? describeFailure(result) : '' };
};
const lines = (tools: FakeTools, start = 'az'): string[] =>
  tools.commands.map(command => command.join(' ')).filter(line => line.startsWith(start));
const deletions = (tools: FakeTools) => lines(tools).filter(line => /^az .*(delete|purge) -/.test(line));
const done = { deleted: 'true', kept: '[]' };

describe('deleteLab', () => {
  it('deletes each resource and then the empty group, purges the vault, and checks that nothing is left', async () => {
    addKinds();
    const { result, tools } = await run();
    expect(result).toEqual(done);
    expect(deletions(tools)).toEqual([
      'az aks delete --name wilab --resource-group lab --yes --no-wait',
      'az acr delete --name wilab1 --resource-group lab --yes',
      'az keyvault delete --name vault1 --resource-group lab',
      'az identity delete --name wi --resource-group lab',
      'az group delete --name lab --yes --no-wait',
      'az keyvault purge --name vault1 --location eastus --no-wait',
    ]);
    expect(lines(tools).at(-1)).toBe('az keyvault list-deleted --resource-type vault');
  });

  it('reports "already gone" when nothing is left', async () => {
    azure.groups = [];
    const { result, tools } = await run();
    expect(result).toEqual(done);
    expect(Object.values(tools.outcomes())).toEqual(['already gone', 'already gone']);
  });

  it.each(foreign)('deletes nothing with the tags %j', async tags => {
    azure.groups = [{ name: 'lab', tags }];
    addKinds(tags);
    const { result, tools, text } = await run();
    expect(result).toBeInstanceOf(ActionFailed);
    expect(text).toContain('Nothing was deleted');
    expect(deletions(tools)).toEqual([]);
  });

  it('compares tag names without regard to case', async () => {
    azure.groups = [
      { name: 'lab', tags: { 'Managed-By': 'workload-identity-lab', REPOSITORY: 'owner/labs' } },
    ];
    expect((await run()).result).toEqual(done);
    expect(azure.deleted).toEqual([groupIdOf('lab')]);
  });

  it('deletes a lab that was created outside GitHub when it runs outside GitHub', async () => {
    inputs.owner = { repository: '', createdBy: [] };
    azure.groups = [{ name: 'lab', tags: { 'managed-by': 'workload-identity-lab' } }];
    expect((await run()).result).toEqual(done);
    azure.groups = [{ name: 'lab', tags: ours }];
    expect((await run()).text).toContain('its tag repository is "owner/labs"');
  });

  it('deletes only the resources of the lab from a group of another owner', async () => {
    azure.groups = [{ name: 'lab' }];
    addKinds();
    const theirs = azure.add('lab', 'Microsoft.Storage/storageAccounts', 'theirs');
    const { result, tools } = await run();
    expect(result).toEqual({ deleted: 'true', kept: JSON.stringify([idOf(theirs)]) });
    expect(azure.deleted).toHaveLength(4);
    expect(azure.resources).toEqual([theirs]);
    expect(tools.warnings).toEqual([expect.stringContaining('storageAccounts theirs')]);
  });

  it('succeeds when nothing of the lab is left in its group, and keeps the rest', async () => {
    const theirs = azure.add('lab', 'Microsoft.Storage/storageAccounts', 'theirs', { tags: ours });
    expect((await run()).result).toEqual({ deleted: 'true', kept: JSON.stringify([idOf(theirs)]) });
    expect(azure.deleted).toEqual([]);
  });

  it('keeps resources that another identity created, unless created-by lists it', async () => {
    const tagged = azure.add('lab', VAULT, 'tagged', { tags: ours, createdBy: 'someone@example.com' });
    const { tools } = await run();
    expect(azure.deleted).toEqual([]);
    expect(tools.warnings[0]).toContain('"someone@example.com" created it');
    inputs.owner.createdBy = ['Someone@example.com'];
    await run();
    expect(azure.deleted).toEqual([idOf(tagged), groupIdOf('lab')]);
  });

  it.each(foreign)('keeps a resource that contains another owner’s with the tags %j', async tags => {
    addKinds();
    azure.add('lab', `${REGISTRY}/webhooks`, 'wilab1/hook', { tags });
    const { text } = await run();
    expect(text).toMatch(/- registries wilab1: it contains .*\/webhooks\/hook, which is not the lab's/);
    expect(azure.resources.map(({ name }) => name)).toEqual(['wilab1', 'wilab1/hook']);
    expect(azure.purged).toEqual(['vault1']);
  });

  it('deletes a resource together with the child resources that the lab created', async () => {
    addKinds();
    azure.add('lab', `${REGISTRY}/webhooks`, 'wilab1/hook', { tags: ours });
    expect((await run()).result).toEqual(done);
    expect(azure.resources).toEqual([]);
  });

  it('ignores a deleted resource that the cached list still shows', async () => {
    const gone = { group: 'lab', type: REGISTRY, name: 'gone', tags: ours };
    azure.stale = [gone, { ...gone, type: `${REGISTRY}/webhooks`, name: 'gone/hook', tags: null }];
    expect((await run()).result).toEqual(done);
    expect(azure.deleted).toEqual([groupIdOf('lab')]);
  });

  it('finds a resource that the cached list does not show yet', async () => {
    addKinds();
    azure.add('lab', VAULT, 'theirs');
    azure.unseen = new Set(['theirs', 'wilab']);
    const { result } = await run();
    expect(result).toMatchObject({ kept: expect.stringContaining('theirs') });
    expect(azure.resources.map(({ name }) => name)).toEqual(['theirs']);
  });

  it('reads all pages of the list, and deletes nothing if one fails', async () => {
    addKinds();
    const theirs = azure.add('lab', 'Microsoft.Storage/storageAccounts', 'theirs');
    azure.pageSize = 2;
    azure.failingPage = 2;
    expect((await run()).text).toContain('AuthorizationFailed');
    expect(azure.deleted).toEqual([]);
    azure.failingPage = undefined;
    await run();
    expect(azure.resources).toEqual([theirs]);
  });

  it.each([
    ['no list', {}],
    ['nothing', undefined],
    ['a list of other values', { value: ['x'] }],
    ['a page of another host’s list', { value: [], nextLink: 'https://example.com/x' }],
    ['the same page repeatedly', (url: string) => ({ value: [], nextLink: url })],
    [
      'a resource of another group',
      { value: [{ id: `${groupIdOf('other')}/providers/x/y/z`, type: 'x/y' }] },
    ],
  ])('deletes nothing if Resource Manager answers %s', async (_, answer) => {
    addKinds();
    const page: FakeAnswer = args => (typeof answer === 'function' ? answer(args.at(-1)!) : answer);
    const { result } = await run({ 'az rest --method get --url': page });
    expect(result).toBeInstanceOf(Error);
    expect(azure.deleted).toEqual([]);
  });

  it('deletes nothing if az answers for another subscription', async () => {
    addKinds();
    const id = '/subscriptions/another/resourceGroups/lab';
    const { text } = await run({ 'az group show': () => ({ id, name: 'lab', tags: ours }) });
    expect(text).toContain('"/subscriptions/another/resourceGroups/lab"');
    expect(azure.deleted).toEqual([]);
  });

  it('keeps a group that the caller cannot read completely', async () => {
    addKinds();
    azure.permissions = [
      { actions: ['Microsoft.KeyVault/*', 'Microsoft.Resources/*'], notActions: [] },
      { actions: ['*'], notActions: ['Microsoft.Storage/*'] },
      { actions: ['*'], notActions: [], condition: 'x' },
    ];
    expect((await run()).text).toContain('not known to be empty');
    expect(azure.groups).toHaveLength(2);
  });

  it('keeps a group in which a resource appears in the meantime', async () => {
    addKinds();
    azure.before = command => {
      if (command.startsWith('identity delete'))
        azure.add('lab', 'Microsoft.Storage/storageAccounts', 'theirs');
    };
    expect((await run()).text).toContain('meanwhile it contains storageAccounts theirs');
    expect(azure.resources).toMatchObject([{ name: 'theirs' }]);
  });

  it('keeps a group that another owner recreated in the meantime', async () => {
    azure.before = command => {
      if (/resourceGroups\/lab\/.*\/permissions/i.test(command)) azure.groups = [{ name: 'lab' }];
    };
    expect((await run()).text).toContain('Resource group lab was not deleted: it has no tag managed-by');
    expect(azure.groups).toHaveLength(1);
  });

  it('keeps a resource that another owner recreated in the meantime', async () => {
    addKinds();
    azure.before = command => {
      if (command.startsWith('keyvault show'))
        for (const each of azure.resources.filter(({ name }) => name === 'vault1')) each.tags = null;
    };
    expect((await run()).text).toContain('vaults vault1 was not deleted: it has no tag managed-by');
    expect(azure.resources).toMatchObject([{ name: 'vault1' }]);
    expect(azure.purged).toEqual([]);
  });

  it('lists locked resources, and deletes the rest', async () => {
    addKinds();
    azure.locked.add(idOf(azure.resources[0]!));
    const { text } = await run();
    expect(text).toMatch(/- managedClusters wilab: .*ScopeLocked.*A lock protects the resource/);
    expect(azure.resources).toMatchObject([{ name: 'wilab' }]);
    expect(azure.purged).toEqual(['vault1']);
  });

  it('deletes the role assignments of its identities in other scopes, and checks the deletion', async () => {
    addKinds();
    const assignment = (principalId: string, scope: string, id = `${principalId} ${scope}`) => ({
      ...{ id, role: 'AcrPull', principalId, scope },
    });
    const gone = assignment('kubelet', `${groupIdOf('other')}/x`, 'elsewhere');
    azure.assignments = [
      gone,
      assignment('kubelet', idOf({ group: 'LAB', type: REGISTRY, name: 'wilab1' })),
      // AKS's own.
      assignment('control-plane', groupIdOf('mc_Lab')),
      assignment('somebody', `${groupIdOf('other')}/x`),
    ];
    const stay = azure.assignments.slice(1);
    expect((await run()).result).toEqual(done);
    expect(azure.assignments).toEqual(stay);

    addKinds();
    azure.groups = [{ name: 'lab', tags: ours }];
    azure.assignments = [gone];
    const { text } = await run({ 'az role assignment delete': () => undefined });
    expect(text).toContain('role assignment elsewhere: it still exists');
  });

  it('deletes a role assignment in a group that it keeps', async () => {
    addKinds();
    const theirs = azure.add('lab', 'Microsoft.Storage/storageAccounts', 'theirs');
    azure.assignments = [{ id: 'a', role: 'Reader', scope: idOf(theirs), principalId: 'p' }];
    await run();
    expect(azure.assignments).toEqual([]);
  });

  it.each([
    ['identity of the kubelet', { identityProfile: { kubeletidentity: kubelet('other') } }],
    ['identity of the kubelet in the lab’s group', { identityProfile: { kubeletidentity: kubelet('lab') } }],
    ['identity of the control plane', { identity: { type: 'UserAssigned', principalId: 'own' } }],
  ])('keeps the roles of an existing %s', async (_, more) => {
    azure.add('lab', CLUSTER, 'wilab', { tags: ours, more: { nodeResourceGroup: 'MC_lab', ...more } });
    azure.assignments = [{ id: 'a', role: 'AcrPull', scope: groupIdOf('other'), principalId: 'own' }];
    expect((await run()).result).toEqual(done);
    expect(azure.assignments).toHaveLength(1);
  });

  it('only reports in a dry run', async () => {
    inputs.dryRun = true;
    addKinds();
    azure.deletedVaults = [
      { name: 'old', group: 'lab', tags: ours },
      { name: 'x', group: 'lab' },
    ];
    azure.assignments = [{ id: 'a', role: 'AcrPull', scope: groupIdOf('other'), principalId: 'p' }];
    const { result, tools } = await run();
    expect(result).toEqual({ deleted: 'false', kept: '[]' });
    expect(tools.outcomes()).toEqual({
      'Resource group Lab': 'would be deleted',
      'Resource managedClusters wilab': 'would be deleted',
      'Resource registries wilab1': 'would be deleted',
      'Resource vaults vault1': 'would be deleted',
      'Resource userAssignedIdentities wi': 'would be deleted',
      [`Role assignment AcrPull on ${groupIdOf('other')}`]: 'would be deleted',
      'Deleted vault old': 'would be deleted',
    });
    expect(deletions(tools)).toEqual([]);
  });

  it.each([
    ['purges', 'left', {}, true],
    ['keeps a vault without tags', 'x', { tags: null }, false],
    ['keeps a vault of another repository', 'x', { tags: { ...ours, repository: 'o/r' } }, false],
    ['keeps a vault of another group', 'x', { group: 'lab2' }, false],
    ['keeps a vault with a longer retention than the lab’s', 'x', { retention: 90 }, false],
  ])('%s of the soft-deleted vaults of an earlier deletion', async (_, name, more, purged) => {
    azure.groups = [];
    azure.deletedVaults = [{ name, group: 'LAB', tags: ours, ...more }];
    expect((await run()).result).toEqual(done);
    expect(azure.purged).toEqual(purged ? [name] : []);
  });

  it('waits until a deleted vault is listed', async () => {
    addKinds();
    azure.unlisted.set('vault1', 9);
    expect((await run()).result).toEqual(done);
    expect(azure.purged).toEqual(['vault1']);
  });

  it('reports a vault that is never listed as not purged, with the command to purge it', async () => {
    addKinds();
    azure.unlisted.set('vault1', Number.POSITIVE_INFINITY);
    const { text, tools } = await run();
    expect(text).toContain(
      'deleted vault vault1: not purged, because Azure did not list it as deleted within 30 minutes. Purge it: az keyvault purge --name vault1 --location eastus',
    );
    expect(tools.time.now()).toBeGreaterThan(29 * 60_000);
  });

  it('fails when a vault is not purged in time', async () => {
    addKinds();
    const { text } = await run({ 'az keyvault purge': () => undefined });
    expect(text).toMatch(/deleted vault vault1: its purge did not end within 30 minutes/);
  });

  it('fails when a vault cannot be purged, and purges the others', async () => {
    azure.deletedVaults = [
      { name: 'guarded', group: 'lab', tags: ours, protected: true },
      { name: 'two', group: 'lab', tags: ours },
    ];
    const { text } = await run();
    expect(text).toMatch(/^- deleted vault guarded: .*purge protection/m);
    expect(azure.purged).toEqual(['two']);
    expect(azure.deleted).toEqual([groupIdOf('lab')]);
  });

  it('ends immediately when the step is cancelled', async () => {
    addKinds();
    const { result, tools } = await run({
      'az acr delete': () => {
        throw new Interrupted('SIGTERM');
      },
    });
    expect(result).toBeInstanceOf(Interrupted);
    expect(lines(tools, 'az keyvault delete')).toEqual([]);
  });

  it('fails when Azure ends the deletion of the group without deleting it', async () => {
    const states = ['Succeeded', 'Succeeded', 'Succeeded', 'Deleting', 'Succeeded'];
    const show = () => ({
      ...{ id: groupIdOf('lab'), name: 'lab', tags: ours },
      properties: { provisioningState: states.shift() },
    });
    const { text } = await run({ 'az group show': show, 'az group delete': () => undefined });
    expect(text).toContain('Azure ended the deletion, and its state is Succeeded');
  });

  it('fails when the group is not deleted in time', async () => {
    const { text } = await run({ 'az group delete': () => undefined });
    expect(text).toMatch(/Resource group lab was not deleted: .*Succeeded/);
  });

  it('deletes and purges exactly the resources of the lab, in generated subscriptions', async () => {
    const generated = { ...inputs, owner: generatedOwner, resourceGroup: 'group0', timeoutMinutes: 1 };
    await checkGeneratedSubscriptions('group0', tools => deleteLab(generated, tools));
  });

  it('reports az’s error, not the warnings before it', async () => {
    addKinds();
    const stderr =
      'WARNING: Warning! Soft delete.\n\nWARNING: More.\nAnd more.\nERROR: (Busy) Not now.\nCode: Busy';
    const { text } = await run({ 'az keyvault delete': () => failing(stderr) });
    expect(text).toMatch(/- vaults vault1: .*exit code 1: ERROR: \(Busy\) Not now\.$/m);
  });

  it('fails when a resource cannot be deleted', async () => {
    addKinds();
    const { text } = await run({ 'az acr delete': () => azureError('Conflict', 'Busy.') });
    expect(text).toMatch(/- registries wilab1: .*Conflict/);
    expect(azure.groups).toHaveLength(2);
  });
});

function kubelet(group: string) {
  return { objectId: 'own', resourceId: idOf({ group, type: IDENTITY, name: 'kubelet' }) };
}

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';

  it('uses the defaults', () => {
    expect(parse({ GITHUB_REPOSITORY: 'o/r' }, read({ 'resource-group': 'rg' }))).toEqual({
      account: noAccount,
      owner: { repository: 'o/r', createdBy: [] },
      resourceGroup: 'rg',
      timeoutMinutes: 30,
      dryRun: false,
    });
  });

  it('reads the repository whose labs it deletes', () => {
    const given = { 'resource-group': 'rg', repository: 'a/b.c', 'created-by': 'one, two@example.com ' };
    expect(parse({ GITHUB_REPOSITORY: 'o/r' }, read(given)).owner).toEqual({
      ...{ repository: 'a/b.c', createdBy: ['one', 'two@example.com'] },
    });
  });

  it('lists every invalid input', () => {
    const given = { repository: 'not-a-name', 'created-by': 'a b', 'timeout-minutes': '-1' };
    expect(() => parse({}, read(given))).toThrow(
      /4 inputs are not valid:\n- repository .*\n- created-by .*\n- resource-group .*\n- timeout-minutes /,
    );
  });
});
