import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServicePrincipal, User } from '../entra/directory.ts';
import { Latency } from '../latency.ts';
import { packLayer } from '../oci/layers.ts';
import { digestOf, mediaTypes } from '../oci/manifests.ts';
import { callService, type ServiceReply } from '../testing/call-service.ts';
import { createTestArm, type TestArm } from '../testing/test-arm.ts';
import { createTestContext } from '../testing/test-context.ts';
import { createRegistries } from './index.ts';

const registriesPath = 'resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries';
let arm: TestArm;
let registries: ReturnType<typeof createRegistries>;
let counter = 0;

const builds = { allowed: true, throttled: 0 };

beforeAll(async () => {
  const context = await createTestContext({ latency: new Latency('fast', () => 0) });
  registries = createRegistries(context, builds);
  arm = await createTestArm({ context, providers: [registries.provider] });
  await arm.call('PUT', 'resourceGroups/rg', { location: 'eastus' });
});

async function createRegistry(properties: Record<string, unknown> = {}): Promise<string> {
  counter += 1;
  const name = `registry${counter}`;
  const created = await create(name, properties);
  expect(created.status).toBe(201);
  await arm.waitUntilDone(created.headers['azure-asyncoperation']!);
  return name;
}

function create(name: string, properties: Record<string, unknown> = {}): Promise<ServiceReply> {
  const body = { location: 'eastus', sku: { name: 'Standard' }, properties };
  return arm.call('PUT', `${registriesPath}/${name}`, body);
}

/** Like `az acr build`. @returns the run's ID */
async function startBuild(
  registry: string,
  files: Record<string, string>,
  more: Record<string, unknown> = {},
): Promise<string> {
  const at = `${registriesPath}/${registry}`;
  const { uploadUrl, relativePath } = (await arm.call('POST', `${at}/listBuildSourceUploadUrl`)).body;
  const entries = Object.entries(files).map(([path, text]) => {
    const content = Buffer.from(text);
    return [path, { type: 'File' as const, mode: 0o644, uid: 0, gid: 0, content }] as const;
  });
  const tar = gzipSync(packLayer(new Map(entries)));
  const uploaded = await callService(
    registries.blobService,
    'PUT',
    uploadUrl,
    { 'x-ms-blob-type': 'BlockBlob' },
    tar,
  );
  expect(uploaded).toMatchObject({ status: 201, headers: { etag: expect.any(String) } });
  const scheduled = await arm.call('POST', `${at}/scheduleRun`, {
    type: 'DockerBuildRequest',
    imageNames: ['app:1.0'],
    isPushEnabled: true,
    dockerFilePath: 'hex_Dockerfile',
    platform: { os: 'linux', architecture: 'amd64' },
    arguments: [],
    sourceLocation: relativePath,
    ...more,
  });
  expect(scheduled.status).toBe(200);
  expect(scheduled.body.properties).toMatchObject({ status: 'Queued', provisioningState: 'Succeeded' });
  return scheduled.body.name;
}

