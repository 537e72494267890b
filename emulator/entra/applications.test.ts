import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { azureClouds } from '../azure-clouds.ts';
import { Latency } from '../latency.ts';
import { Network } from '../network.ts';
import { SigningKey } from '../pki/signing-key.ts';
import { Directory, type Principal, type ServicePrincipal, type User } from './directory.ts';
import { createGraph } from './graph.ts';
import { TokenService } from './tokens.ts';

const tenantId = randomUUID();
const tokens = new TokenService(tenantId, await SigningKey.generate());
const directory = new Directory();
const graph = createGraph({
  cloud: azureClouds.AzureCloud,
  tenantId,
  tokens,
  directory,
  network: new Network({ proxyUrl: 'http://127.0.0.1:9', caCertificate: '', caFile: '' }),
  latency: new Latency('fast', () => 0),
  log: () => {},
});
const user = directory.add<User>({
  kind: 'User',
  objectId: randomUUID(),
  displayName: 'Lab User',
  userPrincipalName: 'lab@example.com',
});
const issuer = 'https://token.actions.githubusercontent.com';

async function ask(operation: string, body?: unknown, as: Principal = user) {
  const [method = '', path = ''] = operation.split(/ (.*)/s);
  const { accessToken } = await tokens.issueAccessToken(as, 'https://graph.microsoft.com/');
  const reply = await graph({
    method,
    url: new URL(`https://graph.microsoft.com/v1.0/${path}`),
    headers: { authorization: `Bearer ${accessToken}` },
    body: Buffer.from(JSON.stringify(body) ?? ''),
    signal: new AbortController().signal,
  });
  return { status: reply.status, body: reply.body ? JSON.parse(String(reply.body)) : undefined };
}

let app: { id: string; appId: string };
let credentials: string;

beforeEach(async () => {
  app = (await ask('POST applications', { displayName: 'GitHub' })).body;
  credentials = `applications/${app.id}/federatedIdentityCredentials`;
});

const credential = (name: string, subject = name) => ({
  name,
  issuer,
  subject,
  audiences: ['api://AzureADTokenExchange'],
});

function principalOf({ appId }: { appId: string }): ServicePrincipal | undefined {
  return directory.findByClientId(appId);
}

describe('applications', () => {
  it('finds an application by its IDs and its name', async () => {
    expect(app).toMatchObject({ displayName: 'GitHub', signInAudience: 'AzureADMyOrg' });
    expect((await ask(`GET applications/${app.id}`)).body).toMatchObject(app);
    const ids = async (filter: string) =>
      (await ask(`GET applications?$filter=${encodeURIComponent(filter)}`)).body.value.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids(`appId eq '${app.appId}'`)).toEqual([app.id]);
    expect(await ids("startswith(displayName,'git')")).toContain(app.id);
    expect(await ids("displayName eq 'git'")).toEqual([]);
    expect(await ids("identifierUris/any(s:s eq 'x')")).toEqual([]);
    expect((await ask("GET applications?$filter=tags eq 'x'")).status).toBe(400);
    expect((await ask('POST applications', {})).status).toBe(400);
    expect((await ask(`PUT applications/${app.id}`, {})).status).toBe(405);
  });

  it('updates an application, and deletes it with its service principal', async () => {
    expect((await ask(`PATCH applications/${app.id}`, { displayName: 'Other' })).status).toBe(204);
    expect((await ask(`GET applications/${app.id}`)).body.displayName).toBe('Other');
    await ask('POST servicePrincipals', { appId: app.appId });
    expect(principalOf(app)).toBeDefined();
    expect((await ask(`DELETE applications/${app.id}`)).status).toBe(204);
    expect((await ask(`GET applications/${app.id}`)).status).toBe(404);
    expect(principalOf(app)).toBeUndefined();
  });

  it('creates one service principal, which has the credentials of the application', async () => {
    await ask(`POST ${credentials}`, credential('before'));
    const created = await ask('POST servicePrincipals', { appId: app.appId });
    expect([created.status, created.body.servicePrincipalType]).toEqual([201, 'Application']);
    await ask(`POST ${credentials}`, credential('after'));
    expect(principalOf(app)?.federatedCredentials.map(({ name }) => name)).toEqual(['before', 'after']);
    const again = await ask('POST servicePrincipals', { appId: app.appId });
    expect([again.status, again.body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue']);
    expect((await ask('POST servicePrincipals', { appId: randomUUID() })).status).toBe(400);
    expect((await ask(`DELETE servicePrincipals/${created.body.id}`)).status).toBe(204);
    expect(principalOf(app)).toBeUndefined();
    expect((await ask(`GET applications/${app.id}`)).status).toBe(200);
  });

  it('rejects writes of service principals, and the deletion of a managed identity', async () => {
    const { body } = await ask('POST servicePrincipals', { appId: app.appId });
    const identity = directory.add<ServicePrincipal>({
      kind: 'ManagedIdentity',
      objectId: randomUUID(),
      clientId: randomUUID(),
      displayName: 'identity',
      federatedCredentials: [],
    });
    for (const operation of [
      'GET applications',
      'POST applications',
      `POST ${credentials}`,
      'POST servicePrincipals',
      'GET servicePrincipals',
      `DELETE servicePrincipals/${body.id}`,
    ]) {
      expect((await ask(operation, { displayName: 'x' }, identity)).status, operation).toBe(403);
    }
    expect((await ask(`DELETE servicePrincipals/${identity.objectId}`)).status).toBe(403);
  });
});

describe('federated credentials of applications', () => {
  it('creates, reads, updates, and deletes a credential by ID or name', async () => {
    const created = await ask(`POST ${credentials}`, credential('main'));
    expect([created.status, created.body]).toMatchObject([201, { ...credential('main'), description: null }]);
    for (const key of ['main', created.body.id]) {
      expect((await ask(`GET ${credentials}/${key}`)).body.subject).toBe('main');
    }
    expect((await ask(`PATCH ${credentials}/main`, { subject: 'other' })).status).toBe(204);
    expect((await ask(`GET ${credentials}`)).body.value).toMatchObject([{ subject: 'other', issuer }]);
    expect((await ask(`PATCH ${credentials}/main`, { name: 'renamed' })).status).toBe(400);
    expect((await ask(`DELETE ${credentials}/main`)).status).toBe(204);
    expect((await ask(`GET ${credentials}/main`)).status).toBe(404);
    expect((await ask(`DELETE ${credentials}/main`)).status).toBe(404);
  });

  it('enforces the limits of Entra', async () => {
    const refused = async (body: object) => (await ask(`POST ${credentials}`, body)).status;
    await ask(`POST ${credentials}`, credential('main'));
    expect(await refused(credential('main', 'other'))).toBe(409);
    expect(await refused(credential('other', 'main'))).toBe(409);
    for (const wrong of [
      credential('no'),
      { ...credential('good'), issuer: '' },
      { ...credential('good'), subject: undefined },
      { ...credential('good'), audiences: ['a', 'b'] },
      credential('good', 's'.repeat(601)),
    ]) {
      expect(await refused(wrong), JSON.stringify(wrong)).toBe(400);
    }
    for (let n = 2; n <= 20; n++) expect(await refused(credential(`name-${n}`))).toBe(201);
    expect(await refused(credential('name-21'))).toBe(400);
  });
});
