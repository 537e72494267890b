import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { azureClouds } from '../azure-clouds.ts';
import { SigningKey } from '../pki/signing-key.ts';
import type { ServicePrincipal, User } from './directory.ts';
import { TokenRejected, TokenService } from './tokens.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const { audiences } = azureClouds.AzureCloud;

const tenantId = '11111111-1111-1111-1111-111111111111';
const key = await SigningKey.generate();
const tokens = new TokenService(tenantId, key);

const identity: ServicePrincipal = {
  kind: 'ManagedIdentity',
  objectId: '22222222-2222-2222-2222-222222222222',
  clientId: '33333333-3333-3333-3333-333333333333',
  displayName: 'wi-identity',
  resourceId:
    '/subscriptions/s/resourceGroups/RG/providers/Microsoft.ManagedIdentity/userAssignedIdentities/wi-identity',
  federatedCredentials: [],
};
const user: User = {
  kind: 'User',
  objectId: '44444444-4444-4444-4444-444444444444',
  displayName: 'Lab User',
  userPrincipalName: 'lab@example.com',
};

async function refusal(token: string | undefined, accepted: readonly string[] = audiences.arm) {
  const header = token === undefined ? undefined : `Bearer ${token}`;
  const error = await tokens.verifyAccessToken(header, accepted).then(
    caller => `accepted as ${caller.objectId}`,
    (e: unknown) => e,
  );
  if (!(error instanceof TokenRejected)) throw new Error(String(error));
  if (token !== undefined) expect(error.message).not.toContain(token);
  return error.found === undefined ? error.reason : `${error.reason}: ${error.found}`;
}

async function goodClaims(): Promise<JWTPayload> {
  return decodeJwt((await tokens.issueAccessToken(identity, 'https://management.azure.com')).accessToken);
}

describe('issueAccessToken', () => {
  it("writes a managed identity's claims", async () => {
    const { accessToken, expiresIn } = await tokens.issueAccessToken(identity, 'https://vault.azure.net');
    const claims = decodeJwt(accessToken);
    expect(claims).toMatchObject({
      aud: 'https://vault.azure.net',
      iss: `https://sts.windows.net/${tenantId}/`,
      idp: `https://sts.windows.net/${tenantId}/`,
      appid: identity.clientId,
      appidacr: '2',
      idtyp: 'app',
      oid: identity.objectId,
      sub: identity.objectId,
      tid: tenantId,
      ver: '1.0',
      xms_tcdt: expect.any(Number),
      ...{ aio: expect.any(String), rh: expect.any(String), uti: expect.any(String) },
      xms_mirid:
        '/subscriptions/s/resourcegroups/RG/providers/Microsoft.ManagedIdentity/userAssignedIdentities/wi-identity',
    });
    expect(claims.exp! - claims.iat!).toBe(86_700);
    expect(claims.nbf).toBe(claims.iat);
    expect(expiresIn).toBe(86_400);
    expect(decodeProtectedHeader(accessToken)).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      kid: key.kid,
      x5t: key.kid,
    });
  });

  it('gives the token of an application a lifetime of 60 to 90 minutes', async () => {
    const application = { ...identity, kind: 'Application' as const, resourceId: undefined };
    const { accessToken, expiresIn } = await tokens.issueAccessToken(application, 'https://vault.azure.net');
    expect(expiresIn).toBeGreaterThanOrEqual(3600);
    expect(expiresIn).toBeLessThan(5400);
    expect(decodeJwt(accessToken)).not.toHaveProperty('xms_mirid');
  });

  it('gives the token of a user a lifetime of 60 to 90 minutes, and no ARM ID', async () => {
    const { accessToken, expiresIn } = await tokens.issueAccessToken(user, 'https://management.azure.com');
    expect(expiresIn).toBeGreaterThanOrEqual(3600);
    expect(expiresIn).toBeLessThan(5400);
    expect(decodeJwt(accessToken)).toMatchObject({ idtyp: 'user', upn: user.userPrincipalName });
    expect(decodeJwt(accessToken)).not.toHaveProperty('xms_mirid');
  });
});

