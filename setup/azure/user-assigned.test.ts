import { describe, expect, it } from 'vitest';
import { type Answer, fakeTools, notFound } from '../../actions/shared/fake-tools.ts';
import { MANAGED_BY, type Wanted } from '../wanted.ts';
import { findUserAssigned } from './user-assigned.ts';

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
const identity = { id: '/rg/id', clientId: 'c', principalId: 'p', tags: { ...ours, repository: 'Octo/Lab' } };

/** What is there: the group's tags, the identity, and ids of what is in the group. */
function find(group: object | undefined, found: object | undefined, inGroup: string[] = []) {
  const answers: Record<string, Answer> = {
    'az group show': () => group ?? notFound(),
    'az identity show': () => found ?? notFound(),
    'az identity federated-credential list': () => [],
    'az resource list': () => inGroup.map(id => ({ id })),
  };
  return findUserAssigned(fakeTools(answers).az, wanted);
}

describe('findUserAssigned', () => {
  it('makes what is missing', async () => {
    const does = async (...there: Parameters<typeof find>) =>
      (await find(...there)).setUp().map(step => step.does);
    expect(await does(undefined, undefined)).toEqual(['create', 'create']);
    expect(await does({ tags: null }, undefined)).toEqual(['nothing', 'create']);
    expect(await does({ tags: ours }, identity, ['/RG/ID'])).toEqual(['nothing', 'nothing']);
  });

  it('removes its own, and a group only where nothing else is in it', async () => {
    const goes = async (...there: Parameters<typeof find>) => {
      const found = await find(...there);
      return [...found.remove().map(({ what }) => what), ...found.stays];
    };
    expect(await goes({ tags: ours }, identity, ['/RG/ID'])).toEqual(['Managed identity', 'Resource group']);
    expect(await goes({ tags: ours }, undefined)).toEqual(['Resource group']);
    expect(await goes({ tags: ours }, identity, ['/rg/id', '/rg/vm'])).toEqual([
      'Managed identity',
      'Resource group rg: something else is in it',
    ]);
    expect(await goes({ tags: ours }, { ...identity, tags: {} }, ['/rg/id'])).toEqual([
      'Managed identity id: not made by this command',
      'Resource group rg: something else is in it',
    ]);
    expect(await goes({ tags: {} }, identity, ['/rg/id'])).toEqual([
      'Managed identity',
      'Resource group rg: not made by this command',
    ]);
    expect(await goes(undefined, undefined)).toEqual([]);
  });

  it('is not the identity of another repository', async () => {
    const other = { ...identity, tags: { ...ours, repository: 'octo/other' } };
    await expect(find({ tags: ours }, other)).rejects.toThrow('was made for the repository octo/other');
  });
});
