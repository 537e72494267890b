import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { AzureFixture } from './azure-fixture.ts';
import { reportsDefect } from './error-checks.ts';
import { type RawResponse, Tunnel } from './tunnel.ts';

// Found by fuzzing.

let stateDir: string;
let emulator: Emulator;
let azure: AzureFixture;
const log: string[] = [];

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'emulator-limits-'));
  emulator = await startEmulator({ stateDir, log: line => log.push(line) });
  azure = await new AzureFixture(emulator).createResources();
});

afterAll(async () => {
  await azure?.close();
  await emulator?.close();
  await rm(stateDir, { recursive: true });
  expect(log.filter(reportsDefect)).toEqual([]);
});

interface RequestOptions {
  readonly token?: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Overrides `content-length`. */
  readonly announced?: number;
}

async function send(
  host: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<RawResponse> {
  const { token = '', body = '', contentType = 'application/json', announced } = options;
  const tunnel = await Tunnel.open(emulator, host);
  const length = announced ?? Buffer.byteLength(body);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: ${contentType}\r\ncontent-length: ${length}\r\n\r\n`;
  const answer = await tunnel.exchange(head + body, method);
  tunnel.close();
  return answer!;
}

const text = ({ body }: RawResponse) => body.toString('utf8');
const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

const arm = (method: string, path: string, options: RequestOptions = {}, version = '2024-11-01') =>
  send('management.azure.com', method, `${azure.subscription}${path}?api-version=${version}`, {
    token: azure.tokens.arm,
    ...options,
  });

const kube = (method: string, path: string, options: RequestOptions = {}) =>
  send(azure.clusterHost, method, path, { token: azure.tokens.cluster, ...options });

const registry = (method: string, path: string, options: RequestOptions = {}) =>
  send(azure.registryHost, method, path, { token: azure.tokens.registry, ...options });

describe('rejects bodies that are too deep', () => {
  it('Resource Manager: more than 64 levels', async () => {
    const body = (levels: number) => `{"location":"eastus","x":${deep(levels)}}`;
    expect((await arm('PUT', '/resourceGroups/deep', { body: body(63) })).status).toBe(201);
    const refused = await arm('PUT', '/resourceGroups/deep', { body: body(64) });
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused)).error).toEqual({
      code: 'InvalidRequestContent',
      message:
        "The request content was invalid and could not be deserialized: 'The reader's MaxDepth of 64 has been exceeded.'.",
    });
  });

  it('Key Vault', async () => {
    const path = '/secrets/deep?api-version=7.6';
    const body = `{"value":"v","x":${deep(10_000)}}`;
    const refused = await send(azure.vaultHost, 'PUT', path, { token: azure.tokens.vault, body });
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused)).error.code).toBe('BadParameter');
  });

  it.each([
    ['JSON', 'POST', '/api/v1/namespaces', 'application/json', deep(20_000)],
    ['YAML', 'POST', '/api/v1/namespaces', 'application/yaml', deep(2000)],
    ['a merge patch', 'PATCH', '/api/v1/namespaces/default', 'application/merge-patch+json', deep(20_000)],
    [
      'a strategic patch',
      'PATCH',
      '/api/v1/namespaces/default',
      'application/strategic-merge-patch+json',
      deep(20_000),
    ],
  ])('Kubernetes: %s', async (_, method, path, contentType, body) => {
    const refused = await kube(method, path, { contentType, body });
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused))).toMatchObject({ kind: 'Status', reason: 'BadRequest', code: 400 });
  });
});

describe('rejects paths with an invalid URL encoding', () => {
  it('Resource Manager', async () => {
    const refused = await arm('GET', '/resourceGroups/%zz');
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused)).error.code).toBe('BadRequest');
  });

  it('Kubernetes', async () => {
    const refused = await kube('GET', '/api/v1/namespaces/%zz');
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused)).message).toBe('invalid URL escape in "%zz"');
  });

  it('registries', async () => {
    const refused = await registry('GET', '/v2/fuzz/image/manifests/%zz');
    expect(refused.status).toBe(404);
    expect(JSON.parse(text(refused)).errors[0].code).toBe('NOT_FOUND');
  });
});

it('encodes names in headers that cannot contain them', async () => {
  const group = `/resourceGroups/${encodeURIComponent('Gruppe-Ω')}`;
  expect((await arm('PUT', group, { body: '{"location":"eastus"}' })).status).toBe(201);
  const made = await arm(
    'PUT',
    `${group}/providers/Microsoft.ContainerRegistry/registries/crheader00`,
    { body: '{"location":"eastus","sku":{"name":"Standard"}}' },
    '2023-07-01',
  );
  expect(made.status).toBe(201);
  const address = new URL(made.headers['azure-asyncoperation']!);
  expect(address.pathname).toContain('Gruppe-%CE%A9');
  const polled = await send('management.azure.com', 'GET', address.pathname + address.search, {
    token: azure.tokens.arm,
  });
  expect(polled.status).toBe(200);
  const from = encodeURIComponent('Ω"');
  const refused = await registry('POST', `/v2/fuzz/image/blobs/uploads/?mount=sha256:0&from=${from}`);
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toContain('scope="repository:%CE%A9%22:pull"');
});

it('rejects invalid manifests and accepts any configuration', async () => {
  const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect((await registry('POST', `/v2/fuzz/image/blobs/uploads/?digest=${empty}`)).status).toBe(201);
  const descriptor = { mediaType: 'x', digest: empty, size: 0 };
  const put = (manifest: unknown) =>
    registry('PUT', '/v2/fuzz/image/manifests/1', { body: JSON.stringify(manifest) });
  for (const layers of [[null], ['x'], [{ digest: 1, size: 0 }], [{ digest: empty, size: 'big' }]]) {
    const refused = await put({ schemaVersion: 2, config: descriptor, layers });
    expect(refused.status).toBe(400);
    expect(JSON.parse(text(refused)).errors[0].code).toBe('MANIFEST_INVALID');
  }
  expect((await put({ schemaVersion: 2, config: descriptor, layers: [] })).status).toBe(201);
  const listed = await registry('GET', '/acr/v1/fuzz/image/_manifests');
  expect(listed.status).toBe(200);
  expect(JSON.parse(text(listed)).manifests).toHaveLength(1);
});

it('accepts only lists of permissions in access policies', async () => {
  const path = `/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/${azure.vaultHost.split('.')[0]}/accessPolicies/add`;
  const policy = (permissions: unknown) => ({
    properties: { accessPolicies: [{ tenantId: emulator.tenantId, objectId: 'x', permissions }] },
  });
  const put = (permissions: unknown) =>
    arm('PUT', path, { body: JSON.stringify(policy(permissions)) }, '2023-07-01');
  // Each is merged with the policies before it.
  for (const permissions of [{ secrets: ['get'], constructor: [] }, { keys: ['get'] }, { secrets: ['list'] }])
    expect((await put(permissions)).status).toBe(200);
  const refused = await put({ secrets: 5 });
  expect(refused.status).toBe(400);
  expect(JSON.parse(text(refused)).error.code).toBe('BadRequest');
});

it('accepts only a $skiptoken that the vault issued', async () => {
  const page = (start: string) =>
    send(
      azure.vaultHost,
      'GET',
      `/secrets?api-version=7.6&$skiptoken=${Buffer.from(start).toString('base64url')}`,
      {
        token: azure.tokens.vault,
      },
    );
  expect((await page('1')).status).toBe(200);
  for (const start of ['-1', '0.5', 'x']) expect((await page(start)).status).toBe(400);
});

describe('rejects bodies over the limit', () => {
  it.each<[string, () => string, RegExp]>([
    ['Resource Manager', () => 'management.azure.com', /"RequestContentTooLarge"/],
    ['Key Vault', () => azure.vaultHost, /"code":"RequestEntityTooLarge"/],
    ['Entra', () => 'login.microsoftonline.com', /AADSTS90013/],
    ['registries', () => azure.registryHost, /"SIZE_INVALID"/],
    ['storage', () => 'account.blob.core.windows.net', /<Code>RequestBodyTooLarge<\/Code>/],
    ['Kubernetes', () => azure.clusterHost, /"Request entity too large: limit is 3145728"/],
  ])('%s', async (_, host, words) => {
    const refused = await send(host(), 'PUT', '/', { announced: 65 * 1024 * 1024 });
    expect(refused.status).toBe(413);
    expect(refused.headers.connection).toBe('close');
    expect(text(refused)).toMatch(words);
  });
});
