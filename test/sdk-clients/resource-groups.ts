import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResourceManagementClient } from '@azure/arm-resources';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-resources

const lab = readLab();
const { resourceGroups, resources, providers } = new ResourceManagementClient(credential, subscriptionId);
const group = 'sdk-clients-groups';

test('creates, callAndCheck, lists, updates, and deletes a group', async () => {
  const asked = { location: 'westeurope', tags: { a: '1' } };
  const created = await callAndCheck(models.resources, 'ResourceGroup', options =>
    resourceGroups.createOrUpdate(group, asked, options),
  );
  assert.equal(created.properties?.provisioningState, 'Succeeded');
  const read = await callAndCheck(models.resources, 'ResourceGroup', options =>
    resourceGroups.get(group, options),
  );
  assert.deepEqual(read, created);

  const all = await listAndCheck(models.resources, 'ResourceGroup', resourceGroups.list());
  assert.ok(all.some(({ name }) => name === group));
  const tagged = await listAndCheck(
    models.resources,
    'ResourceGroup',
    resourceGroups.list({ filter: "tagName eq 'a' and tagValue eq '1'" }),
  );
  assert.deepEqual(
    tagged.map(({ name }) => name),
    [group],
  );

  const updated = await callAndCheck(models.resources, 'ResourceGroup', options =>
    resourceGroups.update(group, { tags: { b: '2' } }, options),
  );
  assert.deepEqual(updated.tags, { b: '2' });
  assert.equal((await resourceGroups.checkExistence(group)).body, true);

  await resourceGroups.beginDeleteAndWait(group);
  assert.equal((await resourceGroups.checkExistence(group)).body, false);
});

test('reports missing resources like Azure', async () => {
  await expectError(() => resourceGroups.get(group), {
    statusCode: 404,
    code: 'ResourceGroupNotFound',
    message: /^Resource group 'sdk-clients-groups' could not be found\.$/,
  });
  await expectError(() => resourceGroups.beginDeleteAndWait(group), {
    statusCode: 404,
    code: 'ResourceGroupNotFound',
    message: /could not be found/,
  });
});

test('lists resources by type and by group', async () => {
  const vaults = await listAndCheck(
    models.resources,
    'GenericResourceExpanded',
    resources.list({ filter: "resourceType eq 'Microsoft.KeyVault/vaults'" }),
  );
  assert.deepEqual(
    vaults.map(({ name, type }) => [name, type]),
    [[lab.vault, 'Microsoft.KeyVault/vaults']],
  );
  const all = await listAndCheck(
    models.resources,
    'GenericResourceExpanded',
    resources.listByResourceGroup(lab.resourceGroup),
  );
  assert.deepEqual(all.map(({ type }) => type).sort(), [
    'Microsoft.ContainerRegistry/registries',
    'Microsoft.ContainerService/managedClusters',
    'Microsoft.KeyVault/vaults',
    'Microsoft.ManagedIdentity/userAssignedIdentities',
  ]);
});

test('registers resource providers', async () => {
  const all = await listAndCheck(models.resources, 'Provider', providers.list());
  assert.ok(all.length > 0);
  const vault = await callAndCheck(models.resources, 'Provider', options =>
    providers.get('Microsoft.KeyVault', options),
  );
  assert.equal(vault.registrationState, 'Registered');
  assert.deepEqual(await providers.register('Microsoft.KeyVault'), vault);
});
