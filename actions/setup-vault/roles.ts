import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { allows, permissionsAt } from '../shared/permissions.ts';
import { alreadyThere, type Done } from '../shared/report.ts';
import { ensureRoleAssignment, ROLES, type RoleAssignment } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import type { Access } from './access.ts';

const KEY_VAULT_ADMINISTRATOR = '00482a5a-887f-4fb3-b363-3b7fe8e74483';

/** Roles that include each role. https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
const SUFFICING: Readonly<Record<Access['role'], readonly string[]>> = {
  'Key Vault Secrets Officer': [ROLES['Key Vault Secrets Officer'], KEY_VAULT_ADMINISTRATOR],
  'Key Vault Secrets User': [
    ROLES['Key Vault Secrets User'],
    ROLES['Key Vault Secrets Officer'],
    KEY_VAULT_ADMINISTRATOR,
  ],
};

/** Assigns the reader's role on the secret, unless the reader has a sufficient role there or above. */
export async function assignToReader(
  access: Access,
  { isNew, isOwn }: { isNew: boolean; isOwn: boolean },
  tools: Tools,
): Promise<Done> {
  if (!isNew && (await hasRole(tools.az, access))) return alreadyThere(undefined);
  return assignOnSecret(access, isOwn, tools);
}

/**
 * Assigns the role on the one secret. Azure documents that, but not under every condition of the caller's own role nor for
 * a secret that does not exist yet. Where Azure refuses, the role is assigned on the whole vault, if that is the lab's own.
 * @param given name and description of the assignment
 * @throws {CommandFailed} when Azure refuses.
 */
export async function assignOnSecret(
  access: Access,
  isOwn: boolean,
  tools: Tools,
  given: Pick<RoleAssignment, 'name' | 'description'> = {},
): Promise<Done> {
  const { role, scope, principalId, principalType } = access;
  const assignment = { role, principalId, principalType, ...given };
  try {
    return await ensureRoleAssignment(tools, { ...assignment, scope });
  } catch (error) {
    if (!(isOwn && error instanceof CommandFailed)) throw error;
    const widened = await assignOnVault(access, tools, `Azure refused ${role} on the secret alone`).catch(
      () => undefined,
    );
    if (widened) return widened;
    throw error;
  }
}

/** Assigns the role on the whole vault, which must be the lab's own, and logs why. */
export async function assignOnVault(access: Access, tools: Tools, why: string): Promise<Done> {
  const { role, principalId, principalType, vaultId } = access;
  const done = await ensureRoleAssignment(tools, { role, scope: vaultId, principalId, principalType });
  tools.log.info(`${why}. The role is assigned on the whole vault, which belongs to this lab.`);
  return done;
}

/** Whether the principal has a sufficient role on the secret or above. */
export async function hasRole(az: Az, access: Access): Promise<boolean> {
  if (access.isCaller && (await callerMay(az, access))) return true;
  const { role, scope, principalId } = access;
  try {
    const ids = await az<string[]>([
      ...['role', 'assignment', 'list', '--assignee-object-id', principalId, '--scope', scope],
      // Without it az asks Graph for the principals' names.
      ...['--include-inherited', '--fill-principal-name', 'false', '--query', '[].roleDefinitionId'],
    ]);
    return ids.some(id => SUFFICING[role].includes(id.split('/').at(-1) ?? ''));
  } catch (error) {
    // If assignments are not visible, Azure's answer to the assignment itself decides.
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}

/** Whether the caller is allowed to do it by any role, including custom roles and roles of its groups. */
async function callerMay(az: Az, { scope, vaultId, permissions }: Access): Promise<boolean> {
  const actions: Readonly<Record<string, string>> = { get: 'getSecret', set: 'setSecret' };
  for (const place of [vaultId, scope]) {
    const held = (await permissionsAt(az, place)) ?? [];
    const allowed = permissions.every(permission =>
      allows(held, `Microsoft.KeyVault/vaults/secrets/${actions[permission] ?? permission}/action`, {
        onData: true,
      }),
    );
    if (allowed) return true;
  }
  return false;
}
