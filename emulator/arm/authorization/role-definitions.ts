import builtIn from './role-definitions.json' with { type: 'json' };

/** What a role allows. `*` in a pattern matches any characters, also slashes. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** A few built-in roles have one. */
  readonly condition?: string;
  readonly conditionVersion?: string;
}

export interface RoleDefinition {
  /** GUID. */
  readonly id: string;
  readonly roleName: string;
  readonly permissions: readonly Permission[];
}

/**
 * The built-in roles that a lab needs.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const roleDefinitions: readonly RoleDefinition[] = builtIn;

/** @param id `4633458b-…` or `/subscriptions/…/roleDefinitions/4633458b-…` */
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
 * @param action `Microsoft.KeyVault/vaults/read`
 * @param pattern `Microsoft.KeyVault/*`
 */
export function matchesAction(action: string, pattern: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|[\]\\]/g, c => (c === '*' ? '.*' : `\\${c}`));
  return new RegExp(`^${expression}$`, 'i').test(action);
}
