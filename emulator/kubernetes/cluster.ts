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

export interface ClusterOptions {
  readonly name: string;
  readonly resourceGroup: string;
  /** `https://{location}.oic.prod-aks.azure.com/{tenant}/{guid}/`, with the trailing slash. */
  readonly issuer: string;
  /** Host name of the API server. */
  readonly fqdn: string;
  /** `1.35.8`. */
  readonly kubernetesVersion: string;
  /** Run the workload identity webhook. */
  readonly workloadIdentity: boolean;
  /** The default is the version that AKS was last seen to run. */
  readonly webhookVersion?: WebhookVersion;
  /** Pulls images. */
  readonly kubeletIdentity: ServicePrincipal;
  /** Authenticates users of the tenant. Without it, only the cluster's own credentials are valid. */
  readonly outside?: ExternalAuthority;
  /** Reject requests from outside the cluster's network. */
  readonly isPrivate?: boolean;
}

/** A running cluster: one node, and the components of AKS. */
export interface Cluster {
  /** Answers for `https://{fqdn}`. */
  readonly api: Service;
  /** The API for clients inside the network of a private cluster. */
  readonly inside: Service;
  /** Discovery document and keys, under the issuer's path. */
  readonly issuer: Service;
  /**
   * Returns a kubeconfig file as YAML.
   * @param signIn the default is a token of the cluster
   * @param host the default is the public name of the API server
   */
  kubeconfig(user: ClusterUser, signIn?: SignIn, host?: string): string;
  setWorkloadIdentity(enabled: boolean): void;
  /**
   * Signs tokens with a new key. The previous key stays valid for a while. Missing if the control plane cannot
   * rotate.
   */
  readonly rotateSigningKeys?: () => Promise<void>;
  /** Ends all containers and connections. */
  stop(): Promise<void>;
}

/** Address of the first node of an AKS cluster, and port of its kubelet. */
const kubeletAddress = { host: '10.224.0.4', port: 10250 };

/** Address of a private cluster's API server. */
const controlPlaneAddress = '10.224.0.5';

/** Permissions of the scheduler and the webhook. The API server knows those of nodes. */
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
 * Starts an API server, a scheduler, one node and, on request, the workload identity webhook. All of them use HTTPS,
 * the name of the API server, and separate tokens. They retry until the caller routes that name to {@link
 * Cluster.api}.
 * @throws Error if the control plane does not start
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

  // With local accounts, both credentials of AKS are administrators.
  const tokens: Record<ClusterUser, string> = {
    clusterUser: tokenFor('masterclient', 'system:masters'),
    clusterAdmin: tokenFor('masterclient', 'system:masters'),
  };
  const log = (line: string) => context.log(`cluster "${options.name}": ${line}`);

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
  // Components have static tokens, pods have service account tokens.
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

/** The public documents of the issuer. @see https://learn.microsoft.com/azure/aks/use-oidc-issuer */
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

/** Issuer in a token, without verification. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** Answers requests from outside a private cluster like an unreachable server. */
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
