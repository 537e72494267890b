import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { azureClouds } from '../azure-clouds.ts';
import { Latency } from '../latency.ts';
import { CertificateAuthority } from '../pki/certificate-authority.ts';
import { createOpenRegistry, createTestNetwork } from '../testing/kubernetes/test-network.ts';
import { ApiClient } from './client.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { ClusterContext } from './context.ts';
import type { ContainerStatus, KubernetesEvent, Node, ObjectList, Pod } from './objects.ts';

const fqdn = 'lab-abc.hcp.eastus.azmk8s.io';
const issuer = 'https://eastus.oic.prod-aks.azure.com/tenant/guid/';
const anyMoment = { timeout: 20_000, interval: 20 };

const node = (...argv: string[]) => ({
  Entrypoint: ['node', ...argv],
  WorkingDir: '/app',
  User: '65532',
  Labels: { 'workload-identity-lab.runtime': 'node' },
});
const registry = createOpenRegistry({
  token: {
    files: {
      'app/main.mjs': `import fs from "node:fs";
        const { env } = process;
        console.log(JSON.stringify({ ...env, token: fs.readFileSync(env.AZURE_FEDERATED_TOKEN_FILE, "utf8") }));`,
    },
    config: node('/app/main.mjs'),
  },
  crash: {
    files: { 'app/main.mjs': 'console.log("run", Date.now()); process.exit(7)' },
    config: node('/app/main.mjs'),
  },
  wait: {
    files: {
      'app/main.mjs':
        'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); setInterval(() => {}, 1000); console.log("up", process.pid)',
    },
    config: node('/app/main.mjs'),
  },
  arguments: {
    files: { 'app/main.mjs': 'console.log(process.argv.slice(2).join())' },
    config: node('main.mjs'),
  },
  root: { files: {}, config: { ...node('-v'), User: '' } },
  nothing: { files: {}, config: { ...node(), Entrypoint: ['sleepy'] } },
});

let cluster: Cluster;
let stateDir: string;
let api: ApiClient;
const problems: string[] = [];

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'cluster-'));
  const { certificate: caCertificate } = await CertificateAuthority.create();
  const network = createTestNetwork(host =>
    host === fqdn ? cluster?.api : host === 'registry.test' ? registry : undefined,
  );
  const context = {
    cloud: azureClouds.AzureCloud,
    tenantId: 'tenant',
    stateDir,
    latency: new Latency('fast', () => 0),
    network: { ...network, proxyUrl: 'http://127.0.0.1:1', caFile: '/ca.pem', caCertificate },
    log: (line: string) => problems.push(line),
  } as unknown as ClusterContext;
  cluster = await startCluster(context, {
    name: 'lab',
    resourceGroup: 'rg',
    issuer,
    fqdn,
    kubernetesVersion: '1.35.8',
    workloadIdentity: true,
    kubeletIdentity: {
      kind: 'ManagedIdentity',
      objectId: 'o',
      clientId: 'c',
      displayName: 'lab-agentpool',
      federatedCredentials: [],
    },
  });
  const { users } = parse(cluster.kubeconfig('clusterAdmin'));
  api = new ApiClient(network, `https://${fqdn}`, users[0].user.token, 'test');
  const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  await vi.waitFor(async () => {
    expect((await api.get<ObjectList<object>>(webhooks)).items).toHaveLength(1);
    expect((await nodes())[0]?.status?.conditions).toHaveLength(4);
  }, anyMoment);
}, 200_000);

afterAll(async () => {
  await cluster.stop();
  expect(readdirSync(stateDir)).toEqual([]);
  expect(problems).toEqual([]);
  rmSync(stateDir, { recursive: true });
});

const pods = '/api/v1/namespaces/default/pods';
const nodes = async () => (await api.get<ObjectList<Node>>('/api/v1/nodes')).items;
const getPod = (name: string) => api.get<Pod>(`${pods}/${name}`);

