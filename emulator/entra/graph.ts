import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../http/json.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { Applications, byDisplayName, metadataOf } from './applications.ts';
import type { EntraContext } from './context.ts';
import type { Principal, ServicePrincipal, User } from './directory.ts';
import { badRequest, denied, GraphError, notFound, unsupportedFilter } from './graph-error.ts';
import { type Caller, TokenRejected } from './tokens.ts';

/**
 * Answers for Microsoft Graph, as far as az asks it: who am I, which service principal is that, and applications
 * with their federated credentials.
 *
 * Users read the directory and register applications, as members do by default; a service principal reads itself and
 * nothing else, for none has been granted a permission of Graph.
 * @see https://learn.microsoft.com/graph/api/serviceprincipal-get
 */
export function createGraph(context: EntraContext): Service {
  const applications = new Applications(context);
  return async request => {
    try {
      const caller = await context.tokens.verifyAccessToken(
        request.headers.authorization,
        context.cloud.audiences.graph,
      );
      const reply = route(request, caller, context, applications);
      return { ...reply, headers: { ...reply.headers, ...odataHeaders(), ...locationOf(request, context) } };
    } catch (error) {
      if (error instanceof GraphError) return error.toReply();
      if (error instanceof TokenRejected) return unauthorized(error).toReply();
      throw error;
    }
  };
}

/** What every answer carries that is no refusal. */
function odataHeaders(): Record<string, string> {
  return {
    'content-type':
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    'odata-version': '4.0',
    'request-id': randomUUID(),
  };
}

/** Actions name the service itself as the location of what they give; so it was recorded. */
function locationOf({ method }: Request, { cloud }: EntraContext): Record<string, string> {
  return method === 'POST' ? { location: `https://${cloud.hosts.graph}` } : {};
}

function route(request: Request, caller: Caller, context: EntraContext, applications: Applications): Reply {
  const [version, collection, id, ...rest] = segments(request.url);
  const operation = `${request.method} ${collection}`;
  const metadata = metadataOf(context.cloud);
  if (version === 'v1.0' && collection === 'applications') {
    // None of them has been granted Application.ReadWrite.All.
    if (caller.kind !== 'User') throw denied();
    return applications.answer(request, id === undefined ? [] : [id, ...rest]);
  }
  if (version !== 'v1.0' || rest.length > 0) throw unknownSegment(rest[0] ?? version ?? '');
  switch (operation) {
    case 'GET me':
      return json(200, { '@odata.context': `${metadata}#users/$entity`, ...me(caller, context) });
    case 'GET users': {
      if (id === undefined) return json(200, list(metadata, 'users', usersNamed(request, caller, context)));
      const found = readable(caller, find(id, context));
      if (found?.kind !== 'User') throw notFound(id);
      return json(200, { '@odata.context': `${metadata}#users/$entity`, ...userObject(found) });
    }
    case 'GET servicePrincipals':
      if (id === undefined)
        return json(200, list(metadata, 'servicePrincipals', filtered(request, caller, context)));
      return json(200, {
        '@odata.context': `${metadata}#servicePrincipals/$entity`,
        ...servicePrincipalObject(servicePrincipal(id, caller, context)),
      });
    case 'POST servicePrincipals': {
      if (caller.kind !== 'User') throw denied();
      const created = applications.createServicePrincipal(parseJson(request));
      return json(201, {
        '@odata.context': `${metadata}#servicePrincipals/$entity`,
        ...servicePrincipalObject(created),
      });
    }
    case 'DELETE servicePrincipals': {
      const found = servicePrincipal(id ?? '', caller, context);
      // A managed identity's goes with the identity.
      if (caller.kind !== 'User' || found.kind === 'ManagedIdentity') throw denied();
      context.directory.remove(found.objectId);
      return { status: 204 };
    }
    case 'POST directoryObjects':
      if (id !== 'getByIds') throw unknownSegment(id ?? '');
      return json(200, list(metadata, 'directoryObjects', byIds(request, caller, context)));
    default:
      throw unknownSegment(collection ?? '');
  }
}

function segments(url: URL): string[] {
  try {
    return decodeURIComponent(url.pathname).slice(1).split('/');
  } catch {
    throw new GraphError(400, 'BadRequest', 'The path is not a valid encoding.');
  }
}

function me(caller: Caller, context: EntraContext): object {
  const self = context.directory.findByObjectId(caller.objectId);
  if (self?.kind !== 'User') {
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  }
  return userObject(self);
}

/** `users?$filter=userPrincipalName eq '…'`: how az looks for whom a role is given by name. */
function usersNamed(request: Request, caller: Caller, context: EntraContext): object[] {
  const filter = request.url.searchParams.get('$filter') ?? '';
  const name = /^userPrincipalName eq '([^']*)'$/i.exec(filter)?.[1];
  if (name === undefined) throw unsupportedFilter(filter);
  const found = readable(caller, find(name, context));
  return found?.kind === 'User' ? [userObject(found)] : [];
}

/** `servicePrincipals?$filter=…`: the filters that az sends; without one, all that the caller may see. */
function filtered(request: Request, caller: Caller, context: EntraContext): object[] {
  const filter = request.url.searchParams.get('$filter') ?? '';
  const name =
    /^servicePrincipalNames\/any\((\w+):\1 eq '([^']*)'\)$/i.exec(filter)?.[2] ??
    /^appId eq '([^']*)'$/i.exec(filter)?.[1];
  if (name !== undefined) {
    const found = readable(caller, context.directory.findByClientId(name));
    return found ? [servicePrincipalObject(found)] : [];
  }
  const matches = byDisplayName(filter);
  if (caller.kind !== 'User') throw denied();
  return context.directory
    .all()
    .filter(principal => principal.kind !== 'User')
    .filter(({ displayName }) => matches(displayName))
    .map(servicePrincipalObject);
}

/** `servicePrincipals/{id}`, by object id. */
function servicePrincipal(id: string, caller: Caller, context: EntraContext): ServicePrincipal {
  const found = readable(caller, find(id, context));
  if (found === undefined || found.kind === 'User') throw notFound(id);
  return found;
}

/** `directoryObjects/getByIds`: what is unknown is left out of the answer. */
function byIds(request: Request, caller: Caller, context: EntraContext): object[] {
  const body = parseJson(request);
  const ids = isObject(body) ? body.ids : undefined;
  if (!Array.isArray(ids)) throw badRequest('The ids are missing.');
  return ids
    .map(id => readable(caller, find(String(id), context)))
    .filter(found => found !== undefined)
    .map(found =>
      found.kind === 'User'
        ? { '@odata.type': '#microsoft.graph.user', ...userObject(found) }
        : { '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipalObject(found) },
    );
}

function find(id: string, context: EntraContext): Principal | undefined {
  return (
    context.directory.findByObjectId(id) ??
    context.directory.all().find(principal => principal.kind === 'User' && principal.userPrincipalName === id)
  );
}

/** What was found, where the caller may see it. Nothing is said about what exists to one who may not look. */
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

function list(metadata: string, collection: string, value: object[]): object {
  return { '@odata.context': `${metadata}#${collection}`, value };
}

function unknownSegment(segment: string): GraphError {
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
