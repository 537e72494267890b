import builtIn from './role-definitions.json' with { type: 'json' };

/** `*` in a pattern also matches slashes. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  readonly condition?: string;
  readonly conditionVersion?: string;
}

export interface RoleDefinition {
  /** GUID. */
  readonly id: string;
  readonly roleName: string;
  readonly permissions: readonly Permission[];
}

/** @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roleDefinitions: readonly RoleDefinition[] = builtIn;

/** @param id GUID or `/subscriptions/…/roleDefinitions/4633458b-…` */
export function findRoleDefinition(id: string): RoleDefinition | undefined {
  const guid = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  return roleDefinitions.find(definition => definition.id === guid);
}

/**
 * @param roleName in any case
 * @throws Error if the emulator does not have the role: a defect
 */
export function roleNamed(roleName: string): RoleDefinition {
  const found = roleDefinitions.find(d => d.roleName.toLowerCase() === roleName.toLowerCase());
  if (!found) throw new Error(`no role definition named '${roleName}'`);
  return found;
}

/**
 * Ignores case.
 * @param pattern `Microsoft.KeyVault/*`
 */
export function matchesAction(action: string, pattern: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|[\]\\]/g, c => (c === '*' ? '.*' : `\\${c}`));
  return new RegExp(`^${expression}$`, 'i').test(action);
}
