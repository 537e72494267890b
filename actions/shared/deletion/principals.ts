import type { Az } from '../az.ts';
import { CommandFailed } from '../command.ts';
import { recognise } from '../failures.ts';
import { Interrupted } from '../interruption.ts';
import type { Tools } from '../tools.ts';
import { isOfType, type Lab } from './find-lab.ts';

interface Assignment {
  id: string;
  role: string;
  scope: string;
  principalId: string;
}

interface Cluster {
  id: string;
  nodeResourceGroup?: string | null;
  identity?: { principalId?: string | null } | null;
  identityProfile?: { kubeletidentity?: { objectId?: string } } | null;
}

/** What comes and goes with the lab. */
export interface Leaving {
  /** Object ids of its managed identities, and of those of its clusters. */
  principals: readonly string[];
  /** Its resource group, and those of its clusters' nodes. */
  groups: readonly string[];
}

/** Finds who has roles because of the lab, and where these go by themselves. */
export async function leavingWith(az: Az, { resourceGroup, resources }: Lab): Promise<Leaving> {
  const group = ['--resource-group', resourceGroup];
  const has = (type: string) => resources.some(resource => isOfType(resource, type));
  const gone = ({ id }: { id: string }) =>
    resources.some(resource => resource.id.toLowerCase() === id.toLowerCase());
  const [identities, clusters] = await Promise.all([
    has('Microsoft.ManagedIdentity/userAssignedIdentities')
      ? az<{ id: string; principalId: string }[]>(['identity', 'list', ...group])
      : [],
    has('Microsoft.ContainerService/managedClusters') ? az<Cluster[]>(['aks', 'list', ...group]) : [],
  ]);
  const leaving = clusters.filter(gone);
  const ids = [
    ...identities.filter(gone).map(({ principalId }) => principalId),
    ...leaving.flatMap(({ identity, identityProfile }) => [
      identity?.principalId,
      identityProfile?.kubeletidentity?.objectId,
    ]),
  ];
  const groups = [resourceGroup, ...leaving.map(({ nodeResourceGroup }) => nodeResourceGroup)];
  return { principals: [...new Set(ids.filter(isText))], groups: groups.filter(isText) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/**
 * Deletes the role assignments that these principals have outside the groups. Nobody would: an assignment outlives its
 * principal, and counts towards the subscription's limit.
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignments-with-identity-not-found
 * @returns what could not be deleted, each as a phrase with the reason.
 */
export async function deleteAssignments(leaving: Leaving, { az, report }: Tools): Promise<string[]> {
  const left: string[] = [];
  for (const { id, role, scope } of await assignmentsOf(az, leaving)) {
    await report
      .step('Role assignment', `${role} on ${scope}`, async () => {
        await az(['role', 'assignment', 'delete', '--ids', id]);
        return { outcome: 'deleted', value: undefined };
      })
      // Once its principal is gone, nothing tells whose it was.
      .catch(error =>
        left.push(
          `role assignment ${id}: ${reasonOf(error)} No later run finds it: az role assignment delete --ids ${id}`,
        ),
      );
  }
  return left;
}

/**
 * The role assignments of these principals, but for those that go with the groups. AKS gives a cluster Contributor on its
 * nodes' group: the cluster needs it to the end, and who may only give the roles of a lab may not take it away.
 * https://learn.microsoft.com/azure/aks/managed-identity-overview
 */
export async function assignmentsOf(az: Az, { principals, groups }: Leaving): Promise<Assignment[]> {
  if (principals.length === 0) return [];
  const query = '[].{id: id, role: roleDefinitionName, scope: scope, principalId: principalId}';
  const all = await az<Assignment[]>([
    ...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false', '--query', query],
  ]);
  const inside = groups.map(group => `/resourcegroups/${group.toLowerCase()}/`);
  return all.filter(
    ({ principalId, scope }) =>
      principals.includes(principalId) && !inside.some(path => `${scope.toLowerCase()}/`.includes(path)),
  );
}

/**
 * What went wrong, on one line, with what to do where that is known.
 * @throws {Interrupted} when that is it: then nothing more is tried.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Interrupted) throw error;
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const known = error instanceof CommandFailed ? recognise(error.stderr) : undefined;
  return known ? `${first} (${known.cause} ${known.remedy})` : first;
}
