import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Network } from './network.ts';

const main = join(import.meta.dirname, 'main.ts');
const subject = 'repo:octo/lab:environment:azure-lab';
let stateDir: string;
let running: ChildProcess[];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'emulator-test-'));
  running = [];
});

afterEach(async () => {
  for (const child of running.filter(one => one.exitCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(stateDir, { recursive: true });
});

interface Ready {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly control: { readonly url: string; readonly key: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly deployer: { readonly clientId: string };
}

function launch(...args: string[]) {
  const child = spawn(process.execPath, [main, '--state-dir', join(stateDir, 'state'), ...args]);
  running.push(child);
  return child;
}

async function start(...args: string[]) {
  const child = launch(...args);
  const [line] = await once(createInterface(child.stdout), 'line');
  const ready: Ready = JSON.parse(line);
  const exit: Promise<unknown[]> = once(child, 'exit');
  return { child, ready, exit };
}

function controlled(ready: Ready, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(ready.control.url + path, {
    ...init,
    headers: { authorization: `Bearer ${ready.control.key}` },
  });
}

describe('the command', () => {
  it('answers for GitHub, the tenant, and Resource Manager when it has printed its line', async () => {
    const subjects = ['repo:octo/other:x', subject].flatMap(each => ['--github-subject', each]);
    const { ready } = await start(...subjects, '--github-token-seconds', '77');
    expect((await stat(ready.caFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(stateDir, 'state'))).mode & 0o777).toBe(0o700);
    const caCertificate = await readFile(ready.caFile, 'utf8');
    const network = new Network({ proxyUrl: ready.proxyUrl, caCertificate, caFile: ready.caFile });

    const asked = await controlled(ready, '/github/id-token-requests', {
      method: 'POST',
      body: JSON.stringify({ claims: { sub: subject } }),
    });
    const { url, token } = (await asked.json()) as { url: string; token: string };
    const job = await network.fetch(`${url}&audience=api://AzureADTokenExchange`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { value } = (await job.json()) as { value: string };
    const { exp = 0, iat = 0 } = decodeJwt(value);
    expect(exp - iat).toBe(77);
    const exchanged = await network.fetch(
      `https://login.microsoftonline.com/${ready.tenantId}/oauth2/v2.0/token`,
      {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: ready.deployer.clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: value,
          scope: 'https://management.azure.com/.default',
        }),
      },
    );
    const { access_token } = (await exchanged.json()) as { access_token: string };
    const listed = await network.fetch('https://management.azure.com/subscriptions?api-version=2022-12-01', {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await listed.json()).toMatchObject({ value: [{ subscriptionId: ready.subscriptionId }] });
    await network.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops on %s with exit code 0', async signal => {
    const { child, exit } = await start();
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  });

  it('stops when the control address asks for it', async () => {
    const { ready, exit } = await start();
    expect((await controlled(ready, '/stop', { method: 'POST' })).status).toBe(202);
    expect(await exit).toEqual([0, null]);
  });

  it('stops with its parent on --exit-with-parent', async () => {
    const { child, exit } = await start('--exit-with-parent');
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  });

  it('continues after its parent without --exit-with-parent', async () => {
    const { child, ready } = await start();
    child.stdin.end();
    await once(child.stdin, 'close');
    expect((await controlled(ready, '/status')).status).toBe(200);
  });

  it.each([
    ['--port', 'abc'],
    ['--port', '70000'],
    ['--cloud', 'AzureGermanCloud'],
    ['--latency', 'slow'],
    ['--latency', 'constructor'],
    ['--kubernetes', 'k3s'],
    ['--github-token-seconds', '0'],
    ['--github-token-seconds', 'long'],
    ['--unknown'],
  ])('rejects %s %s', async (option, value = '') => {
    const child = launch(...(value ? [option, value] : [option]));
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(2);
    expect(message).toContain(value ? `${option} is "${value}". Pass ` : option);
    expect(message).toContain('--help');
  });

  it('prints its usage on --help', async () => {
    const child = launch('--help');
    const [usage, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(code).toBe(0);
    expect(usage).toContain('--github-subject SUBJECT');
  });

  it('reports missing programs of a real control plane, and how to build them', async () => {
    const child = launch('--kubernetes', 'kube-apiserver', '--kubernetes-binaries', stateDir);
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(said).toContain(
      `Programs not found: etcd, kube-apiserver, kube-controller-manager. Searched in "${stateDir}".\nRun "npm run kube-apiserver"`,
    );
  });

  it('reports that the port is in use', async () => {
    const { ready } = await start();
    const second = launch('--port', new URL(ready.proxyUrl).port);
    const [said, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect(code).toBe(1);
    expect(said).toMatch(/cannot start: .*EADDRINUSE/);
  });
});
