import { clusterError } from './errors.ts';

/** The newest patch of every minor version that the emulated AKS offers, as seen on real clusters in autumn 2026. */
const patches: Readonly<Record<string, string>> = { '1.35': '1.35.8', '1.36': '1.36.4' };

const defaultMinor = '1.35';

/**
 * The version that a cluster gets.
 * @param asked `1.35`, `1.35.8`, or nothing for the default
 * @returns what the cluster shows as asked for, and the patch it runs
 * @throws ArmError 400 where AKS does not offer it
 */
export function resolveVersion(asked: string | undefined): { kubernetesVersion: string; current: string } {
  const kubernetesVersion = asked || defaultMinor;
  const current = patches[kubernetesVersion] ?? kubernetesVersion;
  if (Object.values(patches).includes(current)) return { kubernetesVersion, current };
  throw clusterError(
    400,
    'K8sVersionNotSupported',
    `Managed cluster version ${kubernetesVersion} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
  );
}

/** The versions as `az aks get-versions` lists them. */
export function listVersions(): object[] {
  return Object.entries(patches).map(([version, patch]) => ({
    version,
    capabilities: { supportPlan: ['KubernetesOfficial', 'AKSLongTermSupport'] },
    isDefault: version === defaultMinor,
    isPreview: false,
    patchVersions: { [patch]: { upgrades: [] } },
  }));
}

/** From Kubernetes 1.34 on, AKS gives every new cluster an OIDC issuer. */
export function hasIssuerByDefault(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 34;
}