async function events(name: string): Promise<string[]> {
  const query = new URLSearchParams({ fieldSelector: `involvedObject.name=${name}` });
  const list = await api.get<ObjectList<KubernetesEvent>>(`/api/v1/namespaces/default/events?${query}`);
  return list.items.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

async function log(name: string, query = ''): Promise<string> {
  const network = createTestNetwork(() => cluster.api);
  const { users } = parse(cluster.kubeconfig('clusterUser'));
  const response = await network.fetch(`https://${fqdn}${pods}/${name}/log?${query}`, {
    headers: { authorization: `Bearer ${users[0].user.token}` },
  });
  return response.text();
}

/** Creates a pod with one container of the image, and waits for a status. */
async function run(
  name: string,
  image: string,
  more: { metadata?: object; spec?: object; container?: object } = {},
): Promise<void> {
  await api.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more.metadata },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'app', image: `registry.test/${image}`, ...more.container }],
      ...more.spec,
    },
  });
}

async function untilPhase(name: string, phase: string): Promise<Pod> {
  await expect.poll(async () => (await getPod(name)).status?.phase, anyMoment).toBe(phase);
  return getPod(name);
}

async function untilWaiting(name: string, reason: string): Promise<ContainerStatus> {
  let found: ContainerStatus | undefined;
  const waits = async () => {
    found = (await getPod(name)).status?.containerStatuses?.[0];
    return found?.state.waiting?.reason;
  };
  await expect.poll(waits, anyMoment).toBe(reason);
  return found as ContainerStatus;
}

const labeled = { metadata: { labels: { 'azure.workload.identity/use': 'true' } } };

