import { randomUUID } from 'node:crypto';
import { failedWith } from './command-errors.ts';
import { alreadyThere, created, type Done } from './report.ts';
import { retry } from './retry.ts';
import type { Tools } from './tools.ts';

/**
 * IDs of Azure's built-in roles, which are the same in every tenant. With an ID, az does not search for the role.
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const ROLES = {
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  'Container Registry Repository Reader': 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
} as const;

export interface RoleAssignment {
  role: keyof typeof ROLES;
  /** Resource ID of what the role is assigned on. */
  scope: string;
  /** Object ID of the principal. */
  principalId: string;
  /**
   * ServicePrincipal, which managed identities count as, unless given. Always passed to az: without it az asks Graph, and
   * a conditioned permission to assign roles refuses the request.
   */
  principalType?: 'ServicePrincipal' | 'User';
  /** GUID of a new assignment. Default: random. With it, an assignment can be deleted after an interrupted creation. */
  name?: string;
  /** Purpose of the assignment, for people who see it in Azure. */
  description?: string;
}

export function roleAssignmentId(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/**
 * Assigns a role if it is not assigned yet. Retries PrincipalNotFound, because the directory shows a new identity late.
 * @throws {CommandFailed} if Azure refuses
 */
export async function ensureRoleAssignment(
  { az, time, log, retrySeconds }: Pick<Tools, 'az' | 'time' | 'log' | 'retrySeconds'>,
  assignment: RoleAssignment,
): Promise<Done> {
  const { role, scope, principalId, principalType = 'ServicePrincipal', description } = assignment;
  const name = assignment.name ?? randomUUID();
  const shown = await retry(
    {
      what: `role ${role} for ${principalId}`,
      timeoutSeconds: retrySeconds,
      time,
      log,
      transient: error =>
        failedWith(error, 'principal-not-found')
          ? 'the directory does not show this principal yet (PrincipalNotFound)'
          : undefined,
    },
    () =>
      az<{ name: string }>([
        ...['role', 'assignment', 'create', '--name', name],
        ...['--role', ROLES[role], '--scope', scope],
        ...['--assignee-object-id', principalId, '--assignee-principal-type', principalType],
        ...(description ? ['--description', description] : []),
      ]),
  );
  // If the same assignment exists, Azure refuses a second one, and az shows the existing one.
  return shown.name === name ? created(undefined) : alreadyThere(undefined);
}
