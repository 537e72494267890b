import type { Arm } from '../arm/index.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import type { AksContext } from './context.ts';
import { Interventions } from './interventions.ts';
import { ManagedClusters, type StartCluster } from './managed-clusters.ts';
import { Quotas } from './quotas.ts';

/** Azure Kubernetes Service. */
export interface Aks {
  readonly providers: readonly ResourceProvider[];
  /** The API servers of the clusters. */
  readonly apiServerService: Service;
  /** The OIDC issuers of the clusters. */
  readonly issuerService: Service;
  /** Lets tests hold operations on clusters, or fail them. */
  readonly interventions: Interventions;
  /** The quotas of the subscription, by region. */
  readonly quotas: Quotas;
  /** Stops every cluster. */
  close(): Promise<void>;
}

/** @param startCluster starts the Kubernetes side of a managed cluster */
export function createAks(context: AksContext, arm: Arm, startCluster: StartCluster): Aks {
  const interventions = new Interventions();
  const quotas = new Quotas();
  const { operations, groups, identities } = arm;
  const clusters = new ManagedClusters({
    context,
    operations,
    groups,
    identities,
    startCluster,
    interventions,
    quotas,
  });
  return {
    providers: [clusters, clusters.compute, network],
    apiServerService: clusters.apiService,
    issuerService: clusters.issuerService,
    interventions,
    quotas,
    close: () => clusters.close(),
  };
}

/** Clients register Microsoft.Network, but the emulator does not show a cluster's network as a resource. */
const network: ResourceProvider = {
  namespace: 'Microsoft.Network',
  resourceTypes: [],
  resources: () => [],
  remove: () => {},
};
