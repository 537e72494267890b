import type { CommandOptions } from '../shared/command.ts';
import { failedWith } from '../shared/command-errors.ts';
import { alreadyThere, changed, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Access } from './access.ts';
import type { AccessPolicy, Vault } from './vault.ts';

/** The principal's own policy. One with an application ID holds only for calls that this application makes for it. */
export function policyOf(principalId: string, vault: Vault): AccessPolicy | undefined {
  return vault.properties.accessPolicies?.find(
    ({ objectId, applicationId }) => !applicationId && objectId.toLowerCase() === principalId.toLowerCase(),
  );
}

/** The permissions that a policy lacks. */
export function missingIn(policy: AccessPolicy | undefined, permissions: readonly string[]): string[] {
  const held = (policy?.permissions.secrets ?? []).map(permission => permission.toLowerCase());
  // `all` covers everything but purge. https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
  return permissions.filter(
    wanted => !held.includes(wanted) && !(wanted !== 'purge' && held.includes('all')),
  );
}

export function hasPolicy({ principalId, permissions }: Access, vault: Vault): boolean {
  return missingIn(policyOf(principalId, vault), permissions).length === 0;
}

/**
 * Adds permissions to the existing ones. Key Vault itself merges them, so that concurrent runs do not undo each other;
 * az keyvault set-policy writes all policies back as it read them.
 */
export async function addPolicy(access: Access, vault: Vault, tools: Tools): Promise<Done> {
  if (hasPolicy(access, vault)) return alreadyThere(undefined);
  const { principalId, permissions } = access;
  await writePolicy(
    'add',
    vault,
    { objectId: principalId, permissions: { secrets: [...permissions] } },
    tools,
  );
  return changed(undefined);
}

/**
 * Writes one principal's policy; those of others stay as they are.
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy
 */
export async function writePolicy(
  kind: 'add' | 'replace' | 'remove',
  vault: Vault,
  policy: AccessPolicy,
  { az, time, log, retrySeconds }: Tools,
  options: CommandOptions = {},
): Promise<void> {
  const body = JSON.stringify({
    properties: { accessPolicies: [{ tenantId: vault.properties.tenantId, ...policy }] },
  });
  const url = `${vault.id}/accessPolicies/${kind}?api-version=2023-07-01`;
  const write = () => az(['rest', '--method', 'put', '--url', url, '--body', body, '--query', 'id'], options);
  await retry(
    {
      what: `access policy for ${policy.objectId}`,
      timeoutSeconds: options.lastWord ? 0 : retrySeconds,
      time,
      log,
      transient: error =>
        failedWith(error, 'vault-write-conflict')
          ? 'another client writes the vault at the same time'
          : undefined,
    },
    write,
  );
}
