import { randomUUID } from 'node:crypto';
import { CommandFailed } from './command.ts';
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
  /** Resource id of what the role is given on. */
  scope: string;
  /** Object id of who gets it. */
  principalId: string;
  /**
   * ServicePrincipal, which managed identities count as, unless given. Always said to az: without it az asks Graph, and
   * a conditioned right to assign roles refuses the request.
   */
  principalType?: 'ServicePrincipal' | 'User';
}

/**
 * Assigns a role, unless it is. An identity made a moment ago is not in the directory everywhere, so PrincipalNotFound
 * is tried again.
 * @throws {CommandFailed} when Azure refuses.
 */
export async function ensureRoleAssignment(
  { az, time, log, retrySeconds }: Pick<Tools, 'az' | 'time' | 'log' | 'retrySeconds'>,
  { role, scope, principalId, principalType = 'ServicePrincipal' }: RoleAssignment,
): Promise<Done> {
  const name = randomUUID();
  const assignment = await retry(
    {
      what: `role ${role} for ${principalId}`,
      timeoutSeconds: retrySeconds,
      time,
      log,
      transient: error =>
        error instanceof CommandFailed && error.stderr.includes('PrincipalNotFound')
          ? 'the directory does not show this principal yet (PrincipalNotFound)'
          : undefined,
    },
    () =>
      az<{ name: string }>([
        ...['role', 'assignment', 'create', '--name', name],
        ...['--role', ROLES[role], '--scope', scope],
        ...['--assignee-object-id', principalId, '--assignee-principal-type', principalType],
      ]),
  );
  // Where the same assignment exists Azure refuses a second one, and az then gives the one that is there.
  return assignment.name === name ? created(undefined) : alreadyThere(undefined);
}
