import { randomBytes, randomUUID } from 'node:crypto';
import { platformAssignment } from '../arm/authorization/authorization.ts';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import { object, tagsOf, text } from '../arm/body.ts';
import type { ManagedIdentities } from '../arm/managed-identity/managed-identities.ts';
import type { Operations } from '../arm/operations.ts';
import type { ArmRequest, Resource, ResourceProvider, ResourceType } from '../arm/provider.ts';
import type { ResourceGroups } from '../arm/resource-groups.ts';
import { IdMap, isWithin } from '../arm/resource-id.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import type { JsonObject } from '../http/json.ts';
import { json, type Reply, type Service } from '../http/service.ts';
import type { Cluster, ClusterOptions } from '../kubernetes/cluster.ts';
import type { ClusterUser } from '../kubernetes/kubeconfig.ts';
import { ClusterOperations, creationStatus, plainJson, rejectWhileBusy } from './cluster-operations.ts';
import { createComputeProvider } from './compute-provider.ts';
import type { AksContext } from './context.ts';
import type { EntraOptions } from './entra-access.ts';
import { clusterError, invalidParameter, notRunning, stateForbids } from './errors.ts';
import type { Interventions } from './interventions.ts';
import { issuerUrl, type ManagedCluster } from './managed-cluster.ts';
import { managedClusterBody } from './managed-cluster-body.ts';
import { startNodes, stopNodes } from './nodes.ts';
import { changedProperties, newProperties } from './properties.ts';
import { type Quotas, vcpusIn } from './quotas.ts';
import { listVersions } from './versions.ts';

export type StartCluster = (
  options: Omit<ClusterOptions, 'outside'> & { readonly entra: EntraOptions },
) => Promise<Cluster>;

export class ManagedClusters implements ResourceProvider {
  readonly namespace = 'Microsoft.ContainerService';
  readonly resourceTypes: readonly ResourceType[];
  readonly compute: ResourceProvider;
  readonly #context: AksContext;
  readonly #operations: ClusterOperations;
  readonly #groups: ResourceGroups;
  readonly #identities: ManagedIdentities;
  readonly #startCluster: StartCluster;
  readonly #quotas: Quotas;
  readonly #clusters = new IdMap<ManagedCluster>();

  constructor(options: {
    context: AksContext;
    operations: Operations;
    groups: ResourceGroups;
    identities: ManagedIdentities;
    startCluster: StartCluster;
    interventions: Interventions;
    quotas: Quotas;
  }) {
    this.#context = options.context;
    this.#operations = new ClusterOperations(options.context, options.operations, options.interventions);
    this.#groups = options.groups;
    this.#identities = options.identities;
    this.#startCluster = options.startCluster;
    this.#quotas = options.quotas;
    this.compute = createComputeProvider(options.context.cloud, options.quotas, location =>
      this.#vcpusIn(location),
    );
    this.resourceTypes = [
      {
        name: 'managedClusters',
        tracked: true,
        get: request => json(200, this.#body(this.#get(request)), plainJson),
        list: request => this.#list(request),
        put: request => this.#put(request),
        // AKS patches only tags.
        patch: request => this.#update(this.#get(request), { tags: request.body.tags ?? {} }),
        delete: request => this.#delete(this.#get(request)),
        actions: {
          listClusterUserCredential: request => this.#credential(request, 'clusterUser'),
          listClusterAdminCredential: request => this.#credential(request, 'clusterAdmin'),
          start: request => this.#start(this.#get(request)),
          stop: request => this.#stop(this.#get(request)),
          abort: request => {
            const cluster = this.#get(request);
            return this.#operations.accepted(cluster, this.#operations.abort(cluster));
          },
          rotateServiceAccountSigningKeys: request => this.#rotateSigningKeys(this.#get(request)),
        },
      },
      {
        name: 'locations/kubernetesVersions',
        list: () => json(200, { values: listVersions() }, plainJson),
      },
    ];
  }

  resources(): readonly Resource[] {
    return this.#clusters.values().map(cluster => this.#body(cluster));
  }

  async remove({ id }: Resource): Promise<void> {
    const cluster = this.#clusters.get(id);
    if (!cluster) return;
    if (cluster.state !== 'Deleting') {
      cluster.operation?.cancel();
      await cluster.operation?.done;
      this.#startDeletion(cluster);
    }
    await cluster.operation?.done;
  }

  /** `*.hcp.{location}.azmk8s.io` in the public cloud. */
  readonly apiService: Service = request => {
    const cluster = this.#clusters.values().find(({ fqdn }) => fqdn === request.url.hostname.toLowerCase());
    if (cluster?.isStopped) return noSuchHost(request.url);
    return cluster?.kubernetes?.api(request) ?? noSuchHost(request.url);
  };

  /** `{location}.oic.prod-aks.azure.com` in the public cloud. */
  readonly issuerService: Service = request => {
    const cluster = this.#clusters
      .values()
      .find(
        each => each.properties.oidcIssuer && request.url.href.startsWith(issuerUrl(each, this.#context)),
      );
    return cluster?.kubernetes?.issuer(request) ?? { status: 404 };
  };

  async close(): Promise<void> {
    await Promise.all(
      this.#clusters.values().map(async ({ operation, kubernetes }) => {
        operation?.cancel();
        await operation?.done;
        await kubernetes?.stop();
      }),
    );
  }

  /** The front door checked that it exists. */
  #get({ id }: ArmRequest): ManagedCluster {
    return this.#clusters.get(id.text)!;
  }

