import { randomUUID } from 'node:crypto';
import { type Caller, TokenRejected } from '../entra/tokens.ts';
import { parseJson } from '../http/json.ts';
import { Router, route } from '../http/router.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { authorize, type SecretOperation } from './access.ts';
import type { Backups } from './backups.ts';
import type { KeyVaultContext } from './context.ts';
import { badParameter, KeyVaultError, restoreConflict } from './errors.ts';
import {
  type DeletedSecret,
  newestOf,
  type Secret,
  type SecretChanges,
  type SecretVersion,
} from './secrets.ts';
import type { Vault, Vaults } from './vaults.ts';

/** Oldest first. */
const apiVersions = [
  '2016-10-01',
  '7.0',
  '7.1',
  '7.2',
  '7.3',
  '7.4',
  '7.5',
  '7.6',
  '2025-07-01',
  '2026-04-01',
];

/** Default and maximum. */
const pageSize = 25;

interface SecretsRequest {
  readonly vault: Vault;
  readonly backups: Backups;
  readonly http: Request;
  readonly apiVersion: string;
  /** Call it before reading anything. @throws KeyVaultError 403 */
  readonly authorize: (operation: SecretOperation, secretName?: string) => void;
}

/**
 * `https://{vault}.vault.azure.net`
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export function createDataPlane(context: KeyVaultContext, vaults: Vaults, backups: Backups): Service {
  return async request => {
    const name = request.url.hostname.split('.')[0]!;
    const vault = vaults.find(name);
    // In Azure, this host name does not resolve, which a proxy reports with 502.
    if (!vault || vault.registeredAt > Date.now()) {
      return { status: 502, body: `getaddrinfo ENOTFOUND ${request.url.hostname}` };
    }
    const headers: Record<string, string> = {
      'x-ms-keyvault-region': vault.location,
      'x-ms-request-id': randomUUID(),
      'x-ms-keyvault-service-version': '1.9.2784.1',
      'x-ms-keyvault-network-info':
        'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;private_endpoint=false;',
    };
    const reply = await answer(context, vault, backups, request, headers).catch((error: unknown) => {
      if (error instanceof KeyVaultError) return error.toReply();
      throw error;
    });
    return { ...reply, headers: { ...headers, ...reply.headers } };
  };
}

async function answer(
  context: KeyVaultContext,
  vault: Vault,
  backups: Backups,
  http: Request,
  headers: Record<string, string>,
): Promise<Reply> {
  // Clients send their first request without token and body, to get the challenge.
  const caller = await authenticate(context, http);
  const request: SecretsRequest = {
    vault,
    backups,
    http,
    apiVersion: apiVersionOf(http.url),
    authorize: (operation, secretName) => {
      const { assignmentId } = authorize(context, vault, caller, operation, secretName);
      if (assignmentId) headers['x-ms-keyvault-rbac-assignment-id'] = assignmentId;
    },
  };
  // A trailing slash is an empty version: the newest.
  const path = http.url.pathname.replace(/\/$/, '');
  const [, , name] = path.split('/');
  if (name !== undefined && !/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
    throw badParameter(`The request URI contains an invalid name: ${name}`);
  }
  const { route, parameters } = secretsRouter.match(http.method, path);
  if (!route)
    throw new KeyVaultError(
      405,
      'MethodNotAllowed',
      `The emulator does not implement "${http.method} ${path}" of Key Vault.`,
    );
  return route.handler(request, parameters);
}

async function authenticate(context: KeyVaultContext, request: Request): Promise<Caller> {
  try {
    return await context.tokens.verifyAccessToken(
      request.headers.authorization,
      context.cloud.audiences.keyVault,
    );
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    throw new KeyVaultError(401, 'Unauthorized', whyRejected(context, error), {
      headers: {
        'www-authenticate': `Bearer authorization="https://${context.cloud.hosts.login}/${context.tenantId}", resource="${context.cloud.audiences.keyVault[0]}"`,
      },
    });
  }
}

/** @see https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
function whyRejected(context: KeyVaultContext, { reason, found }: TokenRejected): string {
  switch (reason) {
    case 'missing':
      return 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.';
    case 'audience':
      return `AKV10022: Invalid audience. Expected ${context.cloud.audiences.keyVault[0]}, found: ${found}.`;
    case 'issuer':
      return `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${context.tenantId}/, found ${found}.`;
    case 'expired':
    case 'not-yet-valid':
      return "[TokenExpired] Error validating token: 'S2S12086'.";
    case 'signature':
      return 'AKV10046: Unable to resolve the key used for signature validation.';
    case 'malformed':
      return "Error validating token: 'S2S12005'.";
  }
}

function apiVersionOf(url: URL): string {
  const version = url.searchParams.get('api-version');
  if (!version) throw badParameter('api-version must be specified');
  if (!apiVersions.includes(version)) {
    throw badParameter(
      `The specified version (${version}) is not recognized. Consider using the latest supported version (${apiVersions.at(-1)}).`,
    );
  }
  return version;
}

/** Not an operation on the secret. */
const version = ':version((?!(?:versions|recover|backup)$)[^/]+)';

