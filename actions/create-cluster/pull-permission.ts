import { findResource } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, type Done } from '../shared/report.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { ensureRoleAssignment, ROLES } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import type { ManagedCluster } from './cluster.ts';
import type { Inputs } from './inputs.ts';

export interface Registry {
  id: string;
  provisioningState: string;
  roleAssignmentMode?: string | null;
}

export function findRegistry(
  { registryName, registryGroup }: Inputs,
  { az }: Pick<Tools, 'az'>,
): Promise<Registry | undefined> {
  return findResource<Registry>(az, [
    ...['acr', 'show', '--name', registryName, '--resource-group', registryGroup],
  ]);
}

/**
 * The role that lets nodes pull. A registry with permissions per repository ignores AcrPull.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export function pullRole(registry: Registry | undefined): 'AcrPull' | 'Container Registry Repository Reader' {
  return registry?.roleAssignmentMode === 'AbacRepositoryPermissions'
    ? 'Container Registry Repository Reader'
    : 'AcrPull';
}

/** `--attach-acr` sends no principal type, and a condition on the role of the login can require one. */
export async function grantPull(
  cluster: ManagedCluster,
  inputs: Inputs,
  tools: Tools,
  existing: Registry | undefined,
): Promise<Done> {
  const { clusterName } = inputs;
  const kubelet = kubeletOf(cluster);
  if (!kubelet) {
    throw new ActionFailed(
      `AKS cluster ${quote(clusterName)} has no kubelet identity. It uses a service principal.`,
      'Leave registry-name empty, or change the cluster to a managed identity: az aks update --enable-managed-identity',
      'https://learn.microsoft.com/azure/aks/use-managed-identity',
    );
  }
  const registry = await waitForRegistry(inputs, tools, existing);
  const assignment = { principalId: kubelet, role: pullRole(registry), scope: registry.id };
  try {
    return await ensureRoleAssignment(tools, assignment);
  } catch (error) {
    // Azure checks the permission to assign roles before it checks whether the assignment exists.
    if (isRefused(error) && (await canPull(cluster, registry, tools))) return alreadyThere(undefined);
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof CommandFailed && error.code === 'AuthorizationFailed';
}

/** @returns false also if the login is not allowed to list role assignments */
export async function canPull(
  cluster: ManagedCluster,
  registry: Registry,
  { az }: Pick<Tools, 'az'>,
): Promise<boolean> {
  const query = '[].{principalId: principalId, role: roleDefinitionId}';
  const assigned = await az<{ principalId: string; role: string }[]>([
    ...['role', 'assignment', 'list', '--scope', registry.id, '--include-inherited'],
    ...['--fill-principal-name', 'false', '--query', query],
  ]).catch(error => {
    if (isRefused(error)) return [];
    throw error;
  });
  const role = ROLES[pullRole(registry)];
  return assigned.some(each => each.principalId === kubeletOf(cluster) && each.role.endsWith(role));
}

function kubeletOf({ identityProfile }: ManagedCluster): string | undefined {
  return identityProfile?.kubeletidentity?.objectId;
}

/** build-image can be creating the registry at the same time. */
async function waitForRegistry(
  inputs: Inputs,
  tools: Tools,
  existing: Registry | undefined,
): Promise<Registry> {
  const { registryName, registryGroup } = inputs;
  const { time, log, retrySeconds } = tools;
  const what = `Registry ${registryName}`;
  let next = existing;
  try {
    return await poll<Registry>(
      { what, timeoutSeconds: retrySeconds, longestWaitSeconds: 5, time, log },
      async () => {
        const registry = next ?? (await findRegistry(inputs, tools));
        next = undefined;
        if (registry?.provisioningState === 'Succeeded') return { value: registry };
        return { state: registry?.provisioningState ?? 'does not exist yet (build-image creates it)' };
      },
    );
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      `${error.message}.`,
      `Create the registry in resource group ${quote(registryGroup)} (build-image does that), set registry-resource-group to its group, or leave registry-name empty.`,
      'https://learn.microsoft.com/azure/aks/cluster-container-registry-integration',
    );
  }
}
