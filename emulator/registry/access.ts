import {
  type ConditionAttributes,
  undetermined,
  type WantedPermission,
} from '../arm/authorization/authorization.ts';
import type { RegistryContext } from './context.ts';
import type { Registry } from './registries.ts';

const namespace = 'Microsoft.ContainerRegistry/registries';
const repositoryName = `${namespace}/repositories:name`;

/**
 * Action of a role, or data action with roles per repository.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
 */
const permissions: Readonly<Record<string, { action: string; dataAction: string }>> = {
  pull: { action: 'pull/read', dataAction: 'repositories/content/read' },
  push: { action: 'push/write', dataAction: 'repositories/content/write' },
  delete: { action: 'artifacts/delete', dataAction: 'repositories/content/delete' },
  metadata_read: { action: 'pull/read', dataAction: 'repositories/metadata/read' },
  metadata_write: { action: 'push/write', dataAction: 'repositories/metadata/write' },
  catalog: { action: 'pull/read', dataAction: 'catalog/read' },
};

/** In an access token's claim `access`. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** If anonymous pull is enabled. */
const anonymously = ['pull', 'metadata_read'];

/**
 * @param principalId undefined for an anonymous client
 * @param scope `repository:{name}:{action},…` or `registry:catalog:*`
 */
export function grant(
  context: RegistryContext,
  registry: Registry,
  principalId: string | undefined,
  scope: string,
): Access {
  const [type = '', ...rest] = scope.split(':');
  const wanted = (rest.at(-1) ?? '').split(',');
  const name = rest.slice(0, -1).join(':');
  const granted = (permission: string): boolean =>
    principalId === undefined
      ? registry.anonymousPullEnabled && anonymously.includes(permission)
      : isAllowed(context, registry, principalId, permission, { request: { [repositoryName]: name } });
  // Registry scopes have only `*`, also for reading.
  if (type === 'registry') return { type, name, actions: granted(name) ? wanted : [] };
  return { type, name, actions: type === 'repository' ? wanted.filter(granted) : [] };
}

/** Any permission on the content is enough. */
export function canSignIn(context: RegistryContext, registry: Registry, principalId: string): boolean {
  return Object.keys(permissions).some(permission =>
    isAllowed(context, registry, principalId, permission, undetermined),
  );
}

function isAllowed(
  context: RegistryContext,
  registry: Registry,
  principalId: string,
  permission: string,
  attributes: ConditionAttributes | typeof undetermined,
): boolean {
  const needed = permissions[permission];
  if (!needed) return false;
  const wanted: WantedPermission =
    registry.roleAssignmentMode === 'AbacRepositoryPermissions'
      ? { dataAction: `${namespace}/${needed.dataAction}` }
      : { action: `${namespace}/${needed.action}` };
  return context.authorization.check(principalId, wanted, registry.id, attributes).allowed;
}
