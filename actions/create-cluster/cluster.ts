import { ActionFailed } from '../shared/failures.ts';
import type { Tags } from '../shared/ownership.ts';
import type { Inputs } from './inputs.ts';

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

/** A process recognizes the cluster that it created by this tag. Each process uses a new value. */
export const CREATION_TAG = 'creation-id';

export function clusterOf({ clusterName, group }: Inputs): string[] {
  return ['--name', clusterName, '--resource-group', group.name];
}

/**
 * Every other state (Creating, Updating, …) ends in one of these, or with the deletion of the cluster.
 * https://learn.microsoft.com/azure/aks/manage-abort-operations
 */
export function isSettled({ provisioningState }: ManagedCluster): boolean {
  return ['Succeeded', 'Failed', 'Canceled'].includes(provisioningState);
}

export function isStopped({ powerState }: ManagedCluster): boolean {
  return powerState?.code === 'Stopped';
}

/** Without local accounts, `az aks get-credentials` returns no other credentials. */
export function needsEntraLogin({ aadProfile, disableLocalAccounts }: ManagedCluster): boolean {
  return Boolean(aadProfile || disableLocalAccounts);
}

export function isPrivate({ apiServerAccessProfile }: ManagedCluster): boolean {
  return apiServerAccessProfile?.enablePrivateCluster === true;
}

export type Operation = 'create' | 'start' | 'update';

/**
 * A stopped cluster cannot be updated, so it is started first. An update also repairs a failed cluster.
 * https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/availability-performance/cluster-node-virtual-machine-failed-state
 */
export function operationFor(cluster: ManagedCluster | undefined): Operation | undefined {
  if (!cluster) return 'create';
  if (isStopped(cluster)) return 'start';
  const { provisioningState, oidcIssuerProfile, securityProfile } = cluster;
  const isConfigured = oidcIssuerProfile?.enabled && securityProfile?.workloadIdentity?.enabled;
  return provisioningState === 'Succeeded' && isConfigured ? undefined : 'update';
}

/** The issuer exactly as the cluster reports it: Entra compares every character, including the trailing slash. */
export function issuerOf(cluster: ManagedCluster): string {
  const issuer = cluster.oidcIssuerProfile?.issuerUrl;
  if (issuer) return issuer;
  throw new ActionFailed(
    'The OIDC issuer of the cluster is enabled, but `az aks show` returned no URL.',
    'Run the job again. If the error persists, reconcile the cluster with az aks update.',
    'https://learn.microsoft.com/azure/aks/use-oidc-issuer',
  );
}
