import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  container,
  idleProgram,
  startTestCluster,
  type TestCluster,
} from '../../testing/kubernetes/test-cluster.ts';
import type { ApiError } from '../client.ts';
import type { Container, ObjectList, Pod } from '../objects.ts';

const anyMoment = { timeout: 20_000, interval: 20 };
const core = '/api/v1/namespaces/default';
const prefix = 'azure.workload.identity';
const use = { labels: { [`${prefix}/use`]: 'true' } };
const unstartable = { nodeSelector: { no: 'where' } };

let fixture: TestCluster;

/** Admits a pod that never runs, with a service account that has these annotations. */
async function admit(
  metadata: { labels?: object; annotations?: object; name?: string; generateName?: string },
  spec: object = {},
  accountAnnotations: object = { [`${prefix}/client-id`]: 'client' },
): Promise<Pod> {
  const name = `sa-${crypto.randomUUID()}`;
  await fixture.api.create(`${core}/serviceaccounts`, {
    metadata: { name, annotations: accountAnnotations },
  });
  return fixture.api.create<Pod>(`${core}/pods`, {
    metadata: { ...(metadata.generateName ? {} : { name: `pod-${crypto.randomUUID()}` }), ...metadata },
    spec: { ...unstartable, serviceAccountName: name, containers: [{ name: 'app', image: 'a:1' }], ...spec },
  });
}

const annotated = (name: string, value: string) => ({
  ...use,
  annotations: { [`${prefix}/${name}`]: value },
});
const refusal = (answer: Promise<unknown>) =>
  answer.then(
    () => expect.unreachable(),
    (error: ApiError) => [error.code, error.message],
  );
const denied = (message: string) => [
  400,
  `admission webhook "mutation.azure-workload-identity.io" denied the request: ${message}`,
];
/** Changes of the webhook to a container. */
const given = ({ env, volumeMounts }: Container = { name: '', image: '' }) => ({
  env: env ?? [],
  mounts: (volumeMounts ?? []).filter(({ name }) => !name.startsWith('kube-api-access-')),
});
const volumesOf = ({ spec }: Pod) =>
  (spec.volumes ?? []).filter(({ name }) => !name.startsWith('kube-api-access-'));
const nothing = { env: [], mounts: [] };
const expirationOf = (pod: Pod) =>
  volumesOf(pod)[0]?.projected?.sources?.[0]?.serviceAccountToken?.expirationSeconds;