async function finishedRun(registry: string, id: string): Promise<ServiceReply> {
  for (;;) {
    const run = await arm.call('GET', `${registriesPath}/${registry}/runs/${id}`);
    if (/Succeeded|Failed|Canceled/.test(run.body.properties.status)) return run;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

async function logLink(registry: string, id: string): Promise<string> {
  return (await arm.call('POST', `${registriesPath}/${registry}/runs/${id}/listLogSasUrl`)).body.logLink;
}

const dockerfile = `FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot
COPY main.mjs /app/
ENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]
`;
const context = { hex_Dockerfile: dockerfile, 'main.mjs': 'console.log(1)' };

function content(
  registry: string,
  method: string,
  path: string,
  token?: string,
  body?: unknown,
): Promise<ServiceReply> {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return callService(
    registries.registryService,
    method,
    `https://${registry}.azurecr.io${path}`,
    headers,
    body,
  );
}

function form(registry: string, path: string, fields: Record<string, string>): Promise<ServiceReply> {
  const body = new URLSearchParams({ service: `${registry}.azurecr.io`, ...fields }).toString();
  return content(registry, 'POST', path, undefined, body);
}

async function signIn(
  registry: string,
  as: ServicePrincipal | User,
  resource = 'https://containerregistry.azure.net',
): Promise<ServiceReply> {
  const access_token = await arm.token(as, resource);
  return form(registry, '/oauth2/exchange', { grant_type: 'access_token', access_token });
}

async function accessToken(registry: string, as: ServicePrincipal | User, scope: string): Promise<string> {
  const { refresh_token } = (await signIn(registry, as)).body;
  const answer = await form(registry, '/oauth2/token', { grant_type: 'refresh_token', refresh_token, scope });
  expect(answer.status).toBe(200);
  return answer.body.access_token;
}

describe('registries', () => {
  test('creation is an operation, and the host resolves after it', async () => {
    const created = await create('creating', { adminUserEnabled: false, anonymousPullEnabled: false });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      sku: { name: 'Standard', tier: 'Standard' },
      properties: {
        loginServer: 'creating.azurecr.io',
        provisioningState: 'Creating',
        policies: { azureADAuthenticationAsArmPolicy: { status: 'enabled' } },
        roleAssignmentMode: 'LegacyRegistryPermissions',
      },
    });
    expect((await content('creating', 'GET', '/v2/')).status).toBe(502);
    const polled = await arm.waitUntilDone(created.headers['azure-asyncoperation']!);
    expect(polled.body).toEqual({ status: 'Succeeded' });
    const shown = await arm.call('GET', `${registriesPath}/CREATING`);
    expect(shown.body.properties.provisioningState).toBe('Succeeded');
    expect((await content('creating', 'GET', '/v2/')).status).toBe(401);
    expect((await create('creating')).status).toBe(200);
  });

  test('from version 2026-01-01 on, the answer comes after the creation', async () => {
    const path = `${registriesPath}/atonce`;
    const body = { location: 'eastus', sku: { name: 'Premium' } };
    const created = await arm.call('PUT', path, body, { apiVersion: '2026-09-01-preview' });
    expect(created.status).toBe(200);
    expect(created.headers).not.toHaveProperty('azure-asyncoperation');
    expect(created.body.properties).toMatchObject({
      provisioningState: 'Succeeded',
      writableCacheRepos: 'Disabled',
      networkRuleSet: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
    });
  });

  test('returns members of previews only in previews', async () => {
    const name = await createRegistry();
    const shown = async (apiVersion: string) =>
      (await arm.call('GET', `${registriesPath}/${name}`, undefined, { apiVersion })).body.properties;
    const preview = await shown('2025-03-01-preview');
    expect(preview).toMatchObject({ metadataSearch: 'Disabled', policies: { softDeletePolicy: {} } });
    const stable = await shown('2025-11-01');
    expect(Object.keys(preview).filter(member => !(member in stable))).toEqual([
      'metadataSearch',
      'autoGeneratedDomainNameLabelScope',
    ]);
    expect(stable.policies).not.toHaveProperty('softDeletePolicy');
  });

  test('checks names, which are unique in all of Azure', async () => {
    for (const name of ['abcd', 'with-dash', 'x'.repeat(51)])
      expect((await create(name)).status, name).toBe(400);
    const name = await createRegistry();
    await arm.call('PUT', 'resourceGroups/other', { location: 'eastus' });
    const path = `resourceGroups/other/providers/Microsoft.ContainerRegistry/registries/${name}`;
    const taken = await arm.call('PUT', path, { location: 'eastus', sku: { name: 'Basic' } });
    expect(taken).toMatchObject({ status: 409, body: { error: { code: 'AlreadyInUse' } } });
    const check = (asked: string) =>
      arm.call('POST', 'providers/Microsoft.ContainerRegistry/checkNameAvailability', { name: asked });
    expect((await check(name)).body).toEqual({
      nameAvailable: false,
      reason: 'AlreadyExists',
      message: `The registry ${name} is already in use.`,
    });
    expect((await check('freename')).body).toEqual({
      availableLoginServerName: 'freename.azurecr.io',
      nameAvailable: true,
    });
  });

  test('rejects invalid properties, keeps the others on an update, deletes immediately', async () => {
    const sku = await arm.call('PUT', `${registriesPath}/badsku`, {
      location: 'eastus',
      sku: { name: 'Gold' },
    });
    expect(sku.status).toBe(400);
    const name = await createRegistry();
    const changed = await arm.call('PATCH', `${registriesPath}/${name}`, { tags: { a: 'b' } });
    expect(changed.body).toMatchObject({ tags: { a: 'b' }, sku: { name: 'Standard' } });
    const usages = await arm.call('GET', `${registriesPath}/${name}/listUsages`);
    expect(usages.body.value[0]).toMatchObject({ name: 'Size', currentValue: 0, unit: 'Bytes' });
    expect(await arm.call('DELETE', `${registriesPath}/${name}`)).toMatchObject({ status: 200, text: '' });
    expect((await arm.call('GET', `${registriesPath}/${name}`)).status).toBe(404);
    expect((await content(name, 'GET', '/v2/')).status).toBe(502);
  });
});

