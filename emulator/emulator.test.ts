import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from './emulator.ts';
import { Network } from './network.ts';

const subject = 'repo:octo/lab:environment:azure-lab';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emulator-test-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** Requested as in a workflow. */
async function deployerToken(emulator: Emulator, network: Network): Promise<string> {
  const job = await fetch(`${emulator.control.url}/github/id-token-requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.control.key}` },
    body: JSON.stringify({ claims: { sub: subject } }),
  });
  const { url, token } = (await job.json()) as { url: string; token: string };
  const idToken = await network.fetch(`${url}&audience=api://AzureADTokenExchange`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { value } = (await idToken.json()) as { value: string };
  const exchanged = await network.fetch(
    `https://login.microsoftonline.com/${emulator.tenantId}/oauth2/v2.0/token`,
    {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: emulator.deployer.clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: value,
        scope: 'https://management.azure.com/.default',
      }),
    },
  );
  const { access_token } = (await exchanged.json()) as { access_token: string };
  return access_token;
}

function armStatus(network: Network, path: string, token: string): Promise<number> {
  return network
    .fetch(`https://management.azure.com${path}?api-version=2024-11-01`, {
      headers: { authorization: `Bearer ${token}` },
    })
    .then(reply => reply.status);
}

describe('an emulator', () => {
  it('lets its deployer work in its subscription, and rejects the tokens of another emulator', async () => {
    const emulators = await Promise.all(
      ['a', 'b'].map(name => startEmulator({ stateDir: join(directory, name), githubSubjects: [subject] })),
    );
    const networks = emulators.map(emulator => new Network(emulator));
    try {
      const [one, other] = emulators as [Emulator, Emulator];
      const [here, there] = networks as [Network, Network];
      const token = await deployerToken(one, here);
      const group = `/subscriptions/${one.subscriptionId}/resourcegroups/lab-trust`;
      expect(await armStatus(here, group, token)).toBe(200);
      expect(await armStatus(there, `/subscriptions/${other.subscriptionId}`, token)).toBe(401);
    } finally {
      await Promise.all(networks.map(network => network.close()));
      await Promise.all(emulators.map(emulator => emulator.close()));
    }
  });

  it('leaves nothing open after close(), also after a second one', async () => {
    const script = `
      import { startEmulator } from ${JSON.stringify(join(import.meta.dirname, 'emulator.ts'))};
      const emulator = await startEmulator({ stateDir: ${JSON.stringify(join(directory, 'c'))} });
      const answer = await fetch(emulator.control.url + '/status', { headers: { authorization: 'Bearer ' + emulator.control.key } });
      await answer.text();
      await Promise.all([emulator.close(), emulator.close(), emulator.closed]);
      process.stdout.write('closed');
    `;
    // An open socket or timer would keep the process alive.
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });
    expect(stdout).toBe('closed');
  }, 60_000);
});
