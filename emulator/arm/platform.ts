import { json, type Reply } from '../http/service.ts';
import type { ArmContext } from './context.ts';
import { gatewayError } from './errors.ts';
import { parseFilter, tagsMatch } from './filter.ts';
import { listLocations, locationNames } from './locations.ts';
import type { ArmRequest, Resource, ResourceProvider } from './provider.ts';
import type { Registrations } from './registrations.ts';
import type { ResourceGroups } from './resource-groups.ts';
import { isWithin, sameId } from './resource-id.ts';
import type { ResourceLists } from './resource-lists.ts';

/** What the subscription is called. */
export const subscriptionName = 'Workload Identity Lab (emulated)';

/** What Resource Manager answers itself is made of these. */
export interface Platform {
  readonly context: ArmContext;
  readonly groups: ResourceGroups;
  readonly registrations: Registrations;
  readonly lists: ResourceLists;
  readonly providers: readonly ResourceProvider[];
}

/** A request that Resource Manager answers itself: who asks is known, whether they may is not yet. */
export interface PlatformAnswer {
  /** What the caller needs; nothing where everybody may ask and sees only their own. */
  readonly action?: string;
  /** On what. */
  readonly scope: string;
  readonly handle: () => Reply | Promise<Reply>;
}

/** A request of which everything but its target is known. */
export type Asked = Omit<ArmRequest, 'id' | 'action'>;

type Route = (platform: Platform, names: readonly string[], asked: Asked) => PlatformAnswer;

/** Microsoft.Resources: tenants, subscriptions, resource groups, lists of resources, provider registrations. */
const routes: readonly (readonly [method: string, path: string, route: Route])[] = [
  ['GET', '/tenants', ({ context }) => everybody(() => listTenants(context))],
  ['GET', '/subscriptions', ({ context }, _, asked) => everybody(() => listSubscriptions(context, asked))],
  ['GET', '/subscriptions/*', ({ context }, _, asked) => everybody(() => showSubscription(context, asked))],
  [
    'GET',
    '/subscriptions/*/locations',
    ({ context }) => ({
      action: 'Microsoft.Resources/subscriptions/locations/read',
      scope: subscriptionScope(context),
      handle: () => json(200, { value: listLocations(context.cloud, context.subscriptionId) }),
    }),
  ],
  ['GET', '/subscriptions/*/providers', providersRoute],
  ['GET', '/subscriptions/*/providers/*', providersRoute],
  ['POST', '/subscriptions/*/providers/*/register', registerRoute],
  [
    'GET',
    '/subscriptions/*/resources',
    (platform, _, asked) => everybody(() => listResources(platform, asked)),
  ],
  [
    'GET',
    '/subscriptions/*/resourcegroups/*/resources',
    (platform, [, name], asked) => everybody(() => listResources(platform, asked, name)),
  ],
  [
    'GET',
    '/subscriptions/*/resourcegroups',
    ({ context, groups }, _, { query, caller }) =>
      everybody(() =>
        groups.list(query.get('$filter'), group =>
          mayRead(context, caller.objectId, groupAction('read'), group.id),
        ),
      ),
  ],
  ['HEAD', '/subscriptions/*/resourcegroups/*', group('read', (groups, name) => groups.exists(name))],
  ['GET', '/subscriptions/*/resourcegroups/*', group('read', (groups, name) => groups.show(name))],
  [
    'PUT',
    '/subscriptions/*/resourcegroups/*',
    group('write', (groups, name, asked) => groups.put(name, asked.body)),
  ],
  [
    'PATCH',
    '/subscriptions/*/resourcegroups/*',
    group('write', (groups, name, asked) => groups.patch(name, asked.body)),
  ],
  [
    'DELETE',
    '/subscriptions/*/resourcegroups/*',
    group('delete', (groups, name, asked) => groups.delete(name, asked.apiVersion)),
  ],
];

/**
 * Finds what Resource Manager answers itself.
 * @param path without a trailing slash, in any case
 * @returns `undefined` where a provider is to answer
 * @throws ArmError 405 where the path is right but the method is not
 */
export function platformRoute(platform: Platform, path: string, asked: Asked): PlatformAnswer | undefined {
  const segments = path.split('/');
  const candidates = routes.filter(([, pattern]) => matches(pattern.split('/'), segments));
  const found = candidates.find(([method]) => method === asked.method);
  if (found) {
    const names = segments.filter((_, index) => found[1].split('/')[index] === '*');
    return found[2](platform, names, asked);
  }
  if (candidates.length === 0) return undefined;
  throw gatewayError(405, 'MethodNotAllowed', `The request method '${asked.method}' is not allowed.`);
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((step, index) => (step === '*' ? segments[index] !== '' : sameId(step, segments[index]!)))
  );
}

function everybody(handle: () => Reply): PlatformAnswer {
  return { scope: '/', handle };
}

function group(
  verb: 'read' | 'write' | 'delete',
  handle: (groups: ResourceGroups, name: string, asked: Asked) => Reply,
): Route {
  return ({ context, groups }, [, name], asked) => ({
    action: groupAction(verb),
    scope: `${subscriptionScope(context)}/resourcegroups/${name}`,
    handle: () => handle(groups, name!, asked),
  });
}

function groupAction(verb: string): string {
  return `Microsoft.Resources/subscriptions/resourcegroups/${verb}`;
}

function subscriptionScope({ subscriptionId }: ArmContext): string {
  return `/subscriptions/${subscriptionId}`;
}

