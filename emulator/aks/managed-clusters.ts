import { randomBytes, randomUUID } from 'node:crypto';
import { platformAssignment } from '../arm/authorization/authorization.ts';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import { object, tagsOf, text } from '../arm/body.ts';
import type { ArmError } from '../arm/errors.ts';
import { locationNames } from '../arm/locations.ts';
import type { UserAssignedIdentity } from '../arm/managed-identity/identity.ts';
import type { ManagedIdentities } from '../arm/managed-identity/managed-identities.ts';
import { type Operation, type Operations, operationBody, type Poll } from '../arm/operations.ts';
import type { ArmRequest, Resource, ResourceProvider, ResourceType } from '../arm/provider.ts';
import type { ResourceGroups } from '../arm/resource-groups.ts';
import { IdMap, isWithin } from '../arm/resource-id.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import type { JsonObject } from '../http/json.ts';
import { json, type Reply, type Service } from '../http/service.ts';
import type { Cluster, ClusterOptions } from '../kubernetes/cluster.ts';
import type { ClusterUser } from '../kubernetes/kubeconfig.ts';
import type { AksContext } from './context.ts';
import type { EntraOptions } from './entra-access.ts';
import { clusterError, invalidParameter, notRunning, operationInProgress, stateForbids } from './errors.ts';
import { type ClusterVerb, clusterVerbs, type Intervention, type Interventions } from './interventions.ts';
import { closeNodes, openNodes } from './power.ts';
import {
  type ClusterProperties,
  changedProperties,
  type NetworkSettings,
  newProperties,
} from './properties.ts';
import { type Quotas, sizes, vcpusOf } from './quotas.ts';
import { listVersions } from './versions.ts';

/** Starts the Kubernetes side of a cluster. */
export type StartCluster = (
  options: Omit<ClusterOptions, 'outside'> & { readonly entra: EntraOptions },
) => Promise<Cluster>;

type State = (typeof states)[ClusterVerb] | 'Succeeded' | 'Failed' | 'Canceled';

/** The provisioning state of a cluster while something is done to it. */
const states = {
  create: 'Creating',
  update: 'Updating',
  delete: 'Deleting',
  start: 'Starting',
  stop: 'Stopping',
} as const satisfies Record<ClusterVerb, string>;

interface ManagedCluster {
  /** ARM id; with `resourcegroups` in lower case, as captured. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly fqdn: string;
  /** Name of a private cluster's API server in its own network. */
  readonly privateFqdn?: string;
  /** GUID at the end of the issuer's path. */
  readonly issuerId: string;
  readonly resourceUID: string;
  /** Name of the address that the cluster's outbound traffic comes from. */
  readonly outboundAddress: string;
  readonly nodeResourceGroup: string;
  readonly identity: ServicePrincipal;
  readonly kubeletIdentity: UserAssignedIdentity;
  tags: Readonly<Record<string, string>>;
  properties: ClusterProperties;
  state: State;
  /** Why it is in the state `Failed`. */
  failure?: ArmError;
  /** Where `az aks start` and `stop` want it to be. */
  power: 'Running' | 'Stopped';
  /** When it was last told so. */
  switchedAt: Date;
  /** Whether it is stopped by now: nothing leads to its API server. */
  asleep: boolean;
  /** What is being done to it. */
  operation?: Operation;
  /** The Kubernetes side, once it runs. */
  kubernetes?: Cluster;
}

/** In what form AKS gave its addresses for asking after operations in 2025; its answers name no charset. */
const operationsVersion = '2025-03-01';
const plainJson = { 'content-type': 'application/json' };

