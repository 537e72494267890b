import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createRequester,
  createTestApiServer,
  issuer,
  pod,
  sharedKeyPair,
  type TestApiServer,
} from '../../testing/kubernetes/test-api-server.ts';
import { type Fields, fields } from './fields.ts';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
let server: TestApiServer;

beforeEach(async () => {
  server = await createTestApiServer();
});

async function requestToken(spec: Fields = {}, account = 'default') {
  return server.admin('POST', `${accounts}/${account}/token`, { spec });
}

async function tokenOf(spec: Fields = {}): Promise<string> {
  return String(fields((await requestToken(spec)).body.status).token);
}

describe('a requested token', () => {
  test('is signed with a published key and has the claims of its account', async () => {
    const { code, body } = await requestToken({
      audiences: ['api://AzureADTokenExchange'],
      expirationSeconds: 3600,
    });
    expect(code).toBe(201);
    const { token, expirationTimestamp } = fields(body.status);
    const { payload, protectedHeader } = await jwtVerify(String(token), createLocalJWKSet(server.api.jwks));
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      iss: issuer,
      sub: 'system:serviceaccount:default:default',
      aud: ['api://AzureADTokenExchange'],
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid: expect.any(String) } },
    });
    expect(payload.exp! - payload.iat!).toBe(3600);
    expect(payload.nbf).toBe(payload.iat);
    expect(Date.parse(String(expirationTimestamp))).toBe(payload.exp! * 1000);
  });

  test('is for the issuer and one hour by default', async () => {
    const { aud, exp, iat } = decodeJwt(await tokenOf());
    expect(aud).toEqual([issuer]);
    expect(exp! - iat!).toBe(3600);
  });

  test.each([
    [{ expirationSeconds: 599 }, 'default', 422, 'may not specify a duration less than 10 minutes'],
    [{}, 'nope', 404, 'serviceaccounts "nope" not found'],
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }, 'default', 404, 'pods "p" not found'],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'p' } },
      'default',
      400,
      'cannot bind token to object',
    ],
  ])('is rejected for %j of %s', async (spec, account, code, message) => {
    const answer = await requestToken(spec, account);
    expect([answer.code, answer.body.message]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('a token bound to a pod', () => {
  let podToken: string;
  let uid: unknown;
  beforeEach(async () => {
    const { body } = await server.admin('POST', '/api/v1/namespaces/default/pods', pod('p'));
    uid = fields(body.metadata).uid;
    podToken = await tokenOf({
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid },
      expirationSeconds: 3607,
    });
  });

  test('has the claims of the pod, and for this API a longer lifetime than requested', () => {
    const { exp, iat, 'kubernetes.io': claims } = decodeJwt(podToken);
    expect(claims).toMatchObject({ pod: { name: 'p', uid }, warnafter: iat! + 3607 });
    expect(exp! - iat!).toBe(31_536_000);
  });

  test('allows a review of itself, and nothing that was not granted', async () => {
    const ask = createRequester(server.api.service, podToken);
    const self = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(fields(fields(self.body.status).userInfo)).toMatchObject({
      username: 'system:serviceaccount:default:default',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/pod-name': ['p'] },
    });
    const refused = await ask('GET', '/api/v1/namespaces/default/pods');
    expect([refused.code, refused.body.message]).toEqual([
      403,
      'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    ]);
  });

  test('is invalid after the deletion of the pod', async () => {
    await server.admin('DELETE', '/api/v1/namespaces/default/pods/p');
    const ask = createRequester(server.api.service, podToken);
    expect((await ask('GET', '/version')).code).toBe(401);
  });

  test('is invalid for another pod of the same name', async () => {
    await server.admin('DELETE', '/api/v1/namespaces/default/pods/p');
    await server.admin('POST', '/api/v1/namespaces/default/pods', pod('p'));
    expect((await createRequester(server.api.service, podToken)('GET', '/version')).code).toBe(401);
    const again = await requestToken({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid } });
    expect([again.code, again.body.reason]).toEqual([409, 'Conflict']);
  });
});

describe('an invalid token', () => {
  test('has another audience', async () => {
    const ask = createRequester(
      server.api.service,
      await tokenOf({ audiences: ['api://AzureADTokenExchange'] }),
    );
    const { code, body } = await ask('GET', '/version');
    expect([code, body.message, body.reason]).toEqual([401, 'Unauthorized', 'Unauthorized']);
  });
  test('comes from another cluster', async () => {
    const other = await createTestApiServer({ keys: await generateKeyPair('RS256') });
    expect((await createRequester(other.api.service, await tokenOf())('GET', '/version')).code).toBe(401);
  });
  test.each([
    [
      'has alg none',
      (token: string) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
    [
      'has another payload',
      (token: string) => token.replace(/\.[^.]*\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
    ],
    ['is not a JWT', () => 'word'],
  ])('%s', async (_, forge) => {
    expect((await createRequester(server.api.service, forge(await tokenOf()))('GET', '/version')).code).toBe(
      401,
    );
  });
  test.each([
    ['has another issuer', { iss: 'https://eastus.oic.prod-aks.azure.com/tenant/other/' }],
    ['has expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 60 }],
    ['has no expiry', { exp: undefined }],
    ['has another subject than its account', { sub: 'system:serviceaccount:kube-system:default' }],
    ['is unchanged, as a control', {}],
  ])('%s', async (what, change) => {
    const claims = { ...decodeJwt(await tokenOf()), ...change };
    const { privateKey } = await sharedKeyPair;
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const { code } = await createRequester(server.api.service, token)('GET', '/version');
    expect(code).toBe(what.endsWith('control') ? 200 : 401);
  });
  test.each([
    ['the published', 200],
    ['an unknown', 401],
  ])('a token with %s key ID', async (which, code) => {
    const claims = decodeJwt(await tokenOf());
    const { privateKey } = await sharedKeyPair;
    const kid = which === 'an unknown' ? 'other' : server.api.jwks.keys[0]!.kid;
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    expect((await createRequester(server.api.service, token)('GET', '/version')).code).toBe(code);
  });
  test('is signed with the public key as a secret', async () => {
    const key = Buffer.from(JSON.stringify(server.api.jwks.keys[0]));
    const token = await new SignJWT(decodeJwt(await tokenOf()))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);
    expect((await createRequester(server.api.service, token)('GET', '/version')).code).toBe(401);
  });
  test('belongs to a deleted account', async () => {
    await server.admin('POST', accounts, { metadata: { name: 'gone' } });
    const token = String(fields((await requestToken({}, 'gone')).body.status).token);
    const ask = createRequester(server.api.service, token);
    expect((await ask('GET', '/version')).code).toBe(200);
    await server.admin('DELETE', `${accounts}/gone`);
    expect((await ask('GET', '/version')).code).toBe(401);
  });
});

describe('after a rotation of the signing keys', () => {
  const taken = async (token: string) =>
    (await createRequester(server.api.service, token)('GET', '/version')).code;
  const published = () => server.api.jwks.keys.map(({ kid }) => kid);
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;

  afterEach(() => {
    vi.useRealTimers();
  });

  test('signs new tokens with the new key, and the previous key stays valid for a day', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const before = await tokenOf({ expirationSeconds: 200_000 });
    await server.api.rotateSigningKeys();
    const after = await tokenOf({ expirationSeconds: 200_000 });
    expect(published()).toEqual([kidOf(after), kidOf(before)]);
    expect([await taken(before), await taken(after)]).toEqual([200, 200]);
    vi.setSystemTime(Date.now() + 86_400_000);
    expect(published()).toEqual([kidOf(after)]);
    expect([await taken(before), await taken(after)]).toEqual([401, 200]);
  });

  test('the second rotation ends the first key immediately', async () => {
    const before = await tokenOf();
    await server.api.rotateSigningKeys();
    await server.api.rotateSigningKeys();
    expect(published()).toHaveLength(2);
    expect(published()).not.toContain(kidOf(before));
    expect(await taken(before)).toBe(401);
  });
});

describe('TokenReview', () => {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  test('returns the user of a token, and the matching audiences', async () => {
    const token = await tokenOf({ audiences: ['a', 'b'] });
    const { body } = await server.admin('POST', path, { spec: { token, audiences: ['b', 'c'] } });
    expect(body.status).toMatchObject({
      authenticated: true,
      audiences: ['b'],
      user: { username: 'system:serviceaccount:default:default' },
    });
  });
  test('reports an invalid token', async () => {
    const { body } = await server.admin('POST', path, { spec: { token: 'x.y.z' } });
    expect(body.status).toEqual({ user: {}, error: expect.stringContaining('invalid bearer token') });
  });
});