describe('builds', () => {
  let registry: string;
  beforeEach(async () => {
    registry = await createRegistry();
  });

  test('a build pushes an image that can be pulled', async () => {
    const id = await startBuild(registry, context, { imageNames: ['app:1.0', 'app:{{.Run.ID}}', 'plain'] });
    expect(id).toBe('cf1');
    const { properties } = (await finishedRun(registry, id)).body;
    expect(properties).toMatchObject({ status: 'Succeeded', runType: 'QuickRun', runId: 'cf1' });
    const loginServer = `${registry}.azurecr.io`;
    const { digest } = properties.outputImages[0];
    expect(properties.outputImages).toEqual([
      { registry: loginServer, repository: 'app', tag: '1.0', digest },
      { registry: loginServer, repository: 'app', tag: 'cf1', digest },
      { registry: loginServer, repository: 'plain', tag: 'latest', digest },
    ]);

    const log = (await callService(registries.blobService, 'GET', await logLink(registry, id))).text;
    expect(log).toContain('Step 3/3 : ENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]\r\n');
    expect(log).toMatch(new RegExp(`1\\.0: digest: ${digest} size: \\d+\r\n`));
    expect(log).toMatch(/Run ID: cf1 was successful after \d+s\r\n$/);

    const token = await accessToken(registry, arm.owner, 'repository:app:pull');
    const manifest = await content(registry, 'GET', '/v2/app/manifests/1.0', token);
    expect(digestOf(manifest.bytes)).toBe(digest);
    expect(manifest.headers).toMatchObject({
      'content-type': mediaTypes.manifest,
      'docker-content-digest': digest,
    });
    const head = await content(registry, 'HEAD', `/v2/app/manifests/${digest}`, token);
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(Number(head.headers['content-length'])).toBe(manifest.bytes.length);

    const blob = async (wanted: string): Promise<Buffer> => {
      const redirect = await content(registry, 'GET', `/v2/app/blobs/${wanted}`, token);
      expect(redirect.status).toBe(307);
      const { bytes } = await callService(registries.blobService, 'GET', redirect.headers.location!);
      expect(digestOf(bytes)).toBe(wanted);
      return bytes;
    };
    const config = JSON.parse((await blob(manifest.body.config.digest)).toString());
    expect(config.config.Entrypoint).toEqual(['/usr/bin/node', '/app/main.mjs']);
    const layers = await Promise.all(
      manifest.body.layers.map((layer: { digest: string }) => blob(layer.digest)),
    );
    expect(layers.map(layer => digestOf(gunzipSync(layer)))).toEqual(config.rootfs.diff_ids);
  });

  test('a failed build logs the reason and pushes nothing', async () => {
    const id = await startBuild(registry, { ...context, hex_Dockerfile: `${dockerfile}RUN id\n` });
    const { properties } = (await finishedRun(registry, id)).body;
    expect(properties).toMatchObject({
      status: 'Failed',
      provisioningState: 'Succeeded',
      runErrorMessage: 'failed during run, err: exit status 1',
    });
    expect(properties.outputImages).toBeUndefined();
    const link = await logLink(registry, id);
    const log = await callService(registries.blobService, 'GET', link);
    expect(log.text).toContain('does not support RUN');
    expect(log.text).toMatch(
      /Run ID: cf1 failed after \d+s\. Error: failed during run, err: exit status 1\r\n$/,
    );
    expect(log.headers['x-ms-meta-complete']).toBe('failed');
    const token = await accessToken(registry, arm.owner, 'repository:app:pull');
    expect((await content(registry, 'GET', '/v2/app/manifests/1.0', token)).status).toBe(404);
  });

  test('a run continues without polling: queued, running, then the image exists', async () => {
    const id = await startBuild(registry, context);
    const token = await accessToken(registry, arm.owner, 'repository:app:pull');
    const link = await logLink(registry, id);
    const states = new Set<string>();
    for (let status = ''; status !== 'Succeeded'; states.add(status)) {
      ({ status } = (await arm.call('GET', `${registriesPath}/${registry}/runs/${id}`)).body.properties);
      const image = await content(registry, 'GET', '/v2/app/manifests/1.0', token);
      const { headers } = await callService(registries.blobService, 'HEAD', link);
      if (status !== 'Succeeded') {
        // It might have ended between the two requests.
        const { properties } = (await arm.call('GET', `${registriesPath}/${registry}/runs/${id}`)).body;
        if (properties.status === 'Succeeded') continue;
        expect([image.status, headers['x-ms-meta-complete']]).toEqual([404, undefined]);
      } else expect([image.status, headers['x-ms-meta-complete']]).toEqual([200, 'successful']);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    // On a busy machine, requests can miss a state. The run's times show it.
    expect(['Queued', 'Running', 'Succeeded'].filter(state => states.has(state))).toEqual([...states]);
    const { properties } = (await arm.call('GET', `${registriesPath}/${registry}/runs/${id}`)).body;
    const times = [properties.createTime, properties.startTime, properties.finishTime].map(Date.parse);
    expect(times[0]).toBeLessThan(times[1]!);
    expect(times[1]).toBeLessThan(times[2]!);
  });

  test('a run fails if its context was not uploaded', async () => {
    const id = await startBuild(registry, context, { sourceLocation: 'source/nowhere.tar.gz' });
    const { properties } = (await finishedRun(registry, id)).body;
    expect(properties.runErrorMessage).toContain('failed to download context');
  });

  test('builds without a push, and with build arguments', async () => {
    const withArg = { ...context, hex_Dockerfile: `ARG TAG\nFROM node:$TAG\nCOPY main.mjs /` };
    const id = await startBuild(registry, withArg, {
      isPushEnabled: false,
      arguments: [{ name: 'TAG', value: '24-slim', isSecret: false }],
    });
    const { properties } = (await finishedRun(registry, id)).body;
    expect(properties.status).toBe('Succeeded');
    expect(properties.outputImages).toBeUndefined();
  });

  test('a canceled run ends and logs it', async () => {
    const id = await startBuild(registry, context);
    expect((await arm.call('POST', `${registriesPath}/${registry}/runs/${id}/cancel`)).status).toBe(200);
    expect((await finishedRun(registry, id)).body.properties.status).toBe('Canceled');
    const log = await callService(registries.blobService, 'HEAD', await logLink(registry, id));
    expect(log.headers['x-ms-meta-complete']).toBe('canceled');
  });

  test('lists runs, newest first, with the filters of az', async () => {
    await finishedRun(registry, await startBuild(registry, context));
    const failing = await startBuild(registry, { hex_Dockerfile: 'FROM nobody' });
    await finishedRun(registry, failing);
    const list = async (query: string) => {
      const answer = await arm.call('GET', `${registriesPath}/${registry}/runs${query}`);
      return answer.body.value?.map(({ name }: { name: string }) => name);
    };
    expect(await list('')).toEqual(['cf2', 'cf1']);
    expect(await list('?$top=1')).toEqual(['cf2']);
    expect(await list(`?$filter=${encodeURIComponent("Status eq 'Failed'")}`)).toEqual(['cf2']);
    const { digest } = (await finishedRun(registry, 'cf1')).body.properties.outputImages[0];
    const byImage = encodeURIComponent(`contains(OutputImageManifests, 'app@${digest}')`);
    expect(await list(`?$filter=${byImage}`)).toEqual(['cf1']);
    expect((await arm.call('GET', `${registriesPath}/${registry}/runs/cf9`)).status).toBe(404);
  });

  test('rejects runs in a subscription without ACR Tasks', async () => {
    builds.allowed = false;
    const at = `${registriesPath}/${registry}`;
    const run = {
      type: 'DockerBuildRequest',
      sourceLocation: 'source/x.tar.gz',
      dockerFilePath: 'Dockerfile',
    };
    const refused = await arm.call('POST', `${at}/scheduleRun`, run);
    builds.allowed = true;
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      error: {
        code: 'TasksOperationsNotAllowed',
        message: `ACR Tasks requests for the registry ${registry} and ${arm.context.subscriptionId} are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.`,
        target: 'request',
      },
    });
    expect((await arm.call('GET', `${at}/runs`)).body.value).toEqual([]);
  });

  test('with roles per repository, a build pushes with the credential of the request', async () => {
    const abac = await createRegistry({ roleAssignmentMode: 'AbacRepositoryPermissions' });
    const ends = async (more: Record<string, unknown>) => {
      const id = await startBuild(abac, context, more);
      const { status } = (await finishedRun(abac, id)).body.properties;
      const log = (await callService(registries.blobService, 'GET', await logLink(abac, id))).text;
      return { status, lines: log.split('\r\n').slice(2, -2) };
    };
    const caller = { credentials: { sourceRegistry: { identity: '[caller]' } } };
    expect(await ends({})).toEqual({
      status: 'Failed',
      lines: ['when specifying push, at least one credential is required', ''],
    });
    expect(await ends(caller)).toEqual({
      status: 'Failed',
      lines: [expect.stringMatching(/exchange API response code: 403 Forbidden$/), ''],
    });
    expect(await ends({ isPushEnabled: false })).toMatchObject({ status: 'Succeeded' });

    arm.assignRole(
      arm.owner,
      'Container Registry Repository Writer',
      `${arm.subscription}/${registriesPath}/${abac}`,
    );
    expect(await ends(caller)).toMatchObject({ status: 'Succeeded' });
    const token = await accessToken(abac, arm.owner, 'repository:app:pull');
    expect((await content(abac, 'GET', '/v2/app/manifests/1.0', token)).status).toBe(200);
  });

  test('rejects other types of runs with their name', async () => {
    const run = { type: 'FileTaskRunRequest', platform: { os: 'linux' } };
    const answer = await arm.call('POST', `${registriesPath}/${registry}/scheduleRun`, run);
    expect(answer).toMatchObject({ status: 400, body: { error: { message: /FileTaskRunRequest/ } } });
  });
});