  #list({ id }: ArmRequest): Reply {
    const scope = `/subscriptions/${id.subscriptionId}${id.resourceGroup ? `/resourceGroups/${id.resourceGroup}` : ''}`;
    return json(200, { value: this.resources().filter(each => isWithin(each.id, scope)) }, plainJson);
  }

  #put(request: ArmRequest): Reply {
    const existing = this.#clusters.get(request.id.text);
    return existing ? this.#update(existing, request.body) : this.#create(request);
  }

  #create({ id, body }: ArmRequest): Reply {
    const name = id.names[0]!;
    if (!/^[a-z\d]([\w-]{0,61}[a-z\d])?$/i.test(name)) {
      throw invalidParameter('resourceName', `Cluster name '${name}' is invalid`);
    }
    const identityType = text(object(body.identity).type);
    if (identityType !== 'SystemAssigned') {
      throw clusterError(
        400,
        'InvalidParameter',
        `Identity type '${identityType ?? 'None'}' is not emulated: only 'SystemAssigned' is.`,
      );
    }
    const properties = newProperties(object(body.properties));
    const location = String(body.location);
    const resourceGroup = id.resourceGroup!;
    const clusterId = `/subscriptions/${this.#context.subscriptionId}/resourcegroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
    const nodeResourceGroup =
      text(object(body.properties).nodeResourceGroup) ||
      `MC_${resourceGroup}_${name}_${location}`.slice(0, 80);
    if (this.#groups.find(nodeResourceGroup)) {
      throw clusterError(
        409,
        'NodeResourceGroupAlreadyExists',
        `The node resource group '${nodeResourceGroup}' already exists.`,
      );
    }
    const used = { clusters: this.#clustersIn(location).length, vcpus: this.#vcpusIn(location) };
    this.#quotas.check(location, used, vcpusIn(properties.agentPoolProfiles));
    const intervention = this.#operations.takeIntervention('create', name);
    // As documented: https://learn.microsoft.com/azure/aks/use-tags
    const tags = tagsOf(body);
    this.#groups.create({
      name: nodeResourceGroup,
      location,
      managedBy: clusterId,
      tags: nodeGroupTags({ name, resourceGroup, tags }),
    });
    const { suffixes } = this.#context.cloud;
    const label = `${properties.dnsPrefix}-${randomBytes(4).toString('hex')}`.toLowerCase();
    const cluster: ManagedCluster = this.#clusters.set(clusterId, {
      id: clusterId,
      name,
      resourceGroup,
      location,
      fqdn: `${label}.hcp.${location}.${suffixes.clusters}`,
      ...(properties.isPrivate && {
        privateFqdn: `${label}.${randomUUID()}.privatelink.${location}.${suffixes.clusters}`,
      }),
      issuerId: randomUUID(),
      resourceUID: randomBytes(12).toString('hex'),
      outboundAddress: randomUUID(),
      nodeResourceGroup,
      identity: this.#context.directory.add<ServicePrincipal>({
        kind: 'ManagedIdentity',
        objectId: randomUUID(),
        clientId: randomUUID(),
        displayName: name,
        resourceId: clusterId,
        federatedCredentials: [],
      }),
      kubeletIdentity: this.#identities.create({
        resourceGroup: nodeResourceGroup,
        name: `${name}-agentpool`,
        location,
        tags,
      }),
      tags,
      properties,
      state: 'Creating',
      power: 'Running',
      switchedAt: new Date(),
      isStopped: false,
    });
    this.#letManageNodes(cluster);
    const takes = this.#context.latency.of('cluster create');
    const operation = this.#operations.start(cluster, 'create', {
      intervention,
      takes,
      work: signal => this.#startKubernetes(cluster, signal),
    });
    return json(201, this.#body(cluster), {
      ...plainJson,
      ...this.#operations.asyncOperation(cluster, operation, creationStatus(takes)),
    });
  }

  /** @see https://learn.microsoft.com/azure/aks/managed-identity-overview */
  #letManageNodes({ nodeResourceGroup, identity }: ManagedCluster): void {
    this.#context.authorization.assign(
      platformAssignment({
        scope: this.#groups.get(nodeResourceGroup).id,
        roleId: roleNamed('Contributor').id,
        principalId: identity.objectId,
        principalType: 'ServicePrincipal',
      }),
    );
  }

  async #startKubernetes(cluster: ManagedCluster, signal: AbortSignal): Promise<void> {
    const kubernetes = await this.#startCluster({
      name: cluster.name,
      resourceGroup: cluster.resourceGroup,
      issuer: issuerUrl(cluster, this.#context),
      fqdn: cluster.fqdn,
      kubernetesVersion: cluster.properties.currentKubernetesVersion,
      workloadIdentity: cluster.properties.workloadIdentity,
      kubeletIdentity: cluster.kubeletIdentity.principal,
      entra: { clusterId: cluster.id, settings: () => cluster.properties.entra },
      isPrivate: cluster.properties.isPrivate,
    });
    if (signal.aborted) await kubernetes.stop();
    else cluster.kubernetes = kubernetes;
  }

  /** Also starts a control plane whose creation failed. */
  #update(cluster: ManagedCluster, body: JsonObject): Reply {
    rejectWhileBusy(cluster);
    if (cluster.power === 'Stopped') throw stateForbids('updating', cluster);
    const properties = changedProperties(cluster.properties, object(body.properties));
    const tags = 'tags' in body ? tagsOf(body) : cluster.tags;
    const operation = this.#operations.start(cluster, 'update', {
      intervention: this.#operations.takeIntervention('update', cluster.name),
      takes: this.#context.latency.of('cluster update'),
      work: async signal => {
        if (!cluster.kubernetes) await this.#startKubernetes(cluster, signal);
      },
      succeeded: () => {
        cluster.properties = properties;
        cluster.tags = tags;
        const nodeGroup = this.#groups.find(cluster.nodeResourceGroup);
        if (nodeGroup) this.#groups.create({ ...nodeGroup, tags: nodeGroupTags(cluster) });
        cluster.kubernetes?.setWorkloadIdentity(properties.workloadIdentity);
      },
    });
    const shown = this.#body({ ...cluster, properties, tags });
    return json(200, shown, { ...plainJson, ...this.#operations.asyncOperation(cluster, operation) });
  }

  /** The API server keeps its objects. */
  #stop(cluster: ManagedCluster): Reply {
    return this.#switch(cluster, 'stop', 'Stopped', async () => {
      if (cluster.kubernetes) await stopNodes(cluster.kubernetes);
      cluster.isStopped = true;
    });
  }

  #start(cluster: ManagedCluster): Reply {
    return this.#switch(cluster, 'start', 'Running', async signal => {
      if (cluster.kubernetes) await startNodes(cluster.kubernetes);
      else await this.#startKubernetes(cluster, signal);
      cluster.isStopped = false;
    });
  }

  #switch(
    cluster: ManagedCluster,
    verb: 'start' | 'stop',
    power: ManagedCluster['power'],
    work: (signal: AbortSignal) => Promise<void>,
  ): Reply {
    const doing = verb === 'start' ? 'starting' : 'stopping';
    if (cluster.operation) throw stateForbids(doing, cluster, cluster.operation);
    if (cluster.power === power && cluster.state === 'Succeeded') {
      throw power === 'Stopped' ? notRunning(cluster.switchedAt) : stateForbids(doing, cluster);
    }
    const intervention = this.#operations.takeIntervention(verb, cluster.name);
    cluster.power = power;
    cluster.switchedAt = new Date();
    const takes = this.#context.latency.of(`cluster ${verb}`);
    return this.#operations.accepted(
      cluster,
      this.#operations.start(cluster, verb, { intervention, takes, work }),
    );
  }

  #delete(cluster: ManagedCluster): Reply {
    if (cluster.state !== 'Deleting') {
      rejectWhileBusy(cluster);
      this.#startDeletion(cluster);
    }
    return this.#operations.accepted(cluster, cluster.operation!);
  }

  #startDeletion(cluster: ManagedCluster): void {
    this.#operations.start(cluster, 'delete', {
      intervention: this.#operations.takeIntervention('delete', cluster.name),
      takes: this.#context.latency.of('cluster delete'),
      work: async () => {
        await cluster.kubernetes?.stop();
        cluster.kubernetes = undefined;
        const nodeGroup = this.#groups.find(cluster.nodeResourceGroup);
        if (nodeGroup) await this.#groups.remove(nodeGroup);
      },
      succeeded: () => {
        this.#clusters.delete(cluster.id);
        this.#context.directory.remove(cluster.identity.objectId);
        this.#context.authorization.removeBelow(cluster.id);
      },
    });
  }

  /** @see https://learn.microsoft.com/azure/aks/use-oidc-issuer#rotate-the-oidc-key */
  #rotateSigningKeys(cluster: ManagedCluster): Reply {
    rejectWhileBusy(cluster);
    const { kubernetes } = cluster;
    if (!kubernetes?.rotateSigningKeys) {
      throw clusterError(501, 'NotImplemented', 'The emulated cluster cannot rotate its signing keys.');
    }
    const operation = this.#operations.start(cluster, 'update', {
      takes: this.#context.latency.of('cluster update'),
      work: () => kubernetes.rotateSigningKeys!(),
    });
    return this.#operations.accepted(cluster, operation);
  }

  /**
   * With Entra integration, the kubeconfig for users has no credential.
   * @see https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad
   */
  #credential(request: ArmRequest, user: ClusterUser): Reply {
    const { kubernetes, properties, fqdn, privateFqdn } = this.#get(request);
    const usesEntra = user === 'clusterUser' && properties.entra !== undefined;
    if (properties.disableLocalAccounts && !usesEntra) {
      throw clusterError(
        400,
        'BadRequest',
        'Getting static credential is not allowed because this cluster is set to disable local accounts.',
      );
    }
    if (!kubernetes) {
      throw clusterError(
        409,
        'OperationNotAllowed',
        'Getting the credential is not allowed: the control plane of this cluster is not running.',
      );
    }
    const { query } = request;
    const kind = query.get('format') === 'azure' ? 'azure' : 'exec';
    const host = query.get('server-fqdn') === 'public' ? fqdn : (privateFqdn ?? fqdn);
    const { tenantId, cloud } = this.#context;
    const signIn = usesEntra ? ({ kind, tenantId, cloud: cloud.name } as const) : undefined;
    const value = Buffer.from(kubernetes.kubeconfig(user, signIn, host)).toString('base64');
    return json(200, { kubeconfigs: [{ name: user, value }] }, plainJson);
  }

  #body(cluster: ManagedCluster): Resource {
    return managedClusterBody(cluster, this.#context);
  }

  #clustersIn(location: string): readonly ManagedCluster[] {
    return this.#clusters.values().filter(cluster => cluster.location === location);
  }

  #vcpusIn(location: string): number {
    return vcpusIn(this.#clustersIn(location).flatMap(({ properties }) => properties.agentPoolProfiles));
  }
}

/** @see https://learn.microsoft.com/azure/aks/use-tags */
function nodeGroupTags({
  name,
  resourceGroup,
  tags,
}: Pick<ManagedCluster, 'name' | 'resourceGroup' | 'tags'>): Record<string, string> {
  return { ...tags, 'aks-managed-cluster-name': name, 'aks-managed-cluster-rg': resourceGroup };
}

/** In Azure this host name does not resolve. */
function noSuchHost({ hostname }: URL): Reply {
  return { status: 502, headers: { 'content-type': 'text/plain' }, body: `no such host: ${hostname}\n` };
}