/** Microsoft.ContainerService: managed clusters (AKS). */
export class ManagedClusters implements ResourceProvider {
  readonly namespace = 'Microsoft.ContainerService';
  readonly resourceTypes: readonly ResourceType[];
  readonly #context: AksContext;
  readonly #operations: Operations;
  readonly #groups: ResourceGroups;
  readonly #identities: ManagedIdentities;
  readonly #startCluster: StartCluster;
  readonly #interventions: Interventions;
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
    this.#operations = options.operations;
    this.#groups = options.groups;
    this.#identities = options.identities;
    this.#startCluster = options.startCluster;
    this.#interventions = options.interventions;
    this.#quotas = options.quotas;
    this.resourceTypes = [
      {
        name: 'managedClusters',
        tracked: true,
        get: request => json(200, this.#shown(this.#get(request)), plainJson),
        list: request => this.#list(request),
        put: request => this.#put(request),
        // Only tags can be patched.
        patch: request => this.#update(this.#get(request), { tags: request.body.tags ?? {} }),
        delete: request => this.#delete(this.#get(request)),
        actions: {
          listClusterUserCredential: request => this.#credential(request, 'clusterUser'),
          listClusterAdminCredential: request => this.#credential(request, 'clusterAdmin'),
          start: request => this.#start(this.#get(request)),
          stop: request => this.#stop(this.#get(request)),
          abort: request => this.#abort(this.#get(request)),
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
    return this.#clusters.values().map(cluster => this.#shown(cluster));
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

  /** The API servers: `*.hcp.{location}.azmk8s.io` in the public cloud. */
  readonly apiService: Service = request => {
    const cluster = this.#clusters.values().find(({ fqdn }) => fqdn === request.url.hostname.toLowerCase());
    if (cluster?.asleep) return noSuchHost(request.url);
    return cluster?.kubernetes?.api(request) ?? noSuchHost(request.url);
  };

  /** Discovery documents and keys of the issuers: `{location}.oic.prod-aks.azure.com` in the public cloud. */
  readonly issuerService: Service = request => {
    const cluster = this.#clusters
      .values()
      .find(each => each.properties.oidcIssuer && request.url.href.startsWith(this.#issuerUrl(each)));
    return cluster?.kubernetes?.issuer(request) ?? { status: 404 };
  };

  /** Ends the Kubernetes side of every cluster, at the end of the emulator. */
  async close(): Promise<void> {
    await Promise.all(
      this.#clusters.values().map(async ({ operation, kubernetes }) => {
        operation?.cancel();
        await operation?.done;
        await kubernetes?.stop();
      }),
    );
  }

  /** The front door has made sure that it is there. */
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
    this.#refuseBeyondQuota(location, properties);
    const intervention = this.#intervention('create', name);
    // They are those of its node resource group, too, and of what is in it: https://learn.microsoft.com/azure/aks/use-tags
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
      asleep: false,
    });
    this.#letManageNodes(cluster);
    const takes = this.#context.latency.of('cluster create');
    const operation = this.#run(cluster, 'create', {
      intervention,
      takes,
      work: signal => this.#startKubernetes(cluster, signal),
    });
    return json(201, this.#shown(cluster), {
      ...plainJson,
      ...this.#asyncOperation(cluster, operation, creationStatus(takes)),
    });
  }

  /** @see https://learn.microsoft.com/azure/aks/quotas-skus-regions */
  #refuseBeyondQuota(location: string, properties: ClusterProperties): void {
    const { vcpus, clusters } = this.#quotas.of(location);
    const used = this.#clustersIn(location).length;
    if (used >= clusters) {
      throw clusterError(
        400,
        'ManagedClusterCountExceedsQuotaLimit',
        `Operation results in exceeding quota limits for managed clusters. Maximum allowed: ${clusters}, Current usage: ${used}, Additional requested: 1. Consider deleting unused clusters or requesting a quota increase.`,
      );
    }
    const left = vcpus - this.#vcpusIn(location);
    const requested = vcpusIn(properties);
    if (requested > left) {
      throw clusterError(
        400,
        'ErrCode_InsufficientVCPUQuota',
        `Insufficient regional vcpu quota left for location ${location}. left regional vcpu quota ${left}, requested quota ${requested}. If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas.`,
      );
    }
  }

  #clustersIn(location: string): readonly ManagedCluster[] {
    return this.#clusters.values().filter(cluster => cluster.location === location);
  }

  #vcpusIn(location: string): number {
    return this.#clustersIn(location).reduce((sum, { properties }) => sum + vcpusIn(properties), 0);
  }

  /** Microsoft.Compute has nothing here but what it says of quotas and sizes; the nodes are not shown as resources. */
  readonly compute: ResourceProvider = {
    namespace: 'Microsoft.Compute',
    resourceTypes: [
      {
        name: 'locations/usages',
        list: ({ id }) => {
          const location = id.names[0]!.toLowerCase();
          const cores = {
            currentValue: this.#vcpusIn(location),
            limit: this.#quotas.of(location).vcpus,
            unit: 'Count',
            name: { value: 'cores', localizedValue: 'Total Regional vCPUs' },
          };
          return json(200, { value: [cores] });
        },
      },
      {
        name: 'skus',
        // Every region has entries of its own; az itself picks those of the region that it was asked for.
        list: () => {
          const skus = locationNames(this.#context.cloud).flatMap(location =>
            sizes.map(name => skuOf(name, location)),
          );
          return json(200, { value: skus });
        },
      },
    ],
    resources: () => [],
    remove: () => {},
  };

  /**
   * What a cluster makes for its nodes it makes as itself.
   * @see https://learn.microsoft.com/azure/aks/managed-identity-overview
   */
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
      issuer: this.#issuerUrl(cluster),
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

  /** Whatever state the cluster is in, this brings it to where it should be: also a control plane that never came up. */
  #update(cluster: ManagedCluster, body: JsonObject): Reply {
    refuseWhileBusy(cluster);
    if (cluster.power === 'Stopped') throw stateForbids('updating', cluster);
    const properties = changedProperties(cluster.properties, object(body.properties));
    const tags = 'tags' in body ? tagsOf(body) : cluster.tags;
    const operation = this.#run(cluster, 'update', {
      intervention: this.#intervention('update', cluster.name),
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
    const shown = this.#shown({ ...cluster, properties, tags });
    return json(200, shown, { ...plainJson, ...this.#asyncOperation(cluster, operation) });
  }

  /** Switches control plane and nodes off; all that the API server knows is kept. */
  #stop(cluster: ManagedCluster): Reply {
    return this.#switch(cluster, 'stop', 'Stopped', async () => {
      if (cluster.kubernetes) await closeNodes(cluster.kubernetes);
      cluster.asleep = true;
    });
  }

  #start(cluster: ManagedCluster): Reply {
    return this.#switch(cluster, 'start', 'Running', async signal => {
      if (cluster.kubernetes) await openNodes(cluster.kubernetes);
      else await this.#startKubernetes(cluster, signal);
      cluster.asleep = false;
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
    const intervention = this.#intervention(verb, cluster.name);
    cluster.power = power;
    cluster.switchedAt = new Date();
    const takes = this.#context.latency.of(`cluster ${verb}`);
    return this.#accepted(cluster, this.#run(cluster, verb, { intervention, takes, work }));
  }

  #delete(cluster: ManagedCluster): Reply {
    if (cluster.state !== 'Deleting') {
      refuseWhileBusy(cluster);
      this.#startDeletion(cluster);
    }
    return this.#accepted(cluster, cluster.operation!);
  }

  #startDeletion(cluster: ManagedCluster): void {
    this.#run(cluster, 'delete', {
      intervention: this.#intervention('delete', cluster.name),
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

  /**
   * Lets another key sign the issuer's tokens, at the end of an update.
   * @see https://learn.microsoft.com/azure/aks/use-oidc-issuer#rotate-the-oidc-key
   */
  #rotateSigningKeys(cluster: ManagedCluster): Reply {
    refuseWhileBusy(cluster);
    const { kubernetes } = cluster;
    if (!kubernetes?.rotateSigningKeys) {
      throw clusterError(501, 'NotImplemented', 'The emulated cluster cannot rotate its signing keys.');
    }
    const operation = this.#run(cluster, 'update', {
      takes: this.#context.latency.of('cluster update'),
      work: () => kubernetes.rotateSigningKeys!(),
    });
    return this.#accepted(cluster, operation);
  }

  /** Ends what is being done to the cluster; the operation itself then shows as canceled. */
  #abort(cluster: ManagedCluster): Reply {
    const { operation: running } = cluster;
    if (!running || cluster.state === 'Deleting') {
      throw clusterError(
        400,
        'OperationNotAllowed',
        'There is no operation in progress that could be aborted.',
      );
    }
    const operation = this.#operations.start({
      takes: 0,
      work: () => {
        running.cancel();
        return running.done;
      },
    });
    return this.#accepted(cluster, operation);
  }

  /**
   * A kubeconfig. Where the tenant's users may sign in, that of users has no credential in it: they bring their own.
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

  /**
   * What a test wants to become of an operation that is about to begin.
   * @throws ArmError where that is to be refused at once
   */
  #intervention(verb: ClusterVerb, name: string): Intervention | undefined {
    const intervention = this.#interventions.take(verb, name);
    const { status, code, message } = intervention?.error ?? {};
    if (status !== undefined) throw clusterError(status, code!, message!);
    return intervention;
  }

  /** Starts an operation on a cluster; its state says so until the operation is over. */
  #run(
    cluster: ManagedCluster,
    verb: ClusterVerb,
    options: {
      readonly takes: number;
      readonly intervention?: Intervention;
      readonly work?: (signal: AbortSignal) => Promise<void>;
      readonly succeeded?: () => void;
    },
  ): Operation {
    const { takes, intervention, work, succeeded } = options;
    const { held, error: failure } = intervention ?? {};
    cluster.state = states[verb];
    cluster.failure = undefined;
    cluster.operation = this.#operations.start({
      takes,
      work: async signal => {
        if (held) await this.#interventions.hold(signal);
        if (!failure) await work?.(signal);
      },
      finish: ({ status, error }) => {
        // In its own time, as everything: not before.
        if (failure && status === 'Succeeded') throw clusterError(400, failure.code, failure.message);
        cluster.operation = undefined;
        cluster.state = status === 'Succeeded' || status === 'Canceled' ? status : 'Failed';
        cluster.failure = status === 'Failed' ? error : undefined;
        if (status === 'Succeeded') succeeded?.();
        this.#context.log(`aks: ${cluster.name}: ${verb}: ${status}${error ? ` (${error.message})` : ''}`);
      },
    });
    return cluster.operation;
  }

  /** 202 for what goes on, with both ways of asking after it. */
  #accepted(cluster: ManagedCluster, operation: Operation): Reply {
    return {
      status: 202,
      headers: { ...this.#asyncOperation(cluster, operation), ...this.#location(cluster, operation) },
    };
  }

  #asyncOperation(
    cluster: ManagedCluster,
    operation: Operation,
    status: (operation: Operation) => string = ({ status }) => status,
  ): Record<string, string> {
    return this.#operations.asyncOperation(
      operation,
      `${this.#locationPath(cluster)}/operations`,
      operationsVersion,
      plainPoll(status),
    );
  }

  #location(cluster: ManagedCluster, operation: Operation): Record<string, string> {
    return this.#operations.location(
      operation,
      `${this.#locationPath(cluster)}/operationresults`,
      operationsVersion,
    );
  }

  #locationPath({ location }: ManagedCluster): string {
    return `/subscriptions/${this.#context.subscriptionId}/providers/Microsoft.ContainerService/locations/${location}`;
  }

  #issuerUrl({ location, issuerId }: ManagedCluster): string {
    return `https://${location}.${this.#context.cloud.suffixes.issuers}/${this.#context.tenantId}/${issuerId}/`;
  }

  /** A cluster as a 2025 answer shows it. */
  #shown(cluster: ManagedCluster): Resource {
    const { id, name, location, tags, state, fqdn, properties, kubeletIdentity } = cluster;
    const { outboundAddress, power, failure } = cluster;
    const { agentPoolProfiles, oidcIssuer, workloadIdentity, echoed } = properties;
    // Also where the creation failed or was aborted: az reads the kubelet's identity before it updates such a cluster.
    const ready = state !== 'Creating';
    const nodeGroupId = `/subscriptions/${this.#context.subscriptionId}/resourceGroups/${cluster.nodeResourceGroup}`;
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
            tenantID: this.#context.tenantId,
          },
        }),
        servicePrincipalProfile: { clientId: 'msi' },
        nodeResourceGroup: cluster.nodeResourceGroup,
        enableRBAC: true,
        supportPlan: 'KubernetesOfficial',
        networkProfile: networkProfile(
          properties.network,
          ready
            ? `${nodeGroupId}/providers/Microsoft.Network/publicIPAddresses/${outboundAddress}`
            : undefined,
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
          ...(oidcIssuer && { issuerURL: this.#issuerUrl(cluster) }),
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
        tenantId: this.#context.tenantId,
      },
      sku: { name: 'Base', tier: 'Free' },
    };
  }
}

