import builtIn from './role-definitions.json' with { type: 'json' };

/** What a role allows; patterns may hold `*`, which stands for anything, slashes too. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** A condition under which alone the permission holds; a few built-in roles have one. */
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
 * Azure's built-in roles, as far as a lab may want them.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const roleDefinitions: readonly RoleDefinition[] = builtIn;

/**
 * A built-in role by its GUID, or by an id that ends in it.
 * @param id `4633458b-…` or `/subscriptions/…/roleDefinitions/4633458b-…`
 */
export function findRoleDefinition(id: string): RoleDefinition | undefined {
  const guid = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  return roleDefinitions.find(definition => definition.id === guid);
}

/**
 * A built-in role by its name, in any case.
 * @throws Error where there is no such role: the name stands in the emulator's own code
 */
export function roleNamed(roleName: string): RoleDefinition {
  const found = roleDefinitions.find(d => d.roleName.toLowerCase() === roleName.toLowerCase());
  if (!found) throw new Error(`no role definition named '${roleName}'`);
  return found;
}

/**
 * Tells whether an action matches a pattern of a role definition, ignoring case.
 * @param action `Microsoft.KeyVault/vaults/read`
 * @param pattern `Microsoft.KeyVault/*`; `*` stands for any characters
 */
export function matchesAction(action: string, pattern: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|[\]\\]/g, c => (c === '*' ? '.*' : `\\${c}`));
  return new RegExp(`^${expression}$`, 'i').test(action);
}
