import { beforeEach, describe, expect, it } from 'vitest';
import { ActionFailed, describeFailure } from '../shared/failures.ts';
import {
  type Answer,
  azureError,
  type FakeTools,
  fakeTools,
  noAccount,
  notFound,
} from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import { deleteLab } from './delete-lab.ts';
import { type Inputs, parse } from './inputs.ts';

let inputs: Inputs;

beforeEach(() => {
  inputs = { account: noAccount, resourceGroup: 'Lab', vaultName: '', timeoutMinutes: 30, dryRun: false };
});

const ours = { 'managed-by': 'workload-identity-lab' };

interface Vault {
  name: string;
  group?: string;
  tags?: Record<string, string> | null;
}

const id = (type: string, name: string) => `/subscriptions/s/resourceGroups/Lab/providers/${type}/${name}`;
const resource = (type: string, name: string, tags: object | null = ours) => ({
  id: id(type, name),
  name,
  type,
  tags,
});

/** A subscription with one group, its vaults, and vaults deleted before; it forgets a purged vault after some looks. */
function azure(world: {
  tags?: Record<string, string> | null;
  vaults?: Vault[];
  deleted?: Vault[];
  gone?: boolean;
  /** Other resources of the group. */
  resources?: object[];
  /** Role assignments by their principal. */
  assignments?: Record<string, object[]>;
}) {
  let looksUntilGone = world.gone ? 0 : -1;
  const deleted = [...(world.deleted ?? [])];
  const purging = new Map<string, number>();
  const answers: Record<string, Answer> = {
    'az group show': () => {
      if (looksUntilGone === 0) return notFound('ResourceGroupNotFound');
      if (looksUntilGone > 0 && --looksUntilGone === 0) deleted.push(...(world.vaults ?? []));
      const provisioningState = looksUntilGone < 0 ? 'Succeeded' : 'Deleting';
      return { tags: world.tags === undefined ? ours : world.tags, properties: { provisioningState } };
    },
    'az resource list': () => [
      ...(world.vaults ?? []).map(({ name, tags = ours }) =>
        resource('Microsoft.KeyVault/vaults', name, tags),
      ),
      ...(world.resources ?? []),
    ],
    'az identity list': () => [
      { id: id('Microsoft.ManagedIdentity/userAssignedIdentities', 'wi'), principalId: 'p' },
    ],
    'az aks list': () => [
      {
        id: id('Microsoft.ContainerService/managedClusters', 'wilab'),
        nodeResourceGroup: 'MC_lab_wilab_eastus',
        identity: { principalId: 'control-plane' },
        identityProfile: { kubeletidentity: { objectId: 'kubelet' } },
      },
    ],
    'az role assignment list': () =>
      Object.entries(world.assignments ?? {}).flatMap(([principalId, given]) =>
        given.map(assignment => ({ ...assignment, principalId })),
      ),
    'az group delete': () => {
      looksUntilGone = 3;
    },
    'az keyvault list-deleted': () =>
      deleted
        .filter(({ name }) => {
          const looks = purging.get(name);
          if (looks !== undefined) purging.set(name, looks - 1);
          return looks !== 0;
        })
        .map(({ name, group = 'lab', tags = ours }) => ({
          name,
          properties: {
            vaultId: `/subscriptions/s/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`,
            location: 'eastus',
            tags,
          },
        })),
    'az keyvault purge': args => void purging.set(args[args.indexOf('--name') + 1]!, 2),
  };
  return answers;
}

const lines = (tools: FakeTools, start = 'az'): string[] =>
  tools.commands.map(command => command.join(' ')).filter(line => line.startsWith(start));
const failure = (tools: FakeTools): Promise<unknown> =>
  deleteLab(inputs, tools).then(
    () => {
      throw new Error('it passed');
    },
    error => error,
  );

