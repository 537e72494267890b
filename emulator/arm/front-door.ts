import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { AzureCloud } from '../azure-clouds.ts';
import { type Caller, TokenRejected } from '../entra/tokens.ts';
import { isDeeperThan, isObject, type JsonObject } from '../http/json.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { ActivityLog } from './activity-log.ts';
import { RoleProvider, type ScopedRequest } from './authorization/role-provider.ts';
import { invalidContent, locationOf } from './body.ts';
import type { ArmContext } from './context.ts';
import { ArmError, gatewayError, parentResourceNotFound, resourceNotFound } from './errors.ts';
import { Locks } from './locks.ts';
import type { Operations } from './operations.ts';
import { createPerform, type Perform } from './perform.ts';
import { type Asked, platformRoute } from './platform.ts';
import type { ArmRequest, Handler, Resource, ResourceProvider, ResourceType } from './provider.ts';
import type { Registrations } from './registrations.ts';
import { beingDeleted, type ResourceGroups } from './resource-groups.ts';
import { sameId } from './resource-id.ts';
import type { ResourceLists } from './resource-lists.ts';
import { answerTags } from './tags.ts';
import { Throttle } from './throttle.ts';

/** What the front door needs to know. */
export interface FrontDoorOptions {
  readonly context: ArmContext;
  readonly operations: Operations;
  readonly groups: ResourceGroups;
  readonly registrations: Registrations;
  readonly lists: ResourceLists;
  readonly providers: readonly ResourceProvider[];
}

/**
 * Resource Manager: finds out who asks, whether they may, and what they mean; then lets the provider answer.
 * Paths ignore case, as in Azure.
 */
export function createFrontDoor(options: FrontDoorOptions): Service {
  const roles = new RoleProvider(options.context);
  const throttle = new Throttle();
  const log = new ActivityLog(options.context);
  const locks = new Locks();

  return async request => {
    const headers = answerHeaders(request);
    try {
      const apiVersion = checkApiVersion(request.url.searchParams.get('api-version'));
      const caller = await authenticate(options.context, request);
      Object.assign(headers, throttle.count(caller.objectId, request.method, request.url.pathname));
      const correlationId = headers['x-ms-correlation-request-id']!;
      const perform = createPerform({ ...options, locks }, log, {
        caller,
        method: request.method,
        correlationId,
      });
      const reply = await answer(options, { roles, log, locks, perform }, request, { apiVersion, caller });
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const reply = error.toReply();
      if (request.method !== 'HEAD') return { ...reply, headers: { ...headers, ...reply.headers } };
      // Without the body, but with its length: so it was recorded.
      const length = { 'content-length': String(Buffer.byteLength(String(reply.body))) };
      return { status: reply.status, headers: { ...headers, ...reply.headers, ...length } };
    }
  };
}

/** What answers a request, beside the providers. */
interface Parts {
  readonly roles: RoleProvider;
  readonly log: ActivityLog;
  readonly locks: Locks;
  readonly perform: Perform;
}

async function answer(
  options: FrontDoorOptions,
  { roles, log, locks, perform }: Parts,
  request: Request,
  { apiVersion, caller }: { apiVersion: string; caller: Caller },
): Promise<Reply> {
  const { context, operations } = options;
  const { pathname, searchParams: query } = request.url;
  // Libraries write `/{scope}/providers/…`, also for a scope that begins with a slash.
  const path = decode(pathname).replace(/^\/+/, '/').replace(/\/+$/, '');
  checkSubscription(context, path);

  // The address of an operation is not to be guessed: a valid token is enough.
  const polled = request.method === 'GET' ? operations.poll(path) : undefined;
  if (polled) return polled;

  const body = readBody(request);
  const asked = { method: request.method, caller, apiVersion, query, body, operations, request };
  const platform = platformRoute(options, path, asked);
  if (platform) {
    const { action, scope } = platform;
    return action ? perform({ action, scope }, platform.handle) : platform.handle();
  }
  const { scope, namespace, segments } = splitAtProvider(path);
  if (sameId(namespace, insights)) return answerInsights(options, { log, perform }, segments, asked);
  const [type = '', name, ...deeper] = segments;
  if (sameId(namespace, 'Microsoft.Resources') && sameId(segments.join('/'), 'tags/default')) {
    const action = `Microsoft.Resources/tags/${verbOf(request.method, undefined)}`;
    return perform({ action, scope }, () => answerTags(options, scope, asked));
  }
  if (sameId(namespace, roles.namespace) && sameId(type, 'locks') && deeper.length === 0) {
    const action = `Microsoft.Authorization/locks/${verbOf(request.method, undefined)}`;
    return perform({ action, scope: `${scope}/providers/Microsoft.Authorization/locks`, exempt: true }, () =>
      locks.answer(scope, name, request.method, body),
    );
  }
  if (namespace.toLowerCase() === roles.namespace.toLowerCase()) {
    return answerRoles(options, { roles, perform }, scope, segments, asked);
  }
  return answerProvider(options, perform, scope, namespace, segments, asked);
}

