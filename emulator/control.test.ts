import { describe, expect, it } from 'vitest';
import { Interventions } from './aks/interventions.ts';
import { Quotas } from './aks/quotas.ts';
import { Authorization, platformAssignment } from './arm/authorization/authorization.ts';
import { roleNamed } from './arm/authorization/role-definitions.ts';
import { Registrations } from './arm/registrations.ts';
import { ResourceLists } from './arm/resource-lists.ts';
import { azureClouds } from './azure-clouds.ts';
import { createControl } from './control.ts';
import { Directory } from './entra/directory.ts';
import { SignIns } from './entra/sign-ins.ts';
import { createGitHub } from './github/github.ts';
import type { Reply } from './http/service.ts';
import { Vaults } from './key-vault/vaults.ts';
import { Latency } from './latency.ts';
import { KeyRing } from './pki/key-ring.ts';
import { SigningKey } from './pki/signing-key.ts';
import { Faults } from './proxy/faults.ts';
import { transientFailures } from './transient-failures.ts';

const directory = new Directory();
const user = directory.add({
  kind: 'User' as const,
  objectId: 'u',
  displayName: 'Lab User',
  userPrincipalName: 'lab@example.com',
});
const signIns = new SignIns();
const faults = new Faults(transientFailures, azureClouds.AzureCloud);
const interventions = new Interventions();
const quotas = new Quotas();
const vaults = new Vaults();
const lists = new ResourceLists();
const registrations = new Registrations(new Latency());
const github = createGitHub(await SigningKey.generate());
const tenantKeys = new KeyRing(await SigningKey.generate());
const builds = { allowed: true, throttled: 0 };
const stopped = Promise.withResolvers<string>();
const authorization = new Authorization();
const accessTokens: { lifetime: number | undefined } = { lifetime: undefined };
const { service, key } = createControl({
  github,
  signIns,
  faults,
  interventions,
  quotas,
  vaults,
  lists,
  registrations,
  tenantKeys,
  builds,
  directory,
  authorization,
  accessTokens,
  user,
  status: () => ({ hosts: ['a'] }),
  stop: () => stopped.resolve('stopped'),
});

async function ask(operation: string, body?: unknown, authorization = `Bearer ${key}`) {
  const [method = '', path = ''] = operation.split(' ');
  const reply: Reply = await service({
    method,
    url: new URL(`http://127.0.0.1:1${path}`),
    headers: { authorization },
    body: Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')),
    signal: new AbortController().signal,
  });
  return { status: reply.status, body: reply.body ? JSON.parse(String(reply.body)) : undefined };
}

