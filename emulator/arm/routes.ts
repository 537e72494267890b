import { route } from '../http/router.ts';
import { json, type Reply } from '../http/service.ts';
import type { ScopedRequest } from './authorization/role-provider.ts';
import { resourceNotFound } from './errors.ts';
import { listLocations } from './locations.ts';
import { verbOf } from './provider-operations.ts';
import { listProviders, registerProvider, showProvider } from './provider-registrations.ts';
import { sameId } from './resource-id.ts';
import { listResources } from './resource-lists.ts';
import type { ArmCall, ArmOperation, ArmRoute, ArmServices } from './route.ts';
import { listSubscriptions, listTenants, showSubscription } from './subscriptions.ts';
import { combineTags, readTags, writeTags } from './tags.ts';

type RouteCall = ArmServices & { readonly call: ArmCall };

const subscription = '/subscriptions/:subscription';
const group = `${subscription}/resourcegroups/:group` as const;
const authorization = ':scope(.*)/providers/Microsoft.Authorization';
const tags = ':scope(.*)/providers/Microsoft.Resources/tags/default';

/**
 * Answers of Resource Manager itself; provider.ts has the resource types. Paths are decoded, end without a slash, and
 * ignore case.
 */
export const armRoutes: readonly ArmRoute[] = [
  route('GET', '/tenants', 'Tenants - List', ({ context }: RouteCall) =>
    everybody(() => listTenants(context)),
  ),
  route('GET', '/subscriptions', 'Subscriptions - List', ({ context, call }: RouteCall) =>
    everybody(() => listSubscriptions(context, call)),
  ),
  route('GET', subscription, 'Subscriptions - Get', ({ context, call }: RouteCall) =>
    everybody(() => showSubscription(context, call)),
  ),
  route('GET', `${subscription}/locations`, 'Subscriptions - List Locations', ({ context }: RouteCall) => ({
    action: 'Microsoft.Resources/subscriptions/locations/read',
    scope: `/subscriptions/${context.subscriptionId}`,
    run: () => json(200, { value: listLocations(context.cloud, context.subscriptionId) }),
  })),
  route('GET', `${subscription}/providers`, 'Providers - List', (services: RouteCall) =>
    readProviders(services, () => listProviders(services)),
  ),
  route(
    'GET',
    `${subscription}/providers/:namespace`,
    'Providers - Get',
    (services: RouteCall, { namespace }) => readProviders(services, () => showProvider(services, namespace)),
  ),
  route(
    'POST',
    `${subscription}/providers/:namespace/register`,
    'Providers - Register',
    (services: RouteCall, { namespace }) => ({
      action: `${namespace}/register/action`,
      scope: `/subscriptions/${services.context.subscriptionId}`,
      run: () => registerProvider(services, namespace),
    }),
  ),
  route('GET', `${subscription}/resources`, 'Resources - List', (services: RouteCall) =>
    everybody(() => listResources(services, services.call)),
  ),
  route(
    'GET',
    `${group}/resources`,
    'Resources - List By Resource Group',
    (services: RouteCall, { group: name }) => everybody(() => listResources(services, services.call, name)),
  ),
  route(
    'GET',
    `${subscription}/resourcegroups`,
    'Resource Groups - List',
    ({ context, groups, call }: RouteCall) =>
      everybody(() =>
        groups.list(
          call.query.get('$filter'),
          ({ id }) =>
            context.authorization.check(call.caller.objectId, { action: groupAction('read') }, id).allowed,
        ),
      ),
  ),
  route('HEAD', group, 'Resource Groups - Check Existence', (services: RouteCall, { group: name }) =>
    onGroup(services, 'read', name, () => services.groups.exists(name)),
  ),
  route('GET', group, 'Resource Groups - Get', (services: RouteCall, { group: name }) =>
    onGroup(services, 'read', name, () => services.groups.show(name)),
  ),
  route('PUT', group, 'Resource Groups - Create Or Update', (services: RouteCall, { group: name }) =>
    onGroup(services, 'write', name, () => services.groups.put(name, services.call.body)),
  ),
  route('PATCH', group, 'Resource Groups - Update', (services: RouteCall, { group: name }) =>
    onGroup(services, 'write', name, () => services.groups.patch(name, services.call.body)),
  ),
  route('DELETE', group, 'Resource Groups - Delete', (services: RouteCall, { group: name }) =>
    onGroup(services, 'delete', name, () => services.groups.delete(name, services.call.apiVersion)),
  ),
  route('GET', tags, 'Tags - Get At Scope', (services: RouteCall, { scope }) => ({
    action: 'Microsoft.Resources/tags/read',
    scope,
    run: () => readTags(services, scope),
  })),
  route('PUT', tags, 'Tags - Create Or Update At Scope', (services: RouteCall, { scope }) => ({
    action: 'Microsoft.Resources/tags/write',
    scope,
    run: () => writeTags(services, scope, sent => sent),
  })),
  route('PATCH', tags, 'Tags - Update At Scope', (services: RouteCall, { scope }) => ({
    action: 'Microsoft.Resources/tags/write',
    scope,
    run: () =>
      writeTags(services, scope, (sent, current) =>
        combineTags(current, sent, String(services.call.body.operation)),
      ),
  })),
  route('DELETE', tags, 'Tags - Delete At Scope', (services: RouteCall, { scope }) => ({
    action: 'Microsoft.Resources/tags/delete',
    scope,
    run: () => writeTags(services, scope, () => ({})),
  })),
  route(
    'GET',
    ':scope(.*)/providers/Microsoft.Insights/eventtypes/management/values',
    'Activity Logs - List',
    ({ context, activityLog, call }: RouteCall) => ({
      action: 'Microsoft.Insights/eventtypes/values/read',
      scope: `/subscriptions/${context.subscriptionId}`,
      run: () => json(200, { value: activityLog.list(call.query.get('$filter')) }),
    }),
  ),
  route(
    'GET',
    `${authorization}/locks`,
    'Management Locks - List At Scope',
    (services: RouteCall, { scope }) => onLock(services, scope, () => services.locks.list(scope)),
  ),
  route(
    'GET',
    `${authorization}/locks/:name`,
    'Management Locks - Get',
    (services: RouteCall, { scope, name }) => onLock(services, scope, () => services.locks.get(scope, name)),
  ),
  route(
    'PUT',
    `${authorization}/locks/:name`,
    'Management Locks - Create Or Update',
    (services: RouteCall, { scope, name }) =>
      onLock(services, scope, () => services.locks.put(scope, name, services.call.body)),
  ),
  route(
    'DELETE',
    `${authorization}/locks/:name`,
    'Management Locks - Delete',
    (services: RouteCall, { scope, name }) =>
      onLock(services, scope, () => services.locks.delete(scope, name)),
  ),
  route(
    'GET',
    `${authorization}/roleDefinitions`,
    'Role Definitions - List',
    (services: RouteCall, { scope }) =>
      onRoles(services, 'roleDefinitions', scope, [], request => services.roles.listDefinitions(request)),
  ),
  route(
    'GET',
    `${authorization}/roleDefinitions/:name`,
    'Role Definitions - Get',
    (services: RouteCall, { scope, name }) =>
      onRoles(services, 'roleDefinitions', scope, [name], request => services.roles.getDefinition(request)),
  ),
  route('GET', `${authorization}/permissions`, 'Permissions - List', (services: RouteCall, { scope }) =>
    onRoles(services, 'permissions', scope, [], request => {
      checkScope(services, scope);
      return services.roles.listPermissions(request);
    }),
  ),
  route(
    'GET',
    `${authorization}/roleAssignments`,
    'Role Assignments - List For Scope',
    (services: RouteCall, { scope }) =>
      onRoles(services, 'roleAssignments', scope, [], request => services.roles.listAssignments(request)),
  ),
  route(
    'GET',
    `${authorization}/roleAssignments/:name`,
    'Role Assignments - Get',
    (services: RouteCall, { scope, name }) =>
      onRoles(services, 'roleAssignments', scope, [name], request => services.roles.getAssignment(request)),
  ),
  route(
    'PUT',
    `${authorization}/roleAssignments/:name`,
    'Role Assignments - Create',
    (services: RouteCall, { scope, name }) =>
      onRoles(services, 'roleAssignments', scope, [name], request => {
        checkScope(services, scope);
        return services.roles.putAssignment(request);
      }),
  ),
  route(
    'DELETE',
    `${authorization}/roleAssignments/:name`,
    'Role Assignments - Delete',
    (services: RouteCall, { scope, name }) =>
      onRoles(services, 'roleAssignments', scope, [name], request =>
        services.roles.deleteAssignment(request),
      ),
  ),
];

