import { json, type Reply } from '../http/service.ts';
import { parseFilter, tagsMatch } from './filter.ts';
import type { Resource, ResourceProvider } from './provider.ts';
import { isWithin, sameId } from './resource-id.ts';
import type { ArmCall, ArmServices } from './route.ts';

/** Tests make the cache late and the pages short. */
export class ResourceLists {
  pageSize = 1000;
  /** Names that the cache does not list yet. */
  unseen: readonly string[] = [];
}

export function listResources(
  { context, groups, providers, lists }: ArmServices,
  { query, caller, apiVersion, request }: ArmCall,
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
  const scope = resourceGroup && `/subscriptions/${context.subscriptionId}/resourceGroups/${resourceGroup}`;
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
        context.authorization.check(caller.objectId, { action: `${resource.type}/read` }, resource.id)
          .allowed,
    );
  const start = Number(query.get('$skiptoken') ?? 0);
  const next = start + lists.pageSize;
  const page = value.slice(start, next).map(resource => listedResource(resource, apiVersion));
  if (next >= value.length) return json(200, { value: page });
  const nextLink = new URL(request.url);
  nextLink.searchParams.set('$skiptoken', String(next));
  return json(200, { value: page, nextLink: nextLink.href });
}

/** As the provider registered it. AKS itself writes `ManagedClusters`. */
function plainType({ namespace, resourceTypes }: ResourceProvider, { type }: Resource): string {
  const plain = resourceTypes.map(({ name }) => `${namespace}/${name}`).find(each => sameId(each, type));
  return plain ?? type;
}

function equals(actual: string, wanted: string | undefined): boolean {
  return wanted === undefined || sameId(actual, wanted);
}

/** Lists have no properties, and the creator only in newer API versions. */
function listedResource(resource: Resource, apiVersion: string): object {
  const { id, name, type, location, tags, kind, sku, identity, managedBy, systemData } = resource;
  const listed = { id, name, type, kind, sku, managedBy, location, identity, tags };
  return apiVersion >= '2021-04-01' ? { ...listed, systemData } : listed;
}
