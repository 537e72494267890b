import { createHmac, randomUUID, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { azureClouds } from '../azure-clouds.ts';
import { createGitHub, githubIssuer, idTokenLifetime } from '../github/github.ts';
import { azureErrorFormat } from '../http/error-format.ts';
import { json, type Service } from '../http/service.ts';
import { Latency } from '../latency.ts';
import { Network } from '../network.ts';
import { CertificateAuthority } from '../pki/certificate-authority.ts';
import { SigningKey } from '../pki/signing-key.ts';
import { Faults } from '../proxy/faults.ts';
import { HostTable } from '../proxy/hosts.ts';
import { startProxy } from '../proxy/proxy.ts';
import { transientFailures } from '../transient-failures.ts';
import { Directory, type FederatedCredential, type ServicePrincipal, type User } from './directory.ts';
import { createGraph } from './graph.ts';
import { createLogin } from './login.ts';
import { SignIns } from './sign-ins.ts';
import { azureCliClientId, TokenService } from './tokens.ts';

const { audiences } = azureClouds.AzureCloud;

const tenantId = randomUUID();
const exchange = 'api://AzureADTokenExchange';
const subject = 'repo:octo/lab:environment:azure-lab';
const clusterIssuer = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster/';

const [authority, tenantKey, issuerKey] = await Promise.all([
  CertificateAuthority.create(),
  SigningKey.generate(),
  SigningKey.generate(),
]);
const directory = new Directory();
const tokens = new TokenService(tenantId, tenantKey);
const signIns = new SignIns();
const hosts = new HostTable();
const proxy = await startProxy({
  port: 0,
  authority,
  hosts,
  faults: new Faults(transientFailures, azureClouds.AzureCloud),
  control: { service: () => ({ status: 404 }), errorFormat: azureErrorFormat },
  log: () => {},
});
const network = new Network({ proxyUrl: proxy.url, caCertificate: authority.certificate, caFile: '' });
const context = {
  cloud: azureClouds.AzureCloud,
  tenantId,
  directory,
  tokens,
  network,
  latency: new Latency('fast', () => 0),
  log: () => {},
};
const github = createGitHub(issuerKey);
hosts
  .add('login.microsoftonline.com', createLogin(context, signIns))
  .add('graph.microsoft.com', createGraph(context))
  .add('token.actions.githubusercontent.com', github.issuer)
  .add('run-actions.actions.githubusercontent.com', github.actions)
  .add('eastus.oic.prod-aks.azure.com', clusterDocuments());

const user: User = directory.add({
  kind: 'User',
  objectId: randomUUID(),
  displayName: 'Lab User',
  userPrincipalName: 'lab@example.com',
});
let identity: ServicePrincipal;

beforeEach(() => {
  identity = directory.add({
    kind: 'ManagedIdentity',
    objectId: randomUUID(),
    clientId: randomUUID(),
    displayName: 'wi-identity',
    resourceId:
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i',
    federatedCredentials: [credential({})],
  });
});

afterEach(() => {
  vi.useRealTimers();
  directory.remove(identity.objectId);
});

afterAll(async () => {
  await network.close();
  await proxy.close();
});

function credential(changed: Partial<FederatedCredential>): FederatedCredential {
  return { name: 'c', issuer: githubIssuer, subject, audiences: [exchange], effectiveAt: 0, ...changed };
}

function clusterDocuments(): Service {
  return ({ url }) => {
    switch (url.href) {
      case `${clusterIssuer}.well-known/openid-configuration`:
        return json(200, { issuer: clusterIssuer, jwks_uri: `${clusterIssuer}openid/v1/jwks` });
      case `${clusterIssuer}openid/v1/jwks`:
        return json(200, { keys: [issuerKey.published] });
      default:
        return { status: 404 };
    }
  };
}

function claims(changed: JWTPayload = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iss: githubIssuer, sub: subject, aud: exchange, iat: now, nbf: now, exp: now + 300, ...changed };
}

