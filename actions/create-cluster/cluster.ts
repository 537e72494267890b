import { ActionFailed } from '../shared/failures.ts';
import type { Tags } from '../shared/ownership.ts';
import type { Inputs } from './inputs.ts';

/** What `az aks show` tells of a cluster, as far as it is needed here. */
export interface ManagedCluster {
  id: string;
  tags?: Tags | null;
  provisioningState: string;
  powerState?: { code?: string } | null;
  status?: { provisioningError?: { code?: string; message?: string } | null } | null;
  nodeResourceGroup?: string | null;
  oidcIssuerProfile?: { enabled?: boolean; issuerUrl?: string } | null;
  securityProfile?: { workloadIdentity?: { enabled?: boolean } | null } | null;
  identityProfile?: { kubeletidentity?: { objectId?: string } } | null;
  aadProfile?: { serverAppId?: string | null } | null;
  disableLocalAccounts?: boolean | null;
  apiServerAccessProfile?: { enablePrivateCluster?: boolean | null } | null;
}

/** The tag by which a process recognizes the cluster that it created itself; its value is new for each process. */
export const CREATION_TAG = 'creation-id';

/** az's arguments that name the cluster. */
export function clusterOf({ clusterName, group }: Inputs): string[] {
  return ['--name', clusterName, '--resource-group', group.name];
}

/**
 * Whether nothing is being done to the cluster. All other states (Creating, Updating, Upgrading, Starting, Deleting, …) end
 * in one of these, or in the cluster's end. https://learn.microsoft.com/azure/aks/manage-abort-operations
 */
export function isSettled({ provisioningState }: ManagedCluster): boolean {
  return ['Succeeded', 'Failed', 'Canceled'].includes(provisioningState);
}

export function isStopped({ powerState }: ManagedCluster): boolean {
  return powerState?.code === 'Stopped';
}

/** Whether kubectl must log in with Entra: there are no other accounts, or `az aks get-credentials` does not give them. */
export function asksForEntra({ aadProfile, disableLocalAccounts }: ManagedCluster): boolean {
  return Boolean(aadProfile || disableLocalAccounts);
}

/** Whether the API server has an address in the cluster's network only. */
export function isPrivate({ apiServerAccessProfile }: ManagedCluster): boolean {
  return apiServerAccessProfile?.enablePrivateCluster === true;
}

/** What is done to a cluster to bring it to where it should be. */
export type Operation = 'create' | 'start' | 'update';

/**
 * What a cluster to which nothing is being done needs next; undefined when it is as it should be. A stopped cluster cannot
 * be updated, so it is started first; an update also brings one that failed to where it should be.
 * https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/availability-performance/cluster-node-virtual-machine-failed-state
 */
export function operationFor(cluster: ManagedCluster | undefined): Operation | undefined {
  if (!cluster) return 'create';
  if (isStopped(cluster)) return 'start';
  const { provisioningState, oidcIssuerProfile, securityProfile } = cluster;
  const trusts = oidcIssuerProfile?.enabled && securityProfile?.workloadIdentity?.enabled;
  return provisioningState === 'Succeeded' && trusts ? undefined : 'update';
}

/** The issuer as the cluster states it: Entra compares it byte for byte, its trailing slash included. */
export function issuerOf(cluster: ManagedCluster): string {
  const issuer = cluster.oidcIssuerProfile?.issuerUrl;
  if (issuer) return issuer;
  throw new ActionFailed(
    'The cluster has an OIDC issuer but does not state its URL.',
    'Run this again; if it stays so, reconcile the cluster with az aks update.',
    'https://learn.microsoft.com/azure/aks/use-oidc-issuer',
  );
}
