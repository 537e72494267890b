import { randomUUID } from 'node:crypto';
import { isWithin, sameId } from '../resource-id.ts';
import { type ConditionContext, conditionHolds } from './condition.ts';
import { findRoleDefinition, matchesAction, type Permission } from './role-definitions.ts';

/** As role assignments call principals: a managed identity is a service principal. */
export type PrincipalType = 'User' | 'ServicePrincipal';

export interface RoleAssignment {
  /** The whole ARM id: `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}`. */
  readonly id: string;
  /** GUID that the client chose. */
  readonly name: string;
  /** ARM id of what it holds for, and everything below: `/subscriptions/…/resourceGroups/rg`. */
  readonly scope: string;
  /** GUID of the role. */
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly description: string | null;
  readonly createdOn: Date;
  /** Object id of who made it; `null` where the emulator did at its start. */
  readonly createdBy: string | null;
  /** Milliseconds since the epoch from which it decides: assignments take a while to be seen. */
  readonly effectiveAt: number;
}

/**
 * A role assignment that nobody asked Resource Manager for, in force at once.
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

/** What is asked for: an action of Resource Manager, or one on a resource's data. */
export type Wanted = { readonly action: string } | { readonly dataAction: string };

/** What conditions can ask about the request; see `ConditionContext`. */
export type ConditionAttributes = Omit<ConditionContext, 'action'>;

/** Stands for attributes of which nothing is known yet: every condition may turn out to hold. */
export const undetermined = Symbol('undetermined');

/** Who may do what: the role assignments of the subscription, and their evaluation. */
export class Authorization {
  #assignments: RoleAssignment[] = [];

  /**
   * Tells whether a principal may do something. Only assignments count that are already effective, at the scope or
   * above it (whole segments, any case).
   * @param principalId object id
   * @param wanted an action or a data action: `Microsoft.KeyVault/vaults/secrets/getSecret/action`
   * @param scope ARM id of what it is done to
   * @param attributes what conditions may ask about; without them a condition that asks does not hold, and
   *   `undetermined` lets every condition hold
   * @returns whether it may, and by which assignment (GUID)
   * @see https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
   */
  check(
    principalId: string,
    wanted: Wanted,
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
   * What a principal may do on a scope: the permissions of every effective assignment at the scope or above it. Each
   * carries the condition under which it holds: that of the assignment, otherwise the role's own.
   * @param principalId object id
   * @param scope ARM id
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

  /** Tells whether a principal has any role on the scope, above it or anywhere below it: what makes a subscription visible. */
  hasAnyRole(principalId: string, scope: string): boolean {
    return this.#effective(principalId).some(
      assignment => isWithin(scope, assignment.scope) || isWithin(assignment.scope, scope),
    );
  }

  /** Puts an assignment in force, from its `effectiveAt` on. */
  assign(assignment: RoleAssignment): RoleAssignment {
    this.#assignments.push(assignment);
    return assignment;
  }

  /** Every assignment, effective or not. */
  list(): readonly RoleAssignment[] {
    return this.#assignments;
  }

  /** @param id the whole ARM id of the assignment, in any case */
  find(id: string): RoleAssignment | undefined {
    return this.#assignments.find(assignment => sameId(assignment.id, id));
  }

  /**
   * Lets assignments of a principal take effect only later, as after a set-up seconds ago.
   * @param only.roleIds GUIDs of roles; all roles where missing
   * @param only.createdOn what the assignments report as their time of creation; unchanged where missing
   * @returns how many assignments this concerns
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

  /** Takes an assignment away, at once. */
  remove(id: string): void {
    this.#assignments = this.#assignments.filter(assignment => !sameId(assignment.id, id));
  }

  /** Takes away every assignment on a resource and below it: they end with the resource. */
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

function allows(permission: Permission, wanted: Wanted): boolean {
  const [action, granted, excluded] =
    'action' in wanted
      ? [wanted.action, permission.actions, permission.notActions]
      : [wanted.dataAction, permission.dataActions, permission.notDataActions];
  const matches = (pattern: string) => matchesAction(action, pattern);
  return granted.some(matches) && !excluded.some(matches);
}

function holds(
  conditions: readonly (string | null | undefined)[],
  wanted: Wanted,
  attributes: ConditionAttributes | typeof undetermined,
): boolean {
  if (attributes === undetermined) return true;
  const action = 'action' in wanted ? wanted.action : wanted.dataAction;
  return conditions.every(condition => !condition || conditionHolds(condition, { ...attributes, action }));
}
