import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EntraAccess } from './aks/entra-access.ts';
import { createAks } from './aks/index.ts';
import { Authorization } from './arm/authorization/authorization.ts';
import { armErrorFormat } from './arm/errors.ts';
import { createArm } from './arm/index.ts';
import { type AzureCloud, azureClouds } from './azure-clouds.ts';
import type { EmulatorContext } from './context.ts';
import { controlErrorFormat, createControl } from './control.ts';
import { Directory } from './entra/directory.ts';
import { entraErrorFormat } from './entra/errors.ts';
import { createGraph } from './entra/graph.ts';
import { createLogin } from './entra/login.ts';
import { SignIns } from './entra/sign-ins.ts';
import { TokenService } from './entra/tokens.ts';
import { createGitHub } from './github/github.ts';
import { githubErrorFormat } from './github/rest/errors.ts';
import { createKeyVault } from './key-vault/index.ts';
import { kubernetesErrorFormat } from './kubernetes/api/status.ts';
import { startCluster } from './kubernetes/cluster.ts';
import type { StartControlPlane } from './kubernetes/control-plane.ts';
import { startEmbeddedControlPlane } from './kubernetes/embedded-control-plane.ts';
import type { WebhookVersion } from './kubernetes/webhook/mutate-pod.ts';
import { Latency, type LatencyProfile } from './latency.ts';
import { Network } from './network.ts';
import { CertificateAuthority } from './pki/certificate-authority.ts';
import { SigningKey } from './pki/signing-key.ts';
import { Faults } from './proxy/faults.ts';
import { HostTable } from './proxy/hosts.ts';
import { startProxy } from './proxy/proxy.ts';
import { blobErrorFormat, registryErrorFormat } from './registry/errors.ts';
import { createRegistries } from './registry/index.ts';
import { seedDeployer, seedUser } from './seed.ts';
import { transientFailures } from './transient-failures.ts';

export interface EmulatorOptions {
  /** On 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Created with mode 0700 if it does not exist. */
  readonly stateDir: string;
  /** Default: AzureCloud. */
  readonly cloud?: AzureCloud['name'];
  /** Default: fast. */
  readonly latency?: LatencyProfile | Latency;
  /** Subjects that can sign in as the deployer: `repo:OWNER/REPO:environment:NAME`. */
  readonly githubSubjects?: readonly string[];
  /** Default: 300, as GitHub's. */
  readonly githubTokenSeconds?: number;
  /** Default: the embedded API server. */
  readonly startControlPlane?: StartControlPlane;
  /** Default: 1.5.1. */
  readonly webhookVersion?: WebhookVersion;
  /** One line at a time, without secrets. */
  readonly log?: (line: string) => void;
}

