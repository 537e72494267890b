import type { Az } from '../../actions/shared/az.ts';
import { ROLES } from '../../actions/shared/role-assignment.ts';
import { nothingToDo, type Step } from '../steps.ts';
import type { Wanted } from '../settings.ts';
import { azCall } from './operations.ts';

/** A role assignment as az shows it. */
export interface FoundAssignment {
  readonly id: string;
  readonly name: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly roleDefinitionName: string;
  readonly scope: string;
  readonly condition?: string | null;
  readonly description?: string | null;
}

/** A role that the identity gets on the subscription: labs make, and delete, resource groups of their own. */
interface Grant {
  readonly role: string;
  readonly roleId: string;
  readonly condition?: string;
}

const WHAT = 'Role on the subscription';

/** What the lab's identity may do, and no more. Why each: docs/setup-azure.md. */
export const GRANTS: readonly Grant[] = [
  { role: 'Contributor', roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c' },
  {
    role: 'Role Based Access Control Administrator',
    roleId: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    condition: assignsOnly(Object.values(ROLES)),
  },
];

/**
 * The condition that limits a right to assign roles to these roles, and to service principals, which managed identities
 * count as. Its two halves differ because a write shows the request's attributes and a deletion the resource's.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 * @param roleIds of the roles, GUIDs
 */
export function assignsOnly(roleIds: readonly string[]): string {
  const roles = [...roleIds].sort().join(', ');
  const half = (action: string, source: string) => {
    const attribute = (name: string) => `@${source}[Microsoft.Authorization/roleAssignments:${name}]`;
    const role = `${attribute('RoleDefinitionId')} ForAnyOfAnyValues:GuidEquals {${roles}}`;
    const type = `${attribute('PrincipalType')} ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}`;
    return `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (${role} AND ${type}))`;
  };
  return `${half('write', 'Request')} AND ${half('delete', 'Resource')}`;
}

/** The role assignments on the subscription itself, everybody's. */
export function findAssignments(az: Az, { subscription }: Wanted): Promise<FoundAssignment[]> {
  const scope = `/subscriptions/${subscription.id}`;
  return az([
    ...['role', 'assignment', 'list', '--scope', scope, '--fill-principal-name', 'false'],
    ...['--subscription', subscription.id],
  ]);
}

/**
 * Says in a role assignment who made it and for whom: so that it is found again, even when its identity is gone. What
 * GitHub cannot say about itself is noted here too.
 */
function describe({ identity, repository }: Wanted): string {
  return `setup-azure of workload-identity-lab: ${identity.name} for ${repository.fullName}`;
}

function noteOf({ environment }: Wanted): string {
  return `, made environment ${environment}`;
}

/** Whether it was this command that made the GitHub environment. */
export function madeEnvironment(assignments: readonly FoundAssignment[], wanted: Wanted): boolean {
  return assignments.some(({ description }) => description === describe(wanted) + noteOf(wanted));
}

function isOurs({ description }: FoundAssignment, wanted: Wanted): boolean {
  return description === describe(wanted) || (description?.startsWith(`${describe(wanted)},`) ?? false);
}

function hasRole({ roleDefinitionId }: FoundAssignment, roleId: string): boolean {
  return roleDefinitionId.toLowerCase().endsWith(`/${roleId}`);
}

/**
 * Gives the identity its roles, and the condition where it is missing or another.
 * @param principalId of the identity, where it is there
 * @param makesEnvironment whether this run is going to make the GitHub environment
 */
export function grantRoles(
  found: readonly FoundAssignment[],
  wanted: Wanted,
  principalId: string | undefined,
  makesEnvironment: boolean,
): Step[] {
  const own = found.filter(assignment => assignment.principalId === principalId);
  const orphans = found.filter(each => each.principalId !== principalId && isOurs(each, wanted));
  const scope = `/subscriptions/${wanted.subscription.id}`;
  const note = makesEnvironment || madeEnvironment(found, wanted) ? noteOf(wanted) : '';
  const description = describe(wanted) + note;
  const grants = GRANTS.map(({ role, roleId, condition }): Step => {
    const there = own.find(each => hasRole(each, roleId));
    if (!there) {
      const call = azCall(({ principalId }) => [
        ...['role', 'assignment', 'create', '--role', roleId, '--scope', scope],
        ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
        ...(condition ? ['--condition', condition, '--condition-version', '2.0'] : []),
        ...['--description', description, '--subscription', wanted.subscription.id],
      ]);
      return { what: WHAT, name: role, does: 'create', calls: [call] };
    }
    const changes = { ...conditionOf(there, condition), ...noteFor(there) };
    if (Object.keys(changes).length === 0) return nothingToDo(WHAT, role);
    const because =
      'condition' in changes ? 'its condition is missing or another' : 'to note who made the environment';
    const call = azCall(() => [
      ...['role', 'assignment', 'update', '--role-assignment', JSON.stringify({ ...there, ...changes })],
      ...['--subscription', wanted.subscription.id],
    ]);
    return { what: WHAT, name: role, does: 'change', because, calls: [call] };
  });
  return [
    ...orphans.map(each => removal(each, wanted, 'of an identity of this name that is gone')),
    ...grants,
  ];

  /** Only what this command described is described anew. */
  function noteFor(there: FoundAssignment): object {
    return isOurs(there, wanted) && there.description !== description ? { description } : {};
  }
}

/** A condition where there should be none would be stricter than needed; it is left to whoever wrote it. */
function conditionOf(there: FoundAssignment, condition: string | undefined): object {
  const plain = (text = '') => text.replaceAll(/\s+/g, ' ').trim();
  if (!condition || plain(there.condition ?? '') === condition) return {};
  return { condition, conditionVersion: '2.0' };
}

/** Roles that the identity has on the subscription and does not need. */
export function needlessRoles(found: readonly FoundAssignment[], principalId: string | undefined): string[] {
  return found
    .filter(each => each.principalId === principalId && !GRANTS.some(({ roleId }) => hasRole(each, roleId)))
    .map(({ roleDefinitionName }) => roleDefinitionName);
}

/**
 * Takes the roles back: those that this command gave; all of them where the identity goes too.
 * @param principalId of the identity, where it is there
 */
export function revokeRoles(
  found: readonly FoundAssignment[],
  wanted: Wanted,
  principalId: string | undefined,
  identityGoes: boolean,
): Step[] {
  return found
    .filter(each => isOurs(each, wanted) || (identityGoes && each.principalId === principalId))
    .map(each => removal(each, wanted));
}

function removal({ id, roleDefinitionName }: FoundAssignment, wanted: Wanted, because?: string): Step {
  return {
    what: WHAT,
    name: roleDefinitionName,
    does: 'delete',
    ...(because && { because }),
    calls: [
      azCall(() => [
        ...['role', 'assignment', 'delete', '--ids', id],
        ...['--subscription', wanted.subscription.id],
      ]),
    ],
  };
}
