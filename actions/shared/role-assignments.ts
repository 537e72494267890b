import { randomUUID } from 'node:crypto';
import { failedWith } from './command-errors.ts';
import { alreadyThere, created, type Done } from './report.ts';
import { retry } from './retry.ts';
import type { Tools } from './tools.ts';

/**
 * Azure's own roles by their ids, which are the same in every tenant: with an id az need not look the role up.
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
  /** GUID of a new assignment; random unless given. With it, an assignment can be deleted whose creation was cut off. */
  name?: string;
  /** Says in Azure what the assignment is for. */
  description?: string;
}

/** Resource ID of the assignment of this name. */
export function roleAssignmentId(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/**
 * Assigns a role, unless it is assigned. The directory does not show a new identity everywhere at once, so
 * PrincipalNotFound is retried.
 * @throws {CommandFailed} when Azure refuses.
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
  // Where the same assignment exists Azure refuses a second one, and az then shows the existing one.
  return shown.name === name ? created(undefined) : alreadyThere(undefined);
}
