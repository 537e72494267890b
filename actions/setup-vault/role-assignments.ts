import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { allows, permissionsAt } from '../shared/permissions.ts';
import { alreadyThere, type Done } from '../shared/report.ts';
import { ensureRoleAssignment, ROLES, type RoleAssignment } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import type { SecretPermission } from './secret-permissions.ts';

const KEY_VAULT_ADMINISTRATOR = '00482a5a-887f-4fb3-b363-3b7fe8e74483';

/** Roles that include each role. https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
const SUFFICIENT_ROLES: Readonly<Record<SecretPermission['role'], readonly string[]>> = {
  'Key Vault Secrets Officer': [ROLES['Key Vault Secrets Officer'], KEY_VAULT_ADMINISTRATOR],
  'Key Vault Secrets User': [
    ROLES['Key Vault Secrets User'],
    ROLES['Key Vault Secrets Officer'],
    KEY_VAULT_ADMINISTRATOR,
  ],
};

export async function assignReaderRole(
  permission: SecretPermission,
  { isNew, isOwn }: { isNew: boolean; isOwn: boolean },
  tools: Tools,
): Promise<Done> {
  if (!isNew && (await hasRole(tools.az, permission))) return alreadyThere(undefined);
  return assignRoleOnSecret(permission, isOwn, tools);
}

/**
 * Azure can refuse that for a secret that does not exist yet, or because of a condition on the caller's role. The role is
 * then assigned on the whole vault, but only if the lab created the vault.
 * @throws {CommandFailed} if Azure refuses
 */
export async function assignRoleOnSecret(
  permission: SecretPermission,
  isOwn: boolean,
  tools: Tools,
  given: Pick<RoleAssignment, 'name' | 'description'> = {},
): Promise<Done> {
  const { role, scope, principalId, principalType } = permission;
  const assignment = { role, principalId, principalType, ...given };
  try {
    return await ensureRoleAssignment(tools, { ...assignment, scope });
  } catch (error) {
    if (!(isOwn && error instanceof CommandFailed)) throw error;
    const onVault = await assignRoleOnVault(
      permission,
      tools,
      `Azure refused the role "${role}" on the secret alone`,
    ).catch(() => undefined);
    if (onVault) return onVault;
    throw error;
  }
}

/** Assigns the role on the whole vault. Call it only for a vault that the lab created. */
export async function assignRoleOnVault(
  permission: SecretPermission,
  tools: Tools,
  reason: string,
): Promise<Done> {
  const { role, principalId, principalType, vaultId } = permission;
  const done = await ensureRoleAssignment(tools, { role, scope: vaultId, principalId, principalType });
  tools.log.info(`${reason}. This lab created the vault, so the role is assigned on the whole vault.`);
  return done;
}

export async function hasRole(az: Az, permission: SecretPermission): Promise<boolean> {
  if (permission.isCaller && (await isCallerAllowed(az, permission))) return true;
  const { role, scope, principalId } = permission;
  try {
    const ids = await az<string[]>([
      ...['role', 'assignment', 'list', '--assignee-object-id', principalId, '--scope', scope],
      // Without it, az requests the principals' names from Graph.
      ...['--include-inherited', '--fill-principal-name', 'false', '--query', '[].roleDefinitionId'],
    ]);
    return ids.some(id => SUFFICIENT_ROLES[role].includes(id.split('/').at(-1) ?? ''));
  } catch (error) {
    // The caller cannot list assignments. Azure decides when the role is assigned.
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}

/** Includes custom roles and roles of groups. */
async function isCallerAllowed(az: Az, { scope, vaultId, permissions }: SecretPermission): Promise<boolean> {
  const actions: Readonly<Record<string, string>> = { get: 'getSecret', set: 'setSecret' };
  for (const resourceId of [vaultId, scope]) {
    const held = (await permissionsAt(az, resourceId)) ?? [];
    const allowed = permissions.every(permission =>
      allows(held, `Microsoft.KeyVault/vaults/secrets/${actions[permission] ?? permission}/action`, {
        onData: true,
      }),
    );
    if (allowed) return true;
  }
  return false;
}
