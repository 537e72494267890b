import { describe, expect, it } from 'vitest';
import { readSettings, requireWorkloadIdentity, SettingsError } from './settings.ts';

const env = { KEY_VAULT_NAME: 'wilab4521', SECRET_NAME: 'Secret' };

describe('readSettings', () => {
  it('uses the default interval and time limit', () => {
    expect(readSettings(env)).toEqual({
      vaultName: 'wilab4521',
      secretName: 'Secret',
      vaultUrl: 'https://wilab4521.vault.azure.net',
      intervalMs: 5000,
      retryMs: 600_000,
      reads: Infinity,
      readyFile: '',
    });
  });

  it('reads interval, time limit, and domain', () => {
    const settings = readSettings({
      ...env,
      INTERVAL_SECONDS: '0.5',
      RETRY_SECONDS: '30',
      KEY_VAULT_DNS_SUFFIX: 'vault.azure.cn',
    });
    expect(settings).toMatchObject({
      intervalMs: 500,
      retryMs: 30_000,
      vaultUrl: 'https://wilab4521.vault.azure.cn',
    });
  });

  it('reads the number of reads, and the file for the readiness probe', () => {
    expect(readSettings({ ...env, READS: '1', READY_FILE: '/run/ready' })).toMatchObject({
      reads: 1,
      readyFile: '/run/ready',
    });
  });

  it('reports every missing variable', () => {
    expect(() => readSettings({})).toThrow(/KEY_VAULT_NAME is not set\. SECRET_NAME is not set\./);
  });

  it.each([
    ['READS', '0'],
    ['READS', 'all'],
    ['READY_FILE', 'ready'],
    ['KEY_VAULT_NAME', 'my_vault'],
    ['KEY_VAULT_NAME', 'ab'],
    ['KEY_VAULT_NAME', 'a--b'],
    ['KEY_VAULT_NAME', 'evil.example/'],
    ['KEY_VAULT_NAME', '4vault'],
    ['SECRET_NAME', '../keys/k'],
    ['SECRET_NAME', 'a'.repeat(128)],
    ['INTERVAL_SECONDS', 'soon'],
    ['INTERVAL_SECONDS', '-1'],
    ['RETRY_SECONDS', '1e9'],
    ['KEY_VAULT_DNS_SUFFIX', 'host:443/x'],
  ])('rejects %s=%s', (variable, value) => {
    expect(() => readSettings({ ...env, [variable]: value })).toThrow(SettingsError);
    expect(() => readSettings({ ...env, [variable]: value })).toThrow(variable);
  });
});

describe('requireWorkloadIdentity', () => {
  const mutated = {
    AZURE_CLIENT_ID: 'b7c4ae2c-0000-4000-8000-000000000001',
    AZURE_TENANT_ID: '72f988bf-0000-4000-8000-000000000001',
    AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
  };

  it('accepts a pod that the webhook mutated', () => {
    expect(() => requireWorkloadIdentity(mutated)).not.toThrow();
  });

  it('reports the missing label if no variable is set', () => {
    expect(() => requireWorkloadIdentity({})).toThrow('label azure.workload.identity/use');
  });

  it('reports the missing annotation if only the client ID is not set', () => {
    expect(() => requireWorkloadIdentity({ ...mutated, AZURE_CLIENT_ID: '' })).toThrow(
      'annotation azure.workload.identity/client-id',
    );
  });

  it('reports a missing tenant', () => {
    expect(() => requireWorkloadIdentity({ ...mutated, AZURE_TENANT_ID: undefined })).toThrow(
      'AZURE_TENANT_ID is not set',
    );
  });
});
