import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { isMissing } from '../shared/preflight.ts';
import { type Done, fetched } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { asksForEntra, clusterOf, isPrivate, type ManagedCluster } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/**
 * Gets a kubeconfig with which the steps that follow reach the cluster.
 * @returns its path.
 * @throws {ActionFailed} when the cluster is private and out of reach.
 */
export async function getCredentials(
  inputs: Inputs,
  cluster: ManagedCluster,
  tools: Tools,
): Promise<Done<string>> {
  const kubeconfig = await fetchKubeconfig(inputs, cluster, tools);
  if (isPrivate(cluster) && !(await isReachable(kubeconfig, tools))) {
    const { what, remedy, link } = outOfReach(inputs);
    throw new ActionFailed(what, remedy, link);
  }
  return fetched(kubeconfig);
}

/**
 * What stands between this machine and the cluster's API server, each with its remedy; none where the cluster does not run.
 */
export async function accessProblems(
  inputs: Inputs,
  cluster: ManagedCluster,
  runs: boolean,
  tools: Tools,
): Promise<string[]> {
  if (asksForEntra(cluster)) {
    if (!(await hasKubelogin(tools))) return [withoutKubelogin(inputs)];
    await takeToken(cluster, tools);
  }
  if (!isPrivate(cluster) || !runs) return [];
  if (await isReachable(await fetchKubeconfig(inputs, cluster, tools), tools)) return [];
  const { what, remedy, link } = outOfReach(inputs);
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
  // az lets kubelogin convert a kubeconfig without saying which: it would be the user's own.
  await az(['aks', 'get-credentials', ...clusterOf(inputs), ...file], { env: { KUBECONFIG: kubeconfig } });
  await chmod(kubeconfig, 0o600);
  // https://azure.github.io/kubelogin/concepts/login-modes/azurecli.html
  if (asksForEntra(cluster))
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

/** AKS's own application in Entra. https://learn.microsoft.com/azure/aks/kubelogin-authentication */
const AKS_SERVER = '6dae42f8-4368-4678-94ff-3960e28e3630';

/**
 * Lets az take the token that kubelogin will ask it for, and keep it: minutes from now the login may be too old for a token
 * of a new kind (AADSTS700024). Only when it expires is printed.
 */
async function takeToken({ aadProfile }: ManagedCluster, { az }: Tools): Promise<void> {
  const resource = aadProfile?.serverAppId || AKS_SERVER;
  await az(['account', 'get-access-token', '--resource', resource, '--query', 'expiresOn']);
}

function withoutKubelogin({ clusterName }: Inputs): string {
  return `AKS cluster ${clusterName} lets users in by Entra only, which kubectl does through kubelogin, and kubelogin was not found on PATH. Put the step azure/use-kubelogin before this one, or install it: https://azure.github.io/kubelogin/install.html`;
}

/** Whether the API server answers, with whatever status. */
async function isReachable(kubeconfig: string, { kubectl }: Tools): Promise<boolean> {
  try {
    await kubectl(kubeconfig)(['get', '--raw', '/readyz', '--request-timeout', '10s']);
    return true;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return !error.is('cluster-unreachable');
  }
}

function outOfReach({ clusterName }: Inputs): { what: string; remedy: string; link: string } {
  return {
    what: `AKS cluster ${clusterName} is private: its API server has an address in the cluster's network only, and this runner does not reach it.`,
    remedy:
      'Run the job on a runner in that network or in one that is connected to it, or use a cluster whose API server is public.',
    link: 'https://learn.microsoft.com/azure/aks/private-clusters',
  };
}