/** Parts a path at its last `/providers/`: what stands before it is the scope. */
function splitAtProvider(path: string): { scope: string; namespace: string; segments: string[] } {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  if (at < 0) throw gatewayError(404, 'NotFound', `The path '${path}' could not be found.`);
  const [namespace = '', ...segments] = path.slice(at + '/providers/'.length).split('/');
  return { scope: path.slice(0, at), namespace, segments };
}

const insights = 'Microsoft.Insights';

/** Of Azure Monitor there is the activity log of the subscription. */
function answerInsights(
  { context }: FrontDoorOptions,
  { log, perform }: Pick<Parts, 'log' | 'perform'>,
  segments: readonly string[],
  { method, query, apiVersion }: Asked,
): Promise<Reply> {
  if (!sameId(segments.join('/'), 'eventtypes/management/values')) {
    throw invalidResourceType(insights, segments.join('/'), apiVersion);
  }
  if (method !== 'GET') {
    throw gatewayError(405, 'MethodNotAllowed', `The request method '${method}' is not allowed.`);
  }
  const action = `${insights}/eventtypes/values/read`;
  return perform({ action, scope: `/subscriptions/${context.subscriptionId}` }, () =>
    json(200, { value: log.list(query.get('$filter')) }),
  );
}

function answerRoles(
  options: FrontDoorOptions,
  { roles, perform }: Pick<Parts, 'roles' | 'perform'>,
  scope: string,
  segments: readonly string[],
  asked: Asked,
): Promise<Reply> {
  const type = ['roleAssignments', 'roleDefinitions', 'permissions'].find(each =>
    sameId(each, segments[0] ?? ''),
  );
  if (!type || segments.length > 2)
    throw invalidResourceType(roles.namespace, segments[0] ?? '', asked.apiVersion);
  const names = segments.slice(1);
  const collection = `${scope}/providers/${roles.namespace}/${type}`;
  const id = { provider: roles.namespace, type, names, text: [collection, ...names].join('/') };
  const request: ScopedRequest = { ...asked, id, scope };
  const action = `${roles.namespace}/${type}/${verbs[asked.method] ?? 'action'}`;
  const attributes = roles.conditionAttributes(request);
  return perform({ action, scope: id.text, attributes }, () => {
    if (asked.method === 'PUT' || type === 'permissions') checkScope(options, scope);
    return roles.handle(request);
  });
}

/** A role can be assigned, and permissions asked for, only on what is there. */
function checkScope({ groups, providers }: FrontDoorOptions, scope: string): void {
  const [, resourceGroup, namespace, path] =
    /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)(?:\/providers\/([^/]+)\/(.+))?$/i.exec(scope) ?? [];
  if (resourceGroup === undefined) return;
  groups.get(resourceGroup);
  if (namespace === undefined || path === undefined) return;
  const [type = '', name = ''] = path.split('/');
  const resource = scope.slice(0, scope.length - path.length) + `${type}/${name}`;
  if (!providers.some(provider => provider.resources().some(({ id }) => sameId(id, resource)))) {
    throw resourceNotFound(`${namespace}/${type}`, name, resourceGroup);
  }
}

