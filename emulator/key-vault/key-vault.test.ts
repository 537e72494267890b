import { SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServicePrincipal } from '../entra/directory.ts';
import { callService } from '../testing/call-service.ts';
import { TestVaults, vaultsPath } from '../testing/test-vaults.ts';

const vaults = await TestVaults.create();
const { arm } = vaults;
const makeVault: TestVaults['createVault'] = properties => vaults.createVault(properties);
const bodyOf: TestVaults['bodyWith'] = properties => vaults.bodyWith(properties);
const vaultCall: TestVaults['call'] = (...call) => vaults.call(...call);

describe('challenge and tokens', () => {
  let vault: string;
  let officer: ServicePrincipal;
  beforeAll(async () => {
    vault = await makeVault();
    officer = arm.addPrincipal('officer');
    arm.assignRole(officer, 'Key Vault Secrets Officer', `${arm.subscription}/${vaultsPath}/${vault}`);
  });

  test('answers a request without a token with a challenge before all other checks', async () => {
    for (const path of ['/secrets/x', '/secrets/not_a_name', '/nothing']) {
      const answer = await vaultCall(vault, 'PUT', path, { version: 'unknown' });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer authorization="https://login.microsoftonline.com/${arm.context.tenantId}", resource="https://vault.azure.net"`,
      );
      expect(answer.body.error).toEqual({
        code: 'Unauthorized',
        message: 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.',
      });
      expect(answer.headers['x-ms-keyvault-region']).toBe('eastus');
    }
  });

  test('rejects a token for Resource Manager because of its audience', async () => {
    const token = await arm.token(officer, 'https://management.azure.com');
    const answer = await vaultCall(vault, 'GET', '/secrets', { token });
    expect(answer.status).toBe(401);
    expect(answer.body.error.message).toBe(
      'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com.',
    );
  });

  test('rejects forged and expired tokens with their reasons', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: 'https://vault.azure.net',
      iss: arm.context.tokens.issuer,
      oid: officer.objectId,
      appid: officer.clientId,
      iat: now - 100,
      nbf: now - 100,
      exp: now + 100,
    };
    const good = await vaultCall(vault, 'GET', '/secrets', { token: await vaults.key.sign(claims) });
    expect(good.status).toBe(200);
    const bad: [string, RegExp][] = [
      [await vaults.key.sign({ ...claims, exp: now - 1 }), /TokenExpired/],
      [await vaults.key.sign({ ...claims, nbf: now + 50 }), /TokenExpired/],
      [
        await vaults.key.sign({ ...claims, iss: 'https://sts.windows.net/other/' }),
        /AKV10032: Invalid issuer/,
      ],
      [
        await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: vaults.key.kid })
          .sign(Buffer.alloc(32)),
        /AKV10046/,
      ],
      ['abc', /Error validating token/],
    ];
    for (const [token, message] of bad) {
      const answer = await vaultCall(vault, 'GET', '/secrets', { token });
      expect(answer.status).toBe(401);
      expect(answer.body.error.message).toMatch(message);
    }
  });

  test('rejects an unknown API version', async () => {
    const answer = await vaultCall(vault, 'GET', '/secrets', { as: officer, version: '6.9' });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain('The specified version (6.9) is not recognized.');
  });

  test('does not resolve the host of a missing vault', async () => {
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
    officer = arm.addPrincipal('officer');
    reader = arm.addPrincipal('reader');
    arm.assignRole(officer, 'Key Vault Secrets Officer', `${arm.subscription}/${vaultsPath}/${vault}`);
    await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
  });

  test('the denial without a role has caller, action, and resource', async () => {
    const answer = await vaultCall(vault, 'GET', '/secrets/S', { as: reader });
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe('Forbidden');
    expect(answer.body.error.innererror).toEqual({ code: 'ForbiddenByRbac' });
    expect(answer.body.error.message.split('\r\n')).toEqual([
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${reader.clientId};oid=${reader.objectId};iss=https://sts.windows.net/${arm.context.tenantId}/`,
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
      `Resource: '${arm.subscription}/resourcegroups/rg/providers/microsoft.keyvault/vaults/${vault}/secrets/S'`,
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      'DecisionReason: null',
      `Vault: ${vault};location=eastus`,
      '',
    ]);
  });

  test('Owner of the subscription has no permission on data', async () => {
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: arm.owner })).status).toBe(403);
  });

  test('Secrets User can read and list, but not write', async () => {
    arm.assignRole(reader, 'Key Vault Secrets User', `${arm.subscription}/${vaultsPath}/${vault}`);
    const read = await vaultCall(vault, 'GET', '/secrets/S', { as: reader });
    expect(read.status).toBe(200);
    expect(read.headers['x-ms-keyvault-rbac-assignment-id']).toBeDefined();
    expect((await vaultCall(vault, 'GET', '/secrets', { as: reader })).status).toBe(200);
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as: reader, body: { value: 'x' } })).status).toBe(
      403,
    );
    expect((await vaultCall(vault, 'DELETE', '/secrets/S', { as: reader })).status).toBe(403);
  });

  test('a role on one secret applies only to that secret', async () => {
    arm.assignRole(reader, 'Key Vault Secrets User', `${arm.subscription}/${vaultsPath}/${vault}/secrets/S`);
    await vaultCall(vault, 'PUT', '/secrets/Other', { as: officer, body: { value: 'v' } });
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/secrets/Other', { as: reader })).status).toBe(403);
    expect((await vaultCall(vault, 'GET', '/secrets', { as: reader })).status).toBe(403);
  });

  test('a role on another vault does not apply', async () => {
    const other = await makeVault();
    arm.assignRole(reader, 'Key Vault Secrets User', `${arm.subscription}/${vaultsPath}/${other}`);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).status).toBe(403);
  });

  test('a missing secret is 404 with permission to read, 403 without', async () => {
    expect((await vaultCall(vault, 'GET', '/secrets/Nope', { as: reader })).status).toBe(403);
    const answer = await vaultCall(vault, 'GET', '/secrets/Nope', { as: officer });
    expect(answer.status).toBe(404);
    expect(answer.body.error.code).toBe('SecretNotFound');
    expect(answer.body.error.message).toContain(
      'A secret with (name/id) Nope was not found in this key vault.',
    );
  });
});

