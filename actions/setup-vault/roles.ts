import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { alreadyThere, type Done } from '../shared/report.ts';
import { allows, permissionsAt } from '../shared/rights.ts';
import { ensureRoleAssignment, ROLES } from '../shared/role-assignment.ts';
import type { Tools } from '../shared/tools.ts';
import type { Access } from './access.ts';

const KEY_VAULT_ADMINISTRATOR = '00482a5a-887f-4fb3-b363-3b7fe8e74483';

/** Roles that allow what another one does, and it itself. https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
const SUFFICING: Readonly<Record<Access['role'], readonly string[]>> = {
  'Key Vault Secrets Officer': [ROLES['Key Vault Secrets Officer'], KEY_VAULT_ADMINISTRATOR],
  'Key Vault Secrets User': [
    ROLES['Key Vault Secrets User'],
    ROLES['Key Vault Secrets Officer'],
    KEY_VAULT_ADMINISTRATOR,
  ],
};

/**
 * Assigns the role. Who may not do that can still use a vault where it was assigned before, on the vault or above it.
 * @throws {CommandFailed} when Azure refuses.
 */
export async function assign(access: Access, tools: Tools): Promise<Done> {
  const { role, scope, principalId, principalType } = access;
  try {
    return await ensureRoleAssignment(tools, { role, scope, principalId, principalType });
  } catch (error) {
    const refused = error instanceof CommandFailed && error.stderr.includes('AuthorizationFailed');
    if (refused && (await hasRole(tools.az, access))) return alreadyThere(undefined);
    throw error;
  }
}

/** Whether somebody has a role that is enough, on the scope or above it. */
export async function hasRole(az: Az, access: Access): Promise<boolean> {
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