export interface Emulator {
  /** For `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  /** For `REQUESTS_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`, `CURL_CA_BUNDLE`. */
  readonly caFile: string;
  /** PEM. */
  readonly caCertificate: string;
  readonly control: { readonly url: string; readonly key: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly deployer: { readonly clientId: string };
  readonly user: { readonly userPrincipalName: string };
  /** Can be called twice. */
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

/**
 * One tenant and one subscription.
 * @throws Error if the port is in use or the directory is not writable
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port = 0, latency, githubSubjects = [], githubTokenSeconds, log = () => {} } = options;
  const { startControlPlane = startEmbeddedControlPlane, webhookVersion } = options;
  const cloud = azureClouds[options.cloud ?? 'AzureCloud'];
  const stateDir = resolve(options.stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const [authority, tenantKey, githubKey] = await Promise.all([
    CertificateAuthority.create(),
    SigningKey.generate(),
    SigningKey.generate(),
  ]);
  const caFile = join(stateDir, 'ca.pem');
  await writeFile(caFile, authority.certificate, { mode: 0o600 });

  const hosts = new HostTable();
  const faults = new Faults(transientFailures, cloud);
  const signIns = new SignIns();
  const github = createGitHub(githubKey, githubTokenSeconds);
  for (const subject of githubSubjects) github.repositories.ensureFor(subject);
  const builds = { allowed: true, throttled: 0 };
  // The services need the proxy's address, so the proxy starts first.
  let control: ReturnType<typeof createControl>;
  const proxy = await startProxy({
    port,
    authority,
    hosts,
    faults,
    control: { service: request => control.service(request), errorFormat: controlErrorFormat },
    log,
  });

  const tenantId = randomUUID();
  const context: EmulatorContext = {
    cloud,
    tenantId,
    subscriptionId: randomUUID(),
    latency: latency instanceof Latency ? latency : new Latency(latency),
    network: new Network({ proxyUrl: proxy.url, caCertificate: authority.certificate, caFile }),
    stateDir,
    directory: new Directory(),
    tokens: new TokenService(tenantId, tenantKey, cloud.hosts.login),
    authorization: new Authorization(),
    log,
  };
  const keyVault = createKeyVault(context);
  const registries = createRegistries(context, builds);
  const arm = createArm(context, [keyVault.provider, registries.provider]);
  const aks = createAks(context, arm, ({ entra, ...cluster }) => {
    const outside = new EntraAccess(context, entra);
    const clusterOptions = { ...cluster, outside, ...(webhookVersion && { webhookVersion }) };
    return startCluster(context, clusterOptions, startControlPlane);
  });
  arm.addProviders(...aks.providers);

  // The proxy rejects every other host.
  const { suffixes } = cloud;
  hosts
    .add(cloud.hosts.login, createLogin(context, signIns), entraErrorFormat)
    .add(cloud.hosts.graph, createGraph(context))
    .add(cloud.hosts.resourceManager, arm.service, armErrorFormat)
    .add(`*.${suffixes.keyVault}`, keyVault.service)
    .add(`*.${suffixes.registry}`, registries.registryService, registryErrorFormat)
    .add(`*.blob.${suffixes.storage}`, registries.blobService, blobErrorFormat)
    .add(`*.${suffixes.issuers}`, aks.issuerService)
    .add(`*.hcp.*.${suffixes.clusters}`, aks.apiServerService, kubernetesErrorFormat)
    .add('api.github.com', github.rest, githubErrorFormat)
    // Private clusters: `{dnsPrefix}-{hash}.{guid}.privatelink.{location}.azmk8s.io`.
    .addPrivate(`*.*.privatelink.*.${suffixes.clusters}`)
    .add('token.actions.githubusercontent.com', github.issuer, githubErrorFormat)
    .add('run-actions.actions.githubusercontent.com', github.actions, githubErrorFormat);

  const user = seedUser(context);
  const deployer = seedDeployer(context, arm, githubSubjects);
  const end = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= (async () => {
      try {
        // Clusters first, because their parts use the proxy.
        await aks.close();
      } finally {
        await context.network.close();
        await proxy.close();
        end.resolve();
      }
    })();
    return closing;
  }

  control = createControl({
    github,
    signIns,
    faults,
    interventions: aks.interventions,
    quotas: aks.quotas,
    registrations: arm.registrations,
    lists: arm.lists,
    vaults: keyVault.vaults,
    tenantKeys: context.tokens.keys,
    directory: context.directory,
    authorization: context.authorization,
    accessTokens: context.tokens,
    builds,
    user,
    status: () => ({
      cloud: cloud.name,
      proxyUrl: proxy.url,
      tenantId,
      subscriptionId: context.subscriptionId,
      hosts: hosts.patterns,
      residentBytes: process.memoryUsage.rss(),
    }),
    stop: () => void close(),
  });
  return {
    proxyUrl: proxy.url,
    caFile,
    caCertificate: authority.certificate,
    control: { url: `${proxy.url}/control`, key: control.key },
    tenantId,
    subscriptionId: context.subscriptionId,
    deployer: { clientId: deployer.clientId },
    user: { userPrincipalName: user.userPrincipalName },
    close,
    closed: end.promise,
  };
}
