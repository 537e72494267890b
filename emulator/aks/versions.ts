import { clusterError } from './errors.ts';

/** As seen on real clusters in autumn 2026. */
const patches: Readonly<Record<string, string>> = { '1.35': '1.35.8', '1.36': '1.36.4' };

const defaultMinor = '1.35';

/**
 * @param requested `1.35`, `1.35.8`, or nothing for the default
 * @returns the version to show as requested, and the patch to run
 * @throws ArmError 400 if AKS does not offer the version
 */
export function resolveVersion(requested: string | undefined): {
  kubernetesVersion: string;
  current: string;
} {
  const kubernetesVersion = requested || defaultMinor;
  const current = patches[kubernetesVersion] ?? kubernetesVersion;
  if (Object.values(patches).includes(current)) return { kubernetesVersion, current };
  throw clusterError(
    400,
    'K8sVersionNotSupported',
    `Managed cluster version ${kubernetesVersion} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
  );
}

export function listVersions(): object[] {
  return Object.entries(patches).map(([version, patch]) => ({
    version,
    capabilities: { supportPlan: ['KubernetesOfficial', 'AKSLongTermSupport'] },
    isDefault: version === defaultMinor,
    isPreview: false,
    patchVersions: { [patch]: { upgrades: [] } },
  }));
}

/** Since Kubernetes 1.34. */
export function hasIssuerByDefault(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 34;
}
