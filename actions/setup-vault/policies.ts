import { CommandFailed } from '../shared/command.ts';
import { alreadyThere, changed, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Access } from './access.ts';
import type { Vault } from './vault.ts';

/** Whether the vault's policy for somebody names all permissions. */
export function hasPolicy({ principalId, permissions }: Access, vault: Vault): boolean {
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
export async function addPolicy(
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
