import { SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServicePrincipal } from '../entra/directory.ts';
import { TestVaults, vaultsPath } from './test-vaults.ts';
import { call, roles } from './test-world.ts';

const vaults = await TestVaults.create();
const { lab } = vaults;
const makeVault: TestVaults['make'] = properties => vaults.make(properties);
const bodyOf: TestVaults['body'] = properties => vaults.body(properties);
const vaultCall: TestVaults['call'] = (...call) => vaults.call(...call);

describe('challenge and tokens', () => {
  let vault: string;
  let officer: ServicePrincipal;
  beforeAll(async () => {
    vault = await makeVault();
    officer = lab.addPrincipal('officer');
    lab.assign(officer, roles.secretsOfficer, `${lab.subscription}${vaultsPath}/${vault}`);
  });

  test('a request without a token is challenged before anything else is looked at', async () => {
    for (const path of ['/secrets/x', '/secrets/not_a_name', '/nothing']) {
      const answer = await vaultCall(vault, 'PUT', path, { version: 'unknown' });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer authorization="https://login.microsoftonline.com/${lab.context.tenantId}", resource="https://vault.azure.net"`,
      );
      expect(answer.json.error).toEqual({
        code: 'Unauthorized',
        message: 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.',
      });
      expect(answer.headers['x-ms-keyvault-region']).toBe('eastus');
    }
  });

  test('a token for Resource Manager is refused by its audience', async () => {
    const token = await lab.token(officer, 'https://management.azure.com');
    const answer = await vaultCall(vault, 'GET', '/secrets', { token });
    expect(answer.status).toBe(401);
    expect(answer.json.error.message).toBe(
      'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com.',
    );
  });

  test('forged and stale tokens are refused, each for its reason', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: 'https://vault.azure.net',
      iss: lab.context.tokens.issuer,
      oid: officer.objectId,
      appid: officer.clientId,
      iat: now - 100,
      nbf: now - 100,
      exp: now + 100,
    };
    const good = await vaultCall(vault, 'GET', '/secrets', { token: await lab.key.sign(claims) });
    expect(good.status).toBe(200);
    const bad: [string, RegExp][] = [
      [await lab.key.sign({ ...claims, exp: now - 1 }), /TokenExpired/],
      [await lab.key.sign({ ...claims, nbf: now + 50 }), /TokenExpired/],
      [await lab.key.sign({ ...claims, iss: 'https://sts.windows.net/other/' }), /AKV10032: Invalid issuer/],
      [
        await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: lab.key.kid })
          .sign(Buffer.alloc(32)),
        /AKV10046/,
      ],
      ['abc', /Error validating token/],
    ];
    for (const [token, message] of bad) {
      const answer = await vaultCall(vault, 'GET', '/secrets', { token });
      expect(answer.status).toBe(401);
      expect(answer.json.error.message).toMatch(message);
    }
  });

  test('an unknown API version is refused', async () => {
    const answer = await vaultCall(vault, 'GET', '/secrets', { as: officer, version: '6.9' });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain('The specified version (6.9) is not recognized.');
  });

  test('a vault that is not there does not resolve', async () => {
    const answer = await vaultCall('nowhere', 'GET', '/secrets');
    expect(answer).toMatchObject({ status: 502, text: 'getaddrinfo ENOTFOUND nowhere.vault.azure.net' });
  });
});

describe('authorization by role', () => {
  let vault: string;
  let officer: ServicePrincipal;
  let reader: ServicePrincipal;
  beforeEach(async () => {
    vault = await makeVault();
    officer = lab.addPrincipal('officer');
    reader = lab.addPrincipal('reader');
    lab.assign(officer, roles.secretsOfficer, `${lab.subscription}${vaultsPath}/${vault}`);
    await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
  });

  test('without a role the refusal names caller, action and resource', async () => {
    const answer = await vaultCall(vault, 'GET', '/secrets/S', { as: reader });
    expect(answer.status).toBe(403);
    expect(answer.json.error.code).toBe('Forbidden');
    expect(answer.json.error.innererror).toEqual({ code: 'ForbiddenByRbac' });
    expect(answer.json.error.message.split('\r\n')).toEqual([
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${reader.clientId};oid=${reader.objectId};iss=https://sts.windows.net/${lab.context.tenantId}/`,
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
      `Resource: '${lab.subscription}/resourcegroups/rg/providers/microsoft.keyvault/vaults/${vault}/secrets/S'`,
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      'DecisionReason: null',
      `Vault: ${vault};location=eastus`,
      '',
    ]);
  });

  test('Owner of the subscription has no right to data', async () => {
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: lab.owner })).status).toBe(403);
  });

  test('Secrets User may read and list, not write', async () => {
    lab.assign(reader, roles.secretsUser, `${lab.subscription}${vaultsPath}/${vault}`);
    const read = await vaultCall(vault, 'GET', '/secrets/S', { as: reader });
    expect(read.status).toBe(200);
    expect(read.headers['x-ms-keyvault-rbac-assignment-id']).toBeDefined();
    expect((await vaultCall(vault, 'GET', '/secrets', { as: reader })).status).toBe(200);
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as: reader, body: { value: 'x' } })).status).toBe(
      403,
    );
    expect((await vaultCall(vault, 'DELETE', '/secrets/S', { as: reader })).status).toBe(403);
  });

  test('a role on one secret opens that secret only', async () => {
    lab.assign(reader, roles.secretsUser, `${lab.subscription}${vaultsPath}/${vault}/secrets/S`);
    await vaultCall(vault, 'PUT', '/secrets/Other', { as: officer, body: { value: 'v' } });
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/secrets/Other', { as: reader })).status).toBe(403);
    expect((await vaultCall(vault, 'GET', '/secrets', { as: reader })).status).toBe(403);
  });

  test('a role on another vault does not count', async () => {
    const other = await makeVault();
    lab.assign(reader, roles.secretsUser, `${lab.subscription}${vaultsPath}/${other}`);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).status).toBe(403);
  });

  test('a secret that does not exist is 404 to who may read, 403 to who may not', async () => {
    expect((await vaultCall(vault, 'GET', '/secrets/Nope', { as: reader })).status).toBe(403);
    const answer = await vaultCall(vault, 'GET', '/secrets/Nope', { as: officer });
    expect(answer.status).toBe(404);
    expect(answer.json.error.code).toBe('SecretNotFound');
    expect(answer.json.error.message).toContain(
      'A secret with (name/id) Nope was not found in this key vault.',
    );
  });
});

