import { type ConditionAttributes, undetermined, type Wanted } from '../arm/authorization/authorization.ts';
import type { RegistryContext } from './context.ts';
import type { Registry } from './registries.ts';

const namespace = 'Microsoft.ContainerRegistry/registries';
/** What conditions of role assignments call a repository's name. */
const repositoryName = `${namespace}/repositories:name`;

/**
 * What a registry's tokens can allow, and what a role must hold for it: an action, or a data action where the
 * registry's roles can be narrowed to repositories.
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

/** What an access token allows, as the token shows it. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What an anonymous client may have where a registry lets everybody pull. */
const anonymously = ['pull', 'metadata_read'];

/**
 * Of what a scope asks for, what a principal may have: conditions of its roles see the repository's name.
 * @param principalId object id; missing for an anonymous client
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
  // At the level of the registry `*` is the only action there is, also for reading.
  if (type === 'registry') return { type, name, actions: granted(name) ? wanted : [] };
  return { type, name, actions: type === 'repository' ? wanted.filter(granted) : [] };
}

/**
 * Tells whether a principal may do anything at all with a registry's content: only then can it sign in. Which
 * repositories that concerns is seen when it asks for one.
 */
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
  const wanted: Wanted =
    registry.roleAssignmentMode === 'AbacRepositoryPermissions'
      ? { dataAction: `${namespace}/${needed.dataAction}` }
      : { action: `${namespace}/${needed.action}` };
  return context.authorization.check(principalId, wanted, registry.id, attributes).allowed;
}
