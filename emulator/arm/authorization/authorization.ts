import { randomUUID } from 'node:crypto';
import { isWithin, sameId } from '../resource-id.ts';
import { type ConditionContext, conditionHolds } from './condition.ts';
import { findRoleDefinition, matchesAction, type Permission } from './role-definitions.ts';

/** A managed identity is a service principal. */
export type PrincipalType = 'User' | 'ServicePrincipal';

export interface RoleAssignment {
  /** `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}`. */
  readonly id: string;
  /** GUID, chosen by the client. */
  readonly name: string;
  /** ARM ID. The assignment also applies below it. */
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly description: string | null;
  readonly createdOn: Date;
  /** Object ID; `null` for assignments of the emulator. */
  readonly createdBy: string | null;
  /** Milliseconds since the epoch. Azure applies an assignment some time after its creation. */
  readonly effectiveAt: number;
}

/**
 * An assignment by Azure itself, effective immediately.
 * @param given.condition of version 2.0
 */
export function platformAssignment(
  given: Pick<RoleAssignment, 'scope' | 'roleId' | 'principalId' | 'principalType'> & { condition?: string },
): RoleAssignment {
  const name = randomUUID();
  return {
    ...given,
    id: `${given.scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    condition: given.condition ?? null,
    conditionVersion: given.condition ? '2.0' : null,
    description: null,
    createdOn: new Date(),
    createdBy: null,
    effectiveAt: 0,
  };
}

export type WantedPermission = { readonly action: string } | { readonly dataAction: string };

export type ConditionAttributes = Omit<ConditionContext, 'action'>;

/** Makes every condition true. */
export const undetermined = Symbol('undetermined');

export class Authorization {
  #assignments: RoleAssignment[] = [];

  /**
   * @param principalId object ID
   * @param scope ARM ID of the target
   * @param attributes a condition on a missing attribute is false
   * @returns also the GUID of the assignment that allows it
   * @see https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
   */
  check(
    principalId: string,
    wanted: WantedPermission,
    scope: string,
    attributes: ConditionAttributes | typeof undetermined = {},
  ): { allowed: boolean; assignmentId?: string } {
    const assignment = this.#effective(principalId).find(
      ({ scope: outer, roleId, condition }) =>
        isWithin(scope, outer) &&
        findRoleDefinition(roleId)?.permissions.some(
          permission =>
            allows(permission, wanted) && holds([permission.condition, condition], wanted, attributes),
        ),
    );
    return assignment ? { allowed: true, assignmentId: assignment.name } : { allowed: false };
  }

  /**
   * A condition of the assignment takes precedence over that of the role.
   * @param principalId object ID
   */
  permissions(principalId: string, scope: string): Permission[] {
    return this.#effective(principalId)
      .filter(assignment => isWithin(scope, assignment.scope))
      .flatMap(({ roleId, condition, conditionVersion }) =>
        (findRoleDefinition(roleId)?.permissions ?? []).map(permission =>
          condition ? { ...permission, condition, conditionVersion: conditionVersion ?? '2.0' } : permission,
        ),
      );
  }

  /** A role on the scope, above, or below. This makes a subscription visible. */
  hasAnyRole(principalId: string, scope: string): boolean {
    return this.#effective(principalId).some(
      assignment => isWithin(scope, assignment.scope) || isWithin(assignment.scope, scope),
    );
  }

  assign(assignment: RoleAssignment): RoleAssignment {
    this.#assignments.push(assignment);
    return assignment;
  }

  /** Includes assignments that are not effective yet. */
  list(): readonly RoleAssignment[] {
    return this.#assignments;
  }

  /** @param id in any case */
  find(id: string): RoleAssignment | undefined {
    return this.#assignments.find(assignment => sameId(assignment.id, id));
  }

  /**
   * As after a setup seconds ago.
   * @param only.roleIds GUIDs; default: all roles
   * @returns how many assignments changed
   */
  postpone(
    principalId: string,
    effectiveAt: number,
    { roleIds, createdOn }: { roleIds?: readonly string[]; createdOn?: Date } = {},
  ): number {
    const isMeant = ({ principalId: own, roleId }: RoleAssignment) =>
      sameId(own, principalId) && (roleIds?.includes(roleId) ?? true);
    const count = this.#assignments.filter(isMeant).length;
    this.#assignments = this.#assignments.map(each =>
      isMeant(each) ? { ...each, effectiveAt, ...(createdOn && { createdOn }) } : each,
    );
    return count;
  }

  remove(id: string): void {
    this.#assignments = this.#assignments.filter(assignment => !sameId(assignment.id, id));
  }

  removeBelow(scope: string): void {
    this.#assignments = this.#assignments.filter(assignment => !isWithin(assignment.scope, scope));
  }

  #effective(principalId: string): RoleAssignment[] {
    const now = Date.now();
    return this.#assignments.filter(
      assignment => sameId(assignment.principalId, principalId) && assignment.effectiveAt <= now,
    );
  }
}

function allows(permission: Permission, wanted: WantedPermission): boolean {
  const [action, granted, excluded] =
    'action' in wanted
      ? [wanted.action, permission.actions, permission.notActions]
      : [wanted.dataAction, permission.dataActions, permission.notDataActions];
  const matches = (pattern: string) => matchesAction(action, pattern);
  return granted.some(matches) && !excluded.some(matches);
}

function holds(
  conditions: readonly (string | null | undefined)[],
  wanted: WantedPermission,
  attributes: ConditionAttributes | typeof undetermined,
): boolean {
  if (attributes === undetermined) return true;
  const action = 'action' in wanted ? wanted.action : wanted.dataAction;
  return conditions.every(condition => !condition || conditionHolds(condition, { ...attributes, action }));
}
