import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const secretToken = 'the-token-of-the-service-account';

let folder: string;
let mutated: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-test-'));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, secretToken);
  mutated = {
    KEY_VAULT_NAME: 'wilab4521',
    SECRET_NAME: 'Secret',
    AZURE_CLIENT_ID: 'b7c4ae2c-0000-4000-8000-000000000001',
    AZURE_TENANT_ID: '72f988bf-0000-4000-8000-000000000001',
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    // Nothing listens on this port.
    HTTPS_PROXY: 'http://127.0.0.1:1',
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function start(environment: Record<string, string>): {
  client: ChildProcessWithoutNullStreams;
  output: () => string;
} {
  const client = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env: environment });
  let output = '';
  for (const stream of [client.stdout, client.stderr]) stream.on('data', data => (output += data));
  return { client, output: () => output };
}

it.each(['SIGTERM', 'SIGINT'] as const)('stops immediately with exit code 0 on %s', async signal => {
  const { client, output } = start(mutated);
  while (!output().includes('Trying again')) await once(client.stdout, 'data');
  client.kill(signal);
  expect(await once(client, 'close')).toEqual([0, null]);
  expect(output()).toMatch(
    /^Retrieving your secret from wilab4521\.\nTrying again in .* s: secret Secret could not be read \(ECONNREFUSED\)/,
  );
  expect(output()).not.toContain(secretToken);
});

it('ends with exit code 1 after the time limit', async () => {
  const { client, output } = start({ ...mutated, RETRY_SECONDS: '0' });
  expect(await once(client, 'close')).toEqual([1, null]);
  expect(output()).toMatch(/\nGiven up after 0 s: /);
  expect(output()).not.toContain(secretToken);
});

it('ends with exit code 1 if a variable is missing', async () => {
  const { client, output } = start({ KEY_VAULT_NAME: 'wilab4521' });
  expect(await once(client, 'close')).toEqual([1, null]);
  expect(output()).toBe('SECRET_NAME is not set.\n');
});

it('ends with exit code 1 if the pod was not mutated', async () => {
  const { client, output } = start({ KEY_VAULT_NAME: 'wilab4521', SECRET_NAME: 'Secret' });
  expect(await once(client, 'close')).toEqual([1, null]);
  expect(output()).toContain('the workload identity webhook did not mutate this pod');
});
