import { randomUUID } from 'node:crypto';
import { type Caller, TokenRejected } from '../entra/tokens.ts';
import { parseJson } from '../http/json.ts';
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

/** The versions of the data plane, oldest first. */
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

/** A list gives this many items unless fewer are asked for; more cannot be. */
const pageSize = 25;

/** One authorized call on one vault. */
interface Call {
  readonly vault: Vault;
  readonly backups: Backups;
  readonly request: Request;
  readonly apiVersion: string;
  /** Checks that the caller may do it, before anything is looked up. */
  readonly authorize: (operation: SecretOperation, secretName?: string) => void;
}

/**
 * The secrets API of every vault, on `https://{vault}.vault.azure.net`.
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export function createDataPlane(context: KeyVaultContext, vaults: Vaults, backups: Backups): Service {
  return async request => {
    const name = request.url.hostname.split('.')[0]!;
    const vault = vaults.find(name);
    // In Azure such a host does not resolve: this is how a proxy reports that.
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
  request: Request,
  headers: Record<string, string>,
): Promise<Reply> {
  // Who asks comes first: clients send their first request without a token, and without its body, to be told where
  // to get one.
  const caller = await authenticate(context, request);
  const call: Call = {
    vault,
    backups,
    request,
    apiVersion: apiVersionOf(request.url),
    authorize: (operation, secretName) => {
      const { assignmentId } = authorize(context, vault, caller, operation, secretName);
      if (assignmentId) headers['x-ms-keyvault-rbac-assignment-id'] = assignmentId;
    },
  };
  // A trailing slash is an empty version: the newest.
  const [collection, name, last] = request.url.pathname.slice(1).replace(/\/$/, '').split('/');
  if (name !== undefined && !/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
    throw badParameter(`The request URI contains an invalid name: ${name}`);
  }
  const verb = ['versions', 'recover', 'backup'].includes(last ?? '');
  const isRestore = request.method === 'POST' && name === 'restore' && last === undefined;
  const steps = [collection, name && (isRestore ? name : '{name}'), last && (verb ? last : '{version}')];
  const shape = steps.filter(Boolean).join('/');
  const route = routes[`${request.method} ${shape}`];
  if (!route) {
    throw new KeyVaultError(405, 'MethodNotAllowed', `The emulated vault has no ${request.method} ${shape}.`);
  }
  return route(call, name ?? '', last);
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

type Route = (call: Call, name: string, version: string | undefined) => Reply;

const routes: Readonly<Record<string, Route>> = {
  'PUT secrets/{name}': (call, name) => {
    call.authorize('set', name);
    const body = bodyOf(call.request);
    if (typeof body.value !== 'string')
      throw badParameter('Property value is required and must be a string.');
    const version = call.vault.secrets.set(name, body.value, changesIn(body));
    return json(200, bundle(call, name, version, { value: true }));
  },
  'GET secrets/{name}': getSecret,
  'GET secrets/{name}/{version}': getSecret,
  'PATCH secrets/{name}': updateSecret,
  'PATCH secrets/{name}/{version}': updateSecret,
  'GET secrets': call => {
    call.authorize('list');
    return page(call, call.vault.secrets.list(), secret => listItem(call, secret));
  },
  'GET secrets/{name}/versions': (call, name) => {
    call.authorize('list', name);
    const { secret } = call.vault.secrets.get(name);
    return page(call, secret.versions.toReversed(), version => bundle(call, secret.name, version));
  },
  'POST secrets/{name}/backup': (call, name) => {
    call.authorize('backup', name);
    return json(200, { value: call.backups.seal(call.vault.secrets.get(name).secret) });
  },
  'POST secrets/restore': call => {
    call.authorize('restore');
    const secret = call.backups.open(bodyOf(call.request).value);
    const { hostname } = call.request.url;
    const id = `https://${hostname}/secrets/${secret.name}/${newestOf(secret).version}`;
    if (!call.vault.secrets.restore(secret)) throw restoreConflict(id);
    return json(200, bundle(call, secret.name, newestOf(secret)));
  },
  'DELETE secrets/{name}': (call, name) => {
    call.authorize('delete', name);
    return json(200, deletedBundle(call, call.vault.secrets.delete(name)));
  },
  'GET deletedsecrets': call => {
    call.authorize('list');
    return page(call, call.vault.secrets.listDeleted(), secret => ({
      ...deletion(call, secret),
      ...listItem(call, secret),
    }));
  },
  'GET deletedsecrets/{name}': (call, name) => {
    call.authorize('getDeleted', name);
    return json(200, deletedBundle(call, call.vault.secrets.getDeleted(name)));
  },
  'POST deletedsecrets/{name}/recover': (call, name) => {
    call.authorize('recover', name);
    const secret = call.vault.secrets.recover(name);
    return json(200, bundle(call, secret.name, newestOf(secret)));
  },
  'DELETE deletedsecrets/{name}': (call, name) => {
    call.authorize('purge', name);
    if (call.vault.properties.enablePurgeProtection) {
      throw new KeyVaultError(
        403,
        'Forbidden',
        'Operation "purge" is not allowed because purge protection is enabled for this vault.',
        { innerCode: 'ForbiddenByPolicy' },
      );
    }
    call.vault.secrets.purge(name);
    return { status: 204 };
  },
};

function getSecret(call: Call, name: string, wanted?: string): Reply {
  call.authorize('get', name);
  const { secret, version } = call.vault.secrets.read(name, wanted);
  return json(200, bundle(call, secret.name, version, { value: true }));
}

function updateSecret(call: Call, name: string, wanted?: string): Reply {
  call.authorize('update', name);
  const changes = changesIn(bodyOf(call.request));
  const { secret, version } = call.vault.secrets.update(name, wanted, changes);
  return json(200, bundle(call, secret.name, version));
}

function bodyOf(request: Request): Record<string, unknown> {
  const body = parseJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badParameter('The request body is missing or is not a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** What a body says about a secret beside its value. */
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