/** A cluster's tags are those of its node resource group, too. https://learn.microsoft.com/azure/aks/use-tags */
function nodeGroupTags({
  name,
  resourceGroup,
  tags,
}: Pick<ManagedCluster, 'name' | 'resourceGroup' | 'tags'>): Record<string, string> {
  return { ...tags, 'aks-managed-cluster-name': name, 'aks-managed-cluster-rg': resourceGroup };
}

function vcpusIn({ agentPoolProfiles }: ClusterProperties): number {
  return agentPoolProfiles.reduce(
    (sum, pool) => sum + Number(pool.count ?? 1) * vcpusOf(String(pool.vmSize ?? '')),
    0,
  );
}

function skuOf(name: string, location: string): object {
  const family = `${name.replace(/\d+/, '').replaceAll('_', '')}Family`;
  return {
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace('Standard_', ''),
    family,
    locations: [location],
    locationInfo: [{ location, zones: [], zoneDetails: [] }],
    capabilities: [{ name: 'vCPUs', value: String(vcpusOf(name)) }],
    restrictions: [],
  };
}

/** @param outboundAddress id of the public address, once the cluster is there */
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

/** While a cluster is created, its operation tells what is just being done, as captured in 2025. */
function creationStatus(milliseconds: number): (operation: Operation) => string {
  const stages = ['ProvisioningControlPlane', 'ReconcilingDNS', 'ReconcilingAddons'] as const;
  return operation => {
    if (operation.status !== 'InProgress') return operation.status;
    const part = (Date.now() - operation.startTime.getTime()) / milliseconds;
    return stages[Math.min(stages.length - 1, Math.floor(part * stages.length))]!;
  };
}

/** AKS's answers about operations name no charset either. */
function plainPoll(statusOf: (operation: Operation) => string): Poll {
  return operation => {
    const { status, body } = operationBody(operation);
    return { status, body: { ...body, status: statusOf(operation) }, headers: plainJson };
  };
}

function refuseWhileBusy({ state, operation }: ManagedCluster): void {
  if (!operation) return;
  const verb = clusterVerbs.find(each => states[each] === state)!;
  throw operationInProgress(verb, operation);
}

/** In Azure the name of such a cluster does not resolve. */
function noSuchHost({ hostname }: URL): Reply {
  return { status: 502, headers: { 'content-type': 'text/plain' }, body: `no such host: ${hostname}\n` };
}