describe('version 1.5.1, on AKS by default', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    fixture = await startTestCluster();
    await untilRegistered();
  });
  afterAll(async () => {
    await fixture.stop();
    expect(fixture.log).toEqual([]);
  });

  const mount = { name: 'azure-identity-token', readOnly: true, mountPath: '/var/run/secrets/azure/tokens' };
  const variables = [
    { name: 'AZURE_CLIENT_ID', value: 'client' },
    { name: 'AZURE_TENANT_ID', value: 'tenant' },
    { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
    { name: 'AZURE_AUTHORITY_HOST', value: 'https://login.microsoftonline.com/' },
  ];

  it('adds variables in order and the mount to every container, and the volume to the pod', async () => {
    const pod = await admit(use, { initContainers: [{ name: 'init', image: 'a:1' }] });
    for (const each of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      expect(given(each)).toEqual({ env: variables, mounts: [mount] });
    }
    expect(volumesOf(pod)).toEqual([
      {
        name: 'azure-identity-token',
        projected: {
          defaultMode: 420,
          sources: [
            {
              serviceAccountToken: {
                path: 'azure-identity-token',
                expirationSeconds: 3600,
                audience: 'api://AzureADTokenExchange',
              },
            },
          ],
        },
      },
    ]);
    expect(pod.spec.volumes?.map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^kube-api-access-/),
    );
  });

  it.each([
    ['no label', {}],
    ['"false"', { labels: { [`${prefix}/use`]: 'false' } }],
    ['"True"', { labels: { [`${prefix}/use`]: 'True' } }],
    ['an annotation instead of the label', { annotations: { [`${prefix}/use`]: 'true' } }],
  ])('does not change a pod with %s, and reports no error', async (_, metadata) => {
    const pod = await admit(metadata);
    expect([given(pod.spec.containers[0]), volumesOf(pod)]).toEqual([nothing, []]);
  });

  it('does not change an existing pod that gets the label', async () => {
    const pod = await admit({});
    const path = `${core}/pods/${pod.metadata.name}`;
    const labeled = await fixture.api.mergePatch<Pod>(path, { metadata: use });
    expect([given(labeled.spec.containers[0]), volumesOf(labeled)]).toEqual([nothing, []]);
  });

  it('reads the client ID from the account only, and omits empty variables', async () => {
    const metadata = annotated('client-id', 'of-the-pod');
    const names = (pod: Pod) => pod.spec.containers[0]?.env?.map(({ name }) => name);
    const without = ['AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'];
    expect(names(await admit(metadata, {}, {}))).toEqual(without);
    expect(names(await admit(use, {}, { [`${prefix}/client-id`]: '' }))).toEqual(without);
    expect(names(await admit(use, {}, { [`${prefix}/tenant-id`]: '' }))).toEqual(without.slice(1));
    const other = await admit(use, {}, { [`${prefix}/tenant-id`]: 'other' });
    expect(other.spec.containers[0]?.env?.[0]).toEqual({ name: 'AZURE_TENANT_ID', value: 'other' });
  });

  it('never replaces settings of the user', async () => {
    const env = [
      { name: 'AZURE_CLIENT_ID', value: 'mine' },
      { name: 'X', value: 'y' },
    ];
    const volumeMounts = [{ name: 'azure-identity-token', mountPath: '/mine' }];
    const sources = [{ serviceAccountToken: { path: 'azure-identity-token', audience: 'mine' } }];
    const pod = await admit(use, {
      containers: [{ name: 'app', image: 'a:1', env, volumeMounts }],
      volumes: [{ name: 'azure-identity-token', projected: { sources } }],
    });
    expect(given(pod.spec.containers[0])).toEqual({
      env: [...env, ...variables.slice(1)],
      mounts: volumeMounts,
    });
    expect(volumesOf(pod)).toHaveLength(1);
    expect(volumesOf(pod)[0]?.projected?.sources?.[0]?.serviceAccountToken?.audience).toBe('mine');
  });

  it('skips the listed containers, and still adds the volume', async () => {
    const pod = await admit(annotated('skip-containers', ' init ; app'), {
      initContainers: [{ name: 'init', image: 'a:1' }],
      containers: [
        { name: 'app', image: 'a:1' },
        { name: 'other', image: 'a:1' },
      ],
    });
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    expect(all.map(given)).toEqual([nothing, nothing, { env: variables, mounts: [mount] }]);
    const none = await admit(annotated('skip-containers', 'app'));
    expect([given(none.spec.containers[0]), volumesOf(none).length]).toEqual([nothing, 1]);
  });

  it("sets the token's lifetime by the pod, then by the account", async () => {
    const name = 'service-account-token-expiration';
    const key = `${prefix}/${name}`;
    expect(expirationOf(await admit(annotated(name, '3600')))).toBe(3600);
    expect(expirationOf(await admit(annotated(name, '86400'), {}, { [key]: '7200' }))).toBe(86_400);
    expect(expirationOf(await admit(use, {}, { [key]: '7200' }))).toBe(7200);
    expect(expirationOf(await admit(annotated(name, ''), {}, { [key]: '7200' }))).toBe(7200);
    for (const seconds of ['3599', '86401']) {
      expect(await refusal(admit(annotated(name, seconds)))).toEqual(
        denied(`token expiration ${seconds} not valid. Expected value to be between 3600 and 86400`),
      );
    }
    expect(await refusal(admit(use, {}, { [key]: '1h' }))).toEqual(
      denied('strconv.ParseInt: parsing "1h": invalid syntax'),
    );
  });

  it('denies with a message that kubectl shows', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'refused', ...annotated('service-account-token-expiration', '60') },
      spec: { containers: [container(idleProgram)] },
    };
    expect(await fixture.kubectl(['apply', '-f', '-'], JSON.stringify(pod))).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'Error from server: error when creating "STDIN": admission webhook "mutation.azure-workload-identity.io" denied ' +
        'the request: token expiration 60 not valid. Expected value to be between 3600 and 86400\n',
    });
  });

  it('is not called if the service account does not exist, because Kubernetes checks it first', async () => {
    const spec = { serviceAccountName: 'nobody', containers: [{ name: 'app', image: 'a:1' }] };
    const create = fixture.api.create(`${core}/pods`, { metadata: { name: 'lost', ...use }, spec });
    expect(await refusal(create)).toEqual([
      403,
      'pods "lost" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    ]);
  });

  it('uses the default account if the pod has none', async () => {
    await fixture.api.mergePatch(`${core}/serviceaccounts/default`, {
      metadata: { annotations: { [`${prefix}/client-id`]: 'default-client' } },
    });
    const pod = await admit(use, { serviceAccountName: undefined });
    expect(pod.spec.containers[0]?.env?.[0]).toEqual({ name: 'AZURE_CLIENT_ID', value: 'default-client' });
  });

  it('adds a proxy for any value of the annotation, as a native sidecar from Kubernetes 1.32', async () => {
    const pod = await admit(annotated('inject-proxy-sidecar', 'false'));
    const [sidecar, init] = pod.spec.initContainers ?? [];
    expect(sidecar).toMatchObject({
      name: 'azwi-proxy',
      restartPolicy: 'Always',
      args: ['--proxy-port=8000', '--log-level=info'],
    });
    expect(init).toMatchObject({
      name: 'azwi-proxy-init',
      env: expect.arrayContaining([{ name: 'PROXY_PORT', value: '8000' }]),
    });
    const annotations = {
      [`${prefix}/inject-proxy-sidecar`]: 'true',
      [`${prefix}/proxy-sidecar-port`]: 'http',
    };
    expect(await refusal(admit({ ...use, annotations }))).toEqual(
      denied('failed to parse proxy sidecar port: strconv.ParseInt: parsing "http": invalid syntax'),
    );
    expect(await refusal(admit(annotated('inject-proxy-sidecar', 'true'), { hostNetwork: true }))).toEqual(
      denied('hostNetwork is set to true, cannot inject proxy sidecar'),
    );
  });

  it('projects a token with the claims of cluster, account, pod, and node', async () => {
    const tells = `console.log(require('node:fs').readFileSync(process.env.AZURE_FEDERATED_TOKEN_FILE, 'utf8'))`;
    await fixture.api.create(`${core}/pods`, {
      metadata: { name: 'teller', ...use },
      spec: { restartPolicy: 'Never', containers: [container(tells)] },
    });
    const phase = async () => (await fixture.api.get<Pod>(`${core}/pods/teller`)).status?.phase;
    await expect.poll(phase, anyMoment).toBe('Succeeded');
    const { uid } = (await fixture.api.get<Pod>(`${core}/pods/teller`)).metadata;
    const claims = decodeJwt((await fixture.kubectl(['logs', 'teller'])).stdout.trim());
    expect(claims).toEqual({
      iss: 'https://eastus.oic.prod-aks.azure.com/tenant/guid/',
      sub: 'system:serviceaccount:default:default',
      aud: ['api://AzureADTokenExchange'],
      iat: expect.any(Number),
      nbf: claims.iat,
      exp: (claims.iat ?? 0) + 3600,
      jti: expect.any(String),
      'kubernetes.io': {
        namespace: 'default',
        node: { name: expect.stringMatching(/^aks-/), uid: expect.any(String) },
        pod: { name: 'teller', uid },
        serviceaccount: { name: 'default', uid: expect.any(String) },
      },
    });
  });
});

