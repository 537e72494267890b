import type { Resource } from '../arm/provider.ts';
import type { AksContext } from './context.ts';
import { issuerUrl, type ManagedCluster } from './managed-cluster.ts';
import type { NetworkSettings } from './properties.ts';

/** As AKS did in 2025. */
export function managedClusterBody(cluster: ManagedCluster, context: AksContext): Resource {
  const { id, name, location, tags, state, fqdn, properties, kubeletIdentity } = cluster;
  const { outboundAddress, power, failure } = cluster;
  const { agentPoolProfiles, oidcIssuer, workloadIdentity, echoed } = properties;
  // Also after a failed creation: az reads the kubelet's identity before it updates such a cluster.
  const ready = state !== 'Creating';
  const nodeGroupId = `/subscriptions/${context.subscriptionId}/resourceGroups/${cluster.nodeResourceGroup}`;
  return {
    id,
    location,
    name,
    ...(Object.keys(tags).length > 0 && { tags }),
    type: 'Microsoft.ContainerService/ManagedClusters',
    kind: 'Base',
    properties: {
      provisioningState: state,
      powerState: { code: power },
      ...(failure && {
        status: { provisioningError: { code: failure.code, message: failure.message, details: [] } },
      }),
      kubernetesVersion: properties.kubernetesVersion,
      currentKubernetesVersion: properties.currentKubernetesVersion,
      dnsPrefix: properties.dnsPrefix,
      fqdn,
      ...(cluster.privateFqdn && { privateFQDN: cluster.privateFqdn }),
      azurePortalFQDN: fqdn.replace('.hcp.', '.portal.hcp.'),
      agentPoolProfiles: agentPoolProfiles.map(pool => ({
        ...pool,
        powerState: { code: power },
        provisioningState: state,
      })),
      ...echoed,
      ...(properties.entra && {
        aadProfile: {
          managed: true,
          ...(properties.entra.adminGroups.length > 0 && {
            adminGroupObjectIDs: properties.entra.adminGroups,
          }),
          adminUsers: null,
          enableAzureRBAC: properties.entra.azureRbac,
          tenantID: context.tenantId,
        },
      }),
      servicePrincipalProfile: { clientId: 'msi' },
      nodeResourceGroup: cluster.nodeResourceGroup,
      enableRBAC: true,
      supportPlan: 'KubernetesOfficial',
      networkProfile: networkProfile(
        properties.network,
        ready ? `${nodeGroupId}/providers/Microsoft.Network/publicIPAddresses/${outboundAddress}` : undefined,
      ),
      maxAgentPools: 100,
      ...(ready && {
        identityProfile: {
          kubeletidentity: {
            resourceId: kubeletIdentity.id,
            clientId: kubeletIdentity.principal.clientId,
            objectId: kubeletIdentity.principal.objectId,
          },
        },
      }),
      autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage' },
      disableLocalAccounts: properties.disableLocalAccounts,
      securityProfile: workloadIdentity ? { workloadIdentity: { enabled: true } } : {},
      storageProfile: {
        diskCSIDriver: { enabled: true },
        fileCSIDriver: { enabled: true },
        snapshotController: { enabled: true },
      },
      oidcIssuerProfile: {
        enabled: oidcIssuer,
        ...(oidcIssuer && { issuerURL: issuerUrl(cluster, context) }),
      },
      workloadAutoScalerProfile: {},
      resourceUID: cluster.resourceUID,
      metricsProfile: { costAnalysis: { enabled: false } },
      nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
      bootstrapProfile: { artifactSource: 'Direct' },
    },
    identity: {
      type: 'SystemAssigned',
      principalId: cluster.identity.objectId,
      tenantId: context.tenantId,
    },
    sku: { name: 'Base', tier: 'Free' },
  };
}

function networkProfile(network: NetworkSettings, outboundAddress: string | undefined): object {
  const { networkPlugin, podCidr, serviceCidr, dnsServiceIP } = network;
  return {
    networkPlugin,
    ...(networkPlugin === 'azure' && {
      networkPluginMode: 'overlay',
      networkPolicy: 'none',
      networkDataplane: 'azure',
    }),
    loadBalancerSku: 'standard',
    loadBalancerProfile: {
      managedOutboundIPs: { count: 1 },
      ...(outboundAddress && { effectiveOutboundIPs: [{ id: outboundAddress }] }),
      backendPoolType: 'nodeIPConfiguration',
    },
    podCidr,
    serviceCidr,
    dnsServiceIP,
    outboundType: 'loadBalancer',
    podCidrs: [podCidr],
    serviceCidrs: [serviceCidr],
    ipFamilies: ['IPv4'],
  };
}
