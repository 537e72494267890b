import { findResource } from '../shared/az.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { clusterOf, isSettled, isStopped, type ManagedCluster, operationFor } from './cluster.ts';
import { findAccessProblems } from './credentials.ts';
import type { Inputs } from './inputs.ts';
import { refusedChange } from './ownership.ts';
import { canPull, findRegistry, pullRole, type Registry } from './pull-permission.ts';

export interface State extends StateRequirements {
  cluster: ManagedCluster | undefined;
  registry: Registry | undefined;
}

export async function readState(inputs: Inputs, tools: Tools): Promise<State> {
  const [cluster, registry] = await Promise.all([
    findResource<ManagedCluster>(tools.az, ['aks', 'show', ...clusterOf(inputs)]),
    inputs.registryName ? findRegistry(inputs, tools) : undefined,
  ]);
  const [group, access] = await Promise.all([
    cluster || !inputs.create
      ? undefined
      : findResource<object>(tools.az, ['group', 'show', '--name', inputs.group.name]),
    cluster ? findAccessProblems(inputs, cluster, isSettled(cluster) && !isStopped(cluster), tools) : [],
  ]);
  const groupIsMissing = !cluster && !group;
  return {
    cluster,
    registry,
    permissions: [
      ...clusterPermissions(inputs, cluster),
      ...(inputs.create && groupIsMissing ? [CREATE_GROUP] : []),
      ...(inputs.registryName ? [grantPermission(inputs, cluster, registry, tools)] : []),
    ],
    problems: [...findAdoptionProblems(inputs, cluster), ...access],
  };
}

function findAdoptionProblems(inputs: Inputs, cluster: ManagedCluster | undefined): string[] {
  const { create, clusterName, group } = inputs;
  const deleting = cluster?.provisioningState === 'Deleting';
  if (!create && (!cluster || deleting)) {
    const state = deleting ? 'is being deleted' : `does not exist in resource group ${quote(group.name)}`;
    return [
      `AKS cluster ${quote(clusterName)} ${state}, and create is false. Set cluster-name to an existing cluster (az aks list), or set create: true.`,
    ];
  }
  const operation = cluster && isSettled(cluster) ? operationFor(cluster) : undefined;
  if (!cluster || !operation || operation === 'create') return [];
  const refused = refusedChange(operation, cluster, inputs);
  return refused ? [`${refused.what} ${refused.remedy} (${refused.link})`] : [];
}

const CLUSTERS = 'Microsoft.ContainerService/managedClusters';

function clusterPermissions(
  { group, create }: Inputs,
  cluster: ManagedCluster | undefined,
): RequiredPermission[] {
  const remedy = 'Azure Kubernetes Service Contributor Role';
  const on = { resourceGroup: group.name, resource: cluster?.id, remedy };
  const credentials = { ...on, action: `${CLUSTERS}/listClusterUserCredential/action` };
  if (!cluster && !create) return [];
  // What remains after an operation in progress is not known yet.
  const operation = !cluster || isSettled(cluster) ? operationFor(cluster) : undefined;
  if (!operation) return [credentials];
  const verb = operation === 'start' ? 'start/action' : 'write';
  return [{ ...on, action: `${CLUSTERS}/${verb}` }, credentials];
}

function grantPermission(
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
    unless: async () => Boolean(cluster && registry && (await canPull(cluster, registry, tools))),
  };
}