/** In the names of the reference. */
export const secretsRouter = new Router([
  route('POST', '/secrets/restore', 'Restore Secret', (request: SecretsRequest) => {
    request.authorize('restore');
    const secret = request.backups.open(bodyOf(request.http).value);
    const { hostname } = request.http.url;
    const id = `https://${hostname}/secrets/${secret.name}/${newestOf(secret).version}`;
    if (!request.vault.secrets.restore(secret)) throw restoreConflict(id);
    return json(200, bundle(request, secret.name, newestOf(secret)));
  }),
  route('PUT', '/secrets/:name', 'Set Secret', (request: SecretsRequest, { name }) => {
    request.authorize('set', name);
    const body = bodyOf(request.http);
    if (typeof body.value !== 'string')
      throw badParameter('Property value is required and must be a string.');
    const version = request.vault.secrets.set(name, body.value, changesIn(body));
    return json(200, bundle(request, name, version, { value: true }));
  }),
  route('GET', '/secrets', 'Get Secrets', (request: SecretsRequest) => {
    request.authorize('list');
    return page(request, request.vault.secrets.list(), secret => listItem(request, secret));
  }),
  route('GET', '/secrets/:name', 'Get Secret', getSecret),
  route('GET', '/secrets/:name/versions', 'Get Secret Versions', (request: SecretsRequest, { name }) => {
    request.authorize('list', name);
    const { secret } = request.vault.secrets.get(name);
    return page(request, secret.versions.toReversed(), version => bundle(request, secret.name, version));
  }),
  route('GET', `/secrets/:name/${version}`, 'Get Secret', getSecret),
  route('PATCH', '/secrets/:name', 'Update Secret', updateSecret),
  route('PATCH', `/secrets/:name/${version}`, 'Update Secret', updateSecret),
  route('POST', '/secrets/:name/backup', 'Backup Secret', (request: SecretsRequest, { name }) => {
    request.authorize('backup', name);
    return json(200, { value: request.backups.seal(request.vault.secrets.get(name).secret) });
  }),
  route('DELETE', '/secrets/:name', 'Delete Secret', (request: SecretsRequest, { name }) => {
    request.authorize('delete', name);
    return json(200, deletedBundle(request, request.vault.secrets.delete(name)));
  }),
  route('GET', '/deletedsecrets', 'Get Deleted Secrets', (request: SecretsRequest) => {
    request.authorize('list');
    return page(request, request.vault.secrets.listDeleted(), secret => ({
      ...deletion(request, secret),
      ...listItem(request, secret),
    }));
  }),
  route('GET', '/deletedsecrets/:name', 'Get Deleted Secret', (request: SecretsRequest, { name }) => {
    request.authorize('getDeleted', name);
    return json(200, deletedBundle(request, request.vault.secrets.getDeleted(name)));
  }),
  route(
    'POST',
    '/deletedsecrets/:name/recover',
    'Recover Deleted Secret',
    (request: SecretsRequest, { name }) => {
      request.authorize('recover', name);
      const secret = request.vault.secrets.recover(name);
      return json(200, bundle(request, secret.name, newestOf(secret)));
    },
  ),
  route('DELETE', '/deletedsecrets/:name', 'Purge Deleted Secret', (request: SecretsRequest, { name }) => {
    request.authorize('purge', name);
    if (request.vault.properties.enablePurgeProtection) {
      throw new KeyVaultError(
        403,
        'Forbidden',
        'Operation "purge" is not allowed because purge protection is enabled for this vault.',
        { innerCode: 'ForbiddenByPolicy' },
      );
    }
    request.vault.secrets.purge(name);
    return { status: 204 };
  }),
]);

interface SecretParameters {
  readonly name: string;
  readonly version?: string;
}

function getSecret(request: SecretsRequest, { name, version: requested }: SecretParameters): Reply {
  request.authorize('get', name);
  const { secret, version } = request.vault.secrets.read(name, requested);
  return json(200, bundle(request, secret.name, version, { value: true }));
}

