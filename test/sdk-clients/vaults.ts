import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
  variable,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-keyvault

const lab = readLab();
const { vaults } = new KeyVaultManagementClient(credential, subscriptionId);
const other = [lab.resourceGroup, 'sdkclientsvault2'] as const;
const tenantId = variable('AZURE_TENANT_ID');
const asked = {
  location: lab.location,
  properties: {
    tenantId,
    sku: { family: 'A' as const, name: 'standard' as const },
    accessPolicies: [],
    enableRbacAuthorization: false,
  },
};

test('reads and lists a vault', async () => {
  const vault = await callAndCheck(models.keyVault, 'Vault', options =>
    vaults.get(lab.resourceGroup, lab.vault, options),
  );
  assert.equal(vault.properties.vaultUri, lab.vaultUri);
  assert.equal(vault.properties.softDeleteRetentionInDays, 7);
  assert.ok(vault.systemData?.createdAt instanceof Date);
  for (const list of [vaults.listByResourceGroup(lab.resourceGroup), vaults.listBySubscription()]) {
    const listed = await listAndCheck(models.keyVault, 'Vault', list);
    assert.deepEqual(
      listed.map(({ id }) => id),
      [vault.id],
    );
  }
  const resources = await listAndCheck(models.keyVault, 'TrackedResource', vaults.list());
  assert.deepEqual(
    resources.map(({ id }) => id),
    [vault.id],
  );
});

test('creates, updates, deletes, recovers, and purges a vault, and adds an access policy', async () => {
  const created = await vaults.beginCreateOrUpdateAndWait(...other, asked);
  assert.deepEqual(models.keyVault.faults('Vault', created), []);
  assert.equal(created.properties.softDeleteRetentionInDays, 90);

  const policy = { tenantId, objectId: lab.principalId, permissions: { secrets: ['get' as const] } };
  const policies = await callAndCheck(models.keyVault, 'VaultAccessPolicyParameters', options =>
    vaults.updateAccessPolicy(...other, 'add', { properties: { accessPolicies: [policy] } }, options),
  );
  assert.deepEqual(policies.properties.accessPolicies[0]?.permissions.secrets, ['get']);
  const updated = await callAndCheck(models.keyVault, 'Vault', options =>
    vaults.update(...other, { tags: { a: '1' }, properties: { enabledForDeployment: true } }, options),
  );
  assert.equal(updated.properties.enabledForDeployment, true);
  assert.equal(updated.properties.accessPolicies?.length, 1);

  await vaults.delete(...other);
  const deleted = await callAndCheck(models.keyVault, 'DeletedVault', options =>
    vaults.getDeleted(other[1], lab.location, options),
  );
  assert.equal(deleted.properties?.vaultId, created.id);
  assert.ok(deleted.properties?.scheduledPurgeDate instanceof Date);
  const allDeleted = await listAndCheck(models.keyVault, 'DeletedVault', vaults.listDeleted());
  assert.deepEqual(
    allDeleted.map(({ name }) => name),
    [other[1]],
  );
  await expectError(() => vaults.beginCreateOrUpdateAndWait(...other, asked), {
    statusCode: 409,
    code: 'ConflictError',
    message: /already exists in deleted state/,
  });

  const recovered = await vaults.beginCreateOrUpdateAndWait(...other, {
    location: lab.location,
    properties: { ...asked.properties, createMode: 'recover' },
  });
  assert.equal(recovered.properties.enabledForDeployment, true);
  await vaults.delete(...other);
  await vaults.beginPurgeDeletedAndWait(other[1], lab.location);
  assert.deepEqual(await listAndCheck(models.keyVault, 'DeletedVault', vaults.listDeleted()), []);
});

test('rejects names that are not available or invalid', async () => {
  const check = await callAndCheck(models.keyVault, 'CheckNameAvailabilityResult', options =>
    vaults.checkNameAvailability({ name: lab.vault, type: 'Microsoft.KeyVault/vaults' }, options),
  );
  assert.deepEqual([check.nameAvailable, check.reason], [false, 'AlreadyExists']);
  await expectError(() => vaults.get(lab.resourceGroup, 'nosuchvault'), {
    statusCode: 404,
    code: 'ResourceNotFound',
    message: /'Microsoft\.KeyVault\/vaults\/nosuchvault'/,
  });
  await expectError(() => vaults.beginCreateOrUpdateAndWait(lab.resourceGroup, 'bad--name', asked), {
    statusCode: 400,
    code: 'VaultNameNotValid',
    message: /bad--name/,
  });
  await expectError(() => vaults.getDeleted('nosuchvault', lab.location), {
    statusCode: 404,
    code: 'DeletedVaultNotFound',
    message: /nosuchvault/,
  });
});