function everybody(run: () => Reply): ArmOperation {
  return { scope: '/', run };
}

function groupAction(verb: 'read' | 'write' | 'delete'): string {
  return `Microsoft.Resources/subscriptions/resourcegroups/${verb}`;
}

function onGroup(
  { context }: ArmServices,
  verb: 'read' | 'write' | 'delete',
  name: string,
  run: () => Reply,
): ArmOperation {
  return {
    action: groupAction(verb),
    scope: `/subscriptions/${context.subscriptionId}/resourcegroups/${name}`,
    run,
  };
}

function readProviders({ context }: ArmServices, run: () => Reply): ArmOperation {
  return {
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: `/subscriptions/${context.subscriptionId}`,
    run,
  };
}

function onLock({ call }: RouteCall, scope: string, run: () => Reply): ArmOperation {
  return {
    action: `Microsoft.Authorization/locks/${verbOf(call.method)}`,
    scope: `${scope}/providers/Microsoft.Authorization/locks`,
    ignoresLocks: true,
    run,
  };
}

function onRoles(
  { call, roles }: RouteCall,
  type: 'permissions' | 'roleAssignments' | 'roleDefinitions',
  scope: string,
  names: readonly string[],
  run: (request: ScopedRequest) => Reply,
): ArmOperation {
  const provider = 'Microsoft.Authorization';
  const text = [`${scope}/providers/${provider}/${type}`, ...names].join('/');
  const request: ScopedRequest = { ...call, id: { provider, type, names, text }, scope };
  return {
    action: `${provider}/${type}/${verbOf(call.method)}`,
    scope: text,
    attributes: roles.conditionAttributes(request),
    run: () => run(request),
  };
}

/** Role assignments and requests for permissions need an existing scope. */
function checkScope({ groups, providers }: ArmServices, scope: string): void {
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
