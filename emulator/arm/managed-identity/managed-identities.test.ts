import { beforeEach, describe, expect, it } from 'vitest';
import type { ServicePrincipal } from '../../entra/directory.ts';
import { createTestArm, type TestArm } from '../../testing/test-arm.ts';

let arm: TestArm;
let identity: string;

const issuer = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster/';
const subject = 'system:serviceaccount:default:wi-demo-sa';

beforeEach(async () => {
  arm = await createTestArm();
  const group = `${arm.subscription}/resourceGroups/lab`;
  identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo`;
  await arm.call('PUT', group, { location: 'eastus' });
});

function credential(name: string): string {
  return `${identity}/federatedIdentityCredentials/${name}`;
}

function principal(): ServicePrincipal {
  const found = arm.context.directory.all().find(each => each.displayName === 'demo');
  return found as ServicePrincipal;
}

describe('a managed identity', () => {
  it('is created once, with a principal in the directory', async () => {
    const created = await arm.call('PUT', identity, { location: 'eastus' });
    const id = identity.replace('resourceGroups', 'resourcegroups');
    expect(created).toMatchObject({
      status: 201,
      headers: { location: id },
      body: {
        id,
        name: 'demo',
        location: 'eastus',
        tags: {},
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      },
    });
    const { clientId, principalId, tenantId } = created.body.properties;
    expect(arm.context.directory.findByClientId(clientId)).toMatchObject({
      kind: 'ManagedIdentity',
      objectId: principalId,
      resourceId: id,
    });
    expect(tenantId).toBe(arm.context.tenantId);
    const again = await arm.call('PUT', identity, { location: 'eastus', tags: { a: 'b' } });
    expect(again).toMatchObject({
      status: 200,
      body: { tags: { a: 'b' }, properties: { clientId, principalId } },
    });
  });

  it('is listed in its group and in the subscription', async () => {
    await arm.call('PUT', identity, { location: 'eastus' });
    const collection = identity.slice(0, identity.lastIndexOf('/'));
    const whole = collection.replace('/resourceGroups/lab', '');
    expect((await arm.call('GET', collection)).body.value).toHaveLength(1);
    expect((await arm.call('GET', whole)).body.value).toHaveLength(1);
  });

  it('is removed from the directory with its deletion', async () => {
    await arm.call('PUT', identity, { location: 'eastus' });
    expect(await arm.call('DELETE', identity)).toMatchObject({ status: 200, body: undefined });
    expect(principal()).toBeUndefined();
    expect((await arm.call('GET', identity)).status).toBe(404);
  });

  it('needs a valid name', async () => {
    for (const name of ['ab', '-abc', 'a.b.c']) {
      expect((await arm.call('PUT', identity.replace('demo', name), { location: 'eastus' })).status).toBe(
        400,
      );
    }
  });
});

describe('a federated credential', () => {
  beforeEach(() => arm.call('PUT', identity, { location: 'eastus' }));

  it('is created, updated, listed, returned, and deleted', async () => {
    const created = await arm.call('PUT', credential('demo-fc'), { properties: { issuer, subject } });
    const properties = { issuer, subject, audiences: ['api://AzureADTokenExchange'] };
    expect(created).toMatchObject({ status: 201, body: { name: 'demo-fc', properties } });
    expect((await arm.call('GET', credential('DEMO-FC'))).body).toEqual(created.body);
    const other = { ...properties, subject: 'system:serviceaccount:default:other' };
    const changed = await arm.call('PUT', credential('demo-fc'), { properties: other });
    expect(changed).toMatchObject({ status: 200, body: { properties: other } });
    expect((await arm.call('GET', credential(''))).body.value).toEqual([changed.body]);
    expect((await arm.call('DELETE', credential('demo-fc'))).status).toBe(200);
    expect((await arm.call('DELETE', credential('demo-fc'))).status).toBe(204);
    expect((await arm.call('GET', credential('demo-fc'))).status).toBe(404);
  });

  it('is effective after its propagation, and immediately if nothing changed', async () => {
    const before = Date.now();
    await arm.call('PUT', credential('demo-fc'), { properties: { issuer, subject } });
    const [seen] = principal().federatedCredentials;
    expect(seen?.effectiveAt).toBeGreaterThanOrEqual(
      before + arm.context.latency.of('federated credential propagation'),
    );
    await arm.call('PUT', credential('demo-fc'), { properties: { issuer, subject } });
    expect(principal().federatedCredentials).toEqual([seen]);
  });

  it.each([
    ['a short name', 'fc', { issuer, subject }, "Federated Identity Credential name 'fc' is invalid."],
    [
      'a dot in the name',
      'a.bcd',
      { issuer, subject },
      "Federated Identity Credential name 'a.bcd' is invalid.",
    ],
    ['no properties', 'demo', {}, 'Federated Identity Credential from HTTP body has empty properties'],
    ['no subject', 'demo', { issuer }, "must specify 'issuer', 'subject' and 'audience'"],
    ['no audience', 'demo', { issuer, subject, audiences: [] }, 'must have exactly one audience'],
    ['two audiences', 'demo', { issuer, subject, audiences: ['a', 'b'] }, 'must have exactly one audience'],
    ['a long subject', 'demo', { issuer, subject: 'x'.repeat(601) }, 'at most 600 characters'],
  ])('is rejected: %s', async (_, name, properties, message) => {
    const { status, body } = await arm.call('PUT', credential(name), { properties });
    expect([status, body.error.code]).toEqual([400, 'BadRequest']);
    expect(body.error.message).toContain(message);
  });

  it('is unique for its issuer and subject, compared exactly', async () => {
    await arm.call('PUT', credential('first'), { properties: { issuer, subject } });
    const second = await arm.call('PUT', credential('second'), { properties: { issuer, subject } });
    expect(second.body.error.message).toBe(
      'Issuer and subject combination already exists for this Managed Identity.',
    );
    const other = { issuer: issuer.slice(0, -1), subject };
    expect((await arm.call('PUT', credential('second'), { properties: other })).status).toBe(201);
  });

  it('is one of at most twenty', async () => {
    principal().federatedCredentials = Array.from({ length: 20 }, (_, index) => ({
      name: `fc-${index}`,
      issuer,
      subject: String(index),
      audiences: ['api://AzureADTokenExchange'],
      effectiveAt: 0,
    }));
    expect((await arm.call('PUT', credential('fc-20'), { properties: { issuer, subject } })).status).toBe(
      400,
    );
    expect((await arm.call('PUT', credential('fc-19'), { properties: { issuer, subject } })).status).toBe(
      200,
    );
  });

  it('is rejected during another write on the identity', async () => {
    const write = (name: string) =>
      arm.call('PUT', credential(name), { properties: { issuer, subject: name } });
    const answers = await Promise.all([write('one'), write('two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const [refused] = answers.filter(({ status }) => status === 409);
    expect(refused?.body.error.code).toBe(
      'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
    );
    expect((await write('three')).status).toBe(201);
  });
});
