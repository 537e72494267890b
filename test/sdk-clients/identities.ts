import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-msi

const lab = readLab();
const { userAssignedIdentities, federatedIdentityCredentials } = new ManagedServiceIdentityClient(
  credential,
  subscriptionId,
);
const other = [lab.resourceGroup, 'sdk-clients-identity'] as const;
const trusted = {
  issuer: lab.issuer,
  subject: 'system:serviceaccount:default:other',
  audiences: ['api://AzureADTokenExchange'],
};

test('creates, callAndCheck, lists, updates, and deletes an identity', async () => {
  const created = await callAndCheck(models.managedIdentity, 'Identity', options =>
    userAssignedIdentities.createOrUpdate(...other, { location: lab.location }, options),
  );
  assert.match(created.clientId ?? '', /^[0-9a-f-]{36}$/);
  const read = await callAndCheck(models.managedIdentity, 'Identity', options =>
    userAssignedIdentities.get(...other, options),
  );
  assert.deepEqual(read, created);
  const updated = await callAndCheck(models.managedIdentity, 'Identity', options =>
    userAssignedIdentities.update(...other, { tags: { a: '1' } }, options),
  );
  assert.deepEqual(updated, { ...created, tags: { a: '1' } });

  for (const list of [
    userAssignedIdentities.listByResourceGroup(lab.resourceGroup),
    userAssignedIdentities.listBySubscription(),
  ]) {
    const names = (await listAndCheck(models.managedIdentity, 'Identity', list)).map(({ name }) => name);
    assert.ok(names.includes(lab.identity) && names.includes(other[1]), names.join());
  }

  await userAssignedIdentities.delete(...other);
  await expectError(() => userAssignedIdentities.get(...other), {
    statusCode: 404,
    code: 'ResourceNotFound',
    message: /'Microsoft\.ManagedIdentity\/userAssignedIdentities\/sdk-clients-identity'/,
  });
});

test('creates, callAndCheck, lists, updates, and deletes a federated credential', async () => {
  const here = [lab.resourceGroup, lab.identity] as const;
  const model = 'FederatedIdentityCredential';
  const created = await callAndCheck(models.managedIdentity, model, options =>
    federatedIdentityCredentials.createOrUpdate(...here, 'other', trusted, options),
  );
  assert.deepEqual(
    await callAndCheck(models.managedIdentity, model, options =>
      federatedIdentityCredentials.get(...here, 'other', options),
    ),
    created,
  );
  await expectError(() => federatedIdentityCredentials.createOrUpdate(...here, 'twice', trusted), {
    statusCode: 400,
    code: 'BadRequest',
    message: /Issuer and subject combination already exists for this Managed Identity/,
  });
  await expectError(
    () =>
      federatedIdentityCredentials.createOrUpdate(...here, 'other', { ...trusted, audiences: ['a', 'b'] }),
    { statusCode: 400, code: 'BadRequest', message: /must have exactly one audience/ },
  );
  const subject = 'system:serviceaccount:default:another';
  const updated = await federatedIdentityCredentials.createOrUpdate(...here, 'other', {
    ...trusted,
    subject,
  });
  assert.equal(updated.subject, subject);

  const listed = await listAndCheck(
    models.managedIdentity,
    model,
    federatedIdentityCredentials.list(...here),
  );
  assert.deepEqual(listed.map(({ name }) => name).sort(), ['other', 'wi-demo-federated-id']);
  await federatedIdentityCredentials.delete(...here, 'other');
  await expectError(() => federatedIdentityCredentials.get(...here, 'other'), {
    statusCode: 404,
    code: 'ResourceNotFound',
    message: /other' under resource group 'sdk-clients' was not found/,
  });
});