function mayRead(context: ArmContext, principalId: string, action: string, scope: string): boolean {
  return context.authorization.check(principalId, { action }, scope).allowed;
}

function listTenants({ tenantId }: ArmContext): Reply {
  const tenant = {
    id: `/tenants/${tenantId}`,
    tenantId,
    displayName: subscriptionName,
    tenantCategory: 'Home',
  };
  return json(200, { value: [tenant] });
}

/** A subscription is seen by whoever has a role on it or in it. */
function listSubscriptions(context: ArmContext, { caller }: Asked): Reply {
  const visible = context.authorization.hasAnyRole(caller.objectId, subscriptionScope(context));
  return json(200, {
    value: visible ? [subscription(context)] : [],
    count: { type: 'Total', value: visible ? 1 : 0 },
  });
}

function showSubscription(context: ArmContext, { caller }: Asked): Reply {
  if (!context.authorization.hasAnyRole(caller.objectId, subscriptionScope(context))) {
    throw gatewayError(
      404,
      'SubscriptionNotFound',
      `The subscription '${context.subscriptionId}' could not be found.`,
    );
  }
  return json(200, subscription(context));
}

function subscription({ subscriptionId, tenantId }: ArmContext): object {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName: subscriptionName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function providersRoute(platform: Platform, [, namespace]: readonly string[]): PlatformAnswer {
  const { context, providers } = platform;
  return {
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: subscriptionScope(context),
    handle: () => {
      if (namespace === undefined)
        return json(200, { value: providers.map(each => registration(platform, each)) });
      return json(200, registration(platform, providerNamed(providers, namespace)));
    },
  };
}

function registerRoute(platform: Platform, [, namespace]: readonly string[]): PlatformAnswer {
  const { context, providers, registrations } = platform;
  return {
    action: `${namespace}/register/action`,
    scope: subscriptionScope(context),
    handle: () => {
      const provider = providerNamed(providers, namespace!);
      registrations.register(provider.namespace);
      return json(200, registration(platform, provider));
    },
  };
}

function providerNamed(providers: readonly ResourceProvider[], namespace: string): ResourceProvider {
  const provider = providers.find(each => sameId(each.namespace, namespace));
  if (provider) return provider;
  throw gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
}

/** What `az resource` asks with, for it looks the version up here: the newest stable one of each provider. */
const newestVersions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.ContainerRegistry': ['2025-04-01'],
  'Microsoft.ContainerService': ['2025-07-01'],
  'Microsoft.KeyVault': ['2024-11-01'],
  'Microsoft.ManagedIdentity': ['2024-11-30'],
};

function registration(
  { context, registrations }: Platform,
  { namespace, resourceTypes }: ResourceProvider,
): object {
  const { cloud, subscriptionId } = context;
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    resourceTypes: resourceTypes.map(({ name }) => ({
      resourceType: name,
      locations: locationNames(cloud),
      apiVersions: newestVersions[namespace] ?? [],
    })),
    registrationState: registrations.stateOf(namespace),
    registrationPolicy: 'RegistrationRequired',
  };
}

/** The tracked resources that the caller may read. */
function listResources(
  { context, groups, providers, lists }: Platform,
  { query, caller, apiVersion, request }: Asked,
  groupName?: string,
): Reply {
  const wanted = parseFilter(query.get('$filter'), [
    'resourceType',
    'name',
    'resourceGroup',
    'location',
    'tagName',
    'tagValue',
  ]);
  const resourceGroup = groupName ?? wanted.resourceGroup;
  if (groupName !== undefined) groups.get(groupName);
  const scope = resourceGroup && `${subscriptionScope(context)}/resourceGroups/${resourceGroup}`;
  const value = providers
    .flatMap(provider =>
      provider.resources().map(resource => ({ ...resource, type: plainType(provider, resource) })),
    )
    .filter(
      resource =>
        (scope === undefined || isWithin(resource.id, scope)) &&
        equals(resource.type, wanted.resourceType) &&
        equals(resource.name, wanted.name) &&
        equals(resource.location, wanted.location) &&
        tagsMatch(resource.tags, wanted) &&
        !lists.unseen.includes(resource.name) &&
        mayRead(context, caller.objectId, `${resource.type}/read`, resource.id),
    );
  const start = Number(query.get('$skiptoken') ?? 0);
  const next = start + lists.pageSize;
  const page = value.slice(start, next).map(resource => shown(resource, apiVersion));
  if (next >= value.length) return json(200, { value: page });
  const nextLink = new URL(request.url);
  nextLink.searchParams.set('$skiptoken', String(next));
  return json(200, { value: page, nextLink: nextLink.href });
}

/** Lists spell a type as its provider registered it; AKS itself writes `ManagedClusters`. */
function plainType({ namespace, resourceTypes }: ResourceProvider, { type }: Resource): string {
  const plain = resourceTypes.map(({ name }) => `${namespace}/${name}`).find(each => sameId(each, type));
  return plain ?? type;
}

function equals(actual: string, wanted: string | undefined): boolean {
  return wanted === undefined || sameId(actual, wanted);
}

/** Lists hold the common members of a resource, without its properties; who made it, in newer versions. */
function shown(resource: Resource, apiVersion: string): object {
  const { id, name, type, location, tags, kind, sku, identity, managedBy, systemData } = resource;
  const listed = { id, name, type, kind, sku, managedBy, location, identity, tags };
  return apiVersion >= '2021-04-01' ? { ...listed, systemData } : listed;
}