/** A version as the API shows it, members in Key Vault's order. */
function bundle(
  call: Call,
  name: string,
  version: SecretVersion,
  options: { value?: boolean } = {},
): Record<string, unknown> {
  return {
    value: options.value ? version.value : undefined,
    contentType: version.contentType,
    id: `https://${call.request.url.hostname}/secrets/${name}/${version.version}`,
    attributes: attributesOf(call, version),
    tags: version.tags,
  };
}

/** A secret in a list: its newest version, named without the version. */
function listItem(call: Call, secret: Secret): Record<string, unknown> {
  return {
    ...bundle(call, secret.name, newestOf(secret)),
    id: `https://${call.request.url.hostname}/secrets/${secret.name}`,
  };
}

function deletedBundle(call: Call, secret: DeletedSecret): Record<string, unknown> {
  return { ...deletion(call, secret), ...bundle(call, secret.name, newestOf(secret)) };
}

function deletion(call: Call, secret: DeletedSecret): Record<string, unknown> {
  const { name, deletedDate, scheduledPurgeDate } = secret;
  return {
    recoveryId: `https://${call.request.url.hostname}/deletedsecrets/${name}`,
    deletedDate,
    scheduledPurgeDate,
  };
}

function attributesOf(call: Call, version: SecretVersion): Record<string, unknown> {
  const { softDeleteRetentionInDays, enablePurgeProtection } = call.vault.properties;
  const recoverable = softDeleteRetentionInDays < 90 ? 'CustomizedRecoverable' : 'Recoverable';
  const { enabled, nbf, exp, created, updated } = version;
  return {
    enabled,
    nbf,
    exp,
    created,
    updated,
    recoveryLevel: enablePurgeProtection ? recoverable : `${recoverable}+Purgeable`,
    // Shown since 7.1.
    recoverableDays: apiVersions.indexOf(call.apiVersion) > 1 ? softDeleteRetentionInDays : undefined,
  };
}

/** One page of a list. Key Vault spells out port 443 in the address of the next. */
function page<T>(call: Call, items: readonly T[], show: (item: T) => unknown): Reply {
  const { hostname, pathname, searchParams } = call.request.url;
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
        ? `https://${hostname}:443${pathname}?api-version=${call.apiVersion}&$skiptoken=${skipToken}&maxresults=${maximum}`
        : null,
  });
}
