import { object, text } from '../arm/body.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import type { EntraSettings } from './entra-access.ts';
import { clusterError, invalidParameter } from './errors.ts';
import { hasIssuerByDefault, resolveVersion } from './versions.ts';

/** Settings with AKS's defaults. `managed-cluster.ts` has states, names, and identities. */
export interface ClusterProperties {
  readonly kubernetesVersion: string;
  readonly currentKubernetesVersion: string;
  readonly dnsPrefix: string;
  readonly agentPoolProfiles: readonly JsonObject[];
  readonly disableLocalAccounts: boolean;
  readonly oidcIssuer: boolean;
  readonly workloadIdentity: boolean;
  readonly network: NetworkSettings;
  /** `undefined`: only local accounts. */
  readonly entra: EntraSettings | undefined;
  readonly isPrivate: boolean;
  /** Returned as sent. */
  readonly echoed: JsonObject;
}

/** No effect in the emulator. */
export interface NetworkSettings {
  readonly networkPlugin: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
}

const echoedMembers = ['linuxProfile', 'addonProfiles', 'apiServerAccessProfile'] as const;

/**
 * @throws ArmError 400
 * @see https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update
 */
export function newProperties(requested: JsonObject): ClusterProperties {
  const { kubernetesVersion, current } = resolveVersion(text(requested.kubernetesVersion));
  const dnsPrefix = text(requested.dnsPrefix) ?? '';
  if (!/^[a-z\d]([a-z\d-]{0,52}[a-z\d])?$/i.test(dnsPrefix)) {
    throw invalidParameter(
      'dnsPrefix',
      `DNS prefix '${dnsPrefix}' is invalid. It must contain between 1 and 54 characters, alphanumeric characters and hyphens only, and start and end with an alphanumeric character`,
    );
  }
  const pools = Array.isArray(requested.agentPoolProfiles)
    ? requested.agentPoolProfiles.filter(isObject)
    : [];
  if (!pools.some(pool => pool.mode === 'System')) {
    throw invalidParameter('agentPoolProfile', 'A managed cluster needs at least one system agent pool');
  }
  const issuer = object(requested.oidcIssuerProfile).enabled;
  const network = networkOf(object(requested.networkProfile));
  return checked({
    kubernetesVersion,
    currentKubernetesVersion: current,
    dnsPrefix,
    network,
    agentPoolProfiles: pools.map(pool =>
      newPool(pool, { kubernetesVersion, currentKubernetesVersion: current, network }),
    ),
    disableLocalAccounts: requested.disableLocalAccounts === true,
    oidcIssuer: typeof issuer === 'boolean' ? issuer : hasIssuerByDefault(current),
    workloadIdentity: requestsWorkloadIdentity(requested) ?? false,
    entra: entraOf(object(requested.aadProfile)),
    isPrivate: object(requested.apiServerAccessProfile).enablePrivateCluster === true,
    echoed: pick(requested),
  });
}

/**
 * Properties that the body leaves out stay.
 * @throws ArmError 400
 */