async function post(path: string, form: Record<string, string>) {
  const reply = await network.fetch(`https://login.microsoftonline.com/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

function exchangeForm(assertion: string): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_id: identity.clientId,
    client_info: '1',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: 'https://management.core.windows.net//.default',
  };
}

/** `ok`, or `AADSTS… HTTP-status error`. */
async function verdict(assertion: string, changed: Record<string, string> = {}): Promise<string> {
  const { status, body } = await post(`${tenantId}/oauth2/v2.0/token`, {
    ...exchangeForm(assertion),
    ...changed,
  });
  if (status === 200) return 'ok';
  const description = String(body.error_description);
  const [code] = body.error_codes as number[];
  expect(description).toMatch(
    /^AADSTS\d+: .+ Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
  );
  expect(description).toContain(`AADSTS${code}: `);
  expect(description).not.toContain(assertion);
  return `${code} ${status} ${body.error}`;
}

describe('federated assertions', () => {
  it('exchanges an assertion for an access token of the identity', async () => {
    const { status, body } = await post(
      `${tenantId}/oauth2/v2.0/token`,
      exchangeForm(await issuerKey.sign(claims())),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, ext_expires_in: 86_400 });
    const caller = await tokens.verifyAccessToken(`Bearer ${body.access_token}`, audiences.arm);
    expect(caller).toMatchObject({ objectId: identity.objectId, kind: 'ManagedIdentity' });
    expect(caller.audience).toBe('https://management.core.windows.net/');
  });

  it('issues a token for each resource, also at v1.0', async () => {
    const assertion = await issuerKey.sign(claims());
    for (const [scope, audience] of [
      ['https://vault.azure.net/.default', 'https://vault.azure.net'],
      ['https://graph.microsoft.com//.default', 'https://graph.microsoft.com/'],
      ['https://management.azure.com/.default', 'https://management.azure.com'],
      ['openid https://vault.azure.net/.default offline_access', 'https://vault.azure.net'],
    ]) {
      const { body } = await post(`${tenantId}/oauth2/v2.0/token`, {
        ...exchangeForm(assertion),
        scope: scope!,
      });
      expect(decodeJwt(String(body.access_token)).aud).toBe(audience);
    }
    const { scope: _, ...form } = exchangeForm(assertion);
    const { body } = await post(`${tenantId}/oauth2/token`, { ...form, resource: 'https://vault.azure.net' });
    expect(decodeJwt(String(body.access_token)).aud).toBe('https://vault.azure.net');
  });

  it("matches a cluster's issuer with its trailing slash", async () => {
    identity.federatedCredentials = [credential({ issuer: clusterIssuer })];
    const assertion = await issuerKey.sign(claims({ iss: clusterIssuer, aud: [exchange] }));
    expect(await verdict(assertion)).toBe('ok');
  });

  it('rejects the issuer without its trailing slash', async () => {
    const withoutSlash = clusterIssuer.slice(0, -1);
    identity.federatedCredentials = [credential({ issuer: withoutSlash })];
    const assertion = await issuerKey.sign(claims({ iss: clusterIssuer }));
    expect(await verdict(assertion)).toBe('700211 401 invalid_client');
  });

  it.each([
    ['a different issuer', { iss: 'https://token.actions.githubusercontent.com/other' }, '700211'],
    ['another subject', { sub: `${subject}2` }, '700213'],
    ['a subject of other case', { sub: subject.toUpperCase() }, '7002138'],
    ['a different audience', { aud: 'https://github.com/octo' }, '700212'],
    ['an audience in different case', { aud: 'api://azureadtokenexchange' }, '700212'],
  ])('rejects %s', async (_, changed, code) => {
    expect(await verdict(await issuerKey.sign(claims(changed)))).toBe(`${code} 401 invalid_client`);
  });

  it('rejects with the older error until the credential is replicated', async () => {
    identity.federatedCredentials = [
      credential({ name: 'other', subject: 'someone else' }),
      credential({ effectiveAt: Date.now() + 3_600_000 }),
    ];
    expect(await verdict(await issuerKey.sign(claims()))).toBe('70021 401 invalid_client');
    expect(await verdict(await issuerKey.sign(claims({ sub: 'x' })))).toBe('700213 401 invalid_client');
    identity.federatedCredentials = [credential({ effectiveAt: Date.now() - 1 })];
    expect(await verdict(await issuerKey.sign(claims()))).toBe('ok');
  });

  it('rejects an assertion outside its validity period, and shows the period', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = await issuerKey.sign(claims({ nbf: now - 600, exp: now - 1 }));
    const { body } = await post(`${tenantId}/oauth2/v2.0/token`, exchangeForm(expired));
    expect(body.error_description).toContain(
      `assertion valid from ${new Date((now - 600) * 1000).toISOString().slice(0, 19)}.0000000Z, expiry time of assertion ${new Date((now - 1) * 1000).toISOString().slice(0, 19)}.0000000Z`,
    );
    expect(await verdict(expired)).toBe('700024 401 invalid_client');
    const early = await issuerKey.sign(claims({ nbf: now + 60 }));
    expect(await verdict(early)).toBe('700024 401 invalid_client');
  });

  it('rejects the signature of a different key, also with the right kid', async () => {
    const other = await SigningKey.generate();
    expect(await verdict(await other.sign(claims()))).toBe('7000272 401 invalid_client');
    expect(await verdict(await other.sign(claims(), { kid: issuerKey.kid }))).toBe(
      '700027 401 invalid_client',
    );
  });

  it('rejects claims that changed after signing', async () => {
    const [header, , signature] = (await issuerKey.sign(claims({ sub: 'mine' }))).split('.');
    const changed = Buffer.from(JSON.stringify(claims())).toString('base64url');
    expect(await verdict(`${header}.${changed}.${signature}`)).toBe('700027 401 invalid_client');
  });

  it('rejects alg none, and HS256 with the public key as the secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none', kid: issuerKey.kid })}.${part(claims())}.`;
    expect(await verdict(unsigned)).toBe('5002730 400 invalid_request');
    const signed = `${part({ alg: 'HS256', kid: issuerKey.kid })}.${part(claims())}`;
    for (const secret of [
      issuerKey.publicKey.export({ type: 'spki', format: 'pem' }),
      JSON.stringify(issuerKey.published),
    ]) {
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await verdict(`${signed}.${mac}`)).toBe('5002730 400 invalid_request');
    }
    expect(await verdict(await issuerKey.sign(claims(), { alg: 'PS256' }))).toBe(
      '5002730 400 invalid_request',
    );
  });

  it.each([
    'abc',
    'a.b.c',
    `${Buffer.from('{}').toString('base64url')}.${Buffer.from('[]').toString('base64url')}.`,
  ])('rejects what is not a JWT: %s', async assertion => {
    expect(await verdict(assertion)).toBe('50027 400 invalid_request');
  });

  it('rejects missing claims, and claims of the wrong type', async () => {
    for (const changed of [{ exp: undefined }, { sub: undefined }, { aud: undefined }, { iss: undefined }]) {
      expect(await verdict(await issuerKey.sign(claims(changed)))).toBe('50027 400 invalid_request');
    }
    const invalid = { ...claims(), sub: 7 } as unknown as JWTPayload;
    expect(await verdict(await issuerKey.sign(invalid))).toBe('50027 400 invalid_request');
  });

  it("rejects Entra's own tokens", async () => {
    for (const issuer of [tokens.issuer, `https://login.microsoftonline.com/${tenantId}/v2.0`]) {
      identity.federatedCredentials = [credential({ issuer })];
      expect(await verdict(await tenantKey.sign(claims({ iss: issuer })))).toBe('700222 400 invalid_request');
    }
  });

  it('compares exactly, without wildcards and without trimming', async () => {
    const assertion = await issuerKey.sign(claims());
    identity.federatedCredentials = [credential({ subject: 'repo:octo/*' })];
    expect(await verdict(assertion)).toBe('700213 401 invalid_client');
    identity.federatedCredentials = [credential({ issuer: ` ${githubIssuer}` })];
    expect(await verdict(assertion)).toBe('700211 401 invalid_client');
    identity.federatedCredentials = [credential({ issuer: githubIssuer.toUpperCase() })];
    expect(await verdict(assertion)).toBe('700211 401 invalid_client');
  });

  it('reports the first problem of an assertion', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = { exp: now - 1 };
    const other = await SigningKey.generate();
    const wrong = { iss: 'https://example.com/', sub: 'x', aud: 'y', ...expired };
    const right = { iss: githubIssuer, sub: subject, aud: exchange };
    const verdicts = [];
    // Each request fixes one more problem.
    for (const fixed of [[], ['iss'], ['iss', 'sub'], ['iss', 'sub', 'aud']] as (keyof typeof right)[][]) {
      const changed = Object.fromEntries(fixed.map(name => [name, right[name]]));
      verdicts.push(await verdict(await other.sign(claims({ ...wrong, ...changed }))));
    }
    const { kid } = issuerKey;
    verdicts.push(await verdict(await other.sign(claims(expired), { kid })));
    const unknown = { scope: 'https://example.com/.default' };
    verdicts.push(await verdict(await issuerKey.sign(claims(expired)), unknown));
    verdicts.push(await verdict(await issuerKey.sign(claims()), unknown));
    verdicts.push(await verdict(await issuerKey.sign(claims())));
    expect(verdicts.map(said => said.split(' ')[0])).toEqual([
      '700211',
      '700213',
      '700212',
      '7000272',
      '700027',
      '700024',
      '500011',
      'ok',
    ]);
  });

  it("verifies with the issuer's currently published keys", async () => {
    const next = await SigningKey.generate();
    const [before, after] = [await issuerKey.sign(claims()), await next.sign(claims())];
    expect(await verdict(after)).toBe('7000272 401 invalid_client');
    github.keys.rotate(next, 3600);
    expect([await verdict(before), await verdict(after)]).toEqual(['ok', 'ok']);
    github.keys.rotate(next, 0);
    expect([await verdict(before), await verdict(after)]).toEqual(['7000272 401 invalid_client', 'ok']);
    github.keys.rotate(issuerKey, 0);
  });

  it('rejects an unreachable issuer, and one that claims to be another', async () => {
    const unreachable = 'https://example.com/';
    const impostor = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster';
    for (const issuer of [unreachable, impostor]) {
      identity.federatedCredentials = [credential({ issuer })];
      expect(await verdict(await issuerKey.sign(claims({ iss: issuer })))).toBe('501661 400 invalid_request');
    }
  });

  it('rejects an assertion for a different application', async () => {
    const other = directory.add<ServicePrincipal>({
      ...identity,
      objectId: randomUUID(),
      clientId: randomUUID(),
      federatedCredentials: [],
    });
    const assertion = await issuerKey.sign(claims());
    expect(await verdict(assertion, { client_id: other.clientId })).toBe('700211 401 invalid_client');
    directory.remove(other.objectId);
    expect(await verdict(assertion, { client_id: other.clientId })).toBe('700016 400 unauthorized_client');
  });

  it('rejects a resource that the tenant does not have', async () => {
    const assertion = await issuerKey.sign(claims());
    const unknown = '500011 400 invalid_resource';
    expect(await verdict(assertion, { scope: 'https://example.com/.default' })).toBe(unknown);
    expect(await verdict(assertion, { scope: 'https://VAULT.azure.net/.default' })).toBe(unknown);
    expect(await verdict(assertion, { scope: '' })).toBe('900144 400 invalid_request');
  });
});

