import { alreadyThere, changed, type Done } from '../shared/report.ts';
import { ensureRoleAssignment } from '../shared/role-assignment.ts';
import type { Tools } from '../shared/tools.ts';
import type { Caller } from './caller.ts';
import type { Vault } from './setup-vault.ts';

export type AccessModel = 'rbac' | 'access-policy';

/** The model by which a vault decides. */
export function modelOf(vault: Vault): AccessModel {
  return vault.properties.enableRbacAuthorization ? 'rbac' : 'access-policy';
}

/** Lets the caller write secrets of the vault, and see whether they are there. */
export async function allowWriting(
  tools: Tools,
  vault: Vault,
  { objectId, principalType }: Caller,
): Promise<Done> {
  return modelOf(vault) === 'rbac'
    ? ensureRoleAssignment(tools, {
        role: 'Key Vault Secrets Officer',
        scope: vault.id,
        principalId: objectId,
        principalType,
      })
    : ensurePolicy(tools, vault, objectId, ['get', 'set']);
}

/**
 * Lets an identity read one secret, and nothing more: under RBAC the role is given on the secret itself. An access
 * policy knows no single secrets; there it is `get` on the vault's secrets.
 */
export async function allowReading(
  tools: Tools,
  vault: Vault,
  secretName: string,
  principalId: string,
): Promise<Done> {
  return modelOf(vault) === 'rbac'
    ? ensureRoleAssignment(tools, {
        role: 'Key Vault Secrets User',
        scope: `${vault.id}/secrets/${secretName}`,
        principalId,
        principalType: 'ServicePrincipal',
      })
    : ensurePolicy(tools, vault, principalId, ['get']);
}

/** Adds permissions on secrets to those that a principal has by the vault's access policies. */
async function ensurePolicy({ az }: Tools, vault: Vault, objectId: string, wanted: string[]): Promise<Done> {
  const policy = vault.properties.accessPolicies?.find(
    entry => entry.objectId.toLowerCase() === objectId.toLowerCase(),
  );
  const standing = (policy?.permissions.secrets ?? []).map(permission => permission.toLowerCase());
  if (standing.includes('all') || wanted.every(permission => standing.includes(permission)))
    return alreadyThere(undefined);
  // az puts the permissions that it is given in the place of those that stand there.
  const permissions = [...new Set([...standing, ...wanted])];
  // A vault's id names its group; with it az need not search the subscription.
  const resourceGroup = /\/resourceGroups\/([^/]+)/i.exec(vault.id)?.[1] ?? '';
  await az([
    ...['keyvault', 'set-policy', '--name', vault.name, '--resource-group', resourceGroup],
    ...['--object-id', objectId, '--secret-permissions', ...permissions],
    ...['--query', 'id'],
  ]);
  return changed(undefined);
}
