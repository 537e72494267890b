import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { isMissing } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { type Done, fetched } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { clusterOf, isPrivate, type ManagedCluster, needsEntraLogin } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/**
 * @returns the path of a kubeconfig
 * @throws {ActionFailed} if the cluster is private and not reachable
 */
export async function getCredentials(
  inputs: Inputs,
  cluster: ManagedCluster,
  tools: Tools,
): Promise<Done<string>> {
  const kubeconfig = await fetchKubeconfig(inputs, cluster, tools);
  if (isPrivate(cluster) && !(await isReachable(kubeconfig, tools))) {
    const { what, remedy, link } = unreachable(inputs);
    throw new ActionFailed(what, remedy, link);
  }
  return fetched(kubeconfig);
}

/** @param isRunning the network is checked only for a running cluster */
export async function findAccessProblems(
  inputs: Inputs,
  cluster: ManagedCluster,
  isRunning: boolean,
  tools: Tools,
): Promise<string[]> {
  if (needsEntraLogin(cluster)) {
    if (!(await hasKubelogin(tools))) return [kubeloginMissing(inputs)];
    await requestToken(cluster, tools);
  }
  if (!isPrivate(cluster) || !isRunning) return [];
  if (await isReachable(await fetchKubeconfig(inputs, cluster, tools), tools)) return [];
  const { what, remedy, link } = unreachable(inputs);
  return [`${what} ${remedy} (${link})`];
}

async function fetchKubeconfig(
  inputs: Inputs,
  cluster: ManagedCluster,
  { az, program }: Tools,
): Promise<string> {
  const kubeconfig = join(inputs.kubeconfigFolder, 'config');
  await mkdir(inputs.kubeconfigFolder, { recursive: true, mode: 0o700 });
  const file = ['--file', kubeconfig, '--overwrite-existing'];
  // az runs kubelogin without a path, and kubelogin would convert the user's kubeconfig.
  await az(['aks', 'get-credentials', ...clusterOf(inputs), ...file], { env: { KUBECONFIG: kubeconfig } });
  await chmod(kubeconfig, 0o600);
  // https://azure.github.io/kubelogin/concepts/login-modes/azurecli.html
  if (needsEntraLogin(cluster))
    await program('kubelogin')(['convert-kubeconfig', '--login', 'azurecli', '--kubeconfig', kubeconfig]);
  return kubeconfig;
}

async function hasKubelogin({ program }: Tools): Promise<boolean> {
  try {
    await program('kubelogin')(['--version']);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The application ID of AKS in Entra. https://learn.microsoft.com/azure/aks/kubelogin-authentication */
const AKS_SERVER = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** az caches the token. Later, the login can be too old for a new one (AADSTS700024). */
async function requestToken({ aadProfile }: ManagedCluster, { az }: Tools): Promise<void> {
  const resource = aadProfile?.serverAppId || AKS_SERVER;
  await az(['account', 'get-access-token', '--resource', resource, '--query', 'expiresOn']);
}

function kubeloginMissing({ clusterName }: Inputs): string {
  return `AKS cluster ${quote(clusterName)} accepts only Entra logins. kubectl needs kubelogin for them, and kubelogin is not on PATH. Add the step azure/use-kubelogin before this one, or install kubelogin: https://azure.github.io/kubelogin/install.html`;
}

async function isReachable(kubeconfig: string, { kubectl }: Tools): Promise<boolean> {
  try {
    await kubectl(kubeconfig)(['get', '--raw', '/readyz', '--request-timeout', '10s']);
    return true;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return !error.is('cluster-unreachable');
  }
}

function unreachable({ clusterName }: Inputs): { what: string; remedy: string; link: string } {
  return {
    what: `AKS cluster ${quote(clusterName)} is private: its API server is reachable only from the cluster's network, and this runner cannot reach it.`,
    remedy:
      'Run the job on a runner in that network or in a peered network, or use a cluster with a public API server.',
    link: 'https://learn.microsoft.com/azure/aks/private-clusters',
  };
}
