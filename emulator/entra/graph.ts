import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../http/json.ts';
import { Router, route } from '../http/router.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { Applications, byDisplayName, metadataOf } from './applications.ts';
import type { EntraContext } from './context.ts';
import type { Principal, ServicePrincipal, User } from './directory.ts';
import {
  badRequest,
  denied,
  GraphError,
  methodNotAllowed,
  notFound,
  unsupportedFilter,
} from './graph-errors.ts';
import { type Caller, TokenRejected } from './tokens.ts';

interface GraphCall {
  readonly request: Request;
  readonly caller: Caller;
  readonly context: EntraContext;
  readonly applications: Applications;
}

const applicationPath = '/v1.0/applications/:id';
const credentialPath = `${applicationPath}/federatedIdentityCredentials/:credential` as const;

/** Paths are decoded, without a trailing slash. */
export const graphRoutes = [
  route('GET', '/v1.0/me', 'Get me', getMe),
  route('GET', '/v1.0/users', 'List users', listUsers),
  route('GET', '/v1.0/users/:id', 'Get user', getUser),
  route('GET', '/v1.0/servicePrincipals', 'List servicePrincipals', listServicePrincipals),
  route('POST', '/v1.0/servicePrincipals', 'Create servicePrincipal', createServicePrincipal),
  route('GET', '/v1.0/servicePrincipals/:id', 'Get servicePrincipal', getServicePrincipal),
  route('DELETE', '/v1.0/servicePrincipals/:id', 'Delete servicePrincipal', deleteServicePrincipal),
  route('POST', '/v1.0/directoryObjects/getByIds', 'directoryObject: getByIds', getByIds),
  route('GET', '/v1.0/applications', 'List applications', ({ request, applications }: GraphCall) =>
    applications.list(request.url.searchParams.get('$filter') ?? ''),
  ),
  route('POST', '/v1.0/applications', 'Create application', ({ request, applications }: GraphCall) =>
    applications.create(request),
  ),
  route('GET', applicationPath, 'Get application', ({ applications }: GraphCall, { id }) =>
    applications.get(id),
  ),
  route('PATCH', applicationPath, 'Update application', ({ request, applications }: GraphCall, { id }) =>
    applications.update(id, request),
  ),
  route('DELETE', applicationPath, 'Delete application', ({ applications }: GraphCall, { id }) =>
    applications.delete(id),
  ),
  route(
    'GET',
    `${applicationPath}/federatedIdentityCredentials`,
    'List federatedIdentityCredentials',
    ({ applications }: GraphCall, { id }) => applications.listCredentials(id),
  ),
  route(
    'POST',
    `${applicationPath}/federatedIdentityCredentials`,
    'Create federatedIdentityCredential',
    ({ request, applications }: GraphCall, { id }) => applications.addCredential(id, request),
  ),
  route(
    'GET',
    credentialPath,
    'Get federatedIdentityCredential',
    ({ applications }: GraphCall, { id, credential }) => applications.getCredential(id, credential),
  ),
  route(
    'PATCH',
    credentialPath,
    'Update federatedIdentityCredential',
    ({ request, applications }: GraphCall, { id, credential }) =>
      applications.updateCredential(id, credential, request),
  ),
  route(
    'DELETE',
    credentialPath,
    'Delete federatedIdentityCredential',
    ({ applications }: GraphCall, { id, credential }) => applications.deleteCredential(id, credential),
  ),
];

const router = new Router(graphRoutes);

/**
 * As far as az uses it. Users read the directory and register applications, as members do by default. A service
 * principal reads only itself, because no application has a permission of Graph.
 */
export function createGraph(context: EntraContext): Service {
  const applications = new Applications(context);
  return async request => {
    try {
      const caller = await context.tokens.verifyAccessToken(
        request.headers.authorization,
        context.cloud.audiences.graph,
      );
      const reply = dispatch({ request, caller, context, applications });
      return { ...reply, headers: { ...reply.headers, ...odataHeaders(), ...locationOf(request, context) } };
    } catch (error) {
      if (error instanceof GraphError) return error.toReply();
      if (error instanceof TokenRejected) return unauthorized(error).toReply();
      throw error;
    }
  };
}

function dispatch(call: GraphCall): Reply {
  const path = decodePath(call.request.url);
  const { route: found, parameters, allowed } = router.match(call.request.method, path);
  if (/^\/v1\.0\/applications(?:\/|$)/.test(path)) {
    // No application has the permission Application.ReadWrite.All.
    if (call.caller.kind !== 'User') throw denied();
    if (!found && allowed.length > 0) throw methodNotAllowed();
  }
  if (!found) throw unknownSegment(path);
  return found.handler(call, parameters);
}

function decodePath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname).replace(/(?<=.)\/$/, '');
  } catch {
    throw new GraphError(400, 'BadRequest', 'The path is not a valid encoding.');
  }
}

function odataHeaders(): Record<string, string> {
  return {
    'content-type':
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    'odata-version': '4.0',
    'request-id': randomUUID(),
  };
}

/** As recorded: the location is the service itself. */
function locationOf({ method }: Request, { cloud }: EntraContext): Record<string, string> {
  return method === 'POST' ? { location: `https://${cloud.hosts.graph}` } : {};
}

function getMe({ caller, context }: GraphCall): Reply {
  const self = context.directory.findByObjectId(caller.objectId);
  if (self?.kind !== 'User') {
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  }
  return entity(context, 'users', userObject(self));
}

/** az finds a user by name with `userPrincipalName eq '…'`. */
function listUsers({ request, caller, context }: GraphCall): Reply {
  const filter = request.url.searchParams.get('$filter') ?? '';
  const name = /^userPrincipalName eq '([^']*)'$/i.exec(filter)?.[1];
  if (name === undefined) throw unsupportedFilter(filter);
  const found = readable(caller, find(name, context));
  return list(context, 'users', found?.kind === 'User' ? [userObject(found)] : []);
}

