import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServicePrincipal, User } from '../entra/directory.ts';
import { TestVaults, vaultsPath } from '../testing/test-vaults.ts';

let vaults: TestVaults;
let vault: string;
let officer: ServicePrincipal;
let reader: ServicePrincipal;

beforeAll(async () => {
  vaults = await TestVaults.create();
  vault = await vaults.createVault();
  const { arm } = vaults;
  officer = arm.addPrincipal('officer');
  reader = arm.addPrincipal('reader');
  arm.assignRole(officer, 'Key Vault Secrets Officer', arm.subscription);
  arm.assignRole(reader, 'Reader', vaults.idOf(vault));
  for (const [value, attributes] of [
    ['first', {}],
    ['hidden', { enabled: false, nbf: 4_000_000_000, exp: 5_000_000_000 }],
  ] as const) {
    const body = { value, attributes, contentType: 'text/plain', tags: { a: 'b' } };
    await vaults.call(vault, 'PUT', '/secrets/Secret', { as: officer, body });
  }
});
afterAll(() => vaults.arm.context.network.close());

const ask = (path: string, as: ServicePrincipal | User, method = 'GET') =>
  vaults.arm.call(method, `${vaultsPath}/${path}`, method === 'GET' ? undefined : {}, { as });

describe('a secret of Resource Manager', () => {
  test('shows the newest version without the value', async () => {
    const { status, body, text } = await ask(`${vault}/secrets/secret`, reader);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: `${vaults.idOf(vault)}/secrets/secret`,
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
    expect(listed.body.value).toMatchObject([{ name: 'Secret', properties: body.properties && {} }]);
    expect(listed.text).not.toContain('hidden');
  });

  test('is 404 if the secret or the vault does not exist', async () => {
    const missing = await ask(`${vault}/secrets/other`, reader);
    expect([missing.status, missing.body.error.code]).toEqual([404, 'SecretNotFound']);
    const { owner } = vaults.arm;
    expect((await ask('nothing/secrets/other', owner)).body.error.code).toBe('ParentResourceNotFound');
  });

  test('needs permission to read the vault, and is read-only', async () => {
    const user = vaults.arm.addPrincipal('user');
    vaults.arm.assignRole(user, 'AcrPull', vaults.arm.subscription);
    expect((await ask(`${vault}/secrets/secret`, user)).body.error.code).toBe('AuthorizationFailed');
    expect((await ask(`${vault}/secrets/secret`, vaults.arm.owner, 'PUT')).status).toBe(405);
  });
});

test('the name of a vault in another subscription is not available', async () => {
  vaults.vaults.takeName('theirs');
  const created = await vaults.arm.call('PUT', `${vaultsPath}/Theirs`, vaults.bodyWith({}));
  expect([created.status, created.body.error.code]).toEqual([409, 'VaultAlreadyExists']);
  const check = await vaults.arm.call('POST', 'providers/Microsoft.KeyVault/checkNameAvailability', {
    name: 'theirs',
    type: 'Microsoft.KeyVault/vaults',
  });
  expect(check.body).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
});
