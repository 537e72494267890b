import { isAbsolute } from 'node:path';

/** What the client is told through its environment. */
export interface Settings {
  /** Name of the vault, without the domain. */
  readonly vaultName: string;
  readonly secretName: string;
  /** Address of the vault, `https://{vault}.vault.azure.net`. */
  readonly vaultUrl: string;
  /** Pause between two reads, in milliseconds. */
  readonly intervalMs: number;
  /** How long one read is tried again while the credential or the grant is not yet visible, in milliseconds. */
  readonly retryMs: number;
  /** After how many good reads it ends; Infinity for never. */
  readonly reads: number;
  /** A file that is there while the secret can be read, for a readiness probe; '' for none. */
  readonly readyFile: string;
}

/** The environment lacks something, or holds a value that cannot be right: waiting does not help. */
export class SettingsError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings.
 *
 * `KEY_VAULT_NAME` and `SECRET_NAME` are required; `INTERVAL_SECONDS` (5) and `RETRY_SECONDS` (600) are not, nor is
 * `KEY_VAULT_DNS_SUFFIX` (vault.azure.net), which is another one in a sovereign cloud, `READS` (without end), which a job
 * sets to 1, and `READY_FILE`, an absolute path.
 * Names are checked by https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates .
 * @throws SettingsError naming every variable that is missing or wrong
 */
export function readSettings(env: Environment): Settings {
  const problems: string[] = [];
  const name = (variable: string, pattern: RegExp, rule: string): string => {
    const value = env[variable] ?? '';
    if (value === '') problems.push(`${variable} is not set.`);
    else if (!pattern.test(value))
      problems.push(`${variable} must be ${rule}; it is ${JSON.stringify(value)}.`);
    return value;
  };
  const seconds = (variable: string, standard: number): number => {
    const value = env[variable] || String(standard);
    if (!/^\d{1,6}(\.\d{1,3})?$/.test(value)) {
      problems.push(`${variable} must be a number of seconds; it is ${JSON.stringify(value)}.`);
    }
    return Number(value) * 1000;
  };

  const vaultName = name(
    'KEY_VAULT_NAME',
    /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
    '3 to 24 letters, digits and single hyphens, starting with a letter',
  );
  const secretName = name('SECRET_NAME', /^[a-z0-9-]{1,127}$/i, '1 to 127 letters, digits and hyphens');
  const suffix = env.KEY_VAULT_DNS_SUFFIX || 'vault.azure.net';
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(suffix)) {
    problems.push(`KEY_VAULT_DNS_SUFFIX must be a domain; it is ${JSON.stringify(suffix)}.`);
  }
  const intervalMs = seconds('INTERVAL_SECONDS', 5);
  const retryMs = seconds('RETRY_SECONDS', 600);
  const reads = env.READS || 'Infinity';
  if (!/^([1-9]\d{0,8}|Infinity)$/.test(reads))
    problems.push(`READS must be a whole number from 1; it is ${JSON.stringify(reads)}.`);
  const readyFile = env.READY_FILE ?? '';
  if (readyFile !== '' && !isAbsolute(readyFile))
    problems.push(`READY_FILE must be an absolute path; it is ${JSON.stringify(readyFile)}.`);

  if (problems.length > 0) throw new SettingsError(problems.join(' '));
  const vaultUrl = `https://${vaultName}.${suffix}`;
  return { vaultName, secretName, vaultUrl, intervalMs, retryMs, reads: Number(reads), readyFile };
}

/**
 * Makes sure that the workload identity webhook has done its part: it sets these variables when it mutates a pod
 * (https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html).
 * Asked for before the first token, because without them DefaultAzureCredential goes on to other identities, the
 * node's own among them, and its error then speaks of everything but the cause.
 * @throws SettingsError naming the label or the annotation that is missing
 */
export function requireWorkloadIdentity(env: Environment): void {
  if (!env.AZURE_FEDERATED_TOKEN_FILE) {
    throw new SettingsError(
      'AZURE_FEDERATED_TOKEN_FILE is not set: the workload identity webhook did not mutate this pod. Give the pod ' +
        'the label azure.workload.identity/use: "true", make sure the cluster has workload identity enabled, and ' +
        'create the pod again: it is mutated only at its creation.',
    );
  }
  if (!env.AZURE_CLIENT_ID) {
    throw new SettingsError(
      'AZURE_CLIENT_ID is not set: the service account of this pod had no annotation ' +
        'azure.workload.identity/client-id when the pod was created. Annotate the service account with the client ' +
        'id of the managed identity and create the pod again.',
    );
  }
  if (!env.AZURE_TENANT_ID) {
    throw new SettingsError(
      'AZURE_TENANT_ID is not set: neither the workload identity webhook nor an annotation ' +
        'azure.workload.identity/tenant-id of the service account says it. Add the annotation and create the pod again.',
    );
  }
}