export function changedProperties(before: ClusterProperties, requested: JsonObject): ClusterProperties {
  const dnsPrefix = text(requested.dnsPrefix);
  if (dnsPrefix && dnsPrefix !== before.dnsPrefix) {
    throw clusterError(400, 'PropertyChangeNotAllowed', "Changing property 'dnsPrefix' is not allowed.");
  }
  const version = text(requested.kubernetesVersion);
  if (version && resolveVersion(version).current !== before.currentKubernetesVersion) {
    throw clusterError(
      400,
      'OperationNotAllowed',
      `Upgrading from ${before.currentKubernetesVersion} to ${version} is not emulated.`,
    );
  }
  const issuer = object(requested.oidcIssuerProfile).enabled;
  if (before.oidcIssuer && issuer === false) {
    throw clusterError(400, 'OIDCIssuerFeatureCannotBeDisabled', 'OIDC issuer feature cannot be disabled.');
  }
  const isPrivate = object(requested.apiServerAccessProfile).enablePrivateCluster;
  if (typeof isPrivate === 'boolean' && isPrivate !== before.isPrivate) {
    throw clusterError(
      400,
      'PropertyChangeNotAllowed',
      "Changing property 'properties.apiServerAccessProfile.enablePrivateCluster' is not allowed.",
    );
  }
  const pools = Array.isArray(requested.agentPoolProfiles)
    ? requested.agentPoolProfiles.filter(isObject)
    : [];
  return checked({
    ...before,
    agentPoolProfiles:
      pools.length === 0 ? before.agentPoolProfiles : pools.map(pool => changedPool(before, pool)),
    disableLocalAccounts:
      typeof requested.disableLocalAccounts === 'boolean'
        ? requested.disableLocalAccounts
        : before.disableLocalAccounts,
    oidcIssuer: before.oidcIssuer || issuer === true,
    workloadIdentity: requestsWorkloadIdentity(requested) ?? before.workloadIdentity,
    entra: entraOf(object(requested.aadProfile)) ?? before.entra,
    echoed: { ...before.echoed, ...pick(requested) },
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

function requestsWorkloadIdentity(requested: JsonObject): boolean | undefined {
  const { enabled } = object(object(requested.securityProfile).workloadIdentity);
  return typeof enabled === 'boolean' ? enabled : undefined;
}

/** @throws ArmError 400 for the legacy integration */
function entraOf(requested: JsonObject): EntraSettings | undefined {
  if (Object.keys(requested).length === 0) return undefined;
  if (requested.managed !== true) {
    throw clusterError(
      400,
      'BadRequest',
      'Only AKS-managed Entra integration is emulated: aadProfile.managed must be true.',
    );
  }
  const groups = requested.adminGroupObjectIDs;
  return {
    adminGroups: Array.isArray(groups) ? groups.map(each => String(each).toLowerCase()) : [],
    azureRbac: requested.enableAzureRBAC === true,
  };
}

/** Without empty objects. */
function pick(requested: JsonObject): JsonObject {
  const there = echoedMembers.filter(name => requested[name] != null && !isEmptyObject(requested[name]));
  return Object.fromEntries(there.map(name => [name, requested[name]]));
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Default: Azure's plug-in in overlay mode. */
function networkOf(requested: JsonObject): NetworkSettings {
  const networkPlugin = text(requested.networkPlugin) ?? 'azure';
  if (!['azure', 'kubenet', 'none'].includes(networkPlugin)) {
    throw invalidParameter('networkProfile.networkPlugin', `Network plugin '${networkPlugin}' is invalid`);
  }
  return {
    networkPlugin,
    podCidr: text(requested.podCidr) ?? '10.244.0.0/16',
    serviceCidr: text(requested.serviceCidr) ?? '10.0.0.0/16',
    dnsServiceIP: text(requested.dnsServiceIP) ?? '10.0.0.10',
  };
}

/** As AKS did in 2025. For an empty VM size, the service selects one. */
function newPool(
  pool: JsonObject,
  cluster: Pick<ClusterProperties, 'kubernetesVersion' | 'currentKubernetesVersion' | 'network'>,
): JsonObject {
  const { kubernetesVersion, currentKubernetesVersion, network } = cluster;
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
    osDiskType: pool.osDiskType ?? diskTypeOf(vmSize),
    kubeletDiskType: 'OS',
    maxPods: pool.maxPods || (network.networkPlugin === 'kubenet' ? 110 : 250),
    type: 'VirtualMachineScaleSets',
    enableAutoScaling: pool.enableAutoScaling === true,
    scaleDownMode: 'Delete',
    powerState: { code: 'Running' },
    orchestratorVersion: kubernetesVersion,
    currentOrchestratorVersion: currentKubernetesVersion,
    enableNodePublicIP: pool.enableNodePublicIP === true,
    ...(isObject(pool.tags) && { tags: pool.tags }),
    ...(isObject(pool.nodeLabels) && { nodeLabels: pool.nodeLabels }),
    mode: pool.mode ?? 'User',
    enableEncryptionAtHost: pool.enableEncryptionAtHost === true,
    enableUltraSSD: pool.enableUltraSSD === true,
    osType: 'Linux',
    osSKU: 'Ubuntu',
    nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202610.19.0',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
    enableFIPS: pool.enableFIPS === true,
    securityProfile: { enableVTPM: false, enableSecureBoot: false },
  };
}

function changedPool(before: ClusterProperties, pool: JsonObject): JsonObject {
  const existing = before.agentPoolProfiles.find(each => each.name === pool.name);
  return newPool({ ...existing, ...pool }, before);
}

/** Ephemeral if the temporary disk has at least 128 GiB: from four vCPUs on, with a `d` in the name. */
function diskTypeOf(vmSize: string): 'Ephemeral' | 'Managed' {
  const [, cores = 0] = /^standard_[a-z]+(\d+)[a-z]*d[a-z]*_v\d$/i.exec(vmSize) ?? [];
  return Number(cores) >= 4 ? 'Ephemeral' : 'Managed';
}