function getUser({ caller, context }: GraphCall, { id }: { id: string }): Reply {
  const found = readable(caller, find(id, context));
  if (found?.kind !== 'User') throw notFound(id);
  return entity(context, 'users', userObject(found));
}

/** Only the filters that az sends. */
function listServicePrincipals({ request, caller, context }: GraphCall): Reply {
  const filter = request.url.searchParams.get('$filter') ?? '';
  const clientId =
    /^servicePrincipalNames\/any\((\w+):\1 eq '([^']*)'\)$/i.exec(filter)?.[2] ??
    /^appId eq '([^']*)'$/i.exec(filter)?.[1];
  if (clientId !== undefined) {
    const found = readable(caller, context.directory.findByClientId(clientId));
    return list(context, 'servicePrincipals', found ? [servicePrincipalObject(found)] : []);
  }
  const matches = byDisplayName(filter);
  if (caller.kind !== 'User') throw denied();
  const found = context.directory
    .all()
    .filter(principal => principal.kind !== 'User')
    .filter(({ displayName }) => matches(displayName));
  return list(context, 'servicePrincipals', found.map(servicePrincipalObject));
}

function getServicePrincipal({ caller, context }: GraphCall, { id }: { id: string }): Reply {
  return entity(
    context,
    'servicePrincipals',
    servicePrincipalObject(findServicePrincipal(id, caller, context)),
  );
}

function createServicePrincipal({ request, caller, context, applications }: GraphCall): Reply {
  if (caller.kind !== 'User') throw denied();
  const created = applications.createServicePrincipal(parseJson(request));
  return { ...entity(context, 'servicePrincipals', servicePrincipalObject(created)), status: 201 };
}

function deleteServicePrincipal({ caller, context }: GraphCall, { id }: { id: string }): Reply {
  const found = findServicePrincipal(id, caller, context);
  // It is deleted with the identity.
  if (caller.kind !== 'User' || found.kind === 'ManagedIdentity') throw denied();
  context.directory.remove(found.objectId);
  return { status: 204 };
}

/** Leaves out unknown IDs. */
function getByIds({ request, caller, context }: GraphCall): Reply {
  const body = parseJson(request);
  const ids = isObject(body) ? body.ids : undefined;
  if (!Array.isArray(ids)) throw badRequest('The ids are missing.');
  const found = ids
    .map(id => readable(caller, find(String(id), context)))
    .filter(principal => principal !== undefined)
    .map(principal =>
      principal.kind === 'User'
        ? { '@odata.type': '#microsoft.graph.user', ...userObject(principal) }
        : { '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipalObject(principal) },
    );
  return list(context, 'directoryObjects', found);
}

function findServicePrincipal(id: string, caller: Caller, context: EntraContext): ServicePrincipal {
  const found = readable(caller, find(id, context));
  if (found === undefined || found.kind === 'User') throw notFound(id);
  return found;
}

/** @param id object ID, or a user's principal name */
function find(id: string, context: EntraContext): Principal | undefined {
  return (
    context.directory.findByObjectId(id) ??
    context.directory.all().find(principal => principal.kind === 'User' && principal.userPrincipalName === id)
  );
}

/** Denies callers without access before they learn what exists. */
function readable<P extends Principal>(caller: Caller, found: P | undefined): P | undefined {
  if (caller.kind === 'User' || found?.objectId === caller.objectId) return found;
  throw denied();
}

function userObject(user: User): object {
  return {
    businessPhones: [],
    displayName: user.displayName,
    givenName: null,
    jobTitle: null,
    mail: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    userPrincipalName: user.userPrincipalName,
    id: user.objectId,
  };
}

function servicePrincipalObject(principal: ServicePrincipal): object {
  return {
    id: principal.objectId,
    accountEnabled: true,
    alternativeNames: principal.resourceId === undefined ? [] : ['isExplicit=True', principal.resourceId],
    appId: principal.clientId,
    appDisplayName: principal.kind === 'ManagedIdentity' ? null : principal.displayName,
    displayName: principal.displayName,
    servicePrincipalNames: [principal.clientId],
    servicePrincipalType: principal.kind,
    tags: [],
  };
}

function list({ cloud }: EntraContext, collection: string, value: object[]): Reply {
  return json(200, { '@odata.context': `${metadataOf(cloud)}#${collection}`, value });
}

function entity({ cloud }: EntraContext, collection: string, value: object): Reply {
  return json(200, { '@odata.context': `${metadataOf(cloud)}#${collection}/$entity`, ...value });
}

function unknownSegment(path: string): GraphError {
  const [version = '', collection = '', , below, ...rest] = path.slice(1).split('/');
  if (version === 'v1.0' && collection === 'applications') {
    return badRequest(`Resource not found for the segment '${rest[1] ?? below}'.`);
  }
  const segment = below ?? (version === 'v1.0' ? collection : version);
  return new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
}

function unauthorized({ reason }: TokenRejected): GraphError {
  const why = {
    missing: 'Access token is empty.',
    malformed: 'CompactToken parsing failed with error code: 80049217',
    signature: 'Access token validation failure. Signature is invalid.',
    issuer: 'Access token validation failure. Invalid issuer.',
    audience: 'Access token validation failure. Invalid audience.',
    expired: 'Lifetime validation failed, the token is expired.',
    'not-yet-valid': 'Lifetime validation failed, the token is not yet valid.',
  } as const;
  return new GraphError(401, 'InvalidAuthenticationToken', why[reason]);
}
