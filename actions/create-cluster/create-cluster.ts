import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp } from '../shared/az.ts';
import { ActionFailed } from '../shared/failures.ts';
import { alreadyThere, changed, created, type Done, fetched } from '../shared/report.ts';
import { ensureResourceGroup, tagArguments } from '../shared/resource-group.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { ensureRoleAssignment } from '../shared/role-assignment.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

/** What `az aks show` tells of a cluster, as far as it is needed here. */
interface ManagedCluster {
  id: string;
  provisioningState: string;
  powerState?: { code?: string } | null;
  status?: { provisioningError?: { code?: string; message?: string } | null } | null;
  oidcIssuerProfile?: { enabled?: boolean; issuerUrl?: string } | null;
  securityProfile?: { workloadIdentity?: { enabled?: boolean } | null } | null;
  identityProfile?: { kubeletidentity?: { objectId?: string } } | null;
}

/** The walkthrough's "Cluster creation": resource group, cluster, credentials, and the right to pull the image. */
export async function createCluster(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { group, clusterName, registryName } = inputs;
  const { az, report } = tools;

  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  const cluster = await report.step('AKS cluster', clusterName, () => ensureCluster(inputs, tools));

  // Neither needs the other, and each is mostly az's own start.
  const [kubeconfig] = await Promise.all([
    report.step('Credentials', clusterName, () => getCredentials(inputs, tools)),
    registryName && report.step('Pull right on', registryName, () => allowPull(cluster, inputs, tools)),
  ]);

  return {
    'resource-group': group.name,
    'cluster-name': clusterName,
    'oidc-issuer-url': issuerOf(cluster),
    kubeconfig,
  };
}

/** az's arguments that name the cluster. */
function clusterOf({ clusterName, group }: Inputs): string[] {
  return ['--name', clusterName, '--resource-group', group.name];
}

async function ensureCluster(inputs: Inputs, tools: Tools): Promise<Done<ManagedCluster>> {
  const { group, nodeCount, nodeVmSize, kubernetesVersion } = inputs;
  const { az } = tools;
  const cluster = clusterOf(inputs);
  const workloadIdentity = ['--enable-oidc-issuer', '--enable-workload-identity'];

  const seen = await lookUp<ManagedCluster>(az, ['aks', 'show', ...cluster]);
  if (!seen) {
    const place = ['--location', group.location, ...tagArguments(group.tags)];
    const nodes = ['--node-count', String(nodeCount), ...(nodeVmSize ? ['--node-vm-size', nodeVmSize] : [])];
    const version = kubernetesVersion ? ['--kubernetes-version', kubernetesVersion] : [];
    const create = ['aks', 'create', ...cluster, ...place, ...nodes, ...version, ...workloadIdentity];
    await az([...create, '--no-ssh-key', '--no-wait']);
    return created(await finishOperation(inputs, tools));
  }

  const found = await clusterReady(inputs, tools, seen);
  const { oidcIssuerProfile, securityProfile } = found;
  if (oidcIssuerProfile?.enabled && securityProfile?.workloadIdentity?.enabled) return alreadyThere(found);
  await az(['aks', 'update', ...cluster, ...workloadIdentity, '--no-wait']);
  return changed(await finishOperation(inputs, tools));
}

/** Waits for an operation that we started. It would go on without us: if we stop waiting, it is aborted. */
async function finishOperation(inputs: Inputs, tools: Tools): Promise<ManagedCluster> {
  try {
    return await clusterReady(inputs, tools);
  } catch (error) {
    if (!(error instanceof ActionFailed)) await abortOperation(inputs, tools);
    if (error instanceof TimedOut) {
      throw new ActionFailed(
        `${error.message}. The operation was told to abort.`,
        'Run it again, perhaps in another region or with another node-vm-size, or raise timeout-minutes.',
        'https://learn.microsoft.com/azure/aks/manage-abort-operations',
      );
    }
    throw error;
  }
}

/**
 * Waits until the cluster has no operation going on; whatever state it ends in but success is a failure.
 * @param seen the cluster as it was shown just now, if it was.
 */