test('access policies apply in a vault without roles', async () => {
  const reader = arm.addPrincipal('reader');
  const writer = arm.addPrincipal('writer');
  const policy = (principal: ServicePrincipal, secrets: string[]) => ({
    tenantId: arm.context.tenantId,
    objectId: principal.objectId,
    permissions: { secrets },
  });
  const vault = await makeVault({
    enableRbacAuthorization: false,
    accessPolicies: [policy(reader, ['Get']), policy(writer, ['all'])],
  });
  arm.assignRole(reader, 'Key Vault Secrets Officer', `${arm.subscription}/${vaultsPath}/${vault}`);
  expect((await vaultCall(vault, 'PUT', '/secrets/S', { as: writer, body: { value: 'v' } })).status).toBe(
    200,
  );
  expect((await vaultCall(vault, 'GET', '/secrets/S', { as: reader })).body.value).toBe('v');

  const refused = await vaultCall(vault, 'PUT', '/secrets/S', { as: reader, body: { value: 'x' } });
  expect(refused.status).toBe(403);
  expect(refused.body.error).toEqual({
    code: 'Forbidden',
    message: `The user, group or application 'appid=${reader.clientId};oid=${reader.objectId};iss=https://sts.windows.net/${arm.context.tenantId}/' does not have secrets set permission on key vault '${vault};location=eastus'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    innererror: { code: 'AccessDenied' },
  });
  // `all` includes every permission but purge.
  expect((await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as: writer })).status).toBe(403);
});

describe('secrets', () => {
  let vault: string;
  let as: ServicePrincipal;
  beforeEach(async () => {
    vault = await makeVault({ softDeleteRetentionInDays: 7 });
    as = arm.addPrincipal('officer');
    arm.assignRole(as, 'Key Vault Secrets Officer', `${arm.subscription}/${vaultsPath}/${vault}`);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const set = (name: string, value: string, more: object = {}) =>
    vaultCall(vault, 'PUT', `/secrets/${name}`, { as, body: { value, ...more } });

  test('reads the newest version by default', async () => {
    const first = await set('S', 'one', { tags: { a: 'b' }, contentType: 'text/plain' });
    const second = await set('S', 'two');
    expect(first.body.id).toMatch(new RegExp(`^https://${vault}.vault.azure.net/secrets/S/[0-9a-f]{32}$`));
    expect(first.body).toMatchObject({
      value: 'one',
      contentType: 'text/plain',
      tags: { a: 'b' },
      attributes: { enabled: true, recoveryLevel: 'CustomizedRecoverable+Purgeable', recoverableDays: 7 },
    });
    for (const path of ['/secrets/S', '/secrets/S/', '/secrets/s']) {
      expect((await vaultCall(vault, 'GET', path, { as })).body.value).toBe('two');
    }
    const old = await vaultCall(vault, 'GET', new URL(first.body.id).pathname, { as });
    expect(old.body.value).toBe('one');
    const versions = await vaultCall(vault, 'GET', '/secrets/S/versions', { as });
    expect(versions.body.value.map(({ id }: { id: string }) => id)).toEqual([second.body.id, first.body.id]);
    expect(versions.body.value[0].value).toBeUndefined();
    expect(versions.body.nextLink).toBeNull();
    const none = await vaultCall(vault, 'GET', `/secrets/S/${'0'.repeat(32)}`, { as });
    expect(none.status).toBe(404);
  });

  test('lists have pages and no values', async () => {
    for (const name of ['A', 'B', 'C']) await set(name, 'v');
    const first = await vaultCall(vault, 'GET', '/secrets?maxresults=2', { as });
    expect(first.body.value.map(({ id }: { id: string }) => id)).toEqual([
      `https://${vault}.vault.azure.net/secrets/A`,
      `https://${vault}.vault.azure.net/secrets/B`,
    ]);
    expect(first.body.value[0].value).toBeUndefined();
    expect(first.body.nextLink).toMatch(/:443\/secrets\?api-version=7\.4&\$skiptoken=/);
    const token = await arm.token(as, 'https://vault.azure.net');
    const second = await callService(vaults.service, 'GET', first.body.nextLink, {
      authorization: `Bearer ${token}`,
    });
    expect(second.body.value).toHaveLength(1);
    expect(second.body.nextLink).toBeNull();
  });

  test('lists of versions and of deleted secrets have pages of at most 25', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let count = 0; count < 27; count++) await set('Many', String(count));
    for (let count = 10; count < 36; count++) {
      await set(`Gone${count}`, 'v');
      await vaultCall(vault, 'DELETE', `/secrets/Gone${count}`, { as });
    }
    vi.setSystemTime(Date.now() + 1000);
    const token = await arm.token(as, 'https://vault.azure.net');
    const pages = async (path: string): Promise<string[][]> => {
      const found: string[][] = [];
      let next = `https://${vault}.vault.azure.net${path}?api-version=7.4`;
      while (next) {
        const { body } = await callService(vaults.service, 'GET', next, { authorization: `Bearer ${token}` });
        found.push(body.value.map(({ id }: { id: string }) => id));
        next = body.nextLink;
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
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BadParameter' } } });
    }
  });

  test('rejects invalid names, values, and sizes', async () => {
    for (const name of ['under_score', 'x'.repeat(128), '%20']) {
      expect((await set(name, 'v')).body.error.code).toBe('BadParameter');
    }
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as, body: { value: 1 } })).status).toBe(400);
    expect((await vaultCall(vault, 'PUT', '/secrets/S', { as, body: 'not body' })).status).toBe(400);
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

  test('a disabled version is not readable; an expired or future one is', async () => {
    await set('S', 'v');
    const patched = await vaultCall(vault, 'PATCH', '/secrets/S/', {
      as,
      body: { attributes: { enabled: false } },
    });
    expect(patched.body.attributes.enabled).toBe(false);
    expect(patched.body.value).toBeUndefined();
    const refused = await vaultCall(vault, 'GET', '/secrets/S', { as });
    expect(refused.status).toBe(403);
    expect(refused.body.error).toEqual({
      code: 'Forbidden',
      message: 'Operation get is not allowed on a disabled secret.',
      innererror: { code: 'SecretDisabled' },
    });
    await set('Expired', 'v', { attributes: { exp: 1 } });
    await set('Early', 'v', { attributes: { nbf: 4_000_000_000 } });
    expect((await vaultCall(vault, 'GET', '/secrets/Expired', { as })).body.attributes.exp).toBe(1);
    expect((await vaultCall(vault, 'GET', '/secrets/Early', { as })).status).toBe(200);
  });

  test('an update changes one version, and neither its value nor missing members', async () => {
    const first = await set('S', 'one', { tags: { a: 'b' }, attributes: { nbf: 1, exp: 4_000_000_000 } });
    await set('S', 'two');
    const patched = await vaultCall(vault, 'PATCH', new URL(first.body.id).pathname, {
      as,
      body: { contentType: 'text/plain', attributes: { exp: 4_000_000_001 } },
    });
    expect(patched.body).toMatchObject({
      id: first.body.id,
      contentType: 'text/plain',
      tags: { a: 'b' },
      attributes: { enabled: true, nbf: 1, exp: 4_000_000_001, created: first.body.attributes.created },
    });
    const newest = await vaultCall(vault, 'GET', '/secrets/S', { as });
    expect(newest.body).toMatchObject({ value: 'two' });
    expect(newest.body.contentType).toBeUndefined();
    expect((await vaultCall(vault, 'GET', new URL(first.body.id).pathname, { as })).body.value).toBe('one');
    expect((await vaultCall(vault, 'PATCH', '/secrets/Nope', { as, body: {} })).status).toBe(404);
  });

  test('deletes, recovers, deletes again, and purges, each after a moment', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const pass = () => vi.setSystemTime(Date.now() + 1000);
    await set('S', 'v');
    const deleted = await vaultCall(vault, 'DELETE', '/secrets/S', { as });
    expect(deleted.body.recoveryId).toBe(`https://${vault}.vault.azure.net/deletedsecrets/S`);
    expect(deleted.body.scheduledPurgeDate - deleted.body.deletedDate).toBe(7 * 86_400);
    expect(deleted.body.value).toBeUndefined();
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).status).toBe(404);
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).status).toBe(404);
    const meanwhile = await set('S', 'x');
    expect(meanwhile).toMatchObject({
      status: 409,
      body: {
        error: {
          message: 'Secret S is currently being deleted and cannot be re-created; retry later.',
          innererror: { code: 'ObjectIsBeingDeleted' },
        },
      },
    });

    pass();
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/deletedsecrets', { as })).body.value).toHaveLength(1);
    const refused = await set('S', 'x');
    expect(refused.status).toBe(409);
    expect(refused.body.error).toEqual({
      code: 'Conflict',
      message:
        'Secret S is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.',
      innererror: { code: 'ObjectIsDeletedButRecoverable' },
    });

    expect((await vaultCall(vault, 'POST', '/deletedsecrets/S/recover', { as })).status).toBe(200);
    expect((await set('S', 'x')).body.error).toEqual({
      code: 'Conflict',
      message: 'Secret S is currently being recovered and cannot be re-created; retry later.',
      innererror: { code: 'ObjectIsBeingRecovered' },
    });
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).status).toBe(404);
    pass();
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as })).body.value).toBe('v');

    await vaultCall(vault, 'DELETE', '/secrets/S', { as });
    pass();
    const purged = await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as });
    expect(purged).toMatchObject({ status: 204, text: '' });
    pass();
    expect((await vaultCall(vault, 'GET', '/deletedsecrets/S', { as })).body.error.message).toBe(
      'Deleted Secret not found: S',
    );
    expect((await set('S', 'fresh')).status).toBe(200);
    expect((await vaultCall(vault, 'GET', '/secrets/S/versions', { as })).body.value).toHaveLength(1);
  });
});

