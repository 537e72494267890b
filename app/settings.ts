import { isAbsolute } from 'node:path';

export interface Settings {
  readonly vaultName: string;
  readonly secretName: string;
  /** Address of the vault, `https://{vault}.vault.azure.net`. */
  readonly vaultUrl: string;
  readonly intervalMs: number;
  /** Milliseconds to retry a read, while Azure does not apply the credential or the role yet. */
  readonly retryMs: number;
  readonly reads: number;
  /** A file that exists while the client can read the secret, for a readiness probe; '' for none. */
  readonly readyFile: string;
}

/** A variable of the environment is missing or invalid. A retry does not help. */
export class SettingsError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings. Required: `KEY_VAULT_NAME` and `SECRET_NAME`. Optional, with defaults: `INTERVAL_SECONDS` (5),
 * `RETRY_SECONDS` (600), `KEY_VAULT_DNS_SUFFIX` (vault.azure.net), `READS` (no limit), and `READY_FILE` (none).
 * Names: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 * @throws SettingsError with every missing or invalid variable
 */
export function readSettings(env: Environment): Settings {
  const problems: string[] = [];
  const name = (variable: string, pattern: RegExp, rule: string): string => {
    const value = env[variable] ?? '';
    if (value === '') problems.push(`${variable} is not set.`);
    else if (!pattern.test(value))
      problems.push(`${variable} is ${JSON.stringify(value)}. It must have ${rule}.`);
    return value;
  };
  const seconds = (variable: string, standard: number): number => {
    const value = env[variable] || String(standard);
    if (!/^\d{1,6}(\.\d{1,3})?$/.test(value)) {
      problems.push(`${variable} is ${JSON.stringify(value)}. It must be a number of seconds.`);
    }
    return Number(value) * 1000;
  };

  const vaultName = name(
    'KEY_VAULT_NAME',
    /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
    '3 to 24 letters, digits, and single hyphens, and start with a letter',
  );
  const secretName = name('SECRET_NAME', /^[a-z0-9-]{1,127}$/i, '1 to 127 letters, digits, and hyphens');
  const suffix = env.KEY_VAULT_DNS_SUFFIX || 'vault.azure.net';
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(suffix)) {
    problems.push(`KEY_VAULT_DNS_SUFFIX is ${JSON.stringify(suffix)}. It must be a domain.`);
  }
  const intervalMs = seconds('INTERVAL_SECONDS', 5);
  const retryMs = seconds('RETRY_SECONDS', 600);
  const reads = env.READS || 'Infinity';
  if (!/^([1-9]\d{0,8}|Infinity)$/.test(reads))
    problems.push(`READS is ${JSON.stringify(reads)}. It must be a whole number from 1.`);
  const readyFile = env.READY_FILE ?? '';
  if (readyFile !== '' && !isAbsolute(readyFile))
    problems.push(`READY_FILE is ${JSON.stringify(readyFile)}. It must be an absolute path.`);

  if (problems.length > 0) throw new SettingsError(problems.join(' '));
  const vaultUrl = `https://${vaultName}.${suffix}`;
  return { vaultName, secretName, vaultUrl, intervalMs, retryMs, reads: Number(reads), readyFile };
}

/**
 * Checks the variables that the workload identity webhook sets when it mutates a pod
 * (https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html). Without them,
 * DefaultAzureCredential tries other identities, and its error hides the cause.
 * @throws SettingsError with the missing label or annotation
 */
export function requireWorkloadIdentity(env: Environment): void {
  if (!env.AZURE_FEDERATED_TOKEN_FILE) {
    throw new SettingsError(
      'AZURE_FEDERATED_TOKEN_FILE is not set: the workload identity webhook did not mutate this pod.\n' +
        'Add the label azure.workload.identity/use: "true" to the pod, and enable workload identity on the cluster. ' +
        'Then recreate the pod: the webhook mutates a pod only when it is created.',
    );
  }
  if (!env.AZURE_CLIENT_ID) {
    throw new SettingsError(
      'AZURE_CLIENT_ID is not set: the service account had no annotation azure.workload.identity/client-id when this ' +
        'pod was created.\nAnnotate the service account with the client ID of the managed identity. Then recreate the pod.',
    );
  }
  if (!env.AZURE_TENANT_ID) {
    throw new SettingsError(
      'AZURE_TENANT_ID is not set: neither the workload identity webhook nor the service account has a tenant ID.\n' +
        'Add the annotation azure.workload.identity/tenant-id to the service account. Then recreate the pod.',
    );
  }
}