describe('verifyAccessToken', () => {
  it('returns the caller', async () => {
    const { accessToken } = await tokens.issueAccessToken(identity, 'https://management.core.windows.net/');
    expect(await tokens.verifyAccessToken(`Bearer ${accessToken}`, audiences.arm)).toEqual({
      objectId: identity.objectId,
      clientId: identity.clientId,
      kind: 'ManagedIdentity',
      tenantId,
      issuer: tokens.issuer,
      audience: 'https://management.core.windows.net/',
    });
    const app = { ...identity, kind: 'Application' as const, resourceId: undefined };
    const appToken = await tokens.issueAccessToken(app, 'https://vault.azure.net');
    const userToken = await tokens.issueAccessToken(user, 'https://vault.azure.net');
    const kindOf = async (token: string) =>
      (await tokens.verifyAccessToken(`Bearer ${token}`, audiences.keyVault)).kind;
    expect(await kindOf(appToken.accessToken)).toBe('Application');
    expect(await kindOf(userToken.accessToken)).toBe('User');
  });

  it('rejects a missing header, a different scheme, and a malformed token', async () => {
    expect(await refusal(undefined)).toBe('missing');
    await expect(tokens.verifyAccessToken('Basic eDp5', audiences.arm)).rejects.toMatchObject({
      reason: 'missing',
    });
    expect(await refusal('abc')).toBe('malformed');
    expect(await refusal('a.b.c')).toBe('malformed');
  });

  it('rejects alg none', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(
      await refusal(`${part({ alg: 'none', typ: 'JWT', kid: key.kid })}.${part(await goodClaims())}.`),
    ).toBe('signature');
  });

  it('rejects HS256 with the public key as the secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${part(await goodClaims())}`;
    const secret = key.publicKey.export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', secret).update(signed).digest('base64url');
    expect(await refusal(`${signed}.${mac}`)).toBe('signature');
  });

  it('rejects a different algorithm of the same key type', async () => {
    expect(await refusal(await key.sign(await goodClaims(), { alg: 'PS256' }))).toBe('signature');
  });

  it('rejects a different key with the same kid, and an unknown kid', async () => {
    const other = await SigningKey.generate();
    expect(await refusal(await other.sign(await goodClaims(), { kid: key.kid }))).toBe('signature');
    expect(await refusal(await other.sign(await goodClaims()))).toBe('signature');
    expect(await refusal(await key.sign(await goodClaims(), { kid: 'unknown' }))).toBe('signature');
  });

  it('rejects claims that changed after signing', async () => {
    const [header, , signature] = (await key.sign(await goodClaims())).split('.');
    const changed = Buffer.from(JSON.stringify({ ...(await goodClaims()), oid: user.objectId })).toString(
      'base64url',
    );
    expect(await refusal(`${header}.${changed}.${signature}`)).toBe('signature');
  });

  it('rejects a token outside its validity period', async () => {
    const now = Math.floor(Date.now() / 1000);
    const good = await goodClaims();
    expect(await refusal(await key.sign({ ...good, exp: now - 1 }))).toBe('expired');
    expect(await refusal(await key.sign({ ...good, nbf: now + 60 }))).toBe('not-yet-valid');
    expect(await refusal(await key.sign({ ...good, exp: undefined }))).toBe('malformed');
    expect(await refusal(await key.sign({ ...good, nbf: undefined }))).toBe('malformed');
  });

  it('rejects a different issuer', async () => {
    const iss = 'https://sts.windows.net/99999999-9999-9999-9999-999999999999/';
    expect(await refusal(await key.sign({ ...(await goodClaims()), iss }))).toBe(`issuer: ${iss}`);
  });

  it('rejects an ARM token at the vault, and a vault token at ARM', async () => {
    const arm = await tokens.issueAccessToken(identity, 'https://management.azure.com');
    const vault = await tokens.issueAccessToken(identity, 'https://vault.azure.net');
    expect(await refusal(arm.accessToken, audiences.keyVault)).toBe('audience: https://management.azure.com');
    expect(await refusal(vault.accessToken, audiences.arm)).toBe('audience: https://vault.azure.net');
  });

  it('rejects the ID token of a user', async () => {
    expect(await refusal(await tokens.issueIdToken(user, 'client'))).toBe(
      `issuer: https://login.microsoftonline.com/${tenantId}/v2.0`,
    );
  });
});

describe('the cache of verified tokens', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('rejects a token after its expiry', async () => {
    const token = await key.sign({ ...(await goodClaims()), exp: Math.floor(Date.now() / 1000) + 60 });
    expect(await tokens.verifyAccessToken(`Bearer ${token}`, audiences.arm)).toBeDefined();
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    expect(await refusal(token)).toBe('expired');
  });

  it('rejects a token if the clock went back before its start', async () => {
    const token = await key.sign(await goodClaims());
    expect(await tokens.verifyAccessToken(`Bearer ${token}`, audiences.arm)).toBeDefined();
    vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
    expect(await refusal(token)).toBe('not-yet-valid');
  });

  it('rejects a token at a different service', async () => {
    const token = await key.sign(await goodClaims());
    expect(await tokens.verifyAccessToken(`Bearer ${token}`, audiences.arm)).toBeDefined();
    expect(await refusal(token, audiences.keyVault)).toBe('audience: https://management.azure.com');
  });

  it('rejects the token with a different signature or different claims', async () => {
    const token = await key.sign(await goodClaims());
    expect(await tokens.verifyAccessToken(`Bearer ${token}`, audiences.arm)).toBeDefined();
    const [header, payload, signature] = token.split('.');
    const other = await key.sign({ ...(await goodClaims()), oid: user.objectId });
    expect(await refusal(`${header}.${payload}.${other.split('.')[2]}`)).toBe('signature');
    expect(await refusal(`${header}.${other.split('.')[1]}.${signature}`)).toBe('signature');
  });

  it('accepts a token after a rotation until its key is no longer valid', async () => {
    const service = new TokenService(tenantId, key);
    const token = await key.sign(await goodClaims());
    const ask = () =>
      service.verifyAccessToken(`Bearer ${token}`, audiences.arm).then(
        () => 'accepted',
        ({ reason }: TokenRejected) => reason,
      );
    expect(await ask()).toBe('accepted');
    service.keys.rotate(await SigningKey.generate(), 60);
    expect(await ask()).toBe('accepted');
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    expect(await ask()).toBe('signature');
  });

  it('drops the oldest tokens, and verifies them on their next use', async () => {
    const known = new VerifiedTokens();
    const payload = { aud: 'a', nbf: 0, exp: 4_000_000_000 };
    known.add('first', { payload, kid: 'k' });
    expect(known.find('first', ['a'], ['k'])).toBe(payload);
    for (let n = 0; n < 1000; n++) known.add(`token ${n}`, { payload, kid: 'k' });
    expect(known.find('first', ['a'], ['k'])).toBe(undefined);
    expect(known.find('token 999', ['a'], ['k'])).toBe(payload);
  });
});
