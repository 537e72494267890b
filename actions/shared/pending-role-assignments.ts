import type { Az } from './az.ts';
import { CommandFailed, failedWith } from './command-errors.ts';
import { readLoggedInIdentity } from './logged-in-identity.ts';
import { allows, type Permission } from './permissions.ts';

export interface DeniedAction {
  action: string;
  /** Resource ID of a subscription, resource group or resource. */
  scope: string;
  onData?: boolean | undefined;
  /** For roleAssignments/write: the role to assign. */
  roleId?: string | undefined;
}

interface Assignment {
  properties: {
    scope: string;
    roleDefinitionId: string;
    condition?: string | null;
    createdOn: string;
    updatedOn?: string | null;
  };
}

interface RoleDefinition {
  properties: { roleName: string; permissions: Permission[] };
}

/**
 * Age up to which Azure might not apply a role assignment yet. Azure documents ten minutes. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
 */
const YOUNG_SECONDS = 900;
const API_VERSION = '2022-04-01';

/**
 * The name of a new role of the caller that grants this action, and that Azure does not apply yet. Undefined if there is
 * none, or if assignments cannot be read: then waiting does not help.
 */
export async function findPendingRole(az: Az, denied: DeniedAction, now: Date): Promise<string | undefined> {
  const subscription = /^\/subscriptions\/[^/]+/.exec(denied.scope)?.[0];
  if (!subscription) return undefined;
  try {
    const { objectId } = await readLoggedInIdentity(az);
    // Those at the subscription, above it, and below it.
    const { value } = await read<{ value: Partial<Assignment>[] }>(
      az,
      `${subscription}/providers/Microsoft.Authorization/roleAssignments?api-version=${API_VERSION}&$filter=assignedTo('${objectId}')`,
    );
    for (const { properties } of value) {
      if (!properties) continue;
      if (!isWithin(denied.scope, properties.scope) || ageOf(properties, now) > YOUNG_SECONDS) continue;
      const { properties: role } = await read<RoleDefinition>(
        az,
        `${properties.roleDefinitionId}?api-version=${API_VERSION}`,
      );
      const permissions = role.permissions.map(each => ({
        ...each,
        condition: properties.condition ?? null,
      }));
      if (allows(permissions, denied.action, denied)) return role.roleName;
    }
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

function read<T>(az: Az, url: string): Promise<T> {
  return az<T>(['rest', '--method', 'get', '--url', url]);
}

function ageOf({ createdOn, updatedOn }: Assignment['properties'], now: Date): number {
  return (now.getTime() - Date.parse(updatedOn || createdOn)) / 1000;
}

function isWithin(inner: string, outer: string): boolean {
  const [one, other] = [inner.toLowerCase(), outer.toLowerCase().replace(/\/$/, '')];
  return one === other || one.startsWith(`${other}/`);
}

/** The action and the scope in Azure's message when it refuses a command with AuthorizationFailed. */
export function deniedActionIn(error: unknown): DeniedAction | undefined {
  if (!failedWith(error, 'action-denied')) return undefined;
  const { action, scope } = error.details('action-denied');
  return action && scope ? { action, scope } : undefined;
}
