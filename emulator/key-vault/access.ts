import type { Caller } from '../entra/tokens.ts';
import type { KeyVaultContext } from './context.ts';
import { KeyVaultError } from './errors.ts';
import type { Vault } from './vaults.ts';

/**
 * Data actions of roles. Access policies use the operation's name, except for `update` (`set`) and `getDeleted`
 * (`get`).
 * @see https://learn.microsoft.com/azure/key-vault/general/rbac-guide
 * @see https://learn.microsoft.com/azure/key-vault/general/rbac-migration
 */
const operations = {
  get: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  list: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  // A policy needs `get`: https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret
  getDeleted: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  set: 'Microsoft.KeyVault/vaults/secrets/setSecret/action',
  update: 'Microsoft.KeyVault/vaults/secrets/update/action',
  delete: 'Microsoft.KeyVault/vaults/secrets/delete',
  recover: 'Microsoft.KeyVault/vaults/secrets/recover/action',
  backup: 'Microsoft.KeyVault/vaults/secrets/backup/action',
  restore: 'Microsoft.KeyVault/vaults/secrets/restore/action',
  purge: 'Microsoft.KeyVault/vaults/secrets/purge/action',
} as const;

export type SecretOperation = keyof typeof operations;

/**
 * @param secretName undefined for operations on all secrets
 * @returns the role assignment that allows it, if the vault uses roles
 * @throws KeyVaultError 403
 */
export function authorize(
  context: KeyVaultContext,
  vault: Vault,
  caller: Caller,
  operation: SecretOperation,
  secretName?: string,
): { assignmentId?: string } {
  return vault.properties.enableRbacAuthorization
    ? authorizeByRole(context, vault, caller, operation, secretName)
    : authorizeByPolicy(vault, caller, operation);
}

function authorizeByRole(
  context: KeyVaultContext,
  vault: Vault,
  caller: Caller,
  operation: SecretOperation,
  secretName?: string,
): { assignmentId?: string } {
  const scope = secretName ? `${vault.id}/secrets/${secretName}` : vault.id;
  const dataAction = operations[operation];
  const { allowed, assignmentId } = context.authorization.check(caller.objectId, { dataAction }, scope);
  if (allowed) return { assignmentId };
  const message = [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: ${callerText(caller)}`,
    `Action: '${dataAction}'`,
    `Resource: '${lowerCaseTypes(scope)}'`,
    'Assignment: (not found)',
    'DenyAssignmentId: null',
    'DecisionReason: null',
    `Vault: ${vault.name};location=${vault.location}`,
    '',
  ].join('\r\n');
  throw new KeyVaultError(403, 'Forbidden', message, { innerCode: 'ForbiddenByRbac' });
}

function authorizeByPolicy(vault: Vault, caller: Caller, operation: SecretOperation): Record<string, never> {
  const needed = { update: 'set', getDeleted: 'get' }[operation as string] ?? operation;
  const allowed = vault.properties.accessPolicies.some(
    policy =>
      policy.objectId.toLowerCase() === caller.objectId &&
      (policy.applicationId === undefined || policy.applicationId.toLowerCase() === caller.clientId) &&
      (policy.permissions.secrets ?? []).some(permission => grants(permission, needed)),
  );
  if (allowed) return {};
  throw new KeyVaultError(
    403,
    'Forbidden',
    `The user, group or application '${callerText(caller)}' does not have secrets ${needed} permission on key vault '${vault.name};location=${vault.location}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    { innerCode: 'AccessDenied' },
  );
}

/** Ignores case. `all` does not include `purge`. */
function grants(permission: string, needed: string): boolean {
  const granted = permission.toLowerCase();
  return granted === needed || (granted === 'all' && needed !== 'purge');
}

function callerText({ clientId = '', objectId, kind, issuer }: Caller): string {
  const groups = kind === 'User' ? 'numgroups=0;' : '';
  return `appid=${clientId};oid=${objectId};${groups}iss=${issuer}`;
}

/** Key Vault writes parts of the ID in lower case only in this message. */
function lowerCaseTypes(id: string): string {
  return id
    .replace('/resourceGroups/', '/resourcegroups/')
    .replace('/Microsoft.KeyVault/', '/microsoft.keyvault/');
}
