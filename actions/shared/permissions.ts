import type { Az } from './az.ts';
import { CommandFailed } from './command-errors.ts';

/** What one role assignment allows. https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group */
export interface Permission {
  actions: readonly string[];
  notActions: readonly string[];
  dataActions?: readonly string[];
  notDataActions?: readonly string[];
  condition?: string | null;
}

const API_VERSION = '2022-04-01';

/**
 * The caller's effective permissions on a scope; undefined if they cannot be read.
 * @param scope resource ID of a subscription, resource group, or resource
 */
export async function permissionsAt(az: Az, scope: string): Promise<readonly Permission[] | undefined> {
  const url = `${scope}/providers/Microsoft.Authorization/permissions?api-version=${API_VERSION}`;
  try {
    return (await az<{ value: Permission[] }>(['rest', '--method', 'get', '--url', url])).value;
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

/**
 * True if one of the permissions lists the action, by name or by a pattern with `*`, and does not exclude it.
 * https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions
 * @param action such as Microsoft.Authorization/roleAssignments/write
 * @param about.onData the action is a data action
 * @param about.roleId for roleAssignments/write: the role to assign. A condition that lists roles, as Azure's template does,
 *   must list it. Azure checks all other conditions.
 */
export function allows(
  permissions: readonly Permission[],
  action: string,
  { onData = false, roleId }: { onData?: boolean | undefined; roleId?: string | undefined } = {},
): boolean {
  return permissions.some(({ actions, notActions, dataActions = [], notDataActions = [], condition }) => {
    const [given, taken] = onData ? [dataActions, notDataActions] : [actions, notActions];
    return (
      given.some(pattern => matches(pattern, action)) &&
      !taken.some(pattern => matches(pattern, action)) &&
      (!roleId || !condition || admits(condition, roleId))
    );
  });
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

/** https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples */
function admits(condition: string, roleId: string): boolean {
  const lists = [...condition.matchAll(/RoleDefinitionId\]\s*ForAnyOfAnyValues:GuidEquals\s*\{([^}]*)\}/gi)];
  return lists.length === 0 || lists.some(([, roles = '']) => roles.toLowerCase().includes(roleId));
}