describe('vaults', () => {
  test('is created as RegisteringDns without an operation, and is not reachable before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const created = await arm.call('PUT', `${vaultsPath}/fresh`, bodyOf({}));
    expect(created.status).toBe(200);
    expect(created.body.properties).toMatchObject({
      provisioningState: 'RegisteringDns',
      vaultUri: 'https://fresh.vault.azure.net',
      enableRbacAuthorization: true,
      softDeleteRetentionInDays: 90,
    });
    expect(created.body.properties.networkAcls).toBeUndefined();
    expect(created.body.location).toBe('eastus');
    expect(created.headers['azure-asyncoperation'] ?? created.headers.location).toBeUndefined();
    expect(Number(created.headers['retry-after'])).toBeGreaterThan(0);
    expect((await vaultCall('fresh', 'GET', '/secrets')).status).toBe(502);
    vi.setSystemTime(Date.now() + 60_000);
    const ready = await arm.call('GET', `${vaultsPath}/FRESH`);
    expect(ready.body.properties).toMatchObject({
      provisioningState: 'Succeeded',
      vaultUri: 'https://fresh.vault.azure.net/',
    });
    expect(ready.headers['retry-after']).toBeUndefined();
    expect((await vaultCall('fresh', 'GET', '/secrets')).status).toBe(401);
    vi.useRealTimers();
  });

  test('has Retry-After until it is registered, also at that moment', async () => {
    await arm.call('PUT', `${vaultsPath}/moment`, bodyOf({}));
    vi.useFakeTimers({ toFake: ['Date'] });
    const [start, taken] = [Date.now(), new Set<string>()];
    // The registration ends after each of the clock's reads in turn.
    for (let before = 0, looks = 1; before <= looks; before++) {
      looks = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => start + (looks++ < before ? -1000 : 60_000));
      const { body, headers } = await arm.call('GET', `${vaultsPath}/moment`);
      taken.add(`${body.properties.provisioningState} ${headers['retry-after'] !== undefined}`);
    }
    vi.restoreAllMocks();
    vi.useRealTimers();
    expect([...taken].sort()).toEqual(['RegisteringDns true', 'Succeeded false']);
  });

  test('from version 2026-02-01 on, a vault uses roles by default', async () => {
    const body = (name: string, apiVersion: string) =>
      arm.call('PUT', `${vaultsPath}/${name}`, bodyOf({ enableRbacAuthorization: undefined }), {
        apiVersion,
      });
    expect((await body('byrole', '2026-02-01')).body.properties.enableRbacAuthorization).toBe(true);
    // As recorded.
    expect((await body('bypolicy', '2023-07-01')).body.properties).not.toHaveProperty(
      'enableRbacAuthorization',
    );
  });

  test('rejects invalid names and properties', async () => {
    for (const name of ['ab', 'x'.repeat(25), '1abc', 'a--b', 'under_score', 'ends-']) {
      const answer = await arm.call('PUT', `${vaultsPath}/${name}`, bodyOf({}));
      expect(answer, name).toMatchObject({ status: 400, body: { error: { code: 'VaultNameNotValid' } } });
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
      const answer = await arm.call('PUT', `${vaultsPath}/refused`, bodyOf(properties));
      expect(answer.status, JSON.stringify(properties)).toBe(400);
    }
    expect((await arm.call('GET', `${vaultsPath}/refused`)).status).toBe(404);
  });

  test('an update keeps the retention and the creator', async () => {
    const vault = await makeVault({ softDeleteRetentionInDays: 7 });
    const before = await arm.call('GET', `${vaultsPath}/${vault}`);
    const changed = await arm.call('PATCH', `${vaultsPath}/${vault}`, { tags: { a: 'b' } });
    expect(changed.body).toMatchObject({ tags: { a: 'b' }, properties: before.body.properties });
    expect(changed.body.systemData.createdAt).toBe(before.body.systemData.createdAt);
    const refused = await arm.call('PUT', `${vaultsPath}/${vault}`, bodyOf({ softDeleteRetentionInDays: 8 }));
    expect(refused.status).toBe(400);
  });

  test('adds, replaces, and removes access policies of a principal', async () => {
    const vault = await makeVault({ enableRbacAuthorization: false });
    const policies = async (kind: string, secrets: string[]): Promise<unknown> => {
      const accessPolicies = [{ tenantId: arm.context.tenantId, objectId: 'o', permissions: { secrets } }];
      const answer = await arm.call('PUT', `${vaultsPath}/${vault}/accessPolicies/${kind}`, {
        properties: { accessPolicies },
      });
      return answer.body.properties.accessPolicies.map(
        (policy: { permissions: unknown }) => policy.permissions,
      );
    };
    expect(await policies('add', ['get'])).toEqual([{ secrets: ['get'] }]);
    expect(await policies('add', ['list'])).toEqual([{ secrets: ['get', 'list'] }]);
    expect(await policies('replace', ['set'])).toEqual([{ secrets: ['set'] }]);
    expect(await policies('remove', ['set'])).toEqual([]);
  });

  test('lists link to a next page, which is empty', async () => {
    await makeVault();
    const listed = await arm.call('GET', vaultsPath);
    expect(listed.body.value.length).toBeGreaterThan(0);
    const next = new URL(listed.body.nextLink);
    const token = await arm.call('GET', `${vaultsPath}?$skiptoken=${next.searchParams.get('$skiptoken')}`);
    expect(token.body).toEqual({ value: [] });
  });

  test('a deleted vault keeps its name until it is recovered or purged, but not its role assignments', async () => {
    const vault = await makeVault();
    const officer = arm.addPrincipal('officer');
    const scope = `${arm.subscription}/${vaultsPath}/${vault}`;
    arm.assignRole(officer, 'Key Vault Secrets Officer', scope);
    await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
    expect(await arm.call('DELETE', `${vaultsPath}/${vault}`)).toMatchObject({ status: 200, text: '' });
    expect((await arm.call('GET', `${vaultsPath}/${vault}`)).status).toBe(404);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).status).toBe(502);

    const listed = await arm.call('GET', 'providers/Microsoft.KeyVault/deletedVaults');
    const found = listed.body.value.find((deleted: { name: string }) => deleted.name === vault);
    expect(found.properties).toMatchObject({ vaultId: scope, location: 'eastus' });
    const retained =
      Date.parse(found.properties.scheduledPurgeDate) - Date.parse(found.properties.deletionDate);
    expect(retained).toBe(90 * 86_400_000);

    const again = await arm.call('PUT', `${vaultsPath}/${vault}`, bodyOf({}));
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'ConflictError' } } });

    const recover = {
      location: 'eastus',
      properties: { tenantId: arm.context.tenantId, createMode: 'recover' },
    };
    const recovered = await arm.call('PUT', `${vaultsPath}/${vault}`, recover);
    expect(recovered.status).toBe(200);
    await arm.waitUntilDone(`https://management.azure.com${scope}?api-version=2024-11-01`);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).status).toBe(403);
    arm.assignRole(officer, 'Key Vault Secrets Officer', scope);
    expect((await vaultCall(vault, 'GET', '/secrets/S', { as: officer })).body.value).toBe('v');

    await arm.call('DELETE', `${vaultsPath}/${vault}`);
    const purgePath = `providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    const purge = await arm.call('POST', purgePath);
    expect(purge).toMatchObject({ status: 202, text: '' });
    expect((await arm.waitUntilDone(purge.headers.location!)).body.status).toBe('Succeeded');
    expect((await arm.call('POST', purgePath)).status).toBe(404);
    expect((await arm.call('PUT', `${vaultsPath}/${vault}`, bodyOf({}))).status).toBe(200);
  });

  test('a vault with purge protection, and its secrets, cannot be purged', async () => {
    const vault = await makeVault({ enablePurgeProtection: true });
    const officer = arm.addPrincipal('officer');
    arm.assignRole(officer, 'Key Vault Secrets Officer', `${arm.subscription}/${vaultsPath}/${vault}`);
    const set = await vaultCall(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
    expect(set.body.attributes.recoveryLevel).toBe('Recoverable');
    const purge = await vaultCall(vault, 'DELETE', '/deletedsecrets/S', { as: officer });
    expect(purge).toMatchObject({
      status: 403,
      body: { error: { innererror: { code: 'ForbiddenByPolicy' } } },
    });
    await arm.call('DELETE', `${vaultsPath}/${vault}`);
    const answer = await arm.call(
      'POST',
      `providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`,
    );
    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } });
  });

  test('Key Vault Contributor can delete a vault, but not purge it', async () => {
    const vault = await makeVault();
    const as = arm.addPrincipal('contributor');
    arm.assignRole(as, 'Key Vault Contributor', arm.subscription);
    expect((await arm.call('DELETE', `${vaultsPath}/${vault}`, undefined, { as })).status).toBe(200);
    const purgePath = `providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    expect((await arm.call('POST', purgePath, undefined, { as })).status).toBe(403);
  });

  test('a purge needs a role on the subscription, not on the resource group', async () => {
    const vault = await makeVault();
    await arm.call('DELETE', `${vaultsPath}/${vault}`);
    const purgePath = `providers/Microsoft.KeyVault/locations/eastus/deletedVaults/${vault}/purge`;
    const inGroup = arm.addPrincipal('owner of the group');
    arm.assignRole(inGroup, 'Owner', `${arm.subscription}/resourceGroups/rg`);
    const refused = await arm.call('POST', purgePath, undefined, { as: inGroup });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'AuthorizationFailed']);
    expect(refused.body.error.message).toContain(
      `action 'Microsoft.KeyVault/locations/deletedVaults/purge/action' over scope '${arm.subscription}/${purgePath.replace('/purge', '')}'`,
    );

    const operator = arm.addPrincipal('purge operator');
    arm.assignRole(operator, 'Key Vault Purge Operator', arm.subscription);
    expect((await arm.call('POST', purgePath, undefined, { as: operator })).status).toBe(202);
  });

  test('a name is not available if another resource group uses it', async () => {
    const vault = await makeVault();
    await arm.call('PUT', 'resourceGroups/other', { location: 'eastus' });
    const path = `resourceGroups/other/providers/Microsoft.KeyVault/vaults/${vault}`;
    const answer = await arm.call('PUT', path, bodyOf({}));
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'VaultAlreadyExists' } } });
    const check = await arm.call('POST', 'providers/Microsoft.KeyVault/checkNameAvailability', {
      name: vault,
    });
    expect(check.body).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    const free = await arm.call('POST', 'providers/Microsoft.KeyVault/checkNameAvailability', {
      name: 'free-name',
    });
    expect(free.body).toEqual({ nameAvailable: true });
  });

  test('lists vaults of a group and of the subscription, and recovers them only in their group', async () => {
    for (const group of ['one', 'two'])
      await arm.call('PUT', `resourceGroups/${group}`, { location: 'eastus' });
    const path = (group: string) => `resourceGroups/${group}/providers/Microsoft.KeyVault/vaults`;
    const names = async (at: string): Promise<string[]> => {
      const found: string[] = [];
      let next: string | undefined = at;
      while (next !== undefined) {
        const { body } = await arm.call('GET', next);
        found.push(...body.value.map(({ name }: { name: string }) => name));
        next = body.nextLink?.split(`${arm.subscription}/`)[1];
      }
      return found;
    };
    await arm.call('PUT', `${path('one')}/groupvault1`, bodyOf({}));
    await arm.call('PUT', `${path('two')}/groupvault2`, bodyOf({}));
    expect(await names(path('one'))).toEqual(['groupvault1']);
    expect(await names(path('two'))).toEqual(['groupvault2']);
    expect(await names('providers/Microsoft.KeyVault/vaults')).toEqual(
      expect.arrayContaining(['groupvault1', 'groupvault2']),
    );

    await arm.call('DELETE', `${path('one')}/groupvault1`);
    const recover = { location: 'eastus', properties: { createMode: 'recover' } };
    expect((await arm.call('PUT', `${path('two')}/groupvault1`, recover)).status).toBe(404);
    expect((await arm.call('PUT', `${path('two')}/groupvault1`, bodyOf({}))).body.error.code).toBe(
      'ConflictError',
    );
    expect(await names(path('one'))).toEqual([]);
    const deleted = await arm.call(
      'GET',
      'providers/Microsoft.KeyVault/locations/eastus/deletedVaults/groupvault1',
    );
    expect(deleted.body.properties.vaultId).toBe(`${arm.subscription}/${path('one')}/groupvault1`);
    expect((await arm.call('PUT', `${path('one')}/groupvault1`, recover)).status).toBe(200);
    expect(await names(path('one'))).toEqual(['groupvault1']);
    const elsewhere = 'providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/groupvault1';
    await arm.call('DELETE', `${path('one')}/groupvault1`);
    expect((await arm.call('GET', elsewhere)).status).toBe(404);
    expect((await arm.call('POST', `${elsewhere}/purge`)).status).toBe(404);
  });

  test('an update changes only the sent properties', async () => {
    const vault = await makeVault({ enableRbacAuthorization: false });
    const as = arm.addPrincipal('reader');
    const path = `${vaultsPath}/${vault}`;
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).body.error.innererror.code).toBe(
      'AccessDenied',
    );
    const policy = {
      tenantId: arm.context.tenantId,
      objectId: as.objectId,
      permissions: { secrets: ['list'] },
    };
    await arm.call('PUT', path, bodyOf({ enableRbacAuthorization: false, accessPolicies: [policy] }));
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).status).toBe(200);
    const changed = await arm.call('PATCH', path, { properties: { enableRbacAuthorization: true } });
    expect(changed.body.properties).toMatchObject({
      enableRbacAuthorization: true,
      accessPolicies: [policy],
    });
    expect((await vaultCall(vault, 'GET', '/secrets', { as })).body.error.innererror.code).toBe(
      'ForbiddenByRbac',
    );
    await arm.call('PATCH', path, { properties: { enablePurgeProtection: true } });
    const back = await arm.call('PATCH', path, { properties: { enablePurgeProtection: false } });
    expect(back.status).toBe(400);
  });

  test('the deletion of a resource group soft-deletes its vaults', async () => {
    await arm.call('PUT', 'resourceGroups/doomed', { location: 'eastus' });
    const path = 'resourceGroups/doomed/providers/Microsoft.KeyVault/vaults/doomedvault';
    await arm.call('PUT', path, bodyOf({}));
    const deleted = await arm.call('DELETE', 'resourceGroups/doomed');
    await arm.waitUntilDone(deleted.headers.location!);
    const listed = await arm.call('GET', 'providers/Microsoft.KeyVault/deletedVaults');
    expect(listed.body.value.map(({ name }: { name: string }) => name)).toContain('doomedvault');
  });

  test('has no managed HSMs', async () => {
    expect((await arm.call('GET', 'providers/Microsoft.KeyVault/deletedManagedHSMs')).body).toEqual({
      value: [],
    });
  });
});