describe('the control address', () => {
  it('rejects requests without the key', async () => {
    for (const wrong of ['', 'Bearer ', `Bearer ${key}x`, `Bearer ${'x'.repeat(key.length)}`, key]) {
      expect((await ask('GET /control/status', undefined, wrong)).status, wrong).toBe(401);
      expect((await ask('POST /control/stop', undefined, wrong)).status, wrong).toBe(401);
    }
  });

  it('returns the status', async () => {
    expect(await ask('GET /control/status')).toEqual({ status: 200, body: { hosts: ['a'], faults: 0 } });
    expect((await ask('GET /control/other')).status).toBe(404);
  });

  it('starts jobs that can request ID tokens, and rejects claims without subject and repository', async () => {
    const { status, body } = await ask('POST /control/github/id-token-requests', {
      claims: { sub: 'repo:o/r:x' },
    });
    expect(status).toBe(201);
    expect(body.url).toMatch(
      /^https:\/\/run-actions\.actions\.githubusercontent\.com\/.*\/idtoken\/.*\?api-version=2\.0$/,
    );
    for (const wrong of [undefined, 'x', [], {}, { claims: {} }, { claims: { sub: 1 } }]) {
      expect((await ask('POST /control/github/id-token-requests', wrong)).status).toBe(400);
    }
  });

  it('creates tokens for the REST API, and the repository of a token', async () => {
    const asked = { permissions: { issues: 'write' }, repository: 'o/r' };
    const { status, body } = await ask('POST /control/github/tokens', asked);
    expect([status, body.token]).toEqual([201, expect.stringMatching(/^ghs_/)]);
    expect(github.repositories.find('o/r')).toMatchObject({ name: 'r', owner: { login: 'o' } });
    const user = await ask('POST /control/github/tokens', { permissions: {}, login: 'octo' });
    expect(user.body.token).toMatch(/^github_pat_/);
    for (const wrong of [
      undefined,
      {},
      { permissions: { issues: 'admin' } },
      { permissions: {}, repository: 'r' },
      { permissions: {}, login: 'a b' },
    ]) {
      expect((await ask('POST /control/github/tokens', wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
  });

  it('returns the variables of a repository, and none for an unknown repository', async () => {
    const now = new Date();
    const { variables } = github.repositories.ensure({ fullName: 'o/varied' });
    variables.set('MOOD', { name: 'MOOD', value: 'bright', createdAt: now, updatedAt: now });
    const path = '/control/github/variables?repository=';
    expect(await ask(`GET ${path}O/Varied`)).toEqual({ status: 200, body: { MOOD: 'bright' } });
    expect(await ask(`GET ${path}nobody/knows`)).toEqual({ status: 200, body: {} });
  });

  it('creates a repository once, with the requested IDs and date', async () => {
    const asked = { repository: 'o/dated', id: 5, ownerId: 6, createdAt: '2024-01-01T00:00:00Z' };
    expect(await ask('PUT /control/github/repositories', asked)).toMatchObject({ body: { id: 5 } });
    expect(await ask('PUT /control/github/repositories', { ...asked, id: 7 })).toMatchObject({
      body: { id: 5 },
    });
    for (const wrong of [
      undefined,
      {},
      { repository: 'o/x', createdAt: 'soon' },
      { repository: 'o/x', id: '5' },
    ]) {
      expect((await ask('PUT /control/github/repositories', wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
  });

  it('sets the lifetime of ID tokens', async () => {
    expect((await ask('PUT /control/github/id-token-lifetime', { seconds: 7 })).status).toBe(204);
    expect(github.idTokenLifetime).toBe(7);
    for (const wrong of [undefined, {}, { seconds: 0 }, { seconds: -1 }, { seconds: '7' }]) {
      expect((await ask('PUT /control/github/id-token-lifetime', wrong)).status).toBe(400);
    }
    expect(github.idTokenLifetime).toBe(7);
  });

  it.each([
    ['entra', tenantKeys],
    ['github', github.keys],
  ])('rotates the signing keys of %s', async (issuer, keys) => {
    const { kid } = keys.current;
    const path = `POST /control/signing-keys/${issuer}/rotate`;
    const { status, body } = await ask(path);
    expect([status, body.keyIds]).toEqual([200, [keys.current.kid, kid]]);
    expect(keys.current.kid).not.toBe(kid);
    expect((await ask(path, { earlierKeySeconds: 0 })).body.keyIds).toEqual([keys.current.kid]);
    expect((await ask(path, { earlierKeySeconds: 'a day' })).status).toBe(400);
    expect((await ask('POST /control/signing-keys/teapot/rotate')).status).toBe(404);
  });

  it('switches ACR Tasks off and on, and throttles builds', async () => {
    expect((await ask('PUT /control/registry-tasks', { allowed: false })).status).toBe(204);
    expect(builds.allowed).toBe(false);
    expect((await ask('PUT /control/registry-tasks', { allowed: 'yes' })).status).toBe(400);
    expect((await ask('PUT /control/registry-tasks', { allowed: true, throttled: -1 })).status).toBe(400);
    expect((await ask('PUT /control/registry-tasks', { allowed: true, throttled: 2 })).status).toBe(204);
    expect(builds).toEqual({ allowed: true, throttled: 2 });
    expect((await ask('PUT /control/registry-tasks', { allowed: true })).status).toBe(204);
    expect(builds).toEqual({ allowed: true, throttled: 0 });
  });

  it('delays the roles of an identity, all or some of them', async () => {
    const principal = directory.add({
      kind: 'Application' as const,
      objectId: 'late',
      clientId: 'late-client',
      displayName: 'late',
      federatedCredentials: [],
    });
    const scope = '/subscriptions/s';
    const action = 'Microsoft.Resources/subscriptions/resourceGroups/write';
    const mayWrite = () => authorization.check(principal.objectId, { action }, scope).allowed;
    const assign = (role: string) =>
      authorization.assign(
        platformAssignment({
          ...{ scope, principalId: 'late', principalType: 'ServicePrincipal' as const },
          roleId: roleNamed(role).id,
        }),
      );
    assign('Contributor');
    assign('Reader');
    const late = (body: object) => ask('PUT /control/late-roles', { clientId: 'late-client', ...body });
    expect(await late({ roles: ['Contributor'], seconds: 60, createdSecondsAgo: 5 })).toEqual({
      status: 200,
      body: { assignments: 1 },
    });
    expect(mayWrite()).toBe(false);
    expect(authorization.hasAnyRole('late', scope)).toBe(true);
    const age =
      Date.now() -
      authorization
        .list()
        .find(({ effectiveAt }) => effectiveAt > 0)!
        .createdOn.getTime();
    expect(Math.round(age / 1000)).toBe(5);
    expect((await late({ seconds: 60 })).body).toEqual({ assignments: 2 });
    expect(authorization.hasAnyRole('late', scope)).toBe(false);
    await late({ seconds: 0 });
    expect(mayWrite()).toBe(true);
    for (const wrong of [
      {},
      { seconds: -1 },
      { seconds: 1, roles: ['Nobody'] },
      { seconds: 1, clientId: 'x' },
    ])
      expect((await late(wrong)).status, JSON.stringify(wrong)).toBe(400);
  });

  it('lets the registration of a resource provider never end', async () => {
    await ask('DELETE /control/provider-registrations/Microsoft.KeyVault', { endless: true });
    registrations.register('Microsoft.KeyVault');
    expect(registrations.stateOf('Microsoft.KeyVault')).toBe('Registering');
    await ask('DELETE /control/provider-registrations/Microsoft.KeyVault');
    expect(registrations.stateOf('Microsoft.KeyVault')).toBe('NotRegistered');
  });

  it('sets the lifetime of access tokens', async () => {
    expect((await ask('PUT /control/entra/access-token-lifetime', { seconds: 310 })).status).toBe(204);
    expect(accessTokens.lifetime).toBe(310);
    expect((await ask('PUT /control/entra/access-token-lifetime', { seconds: 0 })).status).toBe(400);
    await ask('PUT /control/entra/access-token-lifetime', {});
    expect(accessTokens.lifetime).toBeUndefined();
  });

  it('approves a device code that waits', async () => {
    const { userCode, deviceCode } = signIns.startDeviceCode('client', 'scope');
    expect((await ask('POST /control/device-codes/NOTTHERE1/approve')).status).toBe(404);
    expect((await ask(`POST /control/device-codes/${userCode}/approve`)).status).toBe(200);
    expect(signIns.redeemDeviceCode(deviceCode, 'client').user).toBe(user);
  });

  it('adds valid faults, rejects invalid ones, and deletes them', async () => {
    expect((await ask('POST /control/faults', { status: 503, pathPattern: '^/x', times: 2 })).status).toBe(
      201,
    );
    expect((await ask('POST /control/faults', { reset: true })).status).toBe(201);
    expect((await ask('POST /control/faults', { failure: 'throttled' })).status).toBe(201);
    expect(faults.size).toBe(3);
    for (const wrong of [
      {},
      { reset: 'yes' },
      { failure: 'unheard-of' },
      { failure: 'toString' },
      { failure: 'throttled', status: 99 },
      { status: '503' },
      { status: 99 },
      { status: 503, pathPattern: '(' },
      { status: 503, times: 0 },
      { status: 503, headers: { a: 1 } },
      { status: 503, host: 1 },
    ]) {
      expect((await ask('POST /control/faults', wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
    expect((await ask('DELETE /control/faults')).status).toBe(204);
    expect(faults.size).toBe(0);
  });

  it('adds interventions in cluster operations, and releases held operations', async () => {
    const path = 'POST /control/cluster-operations';
    const quota = { status: 400, code: 'ErrCode_InsufficientVCPUQuota', message: 'none left' };
    expect((await ask(path, { operation: 'create', cluster: 'a', error: quota })).status).toBe(201);
    expect((await ask(path, { operation: 'create', held: true })).status).toBe(201);
    for (const wrong of [
      undefined,
      {},
      { operation: 'upgrade' },
      { operation: 'stop', cluster: 1 },
      { operation: 'stop', held: 'yes' },
      { operation: 'stop', error: 'no' },
      { operation: 'stop', error: { code: 'a' } },
      { operation: 'stop', error: { ...quota, status: 200 } },
    ]) {
      expect((await ask(path, wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
    expect(interventions.take('stop', 'b')).toBeUndefined();
    expect(interventions.take('create', 'b')).toEqual({ operation: 'create', held: true });
    expect(interventions.take('create', 'A')).toMatchObject({ error: quota });
    const held = interventions.hold(new AbortController().signal);
    expect((await ask('DELETE /control/cluster-operations')).status).toBe(204);
    await held;
  });

  it('unregisters a resource provider', async () => {
    expect((await ask('DELETE /control/provider-registrations/Microsoft.KeyVault')).status).toBe(204);
    expect(registrations.stateOf('microsoft.keyvault')).toBe('NotRegistered');
    expect(registrations.stateOf('Microsoft.ContainerService')).toBe('Registered');
  });

  it('sets how resources and deleted vaults are listed', async () => {
    expect((await ask('PUT /control/resource-lists', { pageSize: 2, unseen: ['late'] })).status).toBe(204);
    expect(lists).toMatchObject({ pageSize: 2, unseen: ['late'] });
    expect((await ask('PUT /control/resource-lists', { pageSize: 0 })).status).toBe(400);
    expect((await ask('PUT /control/resource-lists', { unseen: 'late' })).status).toBe(400);
    expect((await ask('PUT /control/resource-lists', {})).status).toBe(204);
    expect(lists).toMatchObject({ pageSize: 1000, unseen: [] });
    expect((await ask('PUT /control/deleted-vaults', { listedAfterSeconds: 2 })).status).toBe(204);
    expect(vaults.listedAfter).toBe(2000);
    expect((await ask('PUT /control/deleted-vaults', {})).status).toBe(400);
  });

  it('gives the name of a vault to a different subscription', async () => {
    expect((await ask('POST /control/taken-vault-names', { name: 'theirs' })).status).toBe(201);
    expect((await ask('POST /control/taken-vault-names', {})).status).toBe(400);
    expect([vaults.isTaken('THEIRS'), vaults.isTaken('ours')]).toEqual([true, false]);
  });

  it('creates groups of the tenant, and rejects unknown members', async () => {
    const group = '9b6d0000-0000-4000-8000-000000000001';
    expect((await ask(`PUT /control/groups/${group}`, { members: ['u'] })).status).toBe(204);
    expect(directory.groupsOf('u')).toEqual([group]);
    expect(await ask(`PUT /control/groups/${group}`, { members: ['u', 'nobody'] })).toEqual({
      status: 400,
      body: { error: 'The tenant has no principal with the ID "nobody".' },
    });
    expect((await ask(`PUT /control/groups/${group}`, {})).status).toBe(400);
    expect((await ask(`PUT /control/groups/${group}`, { members: [] })).status).toBe(204);
    expect(directory.groupsOf('u')).toEqual([]);
  });

  it('stops', async () => {
    expect((await ask('POST /control/stop')).status).toBe(202);
    expect(await stopped.promise).toBe('stopped');
  });
});
