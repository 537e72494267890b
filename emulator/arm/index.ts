import type { Service } from '../http/service.ts';
import type { ArmContext } from './context.ts';
import { createFrontDoor } from './front-door.ts';
import { Interventions } from './managed-clusters/interventions.ts';
import { ManagedClusters, type StartCluster } from './managed-clusters/managed-clusters.ts';
import { Quotas } from './managed-clusters/quotas.ts';
import { ManagedIdentities } from './managed-identity/managed-identities.ts';
import { Operations } from './operations.ts';
import type { ResourceProvider } from './provider.ts';
import { Registrations } from './registrations.ts';
import { ResourceGroups } from './resource-groups.ts';
import { ResourceLists } from './resource-lists.ts';

/** Azure Resource Manager, and what it keeps that others need. */
export interface Arm {
  /** Resource Manager. */
  readonly service: Service;
  /** The API servers of the clusters. */
  readonly apiServerService: Service;
  /** The OIDC issuers of the clusters. */
  readonly issuerService: Service;
  readonly groups: ResourceGroups;
  readonly identities: ManagedIdentities;
  readonly registrations: Registrations;
  /** How resources are listed. */
  readonly lists: ResourceLists;
  /** What tests want to become of operations on clusters. */
  readonly interventions: Interventions;
  /** What the subscription may use, by region. */
  readonly quotas: Quotas;
  /** Stops every cluster. */
  close(): Promise<void>;
}

/**
 * Azure Resource Manager with resource groups, roles, managed identities and managed clusters.
 * @param providers further resource providers: key vaults, registries
 * @param startCluster starts the Kubernetes side of a managed cluster
 */
export function createArm(
  context: ArmContext,
  providers: readonly ResourceProvider[],
  { startCluster }: { startCluster: StartCluster },
): Arm {
  const operations = new Operations(context.latency, context.cloud.hosts.resourceManager);
  const identities = new ManagedIdentities(context);
  const all: ResourceProvider[] = [...providers, identities];
  const groups = new ResourceGroups(context, operations, all);
  const interventions = new Interventions();
  const quotas = new Quotas();
  const clusters = new ManagedClusters({
    context,
    operations,
    groups,
    identities,
    startCluster,
    interventions,
    quotas,
  });
  all.push(clusters, clusters.compute, withoutResources('Microsoft.Network'));
  const registrations = new Registrations(context.latency);
  const lists = new ResourceLists();
  return {
    service: createFrontDoor({ context, operations, groups, registrations, lists, providers: all }),
    apiServerService: clusters.apiService,
    issuerService: clusters.issuerService,
    groups,
    identities,
    registrations,
    lists,
    interventions,
    quotas,
    close: () => clusters.close(),
  };
}

/** A provider that can be registered, and has nothing here: a cluster's network is not shown as a resource. */
function withoutResources(namespace: string): ResourceProvider {
  return { namespace, resourceTypes: [], resources: () => [], remove: () => {} };
}
