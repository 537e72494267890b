import type { Az } from '../../actions/shared/az.ts';
import { ROLES } from '../../actions/shared/role-assignments.ts';
import type { Settings } from '../settings.ts';
import { type Step, unchangedStep } from '../steps.ts';
import { azOperation } from './operations.ts';

/** As az prints it. */
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

/** On the subscription, because labs create and delete their resource groups. */
interface Grant {
  readonly role: string;
  readonly roleId: string;
  readonly condition?: string;
}

const WHAT = 'Role on the subscription';

/** docs/setup-azure.md explains each. */
export const GRANTS: readonly Grant[] = [
  { role: 'Contributor', roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c' },
  {
    role: 'Role Based Access Control Administrator',
    roleId: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    condition: assignsOnly(Object.values(ROLES)),
  },
];

/**
 * Allows assigning only these roles, and only to service principals, which include managed
 * identities. A write has the attributes of the request, a deletion those of the resource.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 * @param roleIds GUIDs
 */
export function assignsOnly(roleIds: readonly string[]): string {
  const roles = [...roleIds].sort().join(', ');
  const allow = (action: string, source: string) => {
    const attribute = (name: string) => `@${source}[Microsoft.Authorization/roleAssignments:${name}]`;
    const role = `${attribute('RoleDefinitionId')} ForAnyOfAnyValues:GuidEquals {${roles}}`;
    const type = `${attribute('PrincipalType')} ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}`;
    return `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (${role} AND ${type}))`;
  };
  return `${allow('write', 'Request')} AND ${allow('delete', 'Resource')}`;
}

/** Of all principals, on the subscription itself. */
export function findAssignments(az: Az, { subscription }: Settings): Promise<FoundAssignment[]> {
  const scope = `/subscriptions/${subscription.id}`;
  return az([
    ...['role', 'assignment', 'list', '--scope', scope, '--fill-principal-name', 'false'],
    ...['--subscription', subscription.id],
  ]);
}

/** A description, because it remains after the identity was deleted. */
function markOf({ identity, repository }: Settings): string {
  return `setup-azure of workload-identity-lab: ${identity.name} for ${repository.fullName}`;
}

/** GitHub does not record who created an environment. */
function environmentMark({ environment }: Settings): string {
  return `, made environment ${environment}`;
}

export function hasCreatedEnvironment(assignments: readonly FoundAssignment[], settings: Settings): boolean {
  return assignments.some(({ description }) => description === markOf(settings) + environmentMark(settings));
}

function isOwned({ description }: FoundAssignment, settings: Settings): boolean {
  return description === markOf(settings) || (description?.startsWith(`${markOf(settings)},`) ?? false);
}

function hasRole({ roleDefinitionId }: FoundAssignment, roleId: string): boolean {
  return roleDefinitionId.toLowerCase().endsWith(`/${roleId}`);
}

/**
 * Also corrects the conditions.
 * @param createsEnvironment this run creates the GitHub environment
 */
export function grantRoles(
  found: readonly FoundAssignment[],
  settings: Settings,
  principalId: string | undefined,
  createsEnvironment: boolean,
): Step[] {
  const own = found.filter(assignment => assignment.principalId === principalId);
  const orphans = found.filter(each => each.principalId !== principalId && isOwned(each, settings));
  const scope = `/subscriptions/${settings.subscription.id}`;
  const note = createsEnvironment || hasCreatedEnvironment(found, settings) ? environmentMark(settings) : '';
  const description = markOf(settings) + note;
  const grants = GRANTS.map(({ role, roleId, condition }): Step => {
    const existing = own.find(each => hasRole(each, roleId));
    if (!existing) {
      const create = azOperation(({ principalId }) => [
        ...['role', 'assignment', 'create', '--role', roleId, '--scope', scope],
        ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
        ...(condition ? ['--condition', condition, '--condition-version', '2.0'] : []),
        ...['--description', description, '--subscription', settings.subscription.id],
      ]);
      return { what: WHAT, name: role, change: 'create', operations: [create] };
    }
    const changes = { ...conditionChange(existing, condition), ...descriptionChange(existing) };
    if (Object.keys(changes).length === 0) return unchangedStep(WHAT, role);
    const reason =
      'condition' in changes
        ? 'its condition is missing or different'
        : 'to record who created the environment';
    const update = azOperation(() => [
      ...['role', 'assignment', 'update', '--role-assignment', JSON.stringify({ ...existing, ...changes })],
      ...['--subscription', settings.subscription.id],
    ]);
    return { what: WHAT, name: role, change: 'update', reason, operations: [update] };
  });
  return [
    ...orphans.map(each => deletionStep(each, settings, 'it belongs to a deleted identity with this name')),
    ...grants,
  ];

  /** Descriptions of other owners stay. */
  function descriptionChange(existing: FoundAssignment): object {
    return isOwned(existing, settings) && existing.description !== description ? { description } : {};
  }
}

/** A condition where none is needed is stricter, so it stays. */
function conditionChange(existing: FoundAssignment, condition: string | undefined): object {
  const normalize = (text = '') => text.replaceAll(/\s+/g, ' ').trim();
  if (!condition || normalize(existing.condition ?? '') === condition) return {};
  return { condition, conditionVersion: '2.0' };
}

export function listUnneededRoles(
  found: readonly FoundAssignment[],
  principalId: string | undefined,
): string[] {
  return found
    .filter(each => each.principalId === principalId && !GRANTS.some(({ roleId }) => hasRole(each, roleId)))
    .map(({ roleDefinitionName }) => roleDefinitionName);
}

/**
 * Deletes the role assignments that this command created, or all of them if the identity is deleted
 * too.
 */
export function revokeRoles(
  found: readonly FoundAssignment[],
  settings: Settings,
  principalId: string | undefined,
  deletesIdentity: boolean,
): Step[] {
  return found
    .filter(each => isOwned(each, settings) || (deletesIdentity && each.principalId === principalId))
    .map(each => deletionStep(each, settings));
}

function deletionStep(
  { id, roleDefinitionName }: FoundAssignment,
  settings: Settings,
  reason?: string,
): Step {
  return {
    what: WHAT,
    name: roleDefinitionName,
    change: 'delete',
    ...(reason && { reason }),
    operations: [
      azOperation(() => [
        ...['role', 'assignment', 'delete', '--ids', id],
        ...['--subscription', settings.subscription.id],
      ]),
    ],
  };
}
