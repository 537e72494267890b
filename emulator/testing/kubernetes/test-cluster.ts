import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { azureClouds } from '../../azure-clouds.ts';
import { ApiClient } from '../../kubernetes/client.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../../kubernetes/cluster.ts';
import type { ClusterContext } from '../../kubernetes/context.ts';
import type { StartControlPlane } from '../../kubernetes/control-plane.ts';
import { Latency } from '../../latency.ts';
import { CertificateAuthority } from '../../pki/certificate-authority.ts';
import { createRequester, type SendRequest } from './test-api-server.ts';
import { createKubectl, type Kubectl } from './test-kubectl.ts';
import { listenOnLoopback } from './test-listener.ts';
import { createOpenRegistry, createTestNetwork } from './test-network.ts';

/** The default of {@link container}, and another one with the same content. */
const images = ['registry.test/node:1', 'registry.test/other:1'] as const;

/** Runs JavaScript. */
export function container(program: string, more: object = {}): object {
  return { name: 'app', image: images[0], command: ['node', '-e', program], ...more };
}

/** Ends immediately on SIGTERM. */
export const idleProgram =
  "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')";

/** With the real kubectl as its administrator. */
export interface TestCluster {
  readonly cluster: Cluster;
  readonly api: ApiClient;
  /** As the administrator. */
  readonly ask: SendRequest;
  readonly kubectl: Kubectl;
  kubectlWith(options: { program?: string; token?: string }): Promise<Kubectl>;
  /** Empty if nothing fails. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/**
 * On loopback (HTTPS), with a registry.
 * @param startControlPlane default: the embedded one
 */
export async function startTestCluster(
  options: Partial<ClusterOptions> = {},
  startControlPlane?: StartControlPlane,
): Promise<TestCluster> {
  const stateDir = mkdtempSync(join(tmpdir(), 'cluster-'));
  const fqdn = 'lab-abc.hcp.eastus.azmk8s.io';
  const image = {
    files: {},
    config: { Entrypoint: ['node'], User: '65532', Labels: { 'workload-identity-lab.runtime': 'node' } },
  };
  const asRoot = { files: {}, config: { ...image.config, User: '' } };
  const registry = createOpenRegistry({ node: image, other: image, root: asRoot });
  let cluster: Cluster | undefined;
  const network = createTestNetwork(host =>
    host === fqdn ? cluster?.api : host === 'registry.test' ? registry : undefined,
  );
  const authority = await CertificateAuthority.create();
  const log: string[] = [];
  const context = {
    cloud: azureClouds.AzureCloud,
    tenantId: 'tenant',
    stateDir,
    latency: new Latency('fast', () => 0),
    network: {
      ...network,
      proxyUrl: 'http://127.0.0.1:1',
      caFile: '/ca.pem',
      caCertificate: authority.certificate,
    },
    log: (line: string) => log.push(line),
  } as unknown as ClusterContext;
  const started = await startCluster(
    context,
    {
      name: 'lab',
      resourceGroup: 'rg',
      issuer: 'https://eastus.oic.prod-aks.azure.com/tenant/guid/',
      fqdn,
      kubernetesVersion: '1.33.4',
      workloadIdentity: true,
      kubeletIdentity: {
        kind: 'ManagedIdentity',
        objectId: 'o',
        clientId: 'c',
        displayName: 'lab-agentpool',
        federatedCredentials: [],
      },
      ...options,
    },
    startControlPlane,
  );
  cluster = started;
  const { users } = parse(started.kubeconfig('clusterAdmin'));
  const { token } = users[0].user as { token: string };
  const host = await listenOnLoopback(started.api, authority.contextFor('localhost'));
  const made: Kubectl[] = [];
  const kubectlWith: TestCluster['kubectlWith'] = async given => {
    const kubectl = await createKubectl(host.url, {
      certificateAuthority: authority.certificate,
      token,
      ...given,
    });
    made.push(kubectl);
    return kubectl;
  };
  return {
    cluster: started,
    api: new ApiClient(network, `https://${fqdn}`, token, 'test'),
    ask: createRequester(started.api, token),
    kubectl: await kubectlWith({}),
    kubectlWith,
    log,
    stop: async () => {
      await started.stop();
      await host.close();
      await Promise.all(made.map(each => each.remove()));
      rmSync(stateDir, { recursive: true });
    },
  };
}