describe('blobs', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('need a signature that is unchanged, not expired, and has the permission', async () => {
    const registry = await createRegistry();
    const { uploadUrl } = (await arm.call('POST', `${registriesPath}/${registry}/listBuildSourceUploadUrl`))
      .body;
    const put = (url: string) =>
      callService(registries.blobService, 'PUT', url, { 'x-ms-blob-type': 'BlockBlob' }, Buffer.from('x'));
    const refused = { status: 403, headers: { 'x-ms-error-code': 'AuthenticationFailed' } };
    expect(await put(uploadUrl.replace(/\?.*/, ''))).toMatchObject(refused);
    expect(await put(uploadUrl.replace('.tar.gz', '2.tar.gz'))).toMatchObject(refused);
    expect(await put(uploadUrl.replace('sp=cw', 'sp=rw'))).toMatchObject(refused);
    expect(await callService(registries.blobService, 'GET', uploadUrl)).toMatchObject(refused);
    expect((await put(uploadUrl)).status).toBe(201);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
    expect(await put(uploadUrl)).toMatchObject(refused);
  });

  test('returns ranges of a log', async () => {
    const registry = await createRegistry();
    const id = await startBuild(registry, context);
    await finishedRun(registry, id);
    const link = await logLink(registry, id);
    const head = await callService(registries.blobService, 'HEAD', link);
    expect(head.headers).toMatchObject({
      'x-ms-blob-type': 'AppendBlob',
      'x-ms-meta-complete': 'successful',
      'x-ms-blob-committed-block-count': expect.stringMatching(/^\d+$/),
      etag: expect.any(String),
      'last-modified': expect.any(String),
    });
    const size = Number(head.headers['content-length']);
    const part = await callService(registries.blobService, 'GET', link, { 'x-ms-range': 'bytes=10-19' });
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': `bytes 10-19/${size}` } });
    expect(part.bytes).toHaveLength(10);
    const rest = await callService(registries.blobService, 'GET', link, {
      'x-ms-range': `bytes=${size - 5}-${size + 4096}`,
    });
    expect(rest.headers['content-range']).toBe(`bytes ${size - 5}-${size - 1}/${size}`);
    const beyond = await callService(registries.blobService, 'GET', link, { 'x-ms-range': `bytes=${size}-` });
    expect(beyond.status).toBe(416);
  });
});