test('an access policy decides in a vault without roles', async () => {
  const reader = lab.addPrincipal('reader');
  const writer = lab.addPrincipal('writer');
  const policy = (principal: ServicePrincipal, secrets: string[]) => ({
    tenantId: lab.context.tenantId,
    objectId: principal.objectId,
    permissions: { secrets },
  });
  const vault = await makeVault({
    enableRbacAuthorization: false,
    accessPolicies: [policy(reader, ['Get']), policy(writer, ['all'])],
  });
  lab.assign(reader, roles.secretsOfficer, `${lab.subscription}${vaultsPath}/${vault}`);
  expect((await vaultCall(vault, 'PUT', '/secrets/S', { as: writer, body: { value: 'v' } })).status).toBe(
    200,
  );
  expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).json.value).toBe('v');

  const refused = await vaultCall(vault, 'PUT', '/secrets/S', { as: reader, body: { value: 'x' } });
  expect(refused.status).toBe(403);
  expect(refused.json.error).toEqual({
    code: 'Forbidden',
    message: `The user, group or application 'appid=${reader.clientId};oid=${reader.objectId};iss=https://sts.windows.net/${lab.context.tenantId}/' does not have secrets set permission on key vault '${vault};location=eastus'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    innererror: { code: 'AccessDenied' },
  });
  // "all" stands for every permission but purge.
  expect((await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as: writer })).status).toBe(403);
});

describe('secrets', () => {
  let vault: string;
  let as: ServicePrincipal;
  beforeEach(async () => {
    vault = await makeVault({ softDeleteRetentionInDays: 7 });
    as = lab.addPrincipal('officer');
    lab.assign(as, roles.secretsOfficer, `${lab.subscription}${vaultsPath}/${vault}`);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const set = (name: string, value: string, more: object = {}) =>
    vaultCall(vault, 'PUT', `/secrets/${name}`, { as, body: { value, ...more } });

  test('versions: the newest is read unless one is named', async () => {
    const first = await set('S', 'one', { tags: { a: 'b' }, contentType: 'text/plain' });
    const second = await set('S', 'two');
    expect(first.json.id).toMatch(new RegExp(`^https://${vault}.vault.azure.net/secrets/S/[0-9a-f]{32}$`));
    expect(first.json).toMatchObject({
      value: 'one',
      contentType: 'text/plain',
      tags: { a: 'b' },
      attributes: { enabled: true, recoveryLevel: 'CustomizedRecoverable+Purgeable', recoverableDays: 7 },
    });
    for (const path of ['/secrets/S', '/secrets/S/', '/secrets/s']) {
      expect((await vaultCall(vault, 'GET', path, { as })).json.value).toBe('two');
    }
    const old = await vaultCall(vault, 'GET', new URL(first.json.id).pathname, { as });
    expect(old.json.value).toBe('one');
    const versions = await vaultCall(vault, 'GET', '/secrets/S/versions', { as });
    expect(versions.json.value.map(({ id }: { id: string }) => id)).toEqual([second.json.id, first.json.id]);
    expect(versions.json.value[0].value).toBeUndefined();
    expect(versions.json.nextLink).toBeNull();
    const none = await vaultCall(vault, 'GET', `/secrets/S/${'0'.repeat(32)}`, { as });
    expect(none.status).toBe(404);
  });

  test('lists come in pages, without values', async () => {
    for (const name of ['A', 'B', 'C']) await set(name, 'v');
    const first = await vaultCall(vault, 'GET', '/secrets?maxresults=2', { as });
    expect(first.json.value.map(({ id }: { id: string }) => id)).toEqual([
      `https://${vault}.vault.azure.net/secrets/A`,
      `https://${vault}.vault.azure.net/secrets/B`,
    ]);
    expect(first.json.value[0].value).toBeUndefined();
    expect(first.json.nextLink).toMatch(/:443\/secrets\?api-version=7\.4&\$skiptoken=/);
    const token = await lab.token(as, 'https://vault.azure.net');
    const second = await call(lab.service, 'GET', first.json.nextLink, { authorization: `Bearer ${token}` });
    expect(second.json.value).toHaveLength(1);
    expect(second.json.nextLink).toBeNull();
  });

  test('lists of versions and of deleted secrets come in pages, too, of 25 at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let count = 0; count < 27; count++) await set('Many', String(count));
    for (let count = 10; count < 36; count++) {
      await set(`Gone${count}`, 'v');
      await vaultCall(vault, 'DELETE', `/secrets/Gone${count}`, { as });
    }
    vi.setSystemTime(Date.now() + 1000);
    const token = await lab.token(as, 'https://vault.azure.net');
    const pages = async (path: string): Promise<string[][]> => {
      const found: string[][] = [];
      let next = `https://${vault}.vault.azure.net${path}?api-version=7.4`;
      while (next) {
        const { json } = await call(lab.service, 'GET', next, { authorization: `Bearer ${token}` });
        found.push(json.value.map(({ id }: { id: string }) => id));
        next = json.nextLink;
      }
      return found;
    };
    for (const [path, count] of [
      ['/secrets/Many/versions', 27],
      ['/deletedsecrets', 26],
    ] as const) {
      const found = await pages(path);
      expect(found.map(page => page.length)).toEqual([25, count - 25]);
      expect(new Set(found.flat()).size).toBe(count);
    }
    for (const wrong of ['0', '26', 'x', '1.5']) {
      const refused = await vaultCall(vault, 'GET', `/secrets?maxresults=${wrong}`, { as });
      expect(refused).toMatchObject({ status: 400, json: { error: { code: 'BadParameter' } } });
    }
  });

  test('bad names, values and sizes are refused', async () => {
    for (const name of ['under_score', 'x'.repeat(128), '%20']) {
      expect((await set(name, 'v')).json.error.code).toBe('BadParameter');
    }
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as, body: { value: 1 } })).status).toBe(400);
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as, body: 'not json' })).status).toBe(400);
    const tags = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x'.repeat(length)]));
    expect((await set('S', 'v', { tags: tags(15, 256) })).status).toBe(200);
    for (const wrong of [tags(16, 1), tags(1, 257), ['a'], { a: 1 }, 'a']) {
      expect((await set('S', 'v', { tags: wrong })).status).toBe(400);
    }
    expect((await set('S', 'v', { contentType: 'x'.repeat(256) })).status).toBe(400);
    expect((await set('S', 'x'.repeat(25 * 1024 + 1))).status).toBe(400);
    expect((await set('S', 'x'.repeat(25 * 1024))).status).toBe(200);
  });

  test('a disabled version is not read; one that is expired or not yet valid is', async () => {
    await set('S', 'v');
    const patched = await vaultCall(vault, 'PATCH', '/secrets/S/', {
      as,
      body: { attributes: { enabled: false } },
    });
    expect(patched.json.attributes.enabled).toBe(false);
    expect(patched.json.value).toBeUndefined();
    const refused = await vaultCall(vault, 'GET', '/secrets/S', { as });
    expect(refused.status).toBe(403);
    expect(refused.json.error).toEqual({
      code: 'Forbidden',
      message: 'Operation get is not allowed on a disabled secret.',
      innererror: { code: 'SecretDisabled' },
    });
    await set('Expired', 'v', { attributes: { exp: 1 } });
    await set('Early', 'v', { attributes: { nbf: 4_000_000_000 } });
    expect((await vaultCall(vault, 'GET', '/secrets/Expired', { as })).json.attributes.exp).toBe(1);
    expect((await vaultCall(vault, 'GET', '/secrets/Early', { as })).status).toBe(200);
  });

  test('a change concerns one version, and leaves its value and what it does not name', async () => {
    const first = await set('S', 'one', { tags: { a: 'b' }, attributes: { nbf: 1, exp: 4_000_000_000 } });
    await set('S', 'two');
    const patched = await vaultCall(vault, 'PATCH', new URL(first.json.id).pathname, {
      as,
      body: { contentType: 'text/plain', attributes: { exp: 4_000_000_001 } },
    });
    expect(patched.json).toMatchObject({
      id: first.json.id,
      contentType: 'text/plain',
      tags: { a: 'b' },
      attributes: { enabled: true, nbf: 1, exp: 4_000_000_001, created: first.json.attributes.created },
    });
    const newest = await vaultCall(vault, 'GET', '/secrets/S', { as });
    expect(newest.json).toMatchObject({ value: 'two' });
    expect(newest.json.contentType).toBeUndefined();
    expect((await vaultCall(vault, 'GET', new URL(first.json.id).pathname, { as })).json.value).toBe('one');
    expect((await vaultCall(vault, 'PATCH', '/secrets/Nope', { as, body: {} })).status).toBe(404);
  });

  test('deleted, recovered, deleted again and purged, each after a moment', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const pass = () => vi.setSystemTime(Date.now() + 1000);
    await set('S', 'v');
    const deleted = await vaultCall(vault, 'DELETE', '/secrets/S', { as });
    expect(deleted.json.recoveryId).toBe(`https://${vault}.vault.azure.net/deletedsecrets/S`);
    expect(deleted.json.scheduledPurgeDate - deleted.json.deletedDate).toBe(7 * 86_400);
    expect(deleted.json.value).toBeUndefined();
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).status).toBe(404);
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).status).toBe(404);
    const meanwhile = await set('S', 'x');
    expect(meanwhile).toMatchObject({
      status: 409,
      json: {
        error: {
          message: 'Secret S is currently being deleted and cannot be re-created; retry later.',
          innererror: { code: 'ObjectIsBeingDeleted' },
        },
      },
    });

    pass();
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/deletedsecrets', { as })).json.value).toHaveLength(1);
    const refused = await set('S', 'x');
    expect(refused.status).toBe(409);
    expect(refused.json.error).toEqual({
      code: 'Conflict',
      message:
        'Secret S is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.',
      innererror: { code: 'ObjectIsDeletedButRecoverable' },
    });

    expect((await vaultCall(vault, 'POST', '/deletedsecrets/S/recover', { as })).status).toBe(200);
    expect((await set('S', 'x')).json.error).toEqual({
      code: 'Conflict',
      message: 'Secret S is currently being recovered and cannot be re-created; retry later.',
      innererror: { code: 'ObjectIsBeingRecovered' },
    });
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).status).toBe(404);
    pass();
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).json.value).toBe('v');

    await vaultCall(vault, 'DELETE', '/secrets/S', { as });
    pass();
    const purged = await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as });
    expect(purged).toMatchObject({ status: 204, text: '' });
    pass();
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).json.error.message).toBe(
      'Deleted Secret not found: S',
    );
    expect((await set('S', 'fresh')).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/secrets/S/versions', { as })).json.value).toHaveLength(1);
  });
});

