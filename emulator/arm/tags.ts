import { json, type Reply } from '../http/service.ts';
import { object, tagsOf } from './body.ts';
import { gatewayError, resourceNotFound } from './errors.ts';
import { sameId } from './resource-id.ts';
import type { ArmCall, ArmServices } from './route.ts';

type Tags = Readonly<Record<string, string>>;

/** @see https://learn.microsoft.com/rest/api/resources/tags/get-at-scope */
export function readTags(services: ArmServices, scope: string): Reply {
  const target = findTarget(services, scope);
  return json(200, tagsObject(target, target.tags));
}

/**
 * @param change returns the new tags
 * @see https://learn.microsoft.com/rest/api/resources/tags/update-at-scope
 */
export async function writeTags(
  services: ArmServices & { readonly call: ArmCall },
  scope: string,
  change: (sent: Tags, current: Tags) => Tags,
): Promise<Reply> {
  const { call } = services;
  const target = findTarget(services, scope);
  const sent = tagsOf(object(call.body.properties));
  const tags = change(sent, target.tags);
  await target.write(tags, call);
  return json(200, tagsObject(target, tags));
}

function tagsObject({ id }: Target, tags: Tags): object {
  return {
    id: `${id}/providers/Microsoft.Resources/tags/default`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags },
  };
}

/** Names ignore case and keep their first spelling. */
export function combineTags(current: Tags, sent: Tags, operation: string): Tags {
  const named = (name: string, tags: Tags) => Object.keys(tags).find(key => sameId(key, name));
  switch (operation.toLowerCase()) {
    case 'replace':
      return sent;
    case 'merge': {
      const renamed = Object.entries(sent).map(([name, value]) => [named(name, current) ?? name, value]);
      return { ...current, ...Object.fromEntries(renamed) };
    }
    case 'delete':
      return Object.fromEntries(Object.entries(current).filter(([name]) => !named(name, sent)));
    default:
      throw gatewayError(400, 'InvalidTagPatchOperation', `The operation '${operation}' is not supported.`);
  }
}

interface Target {
  readonly id: string;
  readonly tags: Tags;
  readonly write: (tags: Tags, call: ArmCall) => Reply | Promise<Reply>;
}

function findTarget({ groups, providers, context }: ArmServices, scope: string): Target {
  const [, resourceGroup, rest] =
    /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)(\/.+)?$/i.exec(scope) ?? [];
  if (resourceGroup === undefined)
    throw gatewayError(400, 'InvalidScope', 'Tags of a resource group or a resource are emulated.');
  const group = groups.get(resourceGroup);
  if (rest === undefined)
    return { id: group.id, tags: group.tags, write: tags => groups.patch(group.name, { tags }) };

  for (const provider of providers) {
    const resource = provider.resources().find(({ id }) => sameId(id, scope));
    if (!resource) continue;
    const type = provider.resourceTypes.find(({ name }) =>
      sameId(`${provider.namespace}/${name}`, resource.type),
    );
    const id = {
      subscriptionId: context.subscriptionId,
      resourceGroup: group.name,
      provider: provider.namespace,
      type: type!.name,
      names: [resource.name],
      text: resource.id,
    };
    return {
      id: resource.id,
      tags: resource.tags ?? {},
      write: (tags, call) => type!.patch!({ ...call, method: 'PATCH', id, body: { tags } }),
    };
  }
  const [name = '', type = ''] = scope.split('/').reverse();
  throw resourceNotFound(type, name, resourceGroup);
}
