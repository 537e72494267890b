import type { ArmError } from '../arm/errors.ts';
import type { UserAssignedIdentity } from '../arm/managed-identity/identity.ts';
import type { Operation } from '../arm/operations.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { AksContext } from './context.ts';
import type { ClusterVerb } from './interventions.ts';
import type { ClusterProperties } from './properties.ts';

type State = (typeof provisioningStates)[ClusterVerb] | 'Succeeded' | 'Failed' | 'Canceled';

export const provisioningStates = {
  create: 'Creating',
  update: 'Updating',
  delete: 'Deleting',
  start: 'Starting',
  stop: 'Stopping',
} as const satisfies Record<ClusterVerb, string>;

export interface ManagedCluster {
  /** ARM ID, with `resourcegroups` in lower case, as captured. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly fqdn: string;
  /** Host name in the network of a private cluster. */
  readonly privateFqdn?: string;
  /** GUID at the end of the issuer's path. */
  readonly issuerId: string;
  readonly resourceUID: string;
  readonly outboundAddress: string;
  readonly nodeResourceGroup: string;
  readonly identity: ServicePrincipal;
  readonly kubeletIdentity: UserAssignedIdentity;
  tags: Readonly<Record<string, string>>;
  properties: ClusterProperties;
  state: State;
  failure?: ArmError;
  /** What `az aks start` or `stop` requested last. */
  power: 'Running' | 'Stopped';
  switchedAt: Date;
  isStopped: boolean;
  operation?: Operation;
  /** Missing until Kubernetes runs. */
  kubernetes?: Cluster;
}

/** With a trailing slash. */
export function issuerUrl({ location, issuerId }: ManagedCluster, { cloud, tenantId }: AksContext): string {
  return `https://${location}.${cloud.suffixes.issuers}/${tenantId}/${issuerId}/`;
}