describe('signing in', () => {
  let registry: string;
  beforeAll(async () => {
    registry = await createRegistry();
    await finishedRun(registry, await startBuild(registry, context));
  });

  test('answers a request without a token with a challenge', async () => {
    const answer = await content(registry, 'GET', '/v2/');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer realm="https://${registry}.azurecr.io/oauth2/token",service="${registry}.azurecr.io"`,
    );
    expect(answer.body.errors[0]).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringMatching(/^authentication required, visit https:\/\/aka\.ms\/acr\/authorization/),
    });
  });

  test('an anonymous client gets nothing, also for a missing image', async () => {
    const url = `/oauth2/token?scope=repository%3Aapp%3Apull&service=${registry}.azurecr.io`;
    expect((await content(registry, 'GET', url)).status).toBe(401);
    expect((await content(registry, 'GET', '/v2/app/manifests/nope')).status).toBe(401);
    const manifest = await content(registry, 'GET', '/v2/app/manifests/1.0');
    expect(manifest.headers['www-authenticate']).toContain('scope="repository:app:pull"');
    expect(manifest.body.errors[0].detail).toEqual([{ Type: 'repository', Name: 'app', Action: 'pull' }]);
  });

  test('a principal without a role cannot sign in', async () => {
    const stranger = arm.addPrincipal('stranger');
    expect((await signIn(registry, stranger)).status).toBe(401);
    const other = await createRegistry();
    arm.assignRole(stranger, 'AcrPull', `${arm.subscription}/${registriesPath}/${other}`);
    expect((await signIn(registry, stranger)).status).toBe(401);
    expect((await signIn(other, stranger)).status).toBe(200);
  });

  test('accepts tokens for registries and for Resource Manager, not for vaults', async () => {
    expect((await signIn(registry, arm.owner)).status).toBe(200);
    expect((await signIn(registry, arm.owner, 'https://management.core.windows.net/')).status).toBe(200);
    expect((await signIn(registry, arm.owner, 'https://vault.azure.net')).status).toBe(401);
    const strict = await createRegistry({
      policies: { azureADAuthenticationAsArmPolicy: { status: 'disabled' } },
    });
    expect((await signIn(strict, arm.owner, 'https://management.azure.com')).status).toBe(401);
    expect((await signIn(strict, arm.owner)).status).toBe(200);
  });

  test('AcrPull can pull and list, but not push', async () => {
    const puller = arm.addPrincipal('puller');
    arm.assignRole(puller, 'AcrPull', `${arm.subscription}/${registriesPath}/${registry}`);
    const token = await accessToken(registry, puller, 'repository:app:pull,push');
    expect(decodeJwt(token).access).toEqual([{ type: 'repository', name: 'app', actions: ['pull'] }]);
    expect((await content(registry, 'GET', '/v2/app/manifests/1.0', token)).status).toBe(200);
    expect((await content(registry, 'GET', '/v2/app/tags/list', token)).body).toEqual({
      name: 'app',
      tags: ['1.0'],
    });
    const push = await content(registry, 'POST', '/v2/app/blobs/uploads/', token);
    expect(push.status).toBe(401);
    expect(push.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect((await content(registry, 'GET', '/v2/other/manifests/1.0', token)).status).toBe(401);
  });

  test('a missing image is 404 with permission to pull', async () => {
    const token = await accessToken(registry, arm.owner, 'repository:app:pull');
    const tag = await content(registry, 'GET', '/v2/app/manifests/2.0', token);
    expect(tag).toMatchObject({ status: 404 });
    expect(tag.body.errors).toEqual([
      { code: 'MANIFEST_UNKNOWN', message: 'manifest tagged by "2.0" is not found', detail: { Tag: '2.0' } },
    ]);
    const digest = `sha256:${'0'.repeat(64)}`;
    expect((await content(registry, 'GET', `/v2/app/manifests/${digest}`, token)).status).toBe(404);
    expect((await content(registry, 'GET', `/v2/app/blobs/${digest}`, token)).body.errors[0].code).toBe(
      'BLOB_UNKNOWN',
    );
    const other = await accessToken(registry, arm.owner, 'repository:other:pull');
    expect((await content(registry, 'GET', '/v2/other/tags/list', other)).body.errors[0].code).toBe(
      'NAME_UNKNOWN',
    );
  });

  test('rejects tokens of other registries, of other types, and forged ones', async () => {
    const other = await createRegistry();
    const foreign = await accessToken(other, arm.owner, 'repository:app:pull');
    const { refresh_token } = (await signIn(registry, arm.owner)).body;
    for (const token of [foreign, refresh_token, 'abc']) {
      const answer = await content(registry, 'GET', '/v2/app/manifests/1.0', token);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    }
    const own = await accessToken(registry, arm.owner, 'repository:app:pull');
    for (const token of [foreign, own, 'abc']) {
      const fields = { grant_type: 'refresh_token', refresh_token: token, scope: 'repository:app:pull' };
      expect((await form(registry, '/oauth2/token', fields)).status).toBe(401);
    }
  });

  test('accepts the refresh token as a password, as docker sends it', async () => {
    const { refresh_token } = (await signIn(registry, arm.owner)).body;
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`00000000-0000-0000-0000-000000000000:${password}`).toString('base64')}`,
    });
    const url = `https://${registry}.azurecr.io/oauth2/token?service=${registry}.azurecr.io&scope=repository:app:pull`;
    expect((await callService(registries.registryService, 'GET', url, basic(refresh_token))).status).toBe(
      200,
    );
    expect((await callService(registries.registryService, 'GET', url, basic('wrong'))).status).toBe(401);
  });

  test('with anonymous pull, an anonymous client can only pull', async () => {
    const open = await createRegistry({ anonymousPullEnabled: true });
    await finishedRun(open, await startBuild(open, context));
    const url = `/oauth2/token?scope=repository:app:pull,push&service=${open}.azurecr.io`;
    const wrong = { authorization: `Basic ${Buffer.from('user:wrong').toString('base64')}` };
    const refused = await callService(
      registries.registryService,
      'GET',
      `https://${open}.azurecr.io${url}`,
      wrong,
    );
    expect(refused.status).toBe(401);
    const { access_token } = (await content(open, 'GET', url)).body;
    expect((await content(open, 'GET', '/v2/app/manifests/1.0', access_token)).status).toBe(200);
    expect((await content(open, 'POST', '/v2/app/blobs/uploads/', access_token)).status).toBe(401);
  });

  test('in a registry with roles per repository, AcrPull and Owner have no effect', async () => {
    const abac = await createRegistry({ roleAssignmentMode: 'AbacRepositoryPermissions' });
    const puller = arm.addPrincipal('puller');
    const scope = `${arm.subscription}/${registriesPath}/${abac}`;
    arm.assignRole(puller, 'AcrPull', scope);
    expect((await signIn(abac, puller)).status).toBe(401);
    expect((await signIn(abac, arm.owner)).status).toBe(401);
    arm.assignRole(puller, 'Container Registry Repository Reader', scope);
    expect((await signIn(abac, puller)).status).toBe(200);
  });

  test('in a registry with roles per repository, a condition limits a role to repositories', async () => {
    const abac = await createRegistry({ roleAssignmentMode: 'AbacRepositoryPermissions' });
    const puller = arm.addPrincipal('puller');
    const reading = ['content', 'metadata'].map(
      what => `!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/${what}/read'})`,
    );
    const named = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';
    const condition = `((${reading.join(' AND ')}) OR (${named} StringStartsWithIgnoreCase 'team-a/'))`;
    arm.assignRole(
      puller,
      'Container Registry Repository Reader',
      `${arm.subscription}/${registriesPath}/${abac}`,
      condition,
    );
    const actions = async (repository: string) => {
      const token = await accessToken(abac, puller, `repository:${repository}:pull,push,metadata_read`);
      return (decodeJwt(token).access as [{ actions: string[] }])[0].actions;
    };
    expect(await actions('team-a/app')).toEqual(['pull', 'metadata_read']);
    expect(await actions('team-b/app')).toEqual([]);
  });
});

