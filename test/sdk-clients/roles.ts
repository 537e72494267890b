import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-authorization

const lab = readLab();
const { roleDefinitions, roleAssignments } = new AuthorizationManagementClient(credential, subscriptionId);
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/${lab.resourceGroup}`;
/** The deployer is allowed to assign it. */
const acrPull = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d`;

test('lists and reads role definitions', async () => {
  const all = await listAndCheck(models.authorization, 'RoleDefinition', roleDefinitions.list(subscription));
  assert.ok(all.length >= 30);
  const filter = "roleName eq 'Key Vault Secrets User'";
  const [found] = await listAndCheck(
    models.authorization,
    'RoleDefinition',
    roleDefinitions.list(group, { filter }),
  );
  assert.equal(found?.name, '4633458b-17de-408a-b874-0445c86b69e6');
  assert.ok(
    found.permissions?.[0]?.dataActions?.includes('Microsoft.KeyVault/vaults/secrets/getSecret/action'),
  );
  const read = await callAndCheck(models.authorization, 'RoleDefinition', options =>
    roleDefinitions.getById(found.id!, options),
  );
  assert.equal(read.roleName, 'Key Vault Secrets User');
});

test('creates, callAndCheck, lists, and deletes an assignment', async () => {
  const name = randomUUID();
  const parameters = {
    roleDefinitionId: acrPull,
    principalId: lab.principalId,
    principalType: 'ServicePrincipal',
    description: 'created with the SDK',
  };
  const created = await callAndCheck(models.authorization, 'RoleAssignment', options =>
    roleAssignments.create(group, name, parameters, options),
  );
  assert.equal(created.scope, group);
  assert.ok(created.createdOn instanceof Date && created.updatedOn instanceof Date);
  const read = await callAndCheck(models.authorization, 'RoleAssignment', options =>
    roleAssignments.getById(created.id!, options),
  );
  assert.equal(read.roleDefinitionId, acrPull);
  assert.equal(read.description, 'created with the SDK');
  await expectError(() => roleAssignments.create(group, randomUUID(), parameters), {
    statusCode: 409,
    code: 'RoleAssignmentExists',
    message: /already exists/,
  });

  const filter = `assignedTo('${lab.principalId}')`;
  for (const list of [
    roleAssignments.listForScope(group, { filter: 'atScope()' }),
    roleAssignments.listForSubscription({ filter: `principalId eq '${lab.principalId}'` }),
    roleAssignments.listForResourceGroup(lab.resourceGroup, { filter }),
  ]) {
    const listed = await listAndCheck(models.authorization, 'RoleAssignment', list);
    assert.ok(listed.some(each => each.name === name));
  }

  assert.equal((await roleAssignments.deleteById(created.id!)).name, name);
  await expectError(() => roleAssignments.getById(created.id!), {
    statusCode: 404,
    code: 'RoleAssignmentNotFound',
    message: /not found/,
  });
});

test('rejects a missing principal', async () => {
  await expectError(
    () =>
      roleAssignments.create(group, randomUUID(), {
        roleDefinitionId: acrPull,
        principalId: randomUUID(),
        principalType: 'ServicePrincipal',
      }),
    { statusCode: 400, code: 'PrincipalNotFound', message: /does not exist in the directory/ },
  );
});
