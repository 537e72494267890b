import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import { TestVaults } from '../testing/test-vaults.ts';

const vaults = await TestVaults.create();
const { arm } = vaults;

/** `Gone` is a deleted secret. */
const calls = {
  get: ['GET', '/secrets/S'],
  list: ['GET', '/secrets'],
  versions: ['GET', '/secrets/S/versions'],
  'show deleted': ['GET', '/deletedsecrets/Gone'],
  'list deleted': ['GET', '/deletedsecrets'],
  set: ['PUT', '/secrets/S', { value: 'v' }],
  update: ['PATCH', '/secrets/S', { tags: {} }],
  backup: ['POST', '/secrets/S/backup'],
  restore: ['POST', '/secrets/restore', { value: 'x' }],
  recover: ['POST', '/deletedsecrets/Nothing/recover'],
  purge: ['DELETE', '/deletedsecrets/Nothing'],
  delete: ['DELETE', '/secrets/Nothing'],
} as const satisfies Record<string, readonly [string, string, unknown?]>;

const metadata = ['list', 'versions', 'show deleted', 'list deleted'];
const everything = Object.keys(calls);

let vault: string;
let officer: ServicePrincipal;
let someone: ServicePrincipal;

afterEach(() => {
  vi.useRealTimers();
});

async function makeVault(properties: Record<string, unknown> = {}): Promise<void> {
  vault = await vaults.createVault(properties);
  officer = arm.addPrincipal('officer');
  someone = arm.addPrincipal('someone');
  arm.assignRole(officer, 'Key Vault Secrets Officer', vaults.idOf(vault));
}

/** Operations without 403. */
async function allowed(as: ServicePrincipal): Promise<string[]> {
  const may: string[] = [];
  for (const [name, [method, path, body]] of Object.entries<readonly [string, string, unknown?]>(calls)) {
    const { status, body: reply } = await vaults.call(vault, method, path, { as, body });
    if (status !== 403) may.push(name);
    else expect(reply.error.innererror.code).toMatch(/^(ForbiddenByRbac|AccessDenied)$/);
  }
  return may;
}

describe('in a vault with roles', () => {
  beforeEach(() => makeVault());

  test.each([
    ['Key Vault Secrets User', ['get', ...metadata]],
    ['Key Vault Secrets Officer', everything],
    ['Key Vault Administrator', everything],
    ['Key Vault Reader', metadata],
    ['Key Vault Contributor', []],
    ['Key Vault Data Access Administrator', []],
    ['Key Vault Purge Operator', []],
    ['Owner', []],
    ['Contributor', []],
    ['Reader', []],
  ])('%s allows %j', async (role, may) => {
    arm.assignRole(someone, role, vaults.idOf(vault));
    expect((await allowed(someone)).sort()).toEqual([...may].sort());
  });

  test('a role applies to its scope and below: subscription, group, vault, secret', async () => {
    await vaults.call(vault, 'PUT', '/secrets/S', { as: officer, body: { value: 'v' } });
    await vaults.call(vault, 'PUT', '/secrets/S2', { as: officer, body: { value: 'v' } });
    const group = `${arm.subscription}/resourceGroups/rg`;
    const reads = async (scope: string): Promise<number[]> => {
      const as = arm.addPrincipal('reader');
      arm.assignRole(as, 'Key Vault Secrets User', scope);
      const answers = ['/secrets/S', '/secrets/S2', '/secrets'].map(path =>
        vaults.call(vault, 'GET', path, { as }),
      );
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    expect(await reads(arm.subscription)).toEqual([200, 200, 200]);
    expect(await reads(group.toUpperCase())).toEqual([200, 200, 200]);
    expect(await reads(vaults.idOf(vault))).toEqual([200, 200, 200]);
    expect(await reads(`${vaults.idOf(vault)}/secrets/S`)).toEqual([200, 403, 403]);
    expect(await reads(`${group}2`)).toEqual([403, 403, 403]);
    expect(await reads(`${vaults.idOf(vault)}2`)).toEqual([403, 403, 403]);
  });

  test('a new role is effective after its propagation, and no longer after its removal', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.spyOn(arm.context.latency, 'of').mockReturnValue(10_000);
    const assignment = `${vaults.idOf(vault)}/providers/Microsoft.Authorization/roleAssignments/a551917e-0000-4000-8000-000000000001`;
    const properties = {
      roleDefinitionId: `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleNamed('Key Vault Secrets User').id}`,
      principalId: someone.objectId,
      principalType: 'ServicePrincipal',
    };
    const given = await arm.call('PUT', assignment, { properties }, { apiVersion: '2022-04-01' });
    expect(given.status).toBe(201);
    const list = async () => (await vaults.call(vault, 'GET', '/secrets', { as: someone })).status;
    expect(await list()).toBe(403);
    vi.setSystemTime(Date.now() + 9999);
    expect(await list()).toBe(403);
    vi.setSystemTime(Date.now() + 1);
    expect(await list()).toBe(200);
    expect((await arm.call('DELETE', assignment, undefined, { apiVersion: '2022-04-01' })).status).toBe(200);
    expect(await list()).toBe(403);
    vi.restoreAllMocks();
  });
});

describe('in a vault with access policies', () => {
  const policy = (permissions: object, more: object = {}) => ({
    tenantId: arm.context.tenantId,
    objectId: someone.objectId,
    permissions,
    ...more,
  });

  test.each([
    [['get'], ['get', 'show deleted']],
    [['List'], metadata.filter(call => call !== 'show deleted')],
    [['set'], ['set', 'update']],
    [['delete'], ['delete']],
    [['backup'], ['backup']],
    [['restore'], ['restore']],
    [['recover'], ['recover']],
    [['purge'], ['purge']],
    [['all'], everything.filter(name => name !== 'purge')],
    [[], []],
  ])('%j allows %j', async (secrets, may) => {
    await makeVault();
    const body = vaults.bodyWith({
      enableRbacAuthorization: false,
      accessPolicies: [policy({ secrets, keys: ['get'] })],
    });
    await arm.call('PUT', vaults.idOf(vault), body);
    expect((await allowed(someone)).sort()).toEqual([...may].sort());
  });

  test('a policy with an application applies only to that application', async () => {
    await makeVault();
    const get = async (applicationId: string) => {
      const accessPolicies = [policy({ secrets: ['list'] }, { applicationId })];
      const body = vaults.bodyWith({ enableRbacAuthorization: false, accessPolicies });
      await arm.call('PUT', vaults.idOf(vault), body);
      return (await vaults.call(vault, 'GET', '/secrets', { as: someone })).status;
    };
    expect(await get(someone.clientId)).toBe(200);
    expect(await get(officer.clientId)).toBe(403);
  });
});
