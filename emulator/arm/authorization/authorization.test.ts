import { describe, expect, it } from 'vitest';
import { Authorization, type RoleAssignment } from './authorization.ts';
import { matchesAction, roleNamed } from './role-definitions.ts';

const subscription = '/subscriptions/5ab00000-0000-4000-8000-000000000001';
const group = `${subscription}/resourceGroups/lab`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
const principal = '0b1ec700-0000-4000-8000-000000000001';
const getSecret = { dataAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action' };

function assignment(role: string, scope: string, further: Partial<RoleAssignment> = {}): RoleAssignment {
  const name = crypto.randomUUID();
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    scope,
    roleId: roleNamed(role).id,
    principalId: principal,
    principalType: 'ServicePrincipal',
    condition: null,
    conditionVersion: null,
    description: null,
    createdOn: new Date(),
    createdBy: null,
    effectiveAt: 0,
    ...further,
  };
}

function authorizationWith(...assignments: RoleAssignment[]): Authorization {
  const authorization = new Authorization();
  for (const each of assignments) authorization.assign(each);
  return authorization;
}

describe('Authorization', () => {
  it('allows at the scope and below it, ignoring case, and returns the assignment', () => {
    const given = assignment('Key Vault Secrets User', group);
    const authorization = authorizationWith(given);
    const scope = `${vault.replace('resourceGroups', 'resourcegroups').toUpperCase()}/secrets/Secret`;
    expect(authorization.check(principal.toUpperCase(), getSecret, scope)).toEqual({
      allowed: true,
      assignmentId: given.name,
    });
  });

  it.each([
    ['a sibling whose name only begins alike', `${group}2`],
    ['what lies above', subscription],
    ['another resource', `${group}/providers/Microsoft.KeyVault/vaults/kv2`],
  ])('does not apply to %s', (_, scope) => {
    const authorization = authorizationWith(assignment('Key Vault Secrets User', vault));
    expect(authorization.check(principal, getSecret, scope).allowed).toBe(false);
    expect(
      authorizationWith(assignment('Owner', group)).check(principal, { action: 'a/b/read' }, `${group}2`)
        .allowed,
    ).toBe(false);
  });

  it('does not apply to a different principal', () => {
    const authorization = authorizationWith(assignment('Owner', subscription));
    expect(authorization.check(crypto.randomUUID(), { action: 'x/read' }, vault).allowed).toBe(false);
  });

  it('separates actions and data actions', () => {
    const owner = authorizationWith(assignment('Owner', subscription));
    expect(owner.check(principal, { action: 'Microsoft.KeyVault/vaults/write' }, vault).allowed).toBe(true);
    expect(owner.check(principal, getSecret, vault).allowed).toBe(false);
    const reader = authorizationWith(assignment('Key Vault Secrets User', subscription));
    expect(reader.check(principal, { action: getSecret.dataAction }, vault).allowed).toBe(false);
  });

  it('applies notActions only to their own role', () => {
    const write = { action: 'Microsoft.Authorization/roleAssignments/write' };
    const authorization = authorizationWith(assignment('Contributor', subscription));
    expect(authorization.check(principal, write, group).allowed).toBe(false);
    authorization.assign(assignment('Role Based Access Control Administrator', subscription));
    expect(authorization.check(principal, write, group).allowed).toBe(true);
  });

  it('ignores an assignment until it is effective', () => {
    const late = assignment('Key Vault Secrets User', vault, { effectiveAt: Date.now() + 60_000 });
    expect(authorizationWith(late).check(principal, getSecret, vault).allowed).toBe(false);
    expect(authorizationWith(late).hasAnyRole(principal, subscription)).toBe(false);
  });

  it('evaluates the condition of the assignment and of the role', () => {
    const write = { action: 'Microsoft.Authorization/roleAssignments/write' };
    const roleId = 'Microsoft.Authorization/roleAssignments:RoleDefinitionId';
    const request = (role: string) => ({ request: { [roleId]: roleNamed(role).id } });
    const unreadable = authorizationWith(assignment('Owner', subscription, { condition: 'whatever' }));
    expect(unreadable.check(principal, write, group, request('AcrPull')).allowed).toBe(false);
    const vaultsOnly = authorizationWith(assignment('Key Vault Data Access Administrator', subscription));
    expect(vaultsOnly.check(principal, write, group, request('Key Vault Secrets User')).allowed).toBe(true);
    expect(vaultsOnly.check(principal, write, group, request('AcrPull')).allowed).toBe(false);
  });

  it('shows a subscription to principals with a role in it', () => {
    const authorization = authorizationWith(assignment('AcrPull', vault));
    expect(authorization.hasAnyRole(principal, subscription)).toBe(true);
    expect(authorization.hasAnyRole(crypto.randomUUID(), subscription)).toBe(false);
  });

  it('removes only the assignments of a deleted resource', () => {
    const authorization = authorizationWith(
      assignment('Reader', vault),
      assignment('Reader', `${vault}/secrets/s`),
      assignment('Reader', `${vault}2`),
      assignment('Reader', group),
    );
    authorization.removeBelow(vault.toUpperCase());
    expect(authorization.list().map(each => each.scope)).toEqual([`${vault}2`, group]);
  });
});

describe('matchesAction', () => {
  it.each([
    ['Microsoft.KeyVault/vaults/read', '*', true],
    ['Microsoft.KeyVault/vaults/read', '*/read', true],
    ['microsoft.keyvault/vaults/secrets/read', 'Microsoft.KeyVault/vaults/*/read', true],
    ['Microsoft.KeyVault/vaults/read', 'Microsoft.KeyVault/vaults/*/read', false],
    ['MicrosoftXKeyVault/vaults/read', 'Microsoft.KeyVault/*', false],
    ['Microsoft.KeyVault/vaults/read', 'Microsoft.KeyVault/vaults', false],
  ])('%s by %s: %s', (action, pattern, expected) => {
    expect(matchesAction(action, pattern)).toBe(expected);
  });
});