describe('the token endpoint', () => {
  it('rejects other invalid requests', async () => {
    const nobody = '00000000-0000-0000-0000-000000000000';
    const refusals: [string, Record<string, string>, string][] = [
      [tenantId, {}, '900144 400'],
      [tenantId, { grant_type: 'x', client_id: identity.clientId }, '70003 400'],
      [tenantId, { grant_type: 'client_credentials', client_id: identity.clientId }, '7000218 401'],
      [
        tenantId,
        { grant_type: 'client_credentials', client_id: identity.clientId, client_secret: 's' },
        '7000232 401',
      ],
      [tenantId, { grant_type: 'password', client_id: azureCliClientId, username: 'u' }, '50126 400'],
      [
        tenantId,
        { grant_type: 'refresh_token', client_id: azureCliClientId, refresh_token: 'x' },
        '9002313 400',
      ],
      [tenantId, { grant_type: 'device_code', client_id: azureCliClientId, device_code: 'x' }, '9002313 400'],
      ['organizations', { grant_type: 'client_credentials', client_id: identity.clientId }, '50059 400'],
      [tenantId, { grant_type: 'client_credentials', client_id: nobody }, '700038 400'],
      [randomUUID(), { grant_type: 'client_credentials', client_id: identity.clientId }, '90002 400'],
    ];
    for (const [tenant, form, wanted] of refusals) {
      const { status, body } = await post(`${tenant}/oauth2/v2.0/token`, form);
      expect(`${(body.error_codes as number[])[0]} ${status}`, JSON.stringify(form)).toBe(wanted);
    }
  });

  it('rejects every client secret', async () => {
    const application = directory.add<ServicePrincipal>({
      ...identity,
      ...{ kind: 'Application', objectId: randomUUID(), clientId: randomUUID(), resourceId: undefined },
    });
    const { status, body } = await post(`${tenantId}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: application.clientId,
      client_secret: 'guessed',
    });
    directory.remove(application.objectId);
    expect([status, body.error, body.error_codes]).toEqual([401, 'invalid_client', [7000215]]);
    expect(body.error_description).toContain(`for a secret added to app '${application.clientId}'.`);
    expect(body.error_description).not.toContain('guessed');
  });

  it('sends the headers of Entra with tokens and errors', async () => {
    for (const sub of [subject, 'other']) {
      const reply = await network.fetch(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams(exchangeForm(await issuerKey.sign(claims({ sub })))),
      });
      expect(reply.status).toBe(sub === subject ? 200 : 401);
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        'cache-control': 'no-store, no-cache',
        pragma: 'no-cache',
        expires: '-1',
        'content-type': 'application/json; charset=utf-8',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'x-ms-ests-server': expect.stringMatching(/^2\.1\.\d+\.\d+ - \w+ ProdSlices$/),
      });
    }
  });

  it('returns the correlation ID of the client', async () => {
    const id = randomUUID();
    const reply = await network.fetch(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'client-request-id': id, 'return-client-request-id': 'true' },
    });
    expect(reply.headers.get('client-request-id')).toBe(id);
    expect(await reply.json()).toMatchObject({
      correlation_id: id,
      error_uri: 'https://login.microsoftonline.com/error?code=900144',
    });
  });
});

describe('users', () => {
  const scope = 'https://management.core.windows.net//.default offline_access openid profile';

  it('sign in with an approved device code, and refresh their tokens', async () => {
    const started = await post('organizations/oauth2/v2.0/devicecode', {
      client_id: azureCliClientId,
      scope,
    });
    expect(started.body).toMatchObject({
      verification_uri: 'https://login.microsoft.com/device',
      interval: 5,
    });
    const poll = () =>
      post('organizations/oauth2/v2.0/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: azureCliClientId,
        device_code: String(started.body.device_code),
      });
    expect((await poll()).body).toMatchObject({ error: 'authorization_pending', error_codes: [70016] });
    expect(signIns.approve('WRONGCODE', user)).toBe(false);
    expect(signIns.approve(String(started.body.user_code), user)).toBe(true);
    const { body } = await poll();
    const info = JSON.parse(Buffer.from(String(body.client_info), 'base64url').toString());
    expect(info).toEqual({ uid: user.objectId, utid: tenantId });
    expect(decodeJwt(String(body.id_token))).toMatchObject({
      aud: azureCliClientId,
      oid: user.objectId,
      preferred_username: user.userPrincipalName,
    });
    expect((await poll()).body.error).toBe('invalid_grant');

    const refreshed = await post(`${tenantId}/oauth2/v2.0/token`, {
      grant_type: 'refresh_token',
      client_id: azureCliClientId,
      refresh_token: String(body.refresh_token),
      scope: 'https://vault.azure.net/.default openid',
    });
    const caller = await tokens.verifyAccessToken(
      `Bearer ${refreshed.body.access_token}`,
      audiences.keyVault,
    );
    expect(caller).toMatchObject({ kind: 'User', objectId: user.objectId });
  });

  it('cannot use the codes and tokens of one client with another', () => {
    const { userCode, deviceCode } = signIns.startDeviceCode('one', 'scope');
    signIns.approve(userCode, user);
    expect(() => signIns.redeemDeviceCode(deviceCode, 'other')).toThrow('AADSTS9002313');
    expect(signIns.redeemDeviceCode(deviceCode, 'one').user).toBe(user);
    const refreshToken = signIns.issueRefreshToken({ user, clientId: 'one' });
    expect(() => signIns.redeemRefreshToken(refreshToken, 'other')).toThrow('AADSTS9002313');
    expect(signIns.redeemRefreshToken(refreshToken, 'one').user).toBe(user);
  });

  it('have fifteen minutes for a device code', () => {
    vi.useFakeTimers();
    const { userCode, deviceCode } = signIns.startDeviceCode('one', 'scope');
    vi.advanceTimersByTime(900_000);
    expect(signIns.approve(userCode, user)).toBe(false);
    expect(() => signIns.redeemDeviceCode(deviceCode, 'one')).toThrow('AADSTS70020');
  });

  it('cannot sign in with an unknown application', async () => {
    const { body } = await post('organizations/oauth2/v2.0/devicecode', { client_id: randomUUID(), scope });
    expect(body.error_codes).toEqual([700016]);
  });
});

describe('discovery', () => {
  const get = async (path: string) => {
    const reply = await network.fetch(`https://login.microsoftonline.com/${path}`);
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };

  it('publishes the endpoints and the keys of the tenant', async () => {
    const v2 = await get(`${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(v2.body).toMatchObject({
      issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      token_endpoint: `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`,
      device_authorization_endpoint: `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/devicecode`,
    });
    const v1 = await get(`${tenantId}/.well-known/openid-configuration`);
    expect(v1.body).toMatchObject({ issuer: `https://sts.windows.net/${tenantId}/` });
    const many = await get('organizations/v2.0/.well-known/openid-configuration');
    expect(many.body.issuer).toBe('https://login.microsoftonline.com/{tenantid}/v2.0');
    for (const uri of [v1.body.jwks_uri, v2.body.jwks_uri]) {
      const keys = await get(new URL(String(uri)).pathname.slice(1));
      const [key] = keys.body.keys as [Record<string, unknown>];
      const { n, e } = tenantKey.published;
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', kid: tenantKey.kid, x5t: tenantKey.kid, n, e });
      expect(key.issuer).toBe(uri === v2.body.jwks_uri ? v2.body.issuer : undefined);
      const certificate = new X509Certificate(Buffer.from((key.x5c as string[])[0]!, 'base64'));
      expect(certificate.publicKey.equals(tenantKey.publicKey)).toBe(true);
      expect(certificate.verify(tenantKey.publicKey)).toBe(true);
      expect(Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')).toBe(
        key.x5t,
      );
    }
  });

  it('publishes the earlier key while it is valid', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const tenant = new TokenService(tenantId, tenantKey);
    const login = createLogin({ ...context, tokens: tenant }, signIns);
    const published = async () => {
      const url = new URL(`https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`);
      const { signal } = new AbortController();
      const reply = await login({ method: 'GET', url, headers: {}, body: Buffer.alloc(0), signal });
      return JSON.parse(String(reply.body)).keys.map(({ kid }: { kid: string }) => kid);
    };
    const { accessToken } = await tenant.issueAccessToken(user, 'https://vault.azure.net');
    const verify = () => tenant.verifyAccessToken(`Bearer ${accessToken}`, audiences.keyVault);
    tenant.keys.rotate(issuerKey, 60);
    expect(await published()).toEqual([issuerKey.kid, tenantKey.kid]);
    expect(await verify()).toMatchObject({ objectId: user.objectId });
    const fresh = await tenant.issueAccessToken(user, 'https://vault.azure.net');
    expect(decodeProtectedHeader(fresh.accessToken).kid).toBe(issuerKey.kid);

    vi.setSystemTime(Date.now() + 60_000);
    expect(await published()).toEqual([issuerKey.kid]);
    await expect(verify()).rejects.toMatchObject({ reason: 'signature' });
  });

  it('rejects an unknown tenant and an unknown instance', async () => {
    expect((await get('nowhere/v2.0/.well-known/openid-configuration')).body.error_codes).toEqual([90002]);
    const asked = 'common/discovery/instance?api-version=1.1&authorization_endpoint=';
    expect((await get(`${asked}https://evil.example/${tenantId}/oauth2/authorize`)).body.error).toBe(
      'invalid_instance',
    );
    const known = await get(`${asked}https://login.microsoftonline.com/${tenantId}/oauth2/authorize`);
    expect(known.body.tenant_discovery_endpoint).toBe(
      `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`,
    );
  });
});

describe('Graph', () => {
  async function graph(caller: User | ServicePrincipal, path: string, body?: unknown) {
    const { accessToken } = await tokens.issueAccessToken(caller, 'https://graph.microsoft.com/');
    const reply = await network.fetch(`https://graph.microsoft.com/v1.0/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = (await reply.json()) as {
      id?: string;
      value?: { id: string; appId?: string; '@odata.type'?: string }[];
      error?: { code: string; message: string };
    };
    return { status: reply.status, ...answer };
  }
  const named = (clientId: string) =>
    `servicePrincipals?$filter=${encodeURIComponent(`servicePrincipalNames/any(c:c eq '${clientId}')`)}`;

  it('answers /me for a user, and rejects it for an application', async () => {
    expect(await graph(user, 'me')).toMatchObject({ status: 200, id: user.objectId });
    expect(await graph(identity, 'me')).toMatchObject({
      status: 400,
      error: { message: '/me request is only valid with delegated authentication flow.' },
    });
  });

  it('finds a managed identity by its client ID', async () => {
    const found = await graph(user, named(identity.clientId));
    expect(found.value).toMatchObject([{ id: identity.objectId, appId: identity.clientId }]);
    expect((await graph(user, named(randomUUID()))).value).toEqual([]);
    expect(await graph(user, `servicePrincipals/${identity.objectId}`)).toMatchObject({
      id: identity.objectId,
    });
  });

  it('resolves IDs, and leaves out unknown ones', async () => {
    const { value } = await graph(user, 'directoryObjects/getByIds', {
      ids: [identity.objectId, user.objectId, randomUUID()],
    });
    expect(value?.map(one => [one.id, one['@odata.type']])).toEqual([
      [identity.objectId, '#microsoft.graph.servicePrincipal'],
      [user.objectId, '#microsoft.graph.user'],
    ]);
  });

  it('lets a service principal read only itself', async () => {
    expect((await graph(identity, named(identity.clientId))).value).toHaveLength(1);
    const denied = { status: 403, error: { code: 'Authorization_RequestDenied' } };
    expect(await graph(identity, `users/${user.objectId}`)).toMatchObject(denied);
    expect(await graph(identity, named(randomUUID()))).toMatchObject(denied);
    expect(await graph(identity, 'directoryObjects/getByIds', { ids: [user.objectId] })).toMatchObject(
      denied,
    );
  });

  it('rejects unknown paths and objects in its own error format', async () => {
    expect(await graph(user, 'teapots')).toMatchObject({ status: 400, error: { code: 'BadRequest' } });
    expect(await graph(user, `users/${randomUUID()}`)).toMatchObject({
      status: 404,
      error: { code: 'Request_ResourceNotFound' },
    });
    expect(await graph(user, '%ZZ')).toMatchObject({ status: 400 });
  });

  it('rejects a token for a different service', async () => {
    const { accessToken } = await tokens.issueAccessToken(user, 'https://vault.azure.net');
    const reply = await network.fetch('https://graph.microsoft.com/v1.0/me', {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
  });
});

describe('GitHub', () => {
  it('issues an ID token to a running job, and the tenant accepts it', async () => {
    const { url, token } = github.startJob({ sub: subject });
    const ask = (bearer: string) =>
      network.fetch(`${url}&audience=${encodeURIComponent(exchange)}`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
    expect((await ask('other')).status).toBe(401);
    const { value } = (await (await ask(token)).json()) as { value: string };
    const said = decodeJwt(value);
    expect(said).toMatchObject({
      iss: githubIssuer,
      sub: subject,
      aud: exchange,
      repository: 'octo/lab',
      environment: 'azure-lab',
      ref: 'refs/heads/main',
    });
    expect(said.exp! - said.iat!).toBe(300);
    expect(said.iat! - said.nbf!).toBe(600);
    expect(await verdict(value)).toBe('ok');
  });

  it('issues tokens with the configured lifetime, and the tenant rejects expired ones', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url, token } = github.startJob({ sub: subject });
    github.idTokenLifetime = 2;
    const reply = await network.fetch(`${url}&audience=${encodeURIComponent(exchange)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    github.idTokenLifetime = idTokenLifetime;
    const { value } = (await reply.json()) as { value: string };
    expect(await verdict(value)).toBe('ok');
    vi.setSystemTime(Date.now() + 2000);
    expect(await verdict(value)).toBe('700024 401 invalid_client');
  });

  it('derives claims from the immutable form of the subject, and prefers given claims', async () => {
    const job = github.startJob({
      sub: 'repo:octo@12/lab@34:ref:refs/tags/v1',
      run_id: '99',
      aud: 'ignored',
    });
    const reply = await network.fetch(job.url, { headers: { authorization: `Bearer ${job.token}` } });
    const { value } = (await reply.json()) as { value: string };
    expect(decodeJwt(value)).toMatchObject({
      aud: 'https://github.com/octo',
      repository: 'octo/lab',
      repository_owner_id: '12',
      repository_id: '34',
      ref: 'refs/tags/v1',
      ref_type: 'tag',
      run_id: '99',
    });
  });
});
