import { describe, expect, it } from 'vitest';
import { type FakeAnswer, fakeTools, notFound } from '../../actions/shared/fake-tools.ts';
import { SETUP_MANAGED_BY, type Settings } from '../settings.ts';
import { findManagedIdentity } from './managed-identity.ts';

const settings: Settings = {
  subscription: { id: 'sub', name: 'Sandbox', tenantId: 'tenant' },
  repository: { owner: 'octo', name: 'lab', fullName: 'octo/lab' },
  environment: 'azure-lab',
  branch: '',
  identity: { kind: 'user-assigned', name: 'id', resourceGroup: 'rg', location: 'eastus' },
  labLocation: 'eastus',
  workflows: [],
};
const isOwned = { 'managed-by': SETUP_MANAGED_BY };
const GROUP = '/subscriptions/sub/resourceGroups/rg';
const ID = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`;
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines/vm`;
const identity = { id: ID, clientId: 'c', principalId: 'p', tags: { ...isOwned, repository: 'Octo/Lab' } };

interface Found {
  group?: object | undefined;
  identity?: object | undefined;
  inside?: string[];
  permissions?: object[];
}

function toolsFor(found: Found) {
  const answers: Record<string, FakeAnswer> = {
    'az group show': () => (found.group ? { id: GROUP, ...found.group } : notFound('ResourceGroupNotFound')),
    'az identity show': () => found.identity ?? notFound(),
    'az identity federated-credential list': () => [],
    'az rest --method get --url': args =>
      args.at(-1)?.includes('/permissions')
        ? { value: found.permissions ?? [{ actions: ['*'], notActions: [] }] }
        : { value: (found.inside ?? []).map(id => ({ id, type: 'Microsoft.Compute/virtualMachines' })) },
    'az aks list': () => [],
    'az acr list': () => [],
    'az keyvault list': () => [],
    'az identity list': () => [],
    'az identity delete': () => {
      found.identity = undefined;
    },
    'az group delete': () => undefined,
  };
  return fakeTools(answers);
}

function find(group: object | undefined, found: object | undefined, inside: string[] = []) {
  return findManagedIdentity(toolsFor({ group, identity: found, inside }).az, settings);
}

describe('findManagedIdentity', () => {
  it('creates what is missing', async () => {
    const change = async (...there: Parameters<typeof find>) =>
      (await find(...there)).planCreation().map(step => step.change);
    expect(await change(undefined, undefined)).toEqual(['create', 'create']);
    expect(await change({ tags: null }, undefined)).toEqual(['none', 'create']);
    expect(
      await change({ tags: isOwned }, identity, [
        ID.toUpperCase().replace('/SUBSCRIPTIONS/SUB/RESOURCEGROUPS/RG', GROUP),
      ]),
    ).toEqual(['none', 'none']);
  });

  it('deletes its own identity, and its group only if nothing else is in it', async () => {
    const goes = async (...there: Parameters<typeof find>) => {
      const found = await find(...there);
      return [...found.planDeletion().map(({ what }) => what), ...found.kept];
    };
    expect(
      await goes({ tags: isOwned }, identity, [
        ID.toUpperCase().replace('/SUBSCRIPTIONS/SUB/RESOURCEGROUPS/RG', GROUP),
      ]),
    ).toEqual(['Managed identity', 'Resource group']);
    expect(await goes({ tags: isOwned }, undefined)).toEqual(['Resource group']);
    expect(await goes({ tags: isOwned }, identity, [ID, VM])).toEqual([
      'Managed identity',
      'Resource group rg: it contains other resources',
    ]);
    expect(await goes({ tags: isOwned }, { ...identity, tags: {} }, [ID])).toEqual([
      'Managed identity id: not created by this command',
      'Resource group rg: it contains other resources',
    ]);
    expect(await goes({ tags: {} }, identity, [ID])).toEqual([
      'Managed identity',
      'Resource group rg: not created by this command',
    ]);
    expect(await goes({ tags: isOwned }, { ...identity, tags: isOwned }, [ID])).toEqual([
      'Managed identity id: not created by this command',
      'Resource group rg: it contains other resources',
    ]);
    expect(await goes(undefined, undefined)).toEqual([]);
  });

  it.each<[string, (found: Found) => void, string[], RegExp | undefined]>([
    ['both', () => {}, ['identity', 'group'], undefined],
    [
      'nothing if the tags of the identity change',
      found => {
        found.identity = { ...identity, tags: { ...isOwned, repository: 'octo/other' } };
      },
      [],
      /Its tags have changed/,
    ],
    [
      'no group that received a resource',
      found => {
        found.inside = [VM];
      },
      ['identity'],
      /not empty: .*virtualMachines\/vm/,
    ],
    [
      'no group that another owner recreated',
      found => {
        found.group = { tags: null };
      },
      ['identity'],
      /Its tags have changed/,
    ],
    [
      'no group that it cannot read completely',
      found => {
        found.permissions = [{ actions: ['Microsoft.Resources/*'], notActions: [] }];
      },
      ['identity'],
      /might not be empty/,
    ],
  ])('deletes %s between the question and the deletion', async (_, change, deleted, error) => {
    const found: Found = { group: { tags: isOwned }, identity, inside: [ID] };
    const context = toolsFor(found);
    const steps = (await findManagedIdentity(context.az, settings)).planDeletion();
    found.inside = [];
    change(found);
    const failures: string[] = [];
    for (const operation of steps.flatMap(({ operations }) => operations)) {
      await operation
        .run({ clientId: '', principalId: '', objectId: '' }, { ...context, gitHub: undefined })
        .catch(failure => failures.push(String(failure)));
    }
    const deletions = context.commands.filter(command => command[2] === 'delete').map(command => command[1]);
    expect(deletions).toEqual(deleted);
    if (error) expect(failures.join()).toMatch(error);
    else expect(failures).toEqual([]);
  });

  it('rejects the identity of another repository', async () => {
    const other = { ...identity, tags: { ...isOwned, repository: 'octo/other' } };
    await expect(find({ tags: isOwned }, other)).rejects.toThrow(
      'was created for the repository "octo/other"',
    );
  });
});
