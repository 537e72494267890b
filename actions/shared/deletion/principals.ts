import type { Az } from '../az.ts';
import { CommandFailed } from '../command-errors.ts';
import { Interrupted } from '../interruption.ts';
import type { Tools } from '../tools.ts';
import { groupId, isBelow, type Resource, sameId } from './inventory.ts';
import type { Lab } from './ownership.ts';

export interface Assignment {
  id: string;
  role: string;
  scope: string;
  principalId: string;
}

/** The members of a managed identity or a cluster that show whose roles end with it. */
interface WithPrincipals extends Resource {
  principalId?: string | null;
  nodeResourceGroup?: string | null;
  identity?: { type?: string | null; principalId?: string | null } | null;
  identityProfile?: Readonly<
    Record<string, { resourceId?: string | null; objectId?: string | null } | null>
  > | null;
}

/**
 * Object IDs of the identities that end with a resource: a managed identity itself; of a cluster, the system-assigned identity
 * and those that AKS created in the node resource group. A kubelet identity of another group existed before the cluster.
 * https://learn.microsoft.com/azure/aks/use-managed-identity
 */
export function principalsOf(resource: Resource): string[] {
  const { principalId, identity, identityProfile } = resource as WithPrincipals;
  const nodes = nodeGroupOf(resource);
  const created = Object.values(identityProfile ?? {}).filter(
    profile => nodes !== undefined && profile?.resourceId && isBelow(profile.resourceId, nodes),
  );
  return [
    principalId,
    /SystemAssigned/i.test(identity?.type ?? '') ? identity?.principalId : undefined,
    ...created.map(profile => profile?.objectId),
  ].filter(id => typeof id === 'string');
}

/** Resource ID of a cluster's node resource group. */
function nodeGroupOf(resource: Resource): string | undefined {
  const { id, nodeResourceGroup } = resource as WithPrincipals;
  const subscription = id.split('/')[2] ?? '';
  return nodeResourceGroup ? groupId(subscription, nodeResourceGroup) : undefined;
}

export function listAssignments(az: Az): Promise<Assignment[]> {
  const query = '[].{id: id, role: roleDefinitionName, scope: scope, principalId: principalId}';
  return az<Assignment[]>([
    ...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false', '--query', query],
  ]);
}

/**
 * Azure deletes the assignments on a deleted resource. Others outlive their principal, and count towards the subscription's
 * limit. AKS assigns a cluster Contributor on its node resource group: the cluster needs it to the end.
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignments-with-identity-not-found
 */
export function assignmentsOf(resource: Resource, lab: Lab, all: readonly Assignment[]): Assignment[] {
  const principals = principalsOf(resource);
  const groupGoes = lab.groupStays === undefined && lab.others.length + lab.blocked.length === 0;
  const gone = [
    ...(groupGoes ? [lab.group.id] : []),
    ...lab.resources.map(({ id }) => id),
    ...lab.resources.map(nodeGroupOf).filter(id => id !== undefined),
  ];
  return all.filter(
    ({ principalId, scope }) =>
      principals.includes(principalId) && !gone.some(id => sameId(scope, id) || isBelow(scope, id)),
  );
}

/** @returns what could not be deleted, each as a phrase with the reason. */
export async function deleteAssignments(
  assignments: readonly Assignment[],
  { az, report }: Tools,
): Promise<string[]> {
  const left: string[] = [];
  for (const { id, role, scope } of assignments) {
    await report
      .step('Role assignment', `${role} on ${scope}`, async () => {
        await az(['role', 'assignment', 'delete', '--ids', id]);
        return { outcome: 'deleted', value: undefined };
      })
      // Once its principal is deleted, nothing shows which lab it belongs to.
      .catch(error =>
        left.push(
          `role assignment ${id}: ${reasonOf(error)} No later run finds it. Delete it: az role assignment delete --ids ${id}`,
        ),
      );
  }
  return left;
}

/** @throws {Interrupted} when the step was interrupted: then nothing more is started. */
export function reasonOf(error: unknown): string {
  if (error instanceof Interrupted) throw error;
  const message = error instanceof Error ? error.message : String(error);
  // az prints warnings before its error, about soft delete for example.
  const warnings = /(?<= exit code \S+: )WARNING: [\s\S]*?^(?=ERROR: )/m;
  const [first = ''] = message.replace(warnings, '').split('\n');
  const known = error instanceof CommandFailed ? error.explanation : undefined;
  return known ? `${first} (${known.cause} ${known.remedy})` : first;
}
