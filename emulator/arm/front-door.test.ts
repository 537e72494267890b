import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createTestArm } from '../testing/test-arm.ts';

const arm = await createTestArm();
const { subscription, context } = arm;
const group = `${subscription}/resourceGroups/Lab`;
const identities = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
await arm.call('PUT', group, { location: 'eastus' });
await arm.call('PUT', `${identities}/Someone`, { location: 'eastus' });

describe('authentication', () => {
  it('rejects a request without a token, and links the tenant', async () => {
    const { status, body, headers } = await arm.call('GET', group, undefined, {
      headers: { authorization: '' },
    });
    expect(status).toBe(401);
    expect(body.error).toEqual({
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    });
    expect(headers['www-authenticate']).toContain(`https://login.microsoftonline.com/${context.tenantId}`);
  });

  it('rejects a token for Key Vault', async () => {
    const { accessToken } = await context.tokens.issueAccessToken(arm.owner, 'https://vault.azure.net');
    const headers = { authorization: `Bearer ${accessToken}` };
    const { status, body } = await arm.call('GET', group, undefined, { headers });
    expect(status).toBe(401);
    expect(body.error.code).toBe('InvalidAuthenticationTokenAudience');
    expect(body.error.message).toContain("wrong audience or resource 'https://vault.azure.net'");
  });

  it('rejects a forged token', async () => {
    const { accessToken } = await context.tokens.issueAccessToken(arm.owner, 'https://management.azure.com');
    const [header, payload, signature = ''] = accessToken.split('.');
    const forged = [header, payload, signature.split('').reverse().join('')].join('.');
    const { status, body } = await arm.call('GET', group, undefined, {
      headers: { authorization: `Bearer ${forged}` },
    });
    expect([status, body.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
  });
});

describe('an expired token', () => {
  it('is rejected with its expiry time', async () => {
    const { accessToken } = await context.tokens.issueAccessToken(arm.owner, 'https://management.azure.com');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    try {
      const headers = { authorization: `Bearer ${accessToken}` };
      const { status, body } = await arm.call('GET', group, undefined, { headers });
      expect([status, body.error.code]).toEqual([401, 'ExpiredAuthenticationToken']);
      expect(body.error.message).toMatch(
        /^The access token expiry UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '[^']+'\.$/,
      );
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('requests', () => {
  it('need an api-version', async () => {
    const { status, body } = await arm.call('GET', `${group}?api-version=`);
    expect([status, body.error.code]).toEqual([400, 'MissingApiVersionParameter']);
    const invalid = await arm.call('GET', `${group}?api-version=latest`);
    expect([invalid.status, invalid.body.error.code]).toEqual([400, 'InvalidApiVersionParameter']);
  });

  it.each([
    [
      'an unknown subscription',
      `/subscriptions/${randomUUID()}/resourceGroups/x`,
      404,
      'SubscriptionNotFound',
    ],
    ['no subscription at all', '/subscriptions/mine/resourceGroups/x', 400, 'InvalidSubscriptionId'],
    [
      'an unknown namespace',
      `${group}/providers/Microsoft.Nothing/things/x`,
      404,
      'InvalidResourceNamespace',
    ],
    ['an unknown type', `${group}/providers/Microsoft.ManagedIdentity/things/x`, 404, 'InvalidResourceType'],
    ['an unknown group', `${subscription}/resourceGroups/other`, 404, 'ResourceGroupNotFound'],
    [
      'a resource in an unknown group',
      `${identities.replace('Lab', 'other')}/x`,
      404,
      'ResourceGroupNotFound',
    ],
    ['below a missing parent', `${identities}/x/federatedIdentityCredentials`, 404, 'ParentResourceNotFound'],
    ['nothing that is', '/somewhere', 404, 'NotFound'],
  ])('%s: %s', async (_, path, status, code) => {
    const answer = await arm.call('GET', path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('for a missing resource fail in the words of Resource Manager', async () => {
    const { status, body, headers } = await arm.call('GET', `${identities}/nobody`);
    expect(status).toBe(404);
    expect(headers['x-ms-failure-cause']).toBe('gateway');
    expect(body.error).toEqual({
      code: 'ResourceNotFound',
      message:
        "The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/nobody' under resource group 'Lab' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    });
  });

  it('find a resource in any case, and return it in its first spelling', async () => {
    const { status, body } = await arm.call('GET', `${identities}/someone`.toLowerCase());
    expect([status, body.name]).toEqual([200, 'Someone']);
  });

  it('to delete a missing resource return 204', async () => {
    expect((await arm.call('DELETE', `${identities}/nobody`)).status).toBe(204);
  });

  it('need a JSON object as their body', async () => {
    for (const body of ['{"location":', '"eastus"', '']) {
      const answer = await arm.call('PUT', group, body);
      expect([answer.status, answer.body.error.code]).toEqual([400, 'InvalidRequestContent']);
    }
  });

  it('need a method that the type supports', async () => {
    expect((await arm.call('POST', group)).status).toBe(405);
    expect((await arm.call('PUT', identities, { location: 'eastus' })).status).toBe(405);
    expect((await arm.call('POST', `${identities}/someone/dance`)).status).toBe(405);
  });

  it('need an existing region that does not change', async () => {
    const missing = await arm.call('PUT', `${identities}/new`, {});
    expect(missing.body.error.code).toBe('LocationRequired');
    const unknown = await arm.call('PUT', `${identities}/new`, { location: 'atlantis' });
    expect(unknown.body.error.code).toBe('LocationNotAvailableForResourceType');
    const moved = await arm.call('PUT', `${identities}/someone`, { location: 'westeurope' });
    expect([moved.status, moved.body.error.code]).toEqual([409, 'InvalidResourceLocation']);
    expect((await arm.call('PUT', `${identities}/someone`, { location: 'East US' })).status).toBe(200);
  });
});

describe('authorization', () => {
  it('applies at the scope of the resource, with the error of Azure', async () => {
    const reader = arm.principalWith('Reader', group);
    expect((await arm.call('GET', `${identities}/someone`, undefined, { as: reader })).status).toBe(200);
    const { status, body } = await arm.call('DELETE', `${identities}/Someone`, undefined, { as: reader });
    expect(status).toBe(403);
    expect(body.error).toEqual({
      code: 'AuthorizationFailed',
      message: `The client '${reader.clientId}' with object id '${reader.objectId}' does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/delete' over scope '${identities}/Someone' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    });
  });

  it('applies before the existence check', async () => {
    const stranger = arm.principalWith('Reader', `${subscription}/resourceGroups/elsewhere`);
    for (const path of [`${identities}/nobody`, `${subscription}/resourceGroups/other`, group]) {
      expect((await arm.call('GET', path, undefined, { as: stranger })).status).toBe(403);
    }
  });

  it('limits lists to the readable resources', async () => {
    const outsider = arm.principalWith('Owner', `${subscription}/resourceGroups/elsewhere`);
    const lists = [`${subscription}/resources`, `${subscription}/resourcegroups`];
    for (const list of lists) {
      expect((await arm.call('GET', list, undefined, { as: outsider })).body.value).toEqual([]);
      expect((await arm.call('GET', list)).body.value).toHaveLength(1);
    }
  });

  it('shows the subscription only to callers with a role in it', async () => {
    const nobody = arm.principalWith('Reader', '/subscriptions/another');
    expect((await arm.call('GET', '/subscriptions', undefined, { as: nobody })).body.value).toEqual([]);
    expect((await arm.call('GET', subscription, undefined, { as: nobody })).status).toBe(404);
    const someone = arm.principalWith('Reader', identities);
    const { body } = await arm.call('GET', '/subscriptions', undefined, { as: someone });
    expect(body.value).toMatchObject([{ id: subscription, tenantId: context.tenantId, state: 'Enabled' }]);
  });
});

describe('lists of resources', () => {
  it.each([
    ["resourceType eq 'microsoft.managedidentity/userassignedidentities'", 1],
    ["resourceType eq 'Microsoft.ManagedIdentity/userAssignedIdentities' and name eq 'someone'", 1],
    ["resourceType eq 'Microsoft.KeyVault/vaults'", 0],
    ["name eq 'x'", 0],
    ["resourceGroup eq 'lab'", 1],
    ["tagName eq 'a' and tagValue eq 'b'", 0],
  ])('%s: %i', async (filter, count) => {
    const { body } = await arm.call('GET', `${subscription}/resources?$filter=${encodeURIComponent(filter)}`);
    expect(body.value).toHaveLength(count);
  });

  it.each(["name ne 'x'", 'name eq x', "color eq 'red'", "name eq 'a' and", "name eq 'a' or name eq 'b'"])(
    'refuses what it does not know: %s',
    async filter => {
      const { status, body } = await arm.call(
        'GET',
        `${subscription}/resources?$filter=${encodeURIComponent(filter)}`,
      );
      expect([status, body.error.code]).toEqual([400, 'InvalidFilterInQueryString']);
    },
  );
});

describe('every response', () => {
  it('has its IDs and the remaining rate', async () => {
    const { headers } = await arm.call('GET', group, undefined, {
      headers: { 'x-ms-client-request-id': 'mine', 'x-ms-return-client-request-id': 'true' },
    });
    expect(headers).toMatchObject({
      'x-ms-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-ms-correlation-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-ms-ratelimit-remaining-subscription-reads': expect.stringMatching(/^\d+$/),
      'x-ms-client-request-id': 'mine',
    });
    expect((await arm.call('DELETE', `${identities}/nobody`)).headers).toHaveProperty(
      'x-ms-ratelimit-remaining-subscription-deletes',
    );
  });

  it('has one request less than the response before, also for errors', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const as = arm.principalWith('Reader', arm.subscription);
      const writes = async () => {
        const { status, headers } = await arm.call('PUT', group, { location: 'eastus' }, { as });
        expect(status).toBe(403);
        return Number(headers['x-ms-ratelimit-remaining-subscription-writes']);
      };
      const first = await writes();
      expect([await writes(), await writes()]).toEqual([first - 1, first - 2]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('has IDs, but no rate, for an unauthenticated caller', async () => {
    const { status, headers } = await arm.call('GET', group, undefined, { headers: { authorization: '' } });
    expect(status).toBe(401);
    expect(headers).toHaveProperty('x-ms-request-id');
    expect(headers).toHaveProperty('x-ms-correlation-request-id');
    expect(Object.keys(headers).filter(name => name.includes('ratelimit'))).toEqual([]);
  });

  it('has no body for HEAD', async () => {
    expect(await arm.call('HEAD', group)).toMatchObject({ status: 204, body: undefined });
    const missing = await arm.call('HEAD', `${group}2`);
    expect(missing).toMatchObject({ status: 404, body: undefined });
    const { body } = await arm.call('GET', `${group}2`);
    expect(missing.headers['content-length']).toBe(String(JSON.stringify(body).length));
  });
});

it('rejects resources of an unregistered provider, whose registration takes time', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const fresh = await createTestArm({ latency: 'realistic' });
  const provider = `${fresh.subscription}/providers/Microsoft.ManagedIdentity`;
  const lab = `${fresh.subscription}/resourceGroups/lab`;
  const put = () =>
    fresh.call('PUT', `${lab}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/iii`, {
      location: 'eastus',
    });
  const state = async () => (await fresh.call('GET', provider)).body.registrationState;
  await fresh.call('PUT', lab, { location: 'eastus' });
  fresh.registrations.forget('microsoft.managedidentity');
  expect(await state()).toBe('NotRegistered');
  const refused = await put();
  expect([refused.status, refused.body.error.code]).toEqual([409, 'MissingSubscriptionRegistration']);
  expect(refused.body.error.details).toMatchObject([{ target: 'Microsoft.ManagedIdentity' }]);
  const as = fresh.principalWith('Reader', fresh.subscription);
  expect((await fresh.call('POST', `${provider}/register`, undefined, { as })).status).toBe(403);
  expect((await fresh.call('POST', `${provider}/register`)).body.registrationState).toBe('Registering');
  expect((await put()).status).toBe(409);
  vi.setSystemTime(Date.now() + 40_000);
  expect(await state()).toBe('Registered');
  expect((await put()).status).toBe(201);
  await fresh.call('POST', `${provider}/register`);
  expect(await state()).toBe('Registered');
  vi.useRealTimers();
});
