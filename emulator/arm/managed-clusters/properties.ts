import { isObject, object, text } from '../body.ts';
import type { JsonObject } from '../provider.ts';
import { clusterError, invalidParameter } from './errors.ts';
import { hasIssuerByDefault, resolveVersion } from './versions.ts';

/**
 * What is set on a cluster, with AKS's defaults filled in. What the service adds (states, names, identities) is not
 * here: `managed-clusters.ts` does that.
 */
export interface ClusterProperties {
  readonly kubernetesVersion: string;
  readonly currentKubernetesVersion: string;
  readonly dnsPrefix: string;
  readonly agentPoolProfiles: readonly JsonObject[];
  readonly disableLocalAccounts: boolean;
  readonly oidcIssuer: boolean;
  readonly workloadIdentity: boolean;
  /** Members that are kept as they were sent. */
  readonly echoed: JsonObject;
}

/** Members that a PUT sets, and that nothing here depends on. */
const echoedMembers = ['linuxProfile', 'addonProfiles', 'apiServerAccessProfile', 'aadProfile'] as const;

/**
 * The properties of a new cluster.
 * @param asked `properties` of the body
 * @throws ArmError 400 where AKS would refuse them
 * @see https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update
 */
export function newProperties(asked: JsonObject): ClusterProperties {
  const { kubernetesVersion, current } = resolveVersion(text(asked.kubernetesVersion));
  const dnsPrefix = text(asked.dnsPrefix) ?? '';
  if (!/^[a-z\d]([a-z\d-]{0,52}[a-z\d])?$/i.test(dnsPrefix)) {
    throw invalidParameter(
      'dnsPrefix',
      `DNS prefix '${dnsPrefix}' is invalid. It must contain between 1 and 54 characters, alphanumeric characters and hyphens only, and start and end with an alphanumeric character`,
    );
  }
  const pools = Array.isArray(asked.agentPoolProfiles) ? asked.agentPoolProfiles.filter(isObject) : [];
  if (!pools.some(pool => pool.mode === 'System')) {
    throw invalidParameter('agentPoolProfile', 'A managed cluster needs at least one system agent pool');
  }
  const issuer = object(asked.oidcIssuerProfile).enabled;
  return checked({
    kubernetesVersion,
    currentKubernetesVersion: current,
    dnsPrefix,
    agentPoolProfiles: pools.map(pool => newPool(pool, kubernetesVersion, current)),
    disableLocalAccounts: asked.disableLocalAccounts === true,
    oidcIssuer: typeof issuer === 'boolean' ? issuer : hasIssuerByDefault(current),
    workloadIdentity: asksWorkloadIdentity(asked) ?? false,
    echoed: pick(asked),
  });
}

/**
 * The properties of a cluster after a PUT on it: what the body leaves out stays.
 * @throws ArmError 400 where AKS would refuse the change
 */
export function changedProperties(before: ClusterProperties, asked: JsonObject): ClusterProperties {
  const dnsPrefix = text(asked.dnsPrefix);
  if (dnsPrefix && dnsPrefix !== before.dnsPrefix) {
    throw clusterError(400, 'PropertyChangeNotAllowed', "Changing property 'dnsPrefix' is not allowed.");
  }
  const version = text(asked.kubernetesVersion);
  if (version && resolveVersion(version).current !== before.currentKubernetesVersion) {
    throw clusterError(
      400,
      'OperationNotAllowed',
      `Upgrading from ${before.currentKubernetesVersion} to ${version} is not emulated.`,
    );
  }
  const issuer = object(asked.oidcIssuerProfile).enabled;
  if (before.oidcIssuer && issuer === false) {
    throw clusterError(400, 'OIDCIssuerFeatureCannotBeDisabled', 'OIDC issuer feature cannot be disabled.');
  }
  const pools = Array.isArray(asked.agentPoolProfiles) ? asked.agentPoolProfiles.filter(isObject) : [];
  return checked({
    ...before,
    agentPoolProfiles:
      pools.length === 0 ? before.agentPoolProfiles : pools.map(pool => changedPool(before, pool)),
    disableLocalAccounts:
      typeof asked.disableLocalAccounts === 'boolean'
        ? asked.disableLocalAccounts
        : before.disableLocalAccounts,
    oidcIssuer: before.oidcIssuer || issuer === true,
    workloadIdentity: asksWorkloadIdentity(asked) ?? before.workloadIdentity,
    echoed: { ...before.echoed, ...pick(asked) },
  });
}

function checked(properties: ClusterProperties): ClusterProperties {
  if (properties.workloadIdentity && !properties.oidcIssuer) {
    throw clusterError(
      400,
      'InvalidParameter',
      'Workload identity cannot be enabled without the OIDC issuer. Please enable oidcIssuerProfile as well.',
    );
  }
  return properties;
}

function asksWorkloadIdentity(asked: JsonObject): boolean | undefined {
  const { enabled } = object(object(asked.securityProfile).workloadIdentity);
  return typeof enabled === 'boolean' ? enabled : undefined;
}

function pick(asked: JsonObject): JsonObject {
  return Object.fromEntries(
    echoedMembers.filter(name => asked[name] != null).map(name => [name, asked[name]]),
  );
}

/** A pool as a 2025 answer shows it. An empty VM size is the service's to choose. */
function newPool(pool: JsonObject, kubernetesVersion: string, current: string): JsonObject {
  const name = text(pool.name) ?? '';
  if (!/^[a-z][a-z\d]{0,11}$/.test(name)) {
    throw invalidParameter(
      'agentPoolProfile.name',
      `Agent pool name '${name}' is invalid. It must start with a lowercase letter, have at most 12 characters, and only have characters a-z0-9`,
    );
  }
  const count = pool.count ?? 1;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidParameter(
      'agentPoolProfile.count',
      `Agent pool count ${String(count)} is not within 1 and 1000`,
    );
  }
  const vmSize = text(pool.vmSize) || 'Standard_D4ds_v5';
  if (!/^standard_[a-z]\w+$/i.test(vmSize)) {
    throw clusterError(400, 'BadRequest', `The VM size of ${vmSize} is not allowed in your subscription.`);
  }
  return {
    name,
    count,
    vmSize,
    osDiskSizeGB: pool.osDiskSizeGB || 128,
    osDiskType: pool.osDiskType ?? 'Ephemeral',
    kubeletDiskType: 'OS',
    maxPods: pool.maxPods || 250,
    type: 'VirtualMachineScaleSets',
    enableAutoScaling: pool.enableAutoScaling === true,
    scaleDownMode: 'Delete',
    powerState: { code: 'Running' },
    orchestratorVersion: kubernetesVersion,
    currentOrchestratorVersion: current,
    enableNodePublicIP: pool.enableNodePublicIP === true,
    ...(isObject(pool.tags) && { tags: pool.tags }),
    ...(isObject(pool.nodeLabels) && { nodeLabels: pool.nodeLabels }),
    mode: pool.mode ?? 'User',
    enableEncryptionAtHost: pool.enableEncryptionAtHost === true,
    enableUltraSSD: pool.enableUltraSSD === true,
    osType: 'Linux',
    osSKU: 'Ubuntu',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
    enableFIPS: pool.enableFIPS === true,
    securityProfile: { enableVTPM: false, enableSecureBoot: false },
  };
}

function changedPool(before: ClusterProperties, pool: JsonObject): JsonObject {
  const existing = before.agentPoolProfiles.find(each => each.name === pool.name);
  const { kubernetesVersion, currentKubernetesVersion } = before;
  return newPool({ ...existing, ...pool }, kubernetesVersion, currentKubernetesVersion);
}
