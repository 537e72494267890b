import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ClientAssertionCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { allOf, credential, expectError, readLab, variable } from './support/client.ts';

// @azure/identity with a service account token, and @azure/keyvault-secrets

const lab = readLab();
const client = new SecretClient(lab.vaultUri, credential);
const options = { intervalInMs: 50 };

test('sets, callAndCheck, and lists a secret with its versions', async () => {
  const expiresOn = new Date('2030-01-01T00:00:00Z');
  const first = await client.setSecret('Secret', 'Hello', {
    contentType: 'text/plain',
    tags: { a: '1' },
    expiresOn,
  });
  const second = await client.setSecret('Secret', 'Hello again');
  const read = await client.getSecret('Secret');
  assert.equal(read.value, 'Hello again');
  assert.deepEqual(read.properties, second.properties);
  const { version, createdOn, updatedOn, enabled, recoveryLevel, recoverableDays } = read.properties;
  assert.match(version ?? '', /^[0-9a-f]{32}$/);
  assert.ok(createdOn instanceof Date && updatedOn instanceof Date);
  assert.deepEqual([enabled, recoveryLevel, recoverableDays], [true, 'CustomizedRecoverable+Purgeable', 7]);

  const older = await client.getSecret('Secret', { version: first.properties.version! });
  assert.equal(older.value, 'Hello');
  assert.deepEqual(older.properties.expiresOn, expiresOn);
  assert.deepEqual([older.properties.contentType, older.properties.tags], ['text/plain', { a: '1' }]);

  const listed = await allOf(client.listPropertiesOfSecrets());
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['Secret'],
  );
  const versions = await allOf(client.listPropertiesOfSecretVersions('Secret'));
  assert.deepEqual(
    new Set(versions.map(each => each.version)),
    new Set([first.properties.version, second.properties.version]),
  );
});

test('lists have pages', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
  await Promise.all(names.map(name => client.setSecret(name, name)));
  const listed = await allOf(client.listPropertiesOfSecrets());
  assert.deepEqual(
    listed
      .map(({ name }) => name)
      .filter(name => name.startsWith('many-'))
      .sort(),
    names,
  );
  const pages = await allOf(client.listPropertiesOfSecrets().byPage({ maxPageSize: 10 }));
  assert.deepEqual(
    pages.map(page => page.length),
    [10, 10, 10, 1],
  );
});

test('updates properties; a disabled secret is not readable', async () => {
  const { properties } = await client.setSecret('Switch', 'on');
  const updated = await client.updateSecretProperties('Switch', properties.version!, {
    enabled: false,
    tags: { b: '2' },
  });
  assert.deepEqual([updated.enabled, updated.tags], [false, { b: '2' }]);
  await expectError(() => client.getSecret('Switch'), {
    statusCode: 403,
    code: 'Forbidden',
    message: /^Operation get is not allowed on a disabled secret\.$/,
  });
  await client.updateSecretProperties('Switch', properties.version!, { enabled: true });
  assert.equal((await client.getSecret('Switch')).value, 'on');
});

test('deletes, recovers, deletes again, and purges a secret', async () => {
  await client.setSecret('Gone', 'soon');
  const deletion = await client.beginDeleteSecret('Gone', options);
  const deleted = await deletion.pollUntilDone();
  assert.match(deleted.recoveryId ?? '', /\/deletedsecrets\/Gone$/);
  assert.ok(deleted.deletedOn! < deleted.scheduledPurgeDate!);
  await expectError(() => client.getSecret('Gone'), {
    statusCode: 404,
    code: 'SecretNotFound',
    message: /\(name\/id\) Gone was not found in this key vault/,
  });
  await expectError(() => client.setSecret('Gone', 'back'), {
    statusCode: 409,
    code: 'Conflict',
    message: /deleted but recoverable state/,
  });
  assert.equal((await client.getDeletedSecret('Gone')).name, 'Gone');
  const all = await allOf(client.listDeletedSecrets());
  assert.deepEqual(
    all.map(({ name }) => name),
    ['Gone'],
  );

  const recovery = await client.beginRecoverDeletedSecret('Gone', options);
  assert.equal((await recovery.pollUntilDone()).name, 'Gone');
  assert.equal((await client.getSecret('Gone')).value, 'soon');

  await (await client.beginDeleteSecret('Gone', options)).pollUntilDone();
  await client.purgeDeletedSecret('Gone');
  await expectError(() => client.getDeletedSecret('Gone'), {
    statusCode: 404,
    code: 'SecretNotFound',
    message: /^Deleted Secret not found: Gone$/,
  });
});

test('a principal without a data role is forbidden, also with permissions on the vault', async () => {
  // Who created the vault.
  const deployer = new ClientAssertionCredential(
    variable('AZURE_TENANT_ID'),
    variable('DEPLOYER_CLIENT_ID'),
    async () => readFileSync(variable('DEPLOYER_TOKEN_FILE'), 'utf8'),
  );
  await expectError(() => new SecretClient(lab.vaultUri, deployer).getSecret('Secret'), {
    statusCode: 403,
    code: 'Forbidden',
    message: /Action: 'Microsoft\.KeyVault\/vaults\/secrets\/getSecret\/action'/,
  });
});

test('reports the code of Entra for a rejected assertion', async () => {
  const credentialWithoutTrust = new ClientAssertionCredential(
    variable('AZURE_TENANT_ID'),
    variable('DEPLOYER_CLIENT_ID'),
    async () => readFileSync(variable('AZURE_FEDERATED_TOKEN_FILE'), 'utf8'),
  );
  await assert.rejects(credentialWithoutTrust.getToken('https://vault.azure.net/.default'), {
    name: 'AuthenticationRequiredError',
    message: /AADSTS700211/,
  });
});