function clusterReady(
  inputs: Inputs,
  { az, time, log }: Tools,
  seen?: ManagedCluster,
): Promise<ManagedCluster> {
  let known = seen;
  const { group, clusterName, timeoutMinutes } = inputs;
  const options = { what: `AKS cluster ${clusterName}`, timeoutSeconds: timeoutMinutes * 60, time, log };
  return poll<ManagedCluster>(options, async () => {
    const cluster = known ?? (await lookUp<ManagedCluster>(az, ['aks', 'show', ...clusterOf(inputs)]));
    known = undefined;
    if (!cluster) return { state: 'not to be seen yet' };
    if (cluster.powerState?.code === 'Stopped') {
      throw new ActionFailed(
        `AKS cluster ${clusterName} is stopped.`,
        `Start it: az aks start --name ${clusterName} --resource-group ${group.name}`,
        'https://learn.microsoft.com/azure/aks/start-stop-cluster',
      );
    }
    switch (cluster.provisioningState) {
      case 'Succeeded':
        return { value: cluster };
      case 'Failed':
      case 'Canceled':
      case 'Deleting':
        throw new ActionFailed(
          `AKS cluster ${clusterName} is in state ${cluster.provisioningState}. ${reasonOf(cluster)}`,
          `Delete it (az aks delete) and run this again. All that went wrong: az monitor activity-log list --resource-group ${group.name} --status Failed`,
          'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
        );
      default:
        return { state: cluster.provisioningState };
    }
  });
}

function reasonOf({ status }: ManagedCluster): string {
  const error = status?.provisioningError;
  return error?.message ? `Azure says: ${error.code}: ${error.message}` : '';
}

async function abortOperation(inputs: Inputs, { az, log }: Tools): Promise<void> {
  const command = ['aks', 'operation-abort', ...clusterOf(inputs), '--no-wait'];
  try {
    await az(command, { lastWord: true });
    log.info(`AKS cluster ${inputs.clusterName}: its operation in Azure was told to abort.`);
  } catch {
    log.warning(
      `AKS cluster ${inputs.clusterName}: its operation goes on in Azure. To end it: az ${command.join(' ')}`,
    );
  }
}

async function getCredentials(inputs: Inputs, { az }: Tools): Promise<Done<string>> {
  const kubeconfig = join(inputs.kubeconfigFolder, 'config');
  await mkdir(inputs.kubeconfigFolder, { recursive: true, mode: 0o700 });
  await az(['aks', 'get-credentials', ...clusterOf(inputs), '--file', kubeconfig]);
  await chmod(kubeconfig, 0o600);
  return fetched(kubeconfig);
}

/**
 * Lets the cluster's nodes pull from the registry. `--attach-acr` would do the same without a principal type, which a
 * deployer whose right to assign roles is conditioned on it may not.
 */
async function allowPull(cluster: ManagedCluster, inputs: Inputs, tools: Tools): Promise<Done> {
  const { group, clusterName, registryName } = inputs;
  const kubelet = cluster.identityProfile?.kubeletidentity?.objectId;
  if (!kubelet) {
    throw new ActionFailed(
      `AKS cluster ${clusterName} has no kubelet identity.`,
      'It uses a service principal; move it to a managed identity (az aks update --enable-managed-identity) or leave registry-name empty.',
      'https://learn.microsoft.com/azure/aks/use-managed-identity',
    );
  }
  const registry = await registryReady(group.name, registryName, tools);
  return ensureRoleAssignment(tools, { principalId: kubelet, role: 'AcrPull', scope: registry });
}

/** The registry's resource id. build-image makes the registry at the same time, so it is waited for. */
async function registryReady(group: string, name: string, { az, time, log }: Tools): Promise<string> {
  const options = { what: `Registry ${name}`, timeoutSeconds: 120, longestWaitSeconds: 5, time, log };
  const show = ['acr', 'show', '--name', name, '--resource-group', group];
  try {
    return await poll<string>(options, async () => {
      const registry = await lookUp<{ id: string; provisioningState: string }>(az, show);
      if (registry?.provisioningState === 'Succeeded') return { value: registry.id };
      return { state: registry?.provisioningState ?? 'not there yet; build-image makes it' };
    });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      error.message,
      `Make the registry in resource group ${group} (build-image does), or leave registry-name empty.`,
      'https://learn.microsoft.com/azure/aks/cluster-container-registry-integration',
    );
  }
}

/** The issuer as the cluster states it: Entra compares it byte for byte, its trailing slash included. */
function issuerOf(cluster: ManagedCluster): string {
  const issuer = cluster.oidcIssuerProfile?.issuerUrl;
  if (issuer) return issuer;
  throw new ActionFailed(
    'The cluster has an OIDC issuer but does not state its URL.',
    'Run this again; if it stays so, reconcile the cluster with az aks update.',
    'https://learn.microsoft.com/azure/aks/use-oidc-issuer',
  );
}
