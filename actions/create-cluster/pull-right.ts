import { findResource } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { alreadyThere, type Done } from '../shared/report.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { ensureRoleAssignment, ROLES } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import type { ManagedCluster } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/** What `az acr show` tells of a registry, as far as it is needed here. */
export interface Registry {
  id: string;
  provisioningState: string;
  roleAssignmentMode?: string | null;
}

export function showRegistry(
  { registryName, registryGroup }: Inputs,
  { az }: Pick<Tools, 'az'>,
): Promise<Registry | undefined> {
  return findResource<Registry>(az, [
    'acr',
    'show',
    '--name',
    registryName,
    '--resource-group',
    registryGroup,
  ]);
}

/**
 * The role that lets nodes pull. A registry that decides by repository does not heed AcrPull.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export function pullRole(registry: Registry | undefined): 'AcrPull' | 'Container Registry Repository Reader' {
  return registry?.roleAssignmentMode === 'AbacRepositoryPermissions'
    ? 'Container Registry Repository Reader'
    : 'AcrPull';
}

/**
 * Lets the cluster's nodes pull from the registry. `--attach-acr` would do the same without a principal type, which a
 * deployer whose right to assign roles is conditioned on it may not.
 * @param seen the registry as it was shown before; undefined when there was none.
 */
export async function allowPull(
  cluster: ManagedCluster,
  inputs: Inputs,
  tools: Tools,
  seen: Registry | undefined,
): Promise<Done> {
  const { clusterName } = inputs;
  const kubelet = kubeletOf(cluster);
  if (!kubelet) {
    throw new ActionFailed(
      `AKS cluster ${clusterName} has no kubelet identity.`,
      'It uses a service principal; move it to a managed identity (az aks update --enable-managed-identity) or leave registry-name empty.',
      'https://learn.microsoft.com/azure/aks/use-managed-identity',
    );
  }
  const registry = await registryReady(inputs, tools, seen);
  const assignment = { principalId: kubelet, role: pullRole(registry), scope: registry.id };
  try {
    return await ensureRoleAssignment(tools, assignment);
  } catch (error) {
    // Azure asks for the right to assign before it looks whether there is anything to assign.
    if (isRefused(error) && (await mayPull(cluster, registry, tools))) return alreadyThere(undefined);
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof CommandFailed && error.code === 'AuthorizationFailed';
}

/** Whether the nodes may pull already; false where that cannot be seen. */
export async function mayPull(
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

/** The registry. build-image makes it at the same time, so it is waited for. */
async function registryReady(inputs: Inputs, tools: Tools, seen: Registry | undefined): Promise<Registry> {
  const { registryName, registryGroup } = inputs;
  const { time, log, retrySeconds } = tools;
  const what = `Registry ${registryName}`;
  let next = seen;
  try {
    return await poll<Registry>(
      { what, timeoutSeconds: retrySeconds, longestWaitSeconds: 5, time, log },
      async () => {
        const registry = next ?? (await showRegistry(inputs, tools));
        next = undefined;
        if (registry?.provisioningState === 'Succeeded') return { value: registry };
        return { state: registry?.provisioningState ?? 'not there yet; build-image makes it' };
      },
    );
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      `${error.message}.`,
      `Make the registry in resource group ${registryGroup} (build-image does), say its group in registry-resource-group, or leave registry-name empty.`,
      'https://learn.microsoft.com/azure/aks/cluster-container-registry-integration',
    );
  }
}
