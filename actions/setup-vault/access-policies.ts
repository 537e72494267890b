import type { CommandOptions } from '../shared/command.ts';
import { failedWith } from '../shared/command-errors.ts';
import { alreadyThere, changed, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { SecretPermission } from './secret-permissions.ts';
import type { AccessPolicy, Vault } from './vault.ts';

/** The policy of the principal itself. A policy with an application ID applies only to calls through that application. */
export function findPolicy(principalId: string, vault: Vault): AccessPolicy | undefined {
  return vault.properties.accessPolicies?.find(
    ({ objectId, applicationId }) => !applicationId && objectId.toLowerCase() === principalId.toLowerCase(),
  );
}

export function missingPermissions(policy: AccessPolicy | undefined, needed: readonly string[]): string[] {
  const held = (policy?.permissions.secrets ?? []).map(permission => permission.toLowerCase());
  // `all` includes everything except purge. https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
  return needed.filter(each => !held.includes(each) && !(each !== 'purge' && held.includes('all')));
}

export function hasPolicy({ principalId, permissions }: SecretPermission, vault: Vault): boolean {
  return missingPermissions(findPolicy(principalId, vault), permissions).length === 0;
}

/** Key Vault merges permissions, so concurrent runs do not undo each other. az keyvault set-policy writes all policies back. */
export async function addPolicy(permission: SecretPermission, vault: Vault, tools: Tools): Promise<Done> {
  if (hasPolicy(permission, vault)) return alreadyThere(undefined);
  const { principalId: objectId, permissions } = permission;
  await writePolicy('add', vault, { objectId, permissions: { secrets: [...permissions] } }, tools);
  return changed(undefined);
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy */
export async function writePolicy(
  operation: 'add' | 'replace' | 'remove',
  vault: Vault,
  policy: AccessPolicy,
  { az, time, log, retrySeconds }: Tools,
  options: CommandOptions = {},
): Promise<void> {
  const body = JSON.stringify({
    properties: { accessPolicies: [{ tenantId: vault.properties.tenantId, ...policy }] },
  });
  const url = `${vault.id}/accessPolicies/${operation}?api-version=2023-07-01`;
  const write = () => az(['rest', '--method', 'put', '--url', url, '--body', body, '--query', 'id'], options);
  await retry(
    {
      what: `Access policy for ${policy.objectId}`,
      timeoutSeconds: options.lastWord ? 0 : retrySeconds,
      time,
      log,
      transient: error =>
        failedWith(error, 'vault-write-conflict')
          ? 'another client is writing to the vault at the same time'
          : undefined,
    },
    write,
  );
}
