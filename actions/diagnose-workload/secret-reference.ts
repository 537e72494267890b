import { variable } from '../shared/diagnosis/pod.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';

/** The secret that a pod reads; '' means unknown. */
export interface SecretReference {
  vaultName: string;
  secretName: string;
}

/** The address of a vault in any cloud, or of a secret in it. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers */
const ADDRESS =
  /https:\/\/([a-z][a-z0-9-]{1,22}[a-z0-9])\.vault\.(?:azure|azure\.cn|usgovcloudapi)\b[a-z.]*(?::443)?(?:\/secrets\/([a-z0-9-]{1,127}))?/i;

/** Finds the secret that a pod reads: in the variables of the lab's client, or else by an address in any variable or in the log. */
export function secretReference(pod: Pod, log: readonly string[]): SecretReference {
  const vaultName = variable(pod, 'KEY_VAULT_NAME');
  if (vaultName) return { vaultName, secretName: variable(pod, 'SECRET_NAME') ?? '' };
  const values = pod.spec.containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value));
  for (const text of [...values, ...log.toReversed()]) {
    const [, vault, secret = ''] = ADDRESS.exec(text) ?? [];
    if (vault) return { vaultName: vault, secretName: secret };
  }
  return { vaultName: '', secretName: '' };
}
