import { findResource } from '../shared/az.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { clusterOf, isSettled, isStopped, type ManagedCluster, operationFor } from './cluster.ts';
import { accessProblems } from './credentials.ts';
import type { Inputs } from './inputs.ts';
import { refusedChange } from './ownership.ts';
import { mayPull, pullRole, type Registry, showRegistry } from './pull-right.ts';

/** What is there before anything is done, and what that needs. */
export interface Before extends StateRequirements {
  cluster: ManagedCluster | undefined;
  registry: Registry | undefined;
}

/** Looks for the cluster and its registry. Nothing in Azure is changed. */
export async function lookBefore(inputs: Inputs, tools: Tools): Promise<Before> {
  const [cluster, registry] = await Promise.all([
    findResource<ManagedCluster>(tools.az, ['aks', 'show', ...clusterOf(inputs)]),
    inputs.registryName ? showRegistry(inputs, tools) : undefined,
  ]);
  const [group, access] = await Promise.all([
    cluster || !inputs.create
      ? undefined
      : findResource<object>(tools.az, ['group', 'show', '--name', inputs.group.name]),
    cluster ? accessProblems(inputs, cluster, isSettled(cluster) && !isStopped(cluster), tools) : [],
  ]);
  const groupIsMissing = !cluster && !group;
  return {
    cluster,
    registry,
    permissions: [
      ...clusterRights(inputs, cluster),
      ...(inputs.create && groupIsMissing ? [CREATE_GROUP] : []),
      ...(inputs.registryName ? [grantRight(inputs, cluster, registry, tools)] : []),
    ],
    problems: [...adoptionProblems(inputs, cluster), ...access],
  };
}

function adoptionProblems(inputs: Inputs, cluster: ManagedCluster | undefined): string[] {
  const { create, clusterName, group } = inputs;
  const deleting = cluster?.provisioningState === 'Deleting';
  if (!create && (!cluster || deleting)) {
    const state = deleting ? 'is being deleted' : `does not exist in resource group "${group.name}"`;
    return [
      `AKS cluster "${clusterName}" ${state}, and create is false. Set cluster-name to an existing cluster (az aks list), or set create: true.`,
    ];
  }
  const operation = cluster && isSettled(cluster) ? operationFor(cluster) : undefined;
  if (!cluster || !operation || operation === 'create') return [];
  const refused = refusedChange(operation, cluster, inputs);
  return refused ? [`${refused.what} ${refused.remedy} (${refused.link})`] : [];
}

const CLUSTERS = 'Microsoft.ContainerService/managedClusters';

function clusterRights({ group, create }: Inputs, cluster: ManagedCluster | undefined): RequiredPermission[] {
  const remedy = 'Azure Kubernetes Service Contributor Role';
  const on = { resourceGroup: group.name, resource: cluster?.id, remedy };
  const credentials = { ...on, action: `${CLUSTERS}/listClusterUserCredential/action` };
  if (!cluster && !create) return [];
  // What an operation in progress leaves to do is not known yet.
  const operation = !cluster || isSettled(cluster) ? operationFor(cluster) : undefined;
  if (!operation) return [credentials];
  const right = operation === 'start' ? 'start/action' : 'write';
  return [{ ...on, action: `${CLUSTERS}/${right}` }, credentials];
}

function grantRight(
  { registryGroup }: Inputs,
  cluster: ManagedCluster | undefined,
  registry: Registry | undefined,
  tools: Tools,
): RequiredPermission {
  return {
    action: 'Microsoft.Authorization/roleAssignments/write',
    resourceGroup: registryGroup,
    resource: registry?.id,
    role: pullRole(registry),
    remedy: 'Role Based Access Control Administrator',
    unless: async () => Boolean(cluster && registry && (await mayPull(cluster, registry, tools))),
  };
}