describe('version 1.6.0', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    fixture = await startTestCluster({ webhookVersion: '1.6.0' });
    await untilRegistered();
  });
  afterAll(async () => {
    await fixture.stop();
    expect(fixture.log).toEqual([]);
  });

  const volumeFor = (podName: string) =>
    `azure-workload-identity-reserved-${createHash('sha256').update(podName).digest('hex').slice(0, 30)}`;

  it("names the volume by a hash of the pod's name, and mounts it elsewhere", async () => {
    const pod = await admit({ ...use, name: 'p1' });
    const name = volumeFor('p1');
    expect(volumesOf(pod)).toMatchObject([
      { name, projected: { sources: [{ serviceAccountToken: { path: 'token/azure-identity-token' } }] } },
    ]);
    expect(given(pod.spec.containers[0]).mounts).toEqual([
      { name, readOnly: true, mountPath: '/var/run/secrets/azure/wi' },
    ]);
    expect(pod.spec.containers[0]?.env).toContainEqual({
      name: 'AZURE_FEDERATED_TOKEN_FILE',
      value: '/var/run/secrets/azure/wi/token/azure-identity-token',
    });
  });

  it('hashes the prefix of the name if the API generates the rest', async () => {
    const labels = { app: 'd', [`${prefix}/use`]: 'true' };
    await fixture.api.create('/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels }, spec: { containers: [container(idleProgram)] } },
      },
    });
    const pods = async () =>
      (await fixture.api.get<ObjectList<Pod>>(`${core}/pods?labelSelector=app=d`)).items;
    await expect.poll(async () => (await pods()).length, anyMoment).toBe(1);
    const [pod] = await pods();
    expect(pod && volumesOf(pod)[0]?.name).toBe(volumeFor(`${pod?.metadata.generateName} (prefix)`));
  });

  it('overwrites a volume and mount of the user', async () => {
    const name = volumeFor('p2');
    const pod = await admit(
      { ...use, name: 'p2' },
      {
        containers: [{ name: 'app', image: 'a:1', volumeMounts: [{ name, mountPath: '/mine' }] }],
        volumes: [{ name, emptyDir: {} }],
      },
    );
    expect(given(pod.spec.containers[0]).mounts).toEqual([
      { name, readOnly: true, mountPath: '/var/run/secrets/azure/wi' },
    ]);
    expect(volumesOf(pod)).toMatchObject([{ name, projected: {} }]);
  });
});

/** The webhook might not be registered yet for the first pods. */
async function untilRegistered(): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const registered = async () =>
    expect((await fixture.api.get<ObjectList<object>>(path)).items).toHaveLength(1);
  await vi.waitFor(registered, anyMoment);
}