describe('content', () => {
  test('accepts uploads in one or more requests and checks their digests', async () => {
    const registry = await createRegistry();
    const pusher = arm.addPrincipal('pusher');
    arm.assignRole(pusher, 'AcrPush', `${arm.subscription}/${registriesPath}/${registry}`);
    const token = await accessToken(registry, pusher, 'repository:team/app:pull,push');
    const config = Buffer.from('{"os":"linux","architecture":"amd64"}');
    const layer = Buffer.from('layer');

    const start = await content(registry, 'POST', '/v2/team/app/blobs/uploads/', token);
    expect(start.status).toBe(202);
    const upload = start.headers.location!;
    await content(registry, 'PATCH', upload, token, layer.subarray(0, 2));
    const second = await content(registry, 'PATCH', upload, token, layer.subarray(2));
    expect(second.headers.range).toBe('0-4');
    const done = await content(registry, 'PUT', `${upload}?digest=${digestOf(layer)}`, token);
    expect(done).toMatchObject({ status: 201, headers: { 'docker-content-digest': digestOf(layer) } });
    expect((await content(registry, 'PATCH', upload, token)).body.errors[0].code).toBe('BLOB_UPLOAD_UNKNOWN');

    const manifest = JSON.stringify({
      schemaVersion: 2,
      config: { mediaType: mediaTypes.config, size: config.length, digest: digestOf(config) },
      layers: [{ mediaType: mediaTypes.layer, size: layer.length, digest: digestOf(layer) }],
    });
    const early = await content(registry, 'PUT', '/v2/team/app/manifests/v1', token, manifest);
    expect(early.body.errors[0].code).toBe('MANIFEST_BLOB_UNKNOWN');
    const wrong = `/v2/team/app/blobs/uploads/?digest=${digestOf('else')}`;
    expect((await content(registry, 'POST', wrong, token, config)).body.errors[0].code).toBe(
      'DIGEST_INVALID',
    );
    await content(registry, 'POST', `/v2/team/app/blobs/uploads/?digest=${digestOf(config)}`, token, config);
    const put = await content(registry, 'PUT', '/v2/team/app/manifests/v1', token, manifest);
    expect(put).toMatchObject({ status: 201, headers: { 'docker-content-digest': digestOf(manifest) } });
    expect((await content(registry, 'PUT', '/v2/team/app/manifests/v2', token, '{}')).status).toBe(400);
    expect((await content(registry, 'GET', '/v2/team/app/manifests/v1', token)).text).toBe(manifest);
  });

  test('the metadata API reads, lists, and deletes', async () => {
    const registry = await createRegistry();
    await finishedRun(
      registry,
      await startBuild(registry, context, { imageNames: ['app:a', 'app:b', 'zoo:c'] }),
    );
    const catalog = await accessToken(registry, arm.owner, 'registry:catalog:*');
    const first = await content(registry, 'GET', '/v2/_catalog?n=1', catalog);
    expect(first.body).toEqual({ repositories: ['app'] });
    expect(first.headers.link).toBe('</v2/_catalog?last=app&n=1>; rel="next"');
    const next = await content(registry, 'GET', '/v2/_catalog?last=app&n=1', catalog);
    expect(next).toMatchObject({ body: { repositories: ['zoo'] } });
    expect(next.headers.link).toBeUndefined();

    const token = await accessToken(registry, arm.owner, 'repository:app:delete,metadata_read');
    expect((await content(registry, 'GET', '/acr/v1/app', token)).body).toMatchObject({
      registry: `${registry}.azurecr.io`,
      imageName: 'app',
      manifestCount: 1,
      tagCount: 2,
    });
    const tag = await content(registry, 'GET', '/acr/v1/app/_tags/a', token);
    const manifests = await content(registry, 'GET', '/acr/v1/app/_manifests', token);
    expect(manifests.body.manifests).toHaveLength(1);
    expect(manifests.body.manifests[0]).toMatchObject({
      digest: tag.body.tag.digest,
      tags: ['a', 'b'],
      os: 'linux',
      architecture: 'amd64',
    });
    expect((await content(registry, 'DELETE', '/acr/v1/app/_tags/a', token)).status).toBe(202);
    expect((await content(registry, 'GET', '/acr/v1/app/_tags/a', token)).body.errors[0].code).toBe(
      'TAG_UNKNOWN',
    );
    const gone = await content(registry, 'DELETE', `/v2/app/manifests/${tag.body.tag.digest}`, token);
    expect(gone.status).toBe(202);
    expect((await content(registry, 'GET', '/acr/v1/app/_tags', token)).body.errors[0].code).toBe(
      'NAME_UNKNOWN',
    );
  });
});
