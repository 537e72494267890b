import { isObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { tagsOf } from './body.ts';
import { gatewayError, resourceNotFound } from './errors.ts';
import type { Asked, Platform } from './platform.ts';
import { sameId } from './resource-id.ts';

type Tags = Readonly<Record<string, string>>;

/**
 * Microsoft.Resources/tags: the tags of a resource group or a tracked resource, changed without the rest of it.
 * @see https://learn.microsoft.com/rest/api/resources/tags/update-at-scope
 */
export async function answerTags(platform: Platform, scope: string, asked: Asked): Promise<Reply> {
  const target = find(platform, scope);
  const shown = (tags: Tags): Reply =>
    json(200, {
      id: `${target.id}/providers/Microsoft.Resources/tags/default`,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags },
    });
  const write = async (tags: Tags): Promise<Reply> => {
    await target.write(tags, asked);
    return shown(tags);
  };
  const properties = isObject(asked.body.properties) ? asked.body.properties : {};
  const sent = tagsOf(properties);
  switch (asked.method) {
    case 'GET':
      return shown(target.tags);
    case 'PUT':
      return write(sent);
    case 'DELETE':
      return write({});
    case 'PATCH':
      return write(combined(target.tags, sent, String(asked.body.operation)));
    default:
      throw gatewayError(405, 'MethodNotAllowed', `The request method '${asked.method}' is not allowed.`);
  }
}

/** Tag names ignore case, and keep the spelling that they were created with. */
function combined(current: Tags, sent: Tags, operation: string): Tags {
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
  readonly write: (tags: Tags, asked: Asked) => Reply | Promise<Reply>;
}

function find({ groups, providers, context }: Platform, scope: string): Target {
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
      write: (tags, asked) => type!.patch!({ ...asked, method: 'PATCH', id, body: { tags } }),
    };
  }
  const [name = '', type = ''] = scope.split('/').reverse();
  throw resourceNotFound(type, name, resourceGroup);
}
