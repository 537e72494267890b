import { describe, expect, it } from 'vitest';
import { type Answer, fakeTools, notFound } from '../../actions/shared/fake-tools.ts';
import { MANAGED_BY, type Wanted } from '../settings.ts';
import { findUserAssigned } from './managed-identity.ts';

const wanted: Wanted = {
  subscription: { id: 'sub', name: 'Sandbox', tenantId: 'tenant' },
  repository: { owner: 'octo', name: 'lab', fullName: 'octo/lab' },
  environment: 'azure-lab',
  branch: '',
  identity: { kind: 'user-assigned', name: 'id', resourceGroup: 'rg', location: 'eastus' },
  labLocation: 'eastus',
  workflows: [],
};
const ours = { 'managed-by': MANAGED_BY };
const GROUP = '/subscriptions/sub/resourceGroups/rg';
const ID = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`;
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines/vm`;
const identity = { id: ID, clientId: 'c', principalId: 'p', tags: { ...ours, repository: 'Octo/Lab' } };

/** What exists; tests change it. */
interface Found {
  group?: object | undefined;
  identity?: object | undefined;
  /** IDs of what is in the group. */
  inside?: string[];
  permissions?: object[];
}

function toolsFor(found: Found) {
  const answers: Record<string, Answer> = {
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
  return findUserAssigned(toolsFor({ group, identity: found, inside }).az, wanted);
}

describe('findUserAssigned', () => {
  it('creates what is missing', async () => {
    const does = async (...there: Parameters<typeof find>) =>
      (await find(...there)).setUp().map(step => step.does);
    expect(await does(undefined, undefined)).toEqual(['create', 'create']);
    expect(await does({ tags: null }, undefined)).toEqual(['nothing', 'create']);
    expect(
      await does({ tags: ours }, identity, [
        ID.toUpperCase().replace('/SUBSCRIPTIONS/SUB/RESOURCEGROUPS/RG', GROUP),
      ]),
    ).toEqual(['nothing', 'nothing']);
  });

  it('removes its own, and a group only where nothing else is in it', async () => {
    const goes = async (...there: Parameters<typeof find>) => {
      const found = await find(...there);
      return [...found.remove().map(({ what }) => what), ...found.stays];
    };
    expect(
      await goes({ tags: ours }, identity, [
        ID.toUpperCase().replace('/SUBSCRIPTIONS/SUB/RESOURCEGROUPS/RG', GROUP),
      ]),
    ).toEqual(['Managed identity', 'Resource group']);
    expect(await goes({ tags: ours }, undefined)).toEqual(['Resource group']);
    expect(await goes({ tags: ours }, identity, [ID, VM])).toEqual([
      'Managed identity',
      'Resource group rg: something else is in it',
    ]);
    expect(await goes({ tags: ours }, { ...identity, tags: {} }, [ID])).toEqual([
      'Managed identity id: not created by this command',
      'Resource group rg: something else is in it',
    ]);
    expect(await goes({ tags: {} }, identity, [ID])).toEqual([
      'Managed identity',
      'Resource group rg: not created by this command',
    ]);
    expect(await goes({ tags: ours }, { ...identity, tags: ours }, [ID])).toEqual([
      'Managed identity id: not created by this command',
      'Resource group rg: something else is in it',
    ]);
    expect(await goes(undefined, undefined)).toEqual([]);
  });

  it.each<[string, (found: Found) => void, string[], RegExp | undefined]>([
    ['both', () => {}, ['identity', 'group'], undefined],
    [
      'nothing when the identity’s tags change',
      found => {
        found.identity = { ...identity, tags: { ...ours, repository: 'octo/other' } };
      },
      [],
      /its tags have changed/,
    ],
    [
      'no group into which something was put',
      found => {
        found.inside = [VM];
      },
      ['identity'],
      /not empty: .*virtualMachines\/vm/,
    ],
    [
      'no group that another owner has created anew',
      found => {
        found.group = { tags: null };
      },
      ['identity'],
      /its tags have changed/,
    ],
    [
      'no group of which not everything can be read',
      found => {
        found.permissions = [{ actions: ['Microsoft.Resources/*'], notActions: [] }];
      },
      ['identity'],
      /not known to be empty/,
    ],
  ])('deletes %s between the question and the deletion', async (_, change, deleted, error) => {
    const found: Found = { group: { tags: ours }, identity, inside: [ID] };
    const tools = toolsFor(found);
    const steps = (await findUserAssigned(tools.az, wanted)).remove();
    found.inside = [];
    change(found);
    const failures: string[] = [];
    for (const call of steps.flatMap(({ calls }) => calls)) {
      await call
        .run({ clientId: '', principalId: '', objectId: '' }, { ...tools, gitHub: undefined })
        .catch(failure => failures.push(String(failure)));
    }
    const deletions = tools.commands.filter(command => command[2] === 'delete').map(command => command[1]);
    expect(deletions).toEqual(deleted);
    if (error) expect(failures.join()).toMatch(error);
    else expect(failures).toEqual([]);
  });

  it('is not the identity of another repository', async () => {
    const other = { ...identity, tags: { ...ours, repository: 'octo/other' } };
    await expect(find({ tags: ours }, other)).rejects.toThrow('was created for the repository octo/other');
  });
});