async function answerProvider(
  options: FrontDoorOptions,
  perform: Perform,
  scope: string,
  namespace: string,
  segments: readonly string[],
  asked: Asked,
): Promise<Reply> {
  const { groups } = options;
  const provider = options.providers.find(each => sameId(each.namespace, namespace));
  if (!provider) {
    throw gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  const [, subscriptionId, groupName, deeper] =
    /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(scope) ?? [];
  if (!subscriptionId || deeper)
    throw invalidResourceType(provider.namespace, segments.join('/'), asked.apiVersion);

  const posted = asked.method === 'POST' ? segments.at(-1) : undefined;
  const steps = posted === undefined ? segments : segments.slice(0, -1);
  const names = steps.filter((_, index) => index % 2 === 1);
  const typeName = steps.filter((_, index) => index % 2 === 0).join('/');
  const type = provider.resourceTypes.find(each => sameId(each.name, typeName));
  if (!type) throw invalidResourceType(provider.namespace, typeName, asked.apiVersion);
  const action = posted && Object.keys(type.actions ?? {}).find(each => sameId(each, posted));

  const group = groupName === undefined ? undefined : groups.find(groupName);
  const resourceGroup = group?.name ?? groupName;
  const at = resourceGroup === undefined ? '' : `/resourceGroups/${resourceGroup}`;
  const below = interleave(type.name, names);
  const id = {
    subscriptionId,
    resourceGroup,
    provider: provider.namespace,
    type: type.name,
    names,
    text: [`/subscriptions/${subscriptionId}${at}/providers/${provider.namespace}`, ...below].join('/'),
  };
  const whole = [provider.namespace, type.name].filter(part => part !== '').join('/');
  const request: ArmRequest = { ...asked, id, ...(action && { action }) };
  return perform({ action: `${whole}/${verbOf(asked.method, action ?? posted)}`, scope: id.text }, () => {
    if (groupName !== undefined && !group) groups.get(groupName);
    return askProvider(options, { provider, type, whole, below }, request);
  });
}

/** Lets a provider answer for one of its types, once Resource Manager has looked at what it looks at itself. */
async function askProvider(
  { context, groups, registrations }: FrontDoorOptions,
  asked: { provider: ResourceProvider; type: ResourceType; whole: string; below: readonly string[] },
  request: ArmRequest,
): Promise<Reply> {
  const { provider, type, whole, below } = asked;
  const { id, method } = request;
  const found = provider.resources().find(resource => sameId(resource.id, id.text));
  const handler = handlerOf(type, request);
  if (!handler) throw gatewayError(405, 'MethodNotAllowed', `The request method '${method}' is not allowed.`);
  if (method === 'PUT') registrations.require(provider.namespace);
  checkParents(provider, id.text, below);
  if (type.tracked && id.names.length === type.name.split('/').length) {
    if (method === 'PUT') return handler(checkWrite({ context, groups }, request, whole, found));
    if (!found && method === 'DELETE') return { status: 204 };
    if (!found) throw resourceNotFound(whole, id.names.join('/'), id.resourceGroup ?? '');
  }
  const reply = await handler(request);
  if (method === 'DELETE' && reply.status === 200) context.authorization.removeBelow(id.text);
  return method === 'HEAD' ? { status: 204 } : reply;
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

function verbOf(method: string, action: string | undefined): string {
  return verbs[method] ?? `${action}/action`;
}

function handlerOf(type: ResourceType, { method, id, action }: ArmRequest): Handler | undefined {
  const collection = type.name === '' || id.names.length < type.name.split('/').length;
  if (method === 'POST') return action === undefined ? undefined : type.actions?.[action];
  if (collection) return method === 'GET' ? type.list : undefined;
  return { GET: type.get, HEAD: type.get, PUT: type.put, PATCH: type.patch, DELETE: type.delete }[method];
}

/** `registries/runs` and [`r`, `cf1`] to [`registries`, `r`, `runs`, `cf1`]. */
function interleave(type: string, names: readonly string[]): string[] {
  if (type === '') return [];
  return type.split('/').flatMap((step, index) => (index < names.length ? [step, names[index]!] : [step]));
}

/** Every tracked resource that the id goes through must be there. */
function checkParents(provider: ResourceProvider, id: string, below: readonly string[]): void {
  const prefix = id.slice(0, id.length - below.join('/').length);
  for (let length = 2; length < below.length; length += 2) {
    const typeName = below.filter((_, index) => index < length && index % 2 === 0).join('/');
    if (!provider.resourceTypes.find(type => type.name === typeName)?.tracked) continue;
    const parent = below.slice(0, length).join('/');
    if (!provider.resources().some(resource => sameId(resource.id, `${prefix}${parent}`))) {
      throw parentResourceNotFound(`${provider.namespace}/${parent}`);
    }
  }
}

/** What Resource Manager looks at before a provider sees a PUT: the group's state and the resource's region. */
function checkWrite(
  { context, groups }: Pick<FrontDoorOptions, 'context' | 'groups'>,
  request: ArmRequest,
  type: string,
  found: Resource | undefined,
): ArmRequest {
  const { resourceGroup, names } = request.id;
  if (resourceGroup && groups.find(resourceGroup)?.provisioningState === 'Deleting')
    throw beingDeleted(resourceGroup);
  const location = locationOf(context.cloud, request.body, type);
  if (found && found.location !== location) {
    throw gatewayError(
      409,
      'InvalidResourceLocation',
      `The resource '${names.join('/')}' already exists in location '${found.location}' in resource group '${resourceGroup}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
    );
  }
  return { ...request, body: { ...request.body, location } };
}

async function authenticate(context: ArmContext, request: Request): Promise<Caller> {
  try {
    return await context.tokens.verifyAccessToken(request.headers.authorization, context.cloud.audiences.arm);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    const [code, message] = rejection(error, context, request.headers.authorization);
    const reason = error.reason === 'missing' ? "missing 'Authorization' header" : 'an invalid access token';
    throw new ArmError(401, code, message, {
      headers: {
        'x-ms-failure-cause': 'gateway',
        'www-authenticate': `Bearer authorization_uri="https://${context.cloud.hosts.login}/${context.tenantId}", error="invalid_token", error_description="The authentication failed because of ${reason}."`,
      },
    });
  }
}

/** Code and words for a bearer token that is refused. */
function rejection(
  error: TokenRejected,
  { cloud, tenantId }: ArmContext,
  authorization = '',
): [string, string] {
  switch (error.reason) {
    case 'missing':
      return ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."];
    case 'audience':
      return [
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${error.found}'. It should exactly match with one of the allowed audiences ${allowed(cloud)}.`,
      ];
    case 'issuer':
      return [
        'InvalidAuthenticationTokenTenant',
        `The access token is from the wrong issuer '${error.found}'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
      ];
    case 'expired': {
      const { exp = 0 } = decodeJwt(authorization.replace(/^Bearer +/i, ''));
      return [
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${utc(new Date(exp * 1000))}' is earlier than current UTC time '${utc(new Date())}'.`,
      ];
    }
    default:
      return ['InvalidAuthenticationToken', 'The access token is invalid.'];
  }
}

/** As Azure lists them: the older name of the resource first. */
function allowed({ audiences }: AzureCloud): string {
  const [newer = '', newerSlash = '', older = '', olderSlash = ''] = audiences.arm;
  return [olderSlash, older, newerSlash, newer].map(each => `'${each}'`).join(',');
}

/** `11/23/2026 3:04:05 PM`, as .NET writes it. */
function utc(date: Date): string {
  return date.toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types */
function checkApiVersion(apiVersion: string | null): string {
  if (!apiVersion) {
    throw gatewayError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(apiVersion)) {
    throw gatewayError(400, 'InvalidApiVersionParameter', `The api-version '${apiVersion}' is invalid.`);
  }
  return apiVersion;
}

function checkSubscription(context: ArmContext, path: string): void {
  const asked = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (asked === undefined || sameId(asked, context.subscriptionId)) return;
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(asked)) {
    throw gatewayError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${asked}' is malformed or invalid.`,
    );
  }
  throw gatewayError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`);
}

function readBody({ method, body }: Request): JsonObject {
  const needed = method === 'PUT' || method === 'PATCH';
  if (!needed && (method !== 'POST' || body.length === 0)) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalidContent(error instanceof Error ? error.message : String(error));
  }
  // Json.NET's limit, and its words.
  if (isDeeperThan(value, 64)) throw invalidContent("The reader's MaxDepth of 64 has been exceeded.");
  if (!isObject(value)) throw invalidContent('The body must be a JSON object.');
  return value;
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw gatewayError(400, 'BadRequest', 'The request URI is malformed.');
  }
}

function invalidResourceType(namespace: string, type: string, apiVersion: string): ArmError {
  return gatewayError(
    404,
    'InvalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
  );
}

/** What every answer of Resource Manager carries. */
function answerHeaders({ headers }: Request): Record<string, string> {
  const id = randomUUID();
  const asked = headers['x-ms-client-request-id'];
  const echoed = headers['x-ms-return-client-request-id'] === 'true' && typeof asked === 'string';
  const correlation = headers['x-ms-correlation-request-id'];
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : id,
    'x-ms-routing-request-id': `EASTUS:${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}:${id}`,
    ...(echoed && { 'x-ms-client-request-id': asked }),
  };
}