describe('vaults', () => {
  test('is created as RegisteringDns, without an operation to ask after, and not reachable before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const created = await lab.arm('PUT', `${vaultsPath}/fresh`, bodyOf({}));
    expect(created.status).toBe(200);
    expect(created.json.properties).toMatchObject({
      provisioningState: 'RegisteringDns',
      vaultUri: 'https://fresh.vault.azure.net',
      enableRbacAuthorization: true,
      softDeleteRetentionInDays: 90,
    });
    expect(created.json.properties.networkAcls).toBeUndefined();
    expect(created.json.location).toBe('eastus');
    expect(created.headers['azure-asyncoperation'] ?? created.headers.location).toBeUndefined();
    expect(Number(created.headers['retry-after'])).toBeGreaterThan(0);
    expect((await vaultCall('fresh', 'GET', '/secrets')).status).toBe(502);
    vi.setSystemTime(Date.now() + 60_000);
    const ready = await lab.arm('GET', `${vaultsPath}/FRESH`);
    expect(ready.json.properties).toMatchObject({
      provisioningState: 'Succeeded',
      vaultUri: 'https://fresh.vault.azure.net/',
    });
    expect(ready.headers['retry-after']).toBeUndefined();
    expect((await vaultCall('fresh', 'GET', '/secrets')).status).toBe(401);
    vi.useRealTimers();
  });

  test('says when to ask again as long as it is not registered, also at the very moment that it is', async () => {
    await lab.arm('PUT', `${vaultsPath}/moment`, bodyOf({}));
    vi.useFakeTimers({ toFake: ['Date'] });
    const [start, taken] = [Date.now(), new Set<string>()];
    // The moment comes after the first look at the clock, after the second, and so on to the last.
    for (let before = 0, looks = 1; before <= looks; before++) {
      looks = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => start + (looks++ < before ? -1000 : 60_000));
      const { json, headers } = await lab.arm('GET', `${vaultsPath}/moment`);
      taken.add(`${json.properties.provisioningState} ${headers['retry-after'] !== undefined}`);
    }
    vi.restoreAllMocks();
    vi.useRealTimers();
    expect([...taken].sort()).toEqual(['RegisteringDns true', 'Succeeded false']);
  });

  test('from version 2026-02-01 on, a vault decides by roles unless it is told not to', async () => {
    const body = (name: string, apiVersion: string) =>
      lab.arm('PUT', `${vaultsPath}/${name}`, bodyOf({ enableRbacAuthorization: undefined }), { apiVersion });
    expect((await body('byrole', '2026-02-01')).json.properties.enableRbacAuthorization).toBe(true);
    // As recorded: where nobody has said anything, nothing is shown.
    expect((await body('bypolicy', '2023-07-01')).json.properties).not.toHaveProperty(
      'enableRbacAuthorization',
    );
  });

  test('bad names and properties are refused', async () => {
    for (const name of ['ab', 'x'.repeat(25), '1abc', 'a--b', 'under_score', 'ends-']) {
      const answer = await lab.arm('PUT', `${vaultsPath}/${name}`, bodyOf({}));
      expect(answer, name).toMatchObject({ status: 400, json: { error: { code: 'VaultNameNotValid' } } });
    }
    const bad = [
      { softDeleteRetentionInDays: 6 },
      { softDeleteRetentionInDays: 91 },
      { enablePurgeProtection: false },
      { enableSoftDelete: false },
      { sku: { name: 'gold' } },
      { accessPolicies: [{ objectId: 'x' }] },
      { tenantId: 'another' },
    ];
    for (const properties of bad) {
      const answer = await lab.arm('PUT', `${vaultsPath}/refused`, bodyOf(properties));
      expect(answer.status, JSON.stringify(properties)).toBe(400);
    }
    expect((await lab.arm('GET', `${vaultsPath}/refused`)).status).toBe(404);
  });

  test('a change keeps the retention it was created with, and who created it', async () => {
    const vault = await makeVault({ softDeleteRetentionInDays: 7 });
    const before = await lab.arm('GET', `${vaultsPath}/${vault}`);
    const changed = await lab.arm('PATCH', `${vaultsPath}/${vault}`, { tags: { a: 'b' } });
    expect(changed.json).toMatchObject({ tags: { a: 'b' }, properties: before.json.properties });
    expect(changed.json.systemData.createdAt).toBe(before.json.systemData.createdAt);
    const refused = await lab.arm('PUT', `${vaultsPath}/${vault}`, bodyOf({ softDeleteRetentionInDays: 8 }));
    expect(refused.status).toBe(400);
  });

  test('access policies are added, replaced and removed per principal', async () => {
    const vault = await makeVault({ enableRbacAuthorization: false });
    const policies = async (kind: string, secrets: string[]): Promise<unknown> => {
      const accessPolicies = [{ tenantId: lab.context.tenantId, objectId: 'o', permissions: { secrets } }];
      const answer = await lab.arm('PUT', `${vaultsPath}/${vault}/accessPolicies/${kind}`, {
        properties: { accessPolicies },
      });
      return answer.json.properties.accessPolicies.map(
        (policy: { permissions: unknown }) => policy.permissions,
      );
    };
    expect(await policies('add', ['get'])).toEqual([{ secrets: ['get'] }]);
    expect(await policies('add', ['list'])).toEqual([{ secrets: ['get', 'list'] }]);
    expect(await policies('replace', ['set'])).toEqual([{ secrets: ['set'] }]);
    expect(await policies('remove', ['set'])).toEqual([]);
  });

  test('lists give a next page, and it is empty', async () => {
    await makeVault();
    const listed = await lab.arm('GET', vaultsPath);
    expect(listed.json.value.length).toBeGreaterThan(0);
    const next = new URL(listed.json.nextLink);
    const token = await lab.arm('GET', `${vaultsPath}?$skiptoken=${next.searchParams.get('$skiptoken')}`);
    expect(token.json).toEqual({ value: [] });
  });

  test('deleted, the name stays taken until the vault is recovered or purged; its role assignments are gone', async () => {
    const vault = await makeVault();
    const officer = lab.addPrincipal('officer');
    const scope = `${lab.subscription}${vaultsPath}/${vault}`;
    lab.assign(officer, roles.secretsOfficer, scope);
    await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
    expect(await lab.arm('DELETE', `${vaultsPath}/${vault}`)).toMatchObject({ status: 200, text: '' });
    expect((await lab.arm('GET', `${vaultsPath}/${vault}`)).status).toBe(404);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).status).toBe(502);

    const listed = await lab.arm('GET', '/providers/Microsoft.KeyVault/deletedVaults');
    const found = listed.json.value.find((deleted: { name: string }) => deleted.name === vault);
    expect(found.properties).toMatchObject({ vaultId: scope, location: 'eastus' });
    const retained =
      Date.parse(found.properties.scheduledPurgeDate) - Date.parse(found.properties.deletionDate);
    expect(retained).toBe(90 * 86_400_000);

    const again = await lab.arm('PUT', `${vaultsPath}/${vault}`, bodyOf({}));
    expect(again).toMatchObject({ status: 409, json: { error: { code: 'ConflictError' } } });

    const recover = {
      location: 'eastus',
      properties: { tenantId: lab.context.tenantId, createMode: 'recover' },
    };
    const recovered = await lab.arm('PUT', `${vaultsPath}/${vault}`, recover);
    expect(recovered.status).toBe(200);
    await lab.settled(`https://management.azure.com${scope}?api-version=2024-11-01`);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).status).toBe(403);
    lab.assign(officer, roles.secretsOfficer, scope);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).json.value).toBe('v');

    await lab.arm('DELETE', `${vaultsPath}/${vault}`);
    const purgePath = `/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    const purge = await lab.arm('POST', purgePath);
    expect(purge).toMatchObject({ status: 202, text: '' });
    expect((await lab.settled(purge.headers.location!)).json.status).toBe('Succeeded');
    expect((await lab.arm('POST', purgePath)).status).toBe(404);
    expect((await lab.arm('PUT', `${vaultsPath}/${vault}`, bodyOf({}))).status).toBe(200);
  });

  test('a vault with purge protection cannot be purged, nor its secrets', async () => {
    const vault = await makeVault({ enablePurgeProtection: true });
    const officer = lab.addPrincipal('officer');
    lab.assign(officer, roles.secretsOfficer, `${lab.subscription}${vaultsPath}/${vault}`);
    const set = await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
    expect(set.json.attributes.recoveryLevel).toBe('Recoverable');
    const purge = await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as: officer });
    expect(purge).toMatchObject({
      status: 403,
      json: { error: { innererror: { code: 'ForbiddenByPolicy' } } },
    });
    await lab.arm('DELETE', `${vaultsPath}/${vault}`);
    const answer = await lab.arm(
      'POST',
      `/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`,
    );
    expect(answer).toMatchObject({ status: 405, json: { error: { code: 'MethodNotAllowed' } } });
  });

  test('Key Vault Contributor may delete a vault, not purge it', async () => {
    const vault = await makeVault();
    const as = lab.addPrincipal('contributor');
    lab.assign(as, roles.keyVaultContributor, lab.subscription);
    expect((await lab.arm('DELETE', `${vaultsPath}/${vault}`, undefined, { as })).status).toBe(200);
    const purgePath = `/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    expect((await lab.arm('POST', purgePath, undefined, { as })).status).toBe(403);
  });

  test('a vault is purged from the subscription: a role on its resource group does not reach', async () => {
    const vault = await makeVault();
    await lab.arm('DELETE', `${vaultsPath}/${vault}`);
    const purgePath = `/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    const inGroup = lab.addPrincipal('owner of the group');
    lab.assign(inGroup, roles.owner, `${lab.subscription}/resourceGroups/rg`);
    const refused = await lab.arm('POST', purgePath, undefined, { as: inGroup });
    expect([refused.status, refused.json.error.code]).toEqual([403, 'AuthorizationFailed']);
    expect(refused.json.error.message).toContain(
      `action 'Microsoft.KeyVault/locations/deletedVaults/purge/action' over scope '${lab.subscription}${purgePath.replace('/purge', '')}'`,
    );

    const operator = lab.addPrincipal('purge operator');
    lab.assign(operator, roles.purgeOperator, lab.subscription);
    expect((await lab.arm('POST', purgePath, undefined, { as: operator })).status).toBe(202);
  });

  test('a name in another resource group is taken', async () => {
    const vault = await makeVault();
    await lab.arm('PUT', '/resourceGroups/other', { location: 'eastus' });
    const path = `/resourceGroups/other/providers/Microsoft.KeyVault/vaults/${vault}`;
    const answer = await lab.arm('PUT', path, bodyOf({}));
    expect(answer).toMatchObject({ status: 409, json: { error: { code: 'VaultAlreadyExists' } } });
    const check = await lab.arm('POST', '/providers/Microsoft.KeyVault/checkNameAvailability', {
      name: vault,
    });
    expect(check.json).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    const free = await lab.arm('POST', '/providers/Microsoft.KeyVault/checkNameAvailability', {
      name: 'free-name',
    });
    expect(free.json).toEqual({ nameAvailable: true });
  });

  test('vaults are listed in their group and in the subscription, and recovered in their own group only', async () => {
    for (const group of ['one', 'two'])
      await lab.arm('PUT', `/resourceGroups/${group}`, { location: 'eastus' });
    const path = (group: string) => `/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults`;
    const names = async (at: string): Promise<string[]> => {
      const found: string[] = [];
      let next: string | undefined = at;
      while (next !== undefined) {
        const { json } = await lab.arm('GET', next);
        found.push(...json.value.map(({ name }: { name: string }) => name));
        next = json.nextLink?.split(lab.subscription)[1];
      }
      return found;
    };
    await lab.arm('PUT', `${path('one')}/groupvault1`, bodyOf({}));
    await lab.arm('PUT', `${path('two')}/groupvault2`, bodyOf({}));
    expect(await names(path('one'))).toEqual(['groupvault1']);
    expect(await names(path('two'))).toEqual(['groupvault2']);
    expect(await names('/providers/Microsoft.KeyVault/vaults')).toEqual(
      expect.arrayContaining(['groupvault1', 'groupvault2']),
    );

    await lab.arm('DELETE', `${path('one')}/groupvault1`);
    const recover = { location: 'eastus', properties: { createMode: 'recover' } };
    expect((await lab.arm('PUT', `${path('two')}/groupvault1`, recover)).status).toBe(404);
    expect((await lab.arm('PUT', `${path('two')}/groupvault1`, bodyOf({}))).json.error.code).toBe(
      'ConflictError',
    );
    expect(await names(path('one'))).toEqual([]);
    const deleted = await lab.arm(
      'GET',
      '/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/groupvault1',
    );
    expect(deleted.json.properties.vaultId).toBe(`${lab.subscription}${path('one')}/groupvault1`);
    expect((await lab.arm('PUT', `${path('one')}/groupvault1`, recover)).status).toBe(200);
    expect(await names(path('one'))).toEqual(['groupvault1']);
    const elsewhere = '/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/groupvault1';
    await lab.arm('DELETE', `${path('one')}/groupvault1`);
    expect((await lab.arm('GET', elsewhere)).status).toBe(404);
    expect((await lab.arm('POST', `${elsewhere}/purge`)).status).toBe(404);
  });

  test('a change of a vault changes what it names', async () => {
    const vault = await makeVault({ enableRbacAuthorization: false });
    const as = lab.addPrincipal('reader');
    const path = `${vaultsPath}/${vault}`;
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).json.error.innererror.code).toBe(
      'AccessDenied',
    );
    const policy = {
      tenantId: lab.context.tenantId,
      objectId: as.objectId,
      permissions: { secrets: ['list'] },
    };
    await lab.arm('PUT', path, bodyOf({ enableRbacAuthorization: false, accessPolicies: [policy] }));
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).status).toBe(200);
    const changed = await lab.arm('PATCH', path, { properties: { enableRbacAuthorization: true } });
    expect(changed.json.properties).toMatchObject({
      enableRbacAuthorization: true,
      accessPolicies: [policy],
    });
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).json.error.innererror.code).toBe(
      'ForbiddenByRbac',
    );
    await lab.arm('PATCH', path, { properties: { enablePurgeProtection: true } });
    const back = await lab.arm('PATCH', path, { properties: { enablePurgeProtection: false } });
    expect(back.status).toBe(400);
  });

  test('a resource group that is deleted leaves its vaults soft-deleted', async () => {
    await lab.arm('PUT', '/resourceGroups/doomed', { location: 'eastus' });
    const path = '/resourceGroups/doomed/providers/Microsoft.KeyVault/vaults/doomedvault';
    await lab.arm('PUT', path, bodyOf({}));
    const deleted = await lab.arm('DELETE', '/resourceGroups/doomed');
    await lab.settled(deleted.headers.location!);
    const listed = await lab.arm('GET', '/providers/Microsoft.KeyVault/deletedVaults');
    expect(listed.json.value.map(({ name }: { name: string }) => name)).toContain('doomedvault');
  });

  test('there are no managed HSMs', async () => {
    expect((await lab.arm('GET', '/providers/Microsoft.KeyVault/deletedManagedHSMs')).json).toEqual({
      value: [],
    });
  });
});
