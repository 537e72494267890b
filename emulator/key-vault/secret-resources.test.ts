import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import { TestVaults, vaultsPath } from './test-vaults.ts';
import { roles } from './test-world.ts';

let vaults: TestVaults;
let vault: string;
let officer: ServicePrincipal;
let reader: ServicePrincipal;

beforeAll(async () => {
  vaults = await TestVaults.create();
  vault = await vaults.make();
  const { lab } = vaults;
  officer = lab.addPrincipal('officer');
  reader = lab.addPrincipal('reader');
  lab.assign(officer, roles.secretsOfficer, lab.subscription);
  lab.assign(reader, roleNamed('Reader').id, vaults.id(vault));
  for (const [value, attributes] of [
    ['first', {}],
    ['hidden', { enabled: false, nbf: 4_000_000_000, exp: 5_000_000_000 }],
  ] as const) {
    const body = { value, attributes, contentType: 'text/plain', tags: { a: 'b' } };
    await vaults.call(vault, 'PUT', '/secrets/Secret', { as: officer, body });
  }
});
afterAll(() => vaults.lab.context.network.close());

const ask = (path: string, as: ServicePrincipal, method = 'GET') =>
  vaults.lab.arm(method, `${vaultsPath}/${path}`, method === 'GET' ? undefined : {}, { as });

describe('a secret, as Resource Manager shows it', () => {
  test('is its newest version, without the value', async () => {
    const { status, json, text } = await ask(`${vault}/secrets/secret`, reader);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: `${vaults.id(vault)}/secrets/secret`,
      type: 'Microsoft.KeyVault/vaults/secrets',
      location: 'eastus',
      tags: { a: 'b' },
      properties: {
        attributes: { enabled: false, nbf: 4_000_000_000, exp: 5_000_000_000, created: expect.any(Number) },
        contentType: 'text/plain',
        secretUri: `https://${vault}.vault.azure.net/secrets/secret`,
        secretUriWithVersion: expect.stringMatching(/\/secrets\/secret\/[\da-f]{32}$/),
      },
    });
    expect(text).not.toContain('hidden');
    const listed = await ask(`${vault}/secrets`, reader);
    expect(listed.json.value).toMatchObject([{ name: 'Secret', properties: json.properties && {} }]);
    expect(listed.text).not.toContain('hidden');
  });

  test('is not there where the vault does not have it, nor below a vault that is not there', async () => {
    const missing = await ask(`${vault}/secrets/other`, reader);
    expect([missing.status, missing.json.error.code]).toEqual([404, 'SecretNotFound']);
    const { owner } = vaults.lab;
    expect((await ask('nothing/secrets/other', owner)).json.error.code).toBe('ParentResourceNotFound');
  });

  test('is not shown to one who may read secrets only, and cannot be written here', async () => {
    const user = vaults.lab.addPrincipal('user');
    vaults.lab.assign(user, roles.acrPull, vaults.lab.subscription);
    expect((await ask(`${vault}/secrets/secret`, user)).json.error.code).toBe('AuthorizationFailed');
    expect((await ask(`${vault}/secrets/secret`, vaults.lab.owner, 'PUT')).status).toBe(405);
  });
});

test('the name of a vault of somebody else cannot be had', async () => {
  vaults.lab.vaults.takeName('theirs');
  const created = await vaults.lab.arm('PUT', `${vaultsPath}/Theirs`, vaults.body({}));
  expect([created.status, created.json.error.code]).toEqual([409, 'VaultAlreadyExists']);
  const check = await vaults.lab.arm('POST', '/providers/Microsoft.KeyVault/checkNameAvailability', {
    name: 'theirs',
    type: 'Microsoft.KeyVault/vaults',
  });
  expect(check.json).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
});
