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

  it('returns the enabled subscriptions', async () => {
    expect(await list([account, { ...account, state: 'Disabled' }])).toEqual([account]);
    await expect(list([])).rejects.toThrow('az is not logged in.');
    await expect(list([{ ...account, state: 'Disabled' }])).rejects.toThrow('no enabled subscription');
  });
});

describe('checkTenant', () => {
  it('rejects an app registration in another tenant', () => {
    const elsewhere = [{ ...account, id: 'other', tenantId: 'other' }];
    expect(() => checkTenant(settings('app-registration'), elsewhere)).toThrow(
      'Tenant of az\'s active subscription: "other"',
    );
    expect(() => checkTenant(settings('app-registration'), [account])).not.toThrow();
    expect(() => checkTenant(settings(), elsewhere)).not.toThrow();
  });
});

describe('checkRightToAssign', () => {
  const check = (answer: () => unknown) =>
    checkAssignPermission(fakeTools({ 'az rest': answer }).az, settings());
  const checkPermissions = (actions: string[], condition?: string, notActions: string[] = []) =>
    check(() => ({ value: [{ actions, notActions, condition }] }));

  it('accepts an owner and a user access administrator', async () => {
    await checkPermissions(['*']);
    await checkPermissions(['*/read', 'Microsoft.Authorization/*']);
  });

  it('rejects a user who cannot assign roles, or not these roles', async () => {
    await expect(checkPermissions(['*'], undefined, ['Microsoft.Authorization/*/Write'])).rejects.toThrow(
      'You are not allowed to assign',
    );
    await expect(checkPermissions(['*/read'])).rejects.toThrow(
      'You are not allowed to assign the roles Contributor and',
    );
    const limited = assignsOnly(['7f951dda-4ed3-4680-a7ca-43fe172d538d']);
    await expect(
      checkPermissions(['Microsoft.Authorization/roleAssignments/write'], limited),
    ).rejects.toThrow('You are not allowed');
  });

  it('accepts unreadable permissions, because Azure checks them later', async () => {
    await check(() => failing('(AuthorizationFailed)'));
  });
});
