import { describe, expect, it } from 'vitest';
import { failing, fakeTools } from '../../actions/shared/fake-tools.ts';
import type { Settings } from '../settings.ts';
import { type Account, checkAssignPermission, checkTenant, listAccounts } from './accounts.ts';
import { assignsOnly } from './role-assignments.ts';

const account: Account = {
  id: 'sub',
  name: 'Sandbox',
  tenantId: 'tenant',
  isDefault: true,
  state: 'Enabled',
  user: { name: 'me', type: 'user' },
};

function settings(kind: Settings['identity']['kind'] = 'user-assigned'): Settings {
  return {
    subscription: account,
    repository: { owner: 'octo', name: 'lab', fullName: 'octo/lab' },
    environment: 'azure-lab',
    branch: '',
    identity: { kind, name: 'id', resourceGroup: 'rg', location: 'eastus' },
    labLocation: 'eastus',
    workflows: [],
  };
}

describe('listAccounts', () => {
  const list = (answer: unknown) => listAccounts(fakeTools({ 'az account list': () => answer }).az);

  it('gives the subscriptions that can be used', async () => {
    expect(await list([account, { ...account, state: 'Disabled' }])).toEqual([account]);
    await expect(list([])).rejects.toThrow('az is not logged in.');
    await expect(list([{ ...account, state: 'Disabled' }])).rejects.toThrow('no enabled subscription');
  });
});

describe('checkTenant', () => {
  it('lets no application land in another tenant', () => {
    const elsewhere = [{ ...account, id: 'other', tenantId: 'other' }];
    expect(() => checkTenant(settings('app-registration'), elsewhere)).toThrow(
      'az is set to a subscription of tenant other',
    );
    expect(() => checkTenant(settings('app-registration'), [account])).not.toThrow();
    expect(() => checkTenant(settings(), elsewhere)).not.toThrow();
  });
});

describe('checkRightToAssign', () => {
  const check = (answer: () => unknown) => checkAssignPermission(fakeTools({ 'az rest': answer }).az, settings());
  const may = (actions: string[], condition?: string, notActions: string[] = []) =>
    check(() => ({ value: [{ actions, notActions, condition }] }));

  it('lets an owner and a user access administrator pass', async () => {
    await may(['*']);
    await may(['*/read', 'Microsoft.Authorization/*']);
  });

  it('stops whoever may not, or not these roles', async () => {
    await expect(may(['*'], undefined, ['Microsoft.Authorization/*/Write'])).rejects.toThrow(
      'You may not assign',
    );
    await expect(may(['*/read'])).rejects.toThrow('You may not assign the roles Contributor and');
    const limited = assignsOnly(['7f951dda-4ed3-4680-a7ca-43fe172d538d']);
    await expect(may(['Microsoft.Authorization/roleAssignments/write'], limited)).rejects.toThrow(
      'You may not',
    );
  });

  it('leaves it to Azure where permissions cannot be seen', async () => {
    await check(() => failing('(AuthorizationFailed)'));
  });
});