function updateSecret(request: SecretsRequest, { name, version: requested }: SecretParameters): Reply {
  request.authorize('update', name);
  const changes = changesIn(bodyOf(request.http));
  const { secret, version } = request.vault.secrets.update(name, requested, changes);
  return json(200, bundle(request, secret.name, version));
}

function bodyOf(request: Request): Record<string, unknown> {
  const body = parseJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badParameter('The request body is missing or is not a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** @throws KeyVaultError 400 */
function changesIn({ contentType, tags, attributes }: Record<string, unknown>): SecretChanges {
  const changes: SecretChanges = {};
  if (contentType !== undefined && contentType !== null) {
    if (typeof contentType !== 'string' || contentType.length > 255) {
      throw badParameter('Property contentType must be a string of at most 255 characters.');
    }
    changes.contentType = contentType;
  }
  if (tags !== undefined && tags !== null) {
    if (
      typeof tags !== 'object' ||
      Array.isArray(tags) ||
      Object.values(tags).some(value => typeof value !== 'string')
    ) {
      throw badParameter('Property tags must map strings to strings.');
    }
    const entries = Object.entries(tags);
    if (entries.length > 15 || entries.flat().some(text => text.length > 256)) {
      throw badParameter('A secret has at most 15 tags, whose names and values have at most 256 characters.');
    }
    changes.tags = tags as Record<string, string>;
  }
  const { enabled, nbf, exp } = (attributes ?? {}) as Record<string, unknown>;
  if (typeof enabled === 'boolean') changes.enabled = enabled;
  if (typeof nbf === 'number') changes.nbf = nbf;
  if (typeof exp === 'number') changes.exp = exp;
  return changes;
}

/** Members in Key Vault's order. */
function bundle(
  request: SecretsRequest,
  name: string,
  version: SecretVersion,
  options: { value?: boolean } = {},
): Record<string, unknown> {
  return {
    value: options.value ? version.value : undefined,
    contentType: version.contentType,
    id: `https://${request.http.url.hostname}/secrets/${name}/${version.version}`,
    attributes: attributesOf(request, version),
    tags: version.tags,
  };
}

/** The ID has no version. */
function listItem(request: SecretsRequest, secret: Secret): Record<string, unknown> {
  return {
    ...bundle(request, secret.name, newestOf(secret)),
    id: `https://${request.http.url.hostname}/secrets/${secret.name}`,
  };
}

function deletedBundle(request: SecretsRequest, secret: DeletedSecret): Record<string, unknown> {
  return { ...deletion(request, secret), ...bundle(request, secret.name, newestOf(secret)) };
}

function deletion(request: SecretsRequest, secret: DeletedSecret): Record<string, unknown> {
  const { name, deletedDate, scheduledPurgeDate } = secret;
  return {
    recoveryId: `https://${request.http.url.hostname}/deletedsecrets/${name}`,
    deletedDate,
    scheduledPurgeDate,
  };
}

function attributesOf(request: SecretsRequest, version: SecretVersion): Record<string, unknown> {
  const { softDeleteRetentionInDays, enablePurgeProtection } = request.vault.properties;
  const recoverable = softDeleteRetentionInDays < 90 ? 'CustomizedRecoverable' : 'Recoverable';
  const { enabled, nbf, exp, created, updated } = version;
  return {
    enabled,
    nbf,
    exp,
    created,
    updated,
    recoveryLevel: enablePurgeProtection ? recoverable : `${recoverable}+Purgeable`,
    // Since API version 7.1.
    recoverableDays: apiVersions.indexOf(request.apiVersion) > 1 ? softDeleteRetentionInDays : undefined,
  };
}

/** Key Vault includes port 443 in `nextLink`. */
function page<T>(request: SecretsRequest, items: readonly T[], show: (item: T) => unknown): Reply {
  const { hostname, pathname, searchParams } = request.http.url;
  const maximum = Number(searchParams.get('maxresults') ?? pageSize);
  if (!Number.isInteger(maximum) || maximum < 1 || maximum > pageSize) {
    throw badParameter(`maxresults must be a whole number between 1 and ${pageSize}.`);
  }
  const start = Number(Buffer.from(searchParams.get('$skiptoken') ?? '', 'base64url').toString() || 0);
  if (!Number.isInteger(start) || start < 0)
    throw badParameter('The $skiptoken is not one that this vault gave.');
  const end = start + maximum;
  const skipToken = Buffer.from(String(end)).toString('base64url');
  return json(200, {
    value: items.slice(start, end).map(show),
    nextLink:
      end < items.length
        ? `https://${hostname}:443${pathname}?api-version=${request.apiVersion}&$skiptoken=${skipToken}&maxresults=${maximum}`
        : null,
  });
}
