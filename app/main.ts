import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { readSettings, requireWorkloadIdentity, SettingsError } from './settings.ts';
import { ReadFailed, watchSecret } from './watch-secret.ts';

// The first process of a container ignores signals without a handler, and the kubelet would wait.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

try {
  const settings = readSettings(process.env);
  requireWorkloadIdentity(process.env);

  // Without this, DefaultAzureCredential also tries the node's identity and developer tools, and hides the refusal.
  process.env.AZURE_TOKEN_CREDENTIALS ??= 'WorkloadIdentityCredential';
  // watchSecret() retries and logs each attempt; the SDK would retry silently.
  const retryOptions = { maxRetries: 0 };
  const credential = new DefaultAzureCredential({ retryOptions });
  const client = new SecretClient(settings.vaultUrl, credential, { retryOptions });

  await watchSecret(settings, {
    readSecret: async () => (await client.getSecret(settings.secretName)).value ?? '',
    print: console.log,
    ready: isReady => {
      if (settings.readyFile === '') return;
      if (isReady) writeFileSync(settings.readyFile, '');
      else rmSync(settings.readyFile, { force: true });
    },
    sleep: setTimeout,
    now: performance.now.bind(performance),
    random: Math.random,
  });
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof ReadFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
