import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { ServicePrincipal } from '../entra/directory.ts';
import { json, type Service } from '../http/service.ts';
import type { ExternalAuthority, Grant, User } from './api/server.ts';
import { ApiClient } from './client.ts';
import type { ClusterContext } from './context.ts';
import type { ControlPlane, StartControlPlane } from './control-plane.ts';
import { ControllerManager } from './controllers/manager.ts';
import { Scheduler } from './controllers/scheduler.ts';
import { startEmbeddedControlPlane } from './embedded-control-plane.ts';
import { type ClusterUser, type SignIn, writeKubeconfig } from './kubeconfig.ts';
import { EventRecorder } from './node/events.ts';
import { ImageStore } from './node/images.ts';
import { Kubelet, machineResources, nodeName } from './node/kubelet.ts';
import { ProcessRuntime } from './node/process-runtime.ts';
import { WorkloadIdentityAddOn } from './webhook/add-on.ts';
import type { WebhookVersion } from './webhook/mutate-pod.ts';
import { createWebhook, webhookService } from './webhook/webhook.ts';

/** What AKS decides about a cluster. */
export interface ClusterOptions {
  readonly name: string;
  readonly resourceGroup: string;
  /** `https://{location}.oic.prod-aks.azure.com/{tenant}/{guid}/`, with the trailing slash. */
  readonly issuer: string;
  /** Host name of the API server. */
  readonly fqdn: string;
  /** `1.35.8`. */
  readonly kubernetesVersion: string;
  /** Whether the workload identity webhook is there. */
  readonly workloadIdentity: boolean;
  /** Which webhook that is; the one that AKS was last seen to run, where missing. */
  readonly webhookVersion?: WebhookVersion;
  /** Pulls the images. */
  readonly kubeletIdentity: ServicePrincipal;
  /** Authenticates users of the tenant. Without it, only the cluster's own credentials are valid. */
  readonly outside?: ExternalAuthority;
  /** Whether only what is in its own network reaches the API server. */
  readonly isPrivate?: boolean;
}

/** A cluster that runs: one node, and what AKS puts on it. */
export interface Cluster {
  /** Answers for `https://{fqdn}`. */
  readonly api: Service;
  /** The same, for what is inside the network of a private cluster. */
  readonly inside: Service;
  /** The discovery document and the keys, under the issuer's path. */
  readonly issuer: Service;
  /**
   * A kubeconfig file, YAML.
   * @param signIn how the user signs in; with a token of the cluster's own where missing
   * @param host name of the API server, where it is not the public one
   */
  kubeconfig(user: ClusterUser, signIn?: SignIn, host?: string): string;
  setWorkloadIdentity(enabled: boolean): void;
  /** Lets another key sign the issuer's tokens; the one before verifies for a while. Missing where that is not possible. */
  readonly rotateSigningKeys?: () => Promise<void>;
  /** Ends every container and connection of the cluster. */
  stop(): Promise<void>;
}

/** The node's address in the network of the nodes, where AKS puts the first one, and its kubelet's port. */
const kubeletAddress = { host: '10.224.0.4', port: 10250 };

/** Where in that network the API server of a private cluster is. */
const controlPlaneAddress = '10.224.0.5';

/** What the scheduler and the webhook may do; the API server knows itself what nodes may. */
const grants: readonly Grant[] = [
  {
    subject: 'system:kube-scheduler',
    rules: [
      { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'nodes'] },
      { verbs: ['create'], apiGroups: [''], resources: ['pods/binding'] },
      { verbs: ['patch', 'update'], apiGroups: [''], resources: ['pods/status'] },
      { verbs: ['create', 'patch', 'update'], apiGroups: [''], resources: ['events'] },
    ],
  },
  {
    subject: 'system:serviceaccount:kube-system:azure-wi-webhook-admin',
    rules: [{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['serviceaccounts'] }],
  },
];

/**
 * Starts a cluster: API server, scheduler, one node and, where it is wanted, the workload identity webhook. All of them
 * speak to the API server by HTTPS under its name, with tokens of their own; they keep trying until that name leads to
 * {@link Cluster.api}, which is for the caller to see to.
 * @throws Error where the control plane does not start
 */