describe('deleteLab', () => {
  it('deletes the group, purges its vaults, and sees that all are gone', async () => {
    const tools = fakeTools(azure({ vaults: [{ name: 'one' }, { name: 'two' }] }));
    expect(await deleteLab(inputs, tools)).toEqual({ deleted: 'true', kept: '[]' });
    expect(lines(tools, 'az group delete')).toEqual(['az group delete --name Lab --yes --no-wait']);
    expect(lines(tools, 'az keyvault purge')).toEqual([
      'az keyvault purge --name one --location eastus --no-wait',
      'az keyvault purge --name two --location eastus --no-wait',
    ]);
    expect(lines(tools).at(-1)).toBe('az keyvault list-deleted --resource-type vault');
    expect(Object.values(tools.outcomes())).toEqual(['deleted', 'deleted']);
  });

  it('says "already gone" when nothing is left', async () => {
    const tools = fakeTools(azure({ gone: true }));
    expect(await deleteLab(inputs, tools)).toEqual({ deleted: 'true', kept: '[]' });
    expect(Object.values(tools.outcomes())).toEqual(['already gone', 'already gone']);
    expect(tools.commands).toHaveLength(2);
  });

  it.each<Record<string, string> | null>([null, {}, { 'managed-by': 'somebody-else' }])(
    'touches nothing with the tags %j',
    async tags => {
      const tools = fakeTools(azure({ tags, vaults: [{ name: 'one', tags }] }));
      const error = await failure(tools);
      expect(error).toBeInstanceOf(ActionFailed);
      expect(describeFailure(error)).toContain('Nothing was deleted');
      expect(lines(tools).map(line => line.split(' --')[0])).toEqual(['az group show', 'az resource list']);
    },
  );

  const kinds = [
    resource('Microsoft.ContainerService/managedClusters', 'wilab'),
    resource('Microsoft.ContainerRegistry/registries', 'wilab1'),
    resource('Microsoft.ManagedIdentity/userAssignedIdentities', 'wi'),
  ];

  it('takes only what is tagged from a group that is not the lab’s', async () => {
    const theirs = resource('Microsoft.Storage/storageAccounts', 'theirs', null);
    let looks = 0;
    const world = azure({ tags: null, resources: [...kinds, theirs] });
    const tools = fakeTools({
      ...world,
      'az resource list': (...given) => (looks++ === 0 ? world['az resource list']!(...given) : [theirs]),
      'az aks delete': () => undefined,
      'az acr delete': () => undefined,
      'az identity delete': () => undefined,
    });
    expect(await deleteLab(inputs, tools)).toEqual({ deleted: 'true', kept: JSON.stringify([theirs.id]) });
    expect(lines(tools).filter(line => line.includes(' delete '))).toEqual([
      'az aks delete --name wilab --resource-group Lab --yes --no-wait',
      'az acr delete --name wilab1 --resource-group Lab --yes',
      'az identity delete --name wi --resource-group Lab',
    ]);
    expect(tools.warnings).toEqual([expect.stringContaining('storageAccounts theirs')]);
  });

  it('is content where nothing of the lab is left in its group, and keeps the rest', async () => {
    const theirs = resource('Microsoft.Storage/storageAccounts', 'theirs', null);
    const tools = fakeTools(azure({ resources: [theirs] }));
    expect(await deleteLab(inputs, tools)).toEqual({ deleted: 'true', kept: JSON.stringify([theirs.id]) });
    expect(lines(tools).filter(line => line.includes(' delete '))).toEqual([]);
  });

  it('lists what it could not remove, and removes the rest', async () => {
    const tools = fakeTools({
      ...azure({ tags: null, resources: [...kinds, resource('Microsoft.Web/sites', 'odd')] }),
      'az resource list': () =>
        tools.commands.some(command => command[2] === 'delete')
          ? []
          : [...kinds, resource('Microsoft.Web/sites', 'odd')],
      'az aks delete': () => azureError('ScopeLocked', 'There is a lock.'),
      'az acr delete': () => undefined,
      'az identity delete': () => undefined,
    });
    const text = describeFailure(await failure(tools));
    expect(text).toContain('- sites odd: the lab makes nothing of this kind');
    expect(text).toMatch(/- managedClusters wilab: .*ScopeLocked/);
    expect(lines(tools, 'az identity delete')).toHaveLength(1);
  });

  it('deletes the role assignments that its identities have elsewhere, and checks it', async () => {
    const elsewhere = [
      { id: 'assignment', role: 'AcrPull', scope: '/subscriptions/s/resourceGroups/other/x' },
    ];
    const inside = { id: 'inside', role: 'AcrPull', scope: '/subscriptions/s/resourceGroups/lab/x' };
    // AKS's own.
    const nodes = {
      id: 'n',
      role: 'Contributor',
      scope: '/subscriptions/s/resourceGroups/mc_Lab_wilab_eastus',
    };
    const assignments: Record<string, object[]> = {
      ...{ kubelet: [...elsewhere, inside], p: [inside] },
      'control-plane': [nodes],
    };
    const world = azure({ resources: kinds, assignments });
    const tools = fakeTools({
      ...world,
      'az role assignment delete': () => {
        assignments.kubelet = [inside];
      },
    });
    await deleteLab(inputs, tools);
    expect(lines(tools, 'az role assignment delete')).toEqual(['az role assignment delete --ids assignment']);

    assignments.kubelet = elsewhere;
    const stubborn = fakeTools({
      ...azure({ resources: kinds, assignments }),
      'az role assignment delete': () => undefined,
    });
    expect(describeFailure(await failure(stubborn))).toContain(
      'role assignment assignment: it is still there',
    );
  });

  it('only tells, for a dry run', async () => {
    inputs.dryRun = true;
    const tools = fakeTools(
      azure({
        vaults: [{ name: 'one' }],
        deleted: [{ name: 'old' }, { name: 'x', tags: null }],
        resources: kinds,
        assignments: { p: [{ id: 'a', role: 'AcrPull', scope: '/subscriptions/s/resourceGroups/other' }] },
      }),
    );
    expect(await deleteLab(inputs, tools)).toEqual({ deleted: 'false', kept: '[]' });
    expect(tools.outcomes()).toEqual({
      'Resource group Lab': 'would be deleted',
      'Resource vaults one': 'would be deleted',
      'Resource managedClusters wilab': 'would be deleted',
      'Resource registries wilab1': 'would be deleted',
      'Resource userAssignedIdentities wi': 'would be deleted',
      'Role assignment AcrPull on /subscriptions/s/resourceGroups/other': 'would be deleted',
      'Deleted vault old': 'would be deleted',
    });
    expect(lines(tools).filter(line => /delete |purge/.test(line))).toEqual([]);
  });

  it('purges what an earlier, cancelled deletion left, by its tag', async () => {
    const deleted = [
      { name: 'left' },
      { name: 'not-ours', tags: null },
      { name: 'elsewhere', group: 'lab2' },
    ];
    const tools = fakeTools(azure({ gone: true, deleted }));
    await deleteLab(inputs, tools);
    expect(lines(tools, 'az keyvault purge')).toEqual([
      'az keyvault purge --name left --location eastus --no-wait',
    ]);
  });

  it('purges only the named vault when one is named', async () => {
    inputs.vaultName = 'TWO';
    const tools = fakeTools(azure({ vaults: [{ name: 'one' }, { name: 'two' }] }));
    await deleteLab(inputs, tools);
    expect(lines(tools, 'az keyvault purge')).toEqual([
      'az keyvault purge --name two --location eastus --no-wait',
    ]);
  });

  it('waits until the deleted vault is listed', async () => {
    const answers = azure({ vaults: [{ name: 'one' }] });
    const listed = answers['az keyvault list-deleted']!;
    let looks = 0;
    const tools = fakeTools({
      ...answers,
      'az keyvault list-deleted': (...given) => (++looks < 3 ? [] : listed(...given)),
    });
    await deleteLab(inputs, tools);
    expect(lines(tools, 'az keyvault purge')).toHaveLength(1);
  });

  it('does not wait for ever for one that is never listed', async () => {
    const tools = fakeTools({
      ...azure({ vaults: [{ name: 'one' }] }),
      'az keyvault list-deleted': () => [],
    });
    await deleteLab(inputs, tools);
    expect(tools.time.now()).toBeLessThan(90_000);
  });

  it('fails when a vault does not go', async () => {
    const tools = fakeTools({
      ...azure({ vaults: [{ name: 'one' }] }),
      'az keyvault purge': () => undefined,
    });
    expect(describeFailure(await failure(tools))).toMatch(/^- Purge: given up after .*: one being purged$/m);
  });

  it('fails when a vault may not be purged, and purges the others', async () => {
    const answers = azure({ vaults: [{ name: 'one' }, { name: 'two' }] });
    const purge: Answer = (args, options) =>
      args.includes('one')
        ? azureError('MethodNotAllowed', 'Operation DeletedVaultPurge is not allowed.')
        : answers['az keyvault purge']!(args, options);
    const tools = fakeTools({ ...answers, 'az keyvault purge': purge });
    expect(describeFailure(await failure(tools))).toMatch(/^- deleted vault one: .*purge protection/m);
    expect(lines(tools, 'az keyvault purge')).toHaveLength(2);
    expect(tools.outcomes()).toMatchObject({ 'Resource group Lab': 'deleted' });
  });

  it('still purges what was deleted, and tells all that is left, when the group does not go', async () => {
    const assignment = {
      id: 'assignment',
      role: 'AcrPull',
      scope: '/subscriptions/s/resourceGroups/other/x',
    };
    const tools = fakeTools({
      ...azure({ resources: kinds, deleted: [{ name: 'earlier' }], assignments: { kubelet: [assignment] } }),
      'az group delete': () => azureError('ScopeLocked', 'There is a lock.'),
      'az role assignment delete': () => azureError('AuthorizationFailed'),
    });
    const text = describeFailure(await failure(tools));
    expect(text).toMatch(/^- role assignment assignment: .*AuthorizationFailed/m);
    expect(text).toMatch(/^- az … failed with exit code 1: ERROR: \(ScopeLocked\).*A lock is on it/m);
    expect(lines(tools, 'az keyvault purge')).toHaveLength(1);
    expect(tools.time.now()).toBeLessThan(60_000);
  });

  it('is cancelled at once when the step is', async () => {
    const tools = fakeTools({
      ...azure({ resources: kinds }),
      'az group delete': () => {
        throw new Interrupted('SIGTERM');
      },
    });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(lines(tools, 'az keyvault')).toEqual([]);
  });

  it('fails when Azure gives the deletion up', async () => {
    const states = ['Succeeded', 'Succeeded', 'Deleting', 'Deleting', 'Succeeded'];
    const show = () => ({ tags: ours, properties: { provisioningState: states.shift() } });
    const tools = fakeTools({ ...azure({}), 'az group show': show });
    const text = describeFailure(await failure(tools));
    expect(text).toContain(
      'was not deleted: Azure gave up, and it is in state Succeeded again. In it still: nothing',
    );
  });

  it('fails when the group does not go in time', async () => {
    const show = () => ({ tags: ours, properties: { provisioningState: 'Deleting' } });
    const tools = fakeTools({ ...azure({}), 'az group show': show });
    expect(describeFailure(await failure(tools))).toMatch(/was not deleted: .*given up after .*Deleting/);
  });
});

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';

  it('has its defaults', () => {
    expect(parse({}, read({ 'resource-group': 'rg' }))).toEqual({
      account: noAccount,
      resourceGroup: 'rg',
      vaultName: '',
      timeoutMinutes: 30,
      dryRun: false,
    });
  });

  it('names every input that is not valid', () => {
    expect(() => parse({}, read({ 'vault-name': 'under_score', 'timeout-minutes': '-1' }))).toThrow(
      /3 inputs are not valid:\n- resource-group .*\n- vault-name .*\n- timeout-minutes /,
    );
  });
});
