import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { alreadyThere, changed, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import { allows, permissionsAt } from '../shared/rights.ts';
import { ensureRoleAssignment, ROLES, type RoleAssignment } from '../shared/role-assignment.ts';
import type { Tools } from '../shared/tools.ts';
import type { Caller } from './caller.ts';
import type { Inputs } from './inputs.ts';
import type { Vault } from './vault.ts';

export type AccessModel = 'rbac' | 'access-policy';

/** The model by which a vault decides. */
export function modelOf(vault: Vault): AccessModel {
  return vault.properties.enableRbacAuthorization ? 'rbac' : 'access-policy';
}

/** What somebody must be able to do with a vault's secrets, in either model. */
export interface Access {
  principalId: string;
  principalType: 'ServicePrincipal' | 'User';
  /** Whether it is who asks: of itself it can see more than of others. */
  isCaller: boolean;
  role: 'Key Vault Secrets Officer' | 'Key Vault Secrets User';
  /** Resource id of the vault, or of one secret, for the role. */
  scope: string;
  /** For an access policy, which knows no single secrets. */
  permissions: readonly string[];
}

/** The caller writes secrets, and sees whether they are there; deleted ones it touches only when asked to. */
export function writing(
  vault: Pick<Vault, 'id'>,
  { objectId, principalType }: Caller,
  inputs: Inputs,
): Access {
  const { softDeleted } = inputs;
  return {
    principalId: objectId,
    principalType,
    isCaller: true,
    role: 'Key Vault Secrets Officer',
    scope: vault.id,
    permissions: ['get', 'set', ...(softDeleted === 'fail' ? [] : [softDeleted])],
  };
}

/** The identity reads one secret, and nothing more: its role is given on the secret itself. */
export function reading(vault: Pick<Vault, 'id'>, { principalId, secretName }: Inputs): Access {
  return {
    principalId,
    principalType: 'ServicePrincipal',
    isCaller: false,
    role: 'Key Vault Secrets User',
    scope: `${vault.id}/secrets/${secretName}`,
    permissions: ['get'],
  };
}

/** Gives access, unless it is given. */
export function allow(access: Access, vault: Vault, tools: Tools): Promise<Done> {
  return modelOf(vault) === 'rbac' ? assign(access, tools) : addPolicy(access, vault, tools);
}

/** Whether somebody has access already. */
export async function isAllowed(access: Access, vault: Vault, az: Az): Promise<boolean> {
  return modelOf(vault) === 'rbac' ? hasRole(az, access) : hasPolicy(access, vault);
}

/** The roles that allow what another one does: https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
const KEY_VAULT_ADMINISTRATOR = '00482a5a-887f-4fb3-b363-3b7fe8e74483';
const SUFFICING: Readonly<Record<Access['role'], readonly string[]>> = {
  'Key Vault Secrets Officer': [ROLES['Key Vault Secrets Officer'], KEY_VAULT_ADMINISTRATOR],
  'Key Vault Secrets User': [
    ROLES['Key Vault Secrets User'],
    ROLES['Key Vault Secrets Officer'],
    KEY_VAULT_ADMINISTRATOR,
  ],
};

/** Who may not assign roles can still use a vault where they were assigned before, on the vault or above it. */
async function assign(access: Access, tools: Tools): Promise<Done> {
  const { role, scope, principalId, principalType } = access;
  const assignment: RoleAssignment = { role, scope, principalId, principalType };
  try {
    return await ensureRoleAssignment(tools, assignment);
  } catch (error) {
    const refused = error instanceof CommandFailed && error.stderr.includes('AuthorizationFailed');
    if (refused && (await hasRole(tools.az, access))) return alreadyThere(undefined);
    throw error;
  }
}

async function hasRole(az: Az, access: Access): Promise<boolean> {
  if (access.isCaller && (await may(az, access))) return true;
  const { role, scope, principalId } = access;
  try {
    const ids = await az<string[]>([
      ...['role', 'assignment', 'list', '--assignee-object-id', principalId, '--scope', scope],
      // The names of principals would be asked of Graph.
      ...['--include-inherited', '--fill-principal-name', 'false', '--query', '[].roleDefinitionId'],
    ]);
    return ids.some(id => SUFFICING[role].includes(id.split('/').at(-1) ?? ''));
  } catch (error) {
    // Who may not even see assignments is told what it lacks.
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}

/** Whether the caller may do it by whatever role, its groups' and custom ones too. */
async function may(az: Az, { scope, permissions }: Access): Promise<boolean> {
  const actions: Readonly<Record<string, string>> = { get: 'getSecret', set: 'setSecret' };
  const held = await permissionsAt(az, scope);
  return permissions.every(permission =>
    allows(held ?? [], `Microsoft.KeyVault/vaults/secrets/${actions[permission] ?? permission}/action`, {
      onData: true,
    }),
  );
}

function hasPolicy({ principalId, permissions }: Access, vault: Vault): boolean {
  const policy = vault.properties.accessPolicies?.find(
    ({ objectId }) => objectId.toLowerCase() === principalId.toLowerCase(),
  );
  const standing = (policy?.permissions.secrets ?? []).map(permission => permission.toLowerCase());
  // `all` is all but this one. https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
  const has = (wanted: string) =>
    standing.includes(wanted) || (wanted !== 'purge' && standing.includes('all'));
  return permissions.every(has);
}

/**
 * Adds permissions to those that stand. Key Vault itself joins them, so that runs which do so at the same time do not
 * undo each other; az keyvault set-policy writes all policies back as it read them.
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy
 */
async function addPolicy(
  access: Access,
  vault: Vault,
  { az, time, log, retrySeconds }: Tools,
): Promise<Done> {
  if (hasPolicy(access, vault)) return alreadyThere(undefined);
  const { principalId: objectId, permissions } = access;
  const policy = { tenantId: vault.properties.tenantId, objectId, permissions: { secrets: permissions } };
  const body = JSON.stringify({ properties: { accessPolicies: [policy] } });
  const url = `${vault.id}/accessPolicies/add?api-version=2023-07-01`;
  await retry(
    {
      what: `access policy for ${objectId}`,
      timeoutSeconds: retrySeconds,
      time,
      log,
      transient: error =>
        error instanceof CommandFailed &&
        /A conflict occurred that prevented the operation/.test(error.stderr)
          ? 'something else writes the vault at the same time'
          : undefined,
    },
    () => az(['rest', '--method', 'put', '--url', url, '--body', body, '--query', 'id']),
  );
  return changed(undefined);
}
