import type { Arm } from '../arm/index.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import type { AksContext } from './context.ts';
import { Interventions } from './interventions.ts';
import { ManagedClusters, type StartCluster } from './managed-clusters.ts';
import { Quotas } from './quotas.ts';

export interface Aks {
  readonly providers: readonly ResourceProvider[];
  readonly apiServerService: Service;
  readonly issuerService: Service;
  readonly interventions: Interventions;
  readonly quotas: Quotas;
  close(): Promise<void>;
}

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

/** Clients register Microsoft.Network, but a cluster's network is no resource of the emulator. */
const network: ResourceProvider = {
  namespace: 'Microsoft.Network',
  resourceTypes: [],
  resources: () => [],
  remove: () => {},
};