export async function startCluster(
  context: ClusterContext,
  options: ClusterOptions,
  startControlPlane: StartControlPlane = startEmbeddedControlPlane,
): Promise<Cluster> {
  const node = nodeName();
  const users = new Map<string, User>();
  const tokenFor = (name: string, ...groups: string[]): string => {
    const token = randomBytes(64).toString('hex');
    users.set(token, { name, groups });
    return token;
  };
  const clientFor = (userAgent: string, name: string, ...groups: string[]): ApiClient =>
    new ApiClient(context.network, `https://${options.fqdn}`, tokenFor(name, ...groups), userAgent);

  // With local accounts, both of AKS' credentials are administrators of the cluster.
  const tokens: Record<ClusterUser, string> = {
    clusterUser: tokenFor('masterclient', 'system:masters'),
    clusterAdmin: tokenFor('masterclient', 'system:masters'),
  };
  const log = (line: string) => context.log(`cluster ${options.name}: ${line}`);

  const kubeletApi = clientFor('kubelet', `system:node:${node}`, 'system:nodes');
  const directory = join(context.stateDir, options.fqdn);
  const kubelet = new Kubelet({
    api: kubeletApi,
    events: new EventRecorder(kubeletApi, { component: 'kubelet', host: node }, log),
    images: new ImageStore(context, options.kubeletIdentity, join(directory, 'images')),
    runtime: new ProcessRuntime(),
    nodeName: node,
    hostIP: kubeletAddress.host,
    allocatable: machineResources(),
    kubeletPort: kubeletAddress.port,
    environment: {
      KUBERNETES_SERVICE_HOST: options.fqdn,
      KUBERNETES_SERVICE_PORT: '443',
      HTTPS_PROXY: context.network.proxyUrl,
      NODE_EXTRA_CA_CERTS: context.network.caFile,
      SSL_CERT_FILE: context.network.caFile,
      REQUESTS_CA_BUNDLE: context.network.caFile,
    },
    backoff: context.latency.scale(10),
    kubernetesVersion: options.kubernetesVersion,
    directory,
    log,
  });

  const schedulerApi = clientFor('kube-scheduler', 'system:kube-scheduler');
  const schedulerEvents = new EventRecorder(schedulerApi, { component: 'default-scheduler' }, log);
  const scheduler = new Scheduler(schedulerApi, schedulerEvents, log);

  const controllers = new ControllerManager({
    clientFor: (userAgent, user) =>
      clientFor(userAgent, user, 'system:serviceaccounts', 'system:serviceaccounts:kube-system'),
    jobBackoff: context.latency.retryAfter * 1000,
    log,
  });

  const webhook = createWebhook(
    clientFor('azure-workload-identity', 'system:serviceaccount:kube-system:azure-wi-webhook-admin'),
    {
      version: options.webhookVersion ?? '1.5.1',
      tenantId: context.tenantId,
      authorityHost: `https://${context.cloud.hosts.login}/`,
      nativeSidecar: atLeast(options.kubernetesVersion, 1, 32),
    },
  );
  const addOnApi = clientFor('aks', 'aksService', 'system:masters');

  const controlPlane = await startControlPlane({
    fqdn: options.fqdn,
    issuer: options.issuer,
    kubernetesVersion: options.kubernetesVersion,
    caCertificate: context.network.caCertificate,
    tokens: users,
    grants,
    ...(options.outside && { outside: options.outside }),
    kubelet,
    kubeletAddress,
    services: new Map([[`${webhookService.name}.${webhookService.namespace}.svc`, webhook]]),
    directory: join(context.stateDir, `${options.fqdn}-control-plane`),
    log,
  });
  const addOn = new WorkloadIdentityAddOn(addOnApi, controlPlane.serviceAuthority, log);
  kubelet.start();
  scheduler.start();
  if (!controlPlane.runsControllers) controllers.start();
  addOn.set(options.workloadIdentity);

  const local = Object.values(tokens);
  // Components have tokens of their own, and pods those of service accounts.
  const isInsider = (token: string) =>
    (users.has(token) && !local.includes(token)) || claimedIssuer(token) === options.issuer;

  return {
    inside: controlPlane.service,
    api: options.isPrivate ? insidersOnly(controlPlane.service, isInsider) : controlPlane.service,
    issuer: issuerService(options.issuer, controlPlane),
    kubeconfig: (user, signIn = { kind: 'token', token: tokens[user] }, host = options.fqdn) => {
      const { name, resourceGroup } = options;
      const { caCertificate } = context.network;
      return writeKubeconfig({ user, signIn, name, resourceGroup, host, caCertificate });
    },
    setWorkloadIdentity: enabled => addOn.set(enabled),
    rotateSigningKeys: controlPlane.rotateSigningKeys,
    stop: async () => {
      await Promise.all([addOn.stop(), controllers.stop(), scheduler.stop(), kubelet.stop()]);
      await controlPlane.stop();
    },
  };
}

/**
 * The issuer as the world sees it.
 * @see https://learn.microsoft.com/azure/aks/use-oidc-issuer
 */
function issuerService(issuer: string, controlPlane: Pick<ControlPlane, 'jwks'>): Service {
  const discovery = {
    issuer,
    jwks_uri: `${issuer}openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const { pathname } = new URL(issuer);
  const documents = new Map<string, () => object>([
    [`${pathname}.well-known/openid-configuration`, () => discovery],
    [`${pathname}openid/v1/jwks`, () => controlPlane.jwks],
  ]);
  return ({ method, url }) => {
    const document = documents.get(url.pathname);
    if (document === undefined) return { status: 404 };
    return method === 'GET' ? json(200, document()) : { status: 405, headers: { allow: 'GET' } };
  };
}

/** The issuer that a token names, whether that is true or not. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** What outside the network of a private cluster nobody gets: an answer. */
function insidersOnly(api: Service, isInsider: (token: string) => boolean): Service {
  return request => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (isInsider(token)) return api(request);
    return { status: 502, body: `dial tcp ${controlPlaneAddress}:443: i/o timeout\n` };
  };
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