describe('cluster', { timeout: 60_000 }, () => {
  it('runs a labeled pod with a token of its service account, and keeps its log', async () => {
    await api.create('/api/v1/namespaces/default/serviceaccounts', {
      metadata: { name: 'sa1', annotations: { 'azure.workload.identity/client-id': 'client' } },
    });
    await run('token', 'token:1', { ...labeled, spec: { serviceAccountName: 'sa1' } });
    const pod = await untilPhase('token', 'Succeeded');

    const environment = JSON.parse(await log('token'));
    expect(environment).toMatchObject({
      AZURE_CLIENT_ID: 'client',
      AZURE_TENANT_ID: 'tenant',
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      HOSTNAME: 'token',
    });
    const jwks = await cluster.issuer({
      method: 'GET',
      url: new URL(`${issuer}openid/v1/jwks`),
      headers: {},
      body: Buffer.alloc(0),
      signal: new AbortController().signal,
    });
    const keys = createLocalJWKSet(JSON.parse(String(jwks.body)) as JSONWebKeySet);
    const { payload } = await jwtVerify(environment.token, keys, {
      issuer,
      subject: 'system:serviceaccount:default:sa1',
      audience: 'api://AzureADTokenExchange',
    });
    expect(payload['kubernetes.io']).toMatchObject({ pod: { name: 'token', uid: pod.metadata.uid } });

    expect(pod.status).toMatchObject({
      containerStatuses: [
        {
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
          restartCount: 0,
          imageID: expect.stringMatching(/^registry\.test\/token@sha256:/),
          containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/),
        },
      ],
      podIP: expect.stringMatching(/^10\.244\./),
    });
    const { name } = (await nodes())[0]?.metadata ?? {};
    await expect
      .poll(() => events('token'), anyMoment)
      .toEqual([
        `Normal Scheduled: Successfully assigned default/token to ${name}`,
        'Normal Pulling: Pulling image "registry.test/token:1"',
        expect.stringMatching(
          /^Normal Pulled: Successfully pulled image "registry\.test\/token:1" in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.$/,
        ),
        'Normal Created: Container created',
        'Normal Started: Container started',
      ]);
  });

  it('does not change a pod without the label', async () => {
    await run('plain', 'arguments:1', { container: { args: ['main.mjs'] } });
    const pod = await untilPhase('plain', 'Succeeded');
    expect(pod.spec.volumes?.map(({ name }) => name)).not.toContain('azure-identity-token');
  });

  it('rejects a labeled pod whose service account does not exist', async () => {
    await expect(
      run('lost', 'token:1', { ...labeled, spec: { serviceAccountName: 'nobody' } }),
    ).rejects.toThrow('not found');
  });

  it('restarts a failing container with growing delays', async () => {
    await run('crash', 'crash:1', { spec: { restartPolicy: 'Always' } });
    const uid = (await getPod('crash')).metadata.uid;
    const label = `crash_default(${uid})`;
    const delays = new Set<string>();
    const done = new AbortController();
    const query = { fieldSelector: 'metadata.name=crash' };
    for await (const { object } of api.follow<Pod>(pods, query, done.signal)) {
      const { state, restartCount } = object.status?.containerStatuses?.[0] ?? {};
      const { waiting } = state ?? {};
      if (waiting?.reason === 'CrashLoopBackOff') delays.add(`${restartCount}: ${waiting.message}`);
      if (delays.size === 3) done.abort();
    }
    expect([...delays]).toEqual(
      ['1: back-off 50ms', '2: back-off 100ms', '3: back-off 200ms'].map(
        delay => `${delay} restarting failed container=app pod=${label}`,
      ),
    );
    const status = await untilWaiting('crash', 'CrashLoopBackOff');
    expect(status.lastState.terminated).toMatchObject({ exitCode: 7, reason: 'Error' });
    expect((await getPod('crash')).status?.phase).toBe('Running');
    const backOff = `Warning BackOff: Back-off restarting failed container app in pod ${label}`;
    expect(await events('crash')).toContain(backOff);
    expect(await log('crash', 'previous=true')).toMatch(/^run \d+\n$/);
    await api.delete(`${pods}/crash`);
    await expect
      .poll(
        () =>
          getPod('crash').then(
            () => 'there',
            () => 'gone',
          ),
        anyMoment,
      )
      .toBe('gone');
  });

  it('reports a tag that does not exist, and retries', async () => {
    await run('untagged', 'token:2');
    const { state } = await untilWaiting('untagged', 'ImagePullBackOff');
    const missing =
      'rpc error: code = NotFound desc = failed to pull and unpack image "registry.test/token:2": failed to resolve image: registry.test/token:2: not found';
    expect(state.waiting?.message).toBe(
      `Back-off pulling image "registry.test/token:2": ErrImagePull: ${missing}`,
    );
    expect((await getPod('untagged')).status?.phase).toBe('Pending');
    const seen = await events('untagged');
    for (const event of [
      'Normal Pulling: Pulling image "registry.test/token:2"',
      `Warning Failed: Failed to pull image "registry.test/token:2": ${missing}`,
      'Warning Failed: Error: ErrImagePull',
      'Normal BackOff: Back-off pulling image "registry.test/token:2"',
      'Warning Failed: Error: ImagePullBackOff',
    ]) {
      expect(seen).toContain(event);
    }
    await api.delete(`${pods}/untagged`);
  });

  it('ends a pod gracefully within its grace period', async () => {
    await run('wait', 'wait:1');
    const pod = await untilPhase('wait', 'Running');
    expect(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    await expect.poll(() => log('wait'), anyMoment).toMatch(/^up \d+\n$/);
    const pid = Number((await log('wait')).slice(3));
    const following = log('wait', 'follow=true');
    await api.delete(`${pods}/wait`);
    expect(await following).toMatch(/^up \d+\nbye\n$/);
    await expect
      .poll(
        () =>
          getPod('wait').then(
            () => 'there',
            () => 'gone',
          ),
        anyMoment,
      )
      .toBe('gone');
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await events('wait')).toContain('Normal Killing: Stopping container app');
    const kept = () => readdirSync(join(stateDir, fqdn, 'pods'));
    await expect.poll(kept, anyMoment).not.toContain(pod.metadata.uid);
  });

  it('does not run an image as root if runAsNonRoot is set', async () => {
    await run('root', 'root:1', { spec: { securityContext: { runAsNonRoot: true } } });
    const { state } = await untilWaiting('root', 'CreateContainerConfigError');
    const uid = (await getPod('root')).metadata.uid;
    expect(state.waiting?.message).toBe(
      `container has runAsNonRoot and image will run as root (pod: "root_default(${uid})", container: app)`,
    );
    await api.delete(`${pods}/root`);
  });

  it('waits for a ConfigMap of a variable', async () => {
    const env = [
      { name: 'WHO', valueFrom: { configMapKeyRef: { name: 'names', key: 'who' } } },
      { name: 'WHERE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ];
    await run('referring', 'arguments:1', { container: { env, args: ['$(WHO) in $(WHERE)', '$$(WHO)'] } });
    const { state } = await untilWaiting('referring', 'CreateContainerConfigError');
    expect(state.waiting?.message).toBe('configmap "names" not found');
    await api.create('/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'names' },
      data: { who: 'Ada' },
    });
    await untilPhase('referring', 'Succeeded');
    expect(await log('referring')).toBe('Ada in default,$(WHO)\n');
  });

  it('waits for a Secret of a volume', async () => {
    const volumes = [{ name: 'keys', secret: { secretName: 'keys' } }];
    await run('mounting', 'arguments:1', {
      spec: { volumes },
      container: { args: ['/etc/keys/one'], volumeMounts: [{ name: 'keys', mountPath: '/etc/keys' }] },
    });
    const event = 'Warning FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found';
    await expect.poll(() => events('mounting'), anyMoment).toContain(event);
    await api.create('/api/v1/namespaces/default/secrets', {
      metadata: { name: 'keys' },
      data: { one: 'MQ==' },
    });
    await untilPhase('mounting', 'Succeeded');
    expect(await log('mounting')).toMatch(/\/volumes\/keys\/one\n$/);
  });

  it('fails a container whose program does not exist', async () => {
    await run('nothing', 'nothing:1');
    const pod = await untilPhase('nothing', 'Failed');
    expect(pod.status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('exec: "sleepy": executable file not found in $PATH'),
    });
  });

  it('runs init containers in order, and stops after a failure', async () => {
    const init = (name: string, image: string) => ({ name, image: `registry.test/${image}` });
    await run('ordered', 'arguments:1', {
      spec: { initContainers: [init('first', 'arguments:1'), init('second', 'arguments:1')] },
    });
    const { status } = await untilPhase('ordered', 'Succeeded');
    const finished = status?.initContainerStatuses?.map(each => each.state.terminated?.exitCode);
    expect(finished).toEqual([0, 0]);

    await run('stuck', 'arguments:1', { spec: { initContainers: [init('first', 'crash:1')] } });
    const failed = await untilPhase('stuck', 'Failed');
    expect(failed.status?.containerStatuses?.[0]?.state.waiting?.reason).toBe('PodInitializing');
  });

  it('keeps a pod pending until a node fits', async () => {
    await run('choosy', 'arguments:1', { spec: { nodeSelector: { disk: 'ssd' } } });
    const message =
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    await expect.poll(() => events('choosy'), anyMoment).toContain(`Warning FailedScheduling: ${message}`);
    const condition = async () =>
      (await getPod('choosy')).status?.conditions?.find(({ type }) => type === 'PodScheduled');
    await expect
      .poll(condition, anyMoment)
      .toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    const { name } = (await nodes())[0]?.metadata ?? {};
    await api.mergePatch(`/api/v1/nodes/${name}`, { metadata: { labels: { disk: 'ssd' } } });
    await untilPhase('choosy', 'Succeeded');
  });

  it('registers the webhook only while workload identity is enabled', async () => {
    const webhooks = async () =>
      (
        await api.get<ObjectList<object>>(
          '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
        )
      ).items.length;
    cluster.setWorkloadIdentity(false);
    await expect.poll(webhooks, anyMoment).toBe(0);
    await run('unchanged', 'arguments:1', labeled);
    const pod = await untilPhase('unchanged', 'Succeeded');
    expect(pod.spec.volumes?.map(({ name }) => name)).not.toContain('azure-identity-token');
    cluster.setWorkloadIdentity(true);
    await expect.poll(webhooks, anyMoment).toBe(1);
  });

  it("publishes the issuer's documents under the path in the tokens", async () => {
    const ask = async (path: string) => {
      const url = new URL(path, issuer);
      const signal = new AbortController().signal;
      return cluster.issuer({ method: 'GET', url, headers: {}, body: Buffer.alloc(0), signal });
    };
    const discovery = await ask('.well-known/openid-configuration');
    expect(JSON.parse(String(discovery.body))).toMatchObject({ issuer, jwks_uri: `${issuer}openid/v1/jwks` });
    expect((await ask('/elsewhere/.well-known/openid-configuration')).status).toBe(404);
  });
});
