import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '../kubernetes/cluster.ts';
import { createTestArm, type TestArm } from '../testing/test-arm.ts';
import type { StartCluster } from './managed-clusters.ts';

let arm: TestArm;
let group: string;
let cluster: string;
let asked: Parameters<StartCluster>[0][];
let kubernetes: Cluster;
let kubeconfigs: Parameters<Cluster['kubeconfig']>[];
let start: () => Promise<Cluster>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  asked = [];
  kubeconfigs = [];
  kubernetes = {
    api: () => ({ status: 200, body: 'api' }),
    inside: () => ({ status: 404 }),
    issuer: () => ({ status: 200, body: 'issuer' }),
    kubeconfig: (...asked) => {
      kubeconfigs.push(asked);
      return `kubeconfig of ${asked[0]}`;
    },
    setWorkloadIdentity: vi.fn(),
    rotateSigningKeys: vi.fn(async () => {}),
    stop: vi.fn(async () => {}),
  };
  start = async () => kubernetes;
  arm = await createTestArm({
    latency: 'realistic',
    startCluster: options => {
      asked.push(options);
      return start();
    },
  });
  group = `${arm.subscription}/resourceGroups/lab`;
  cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/wilab`;
  await arm.call('PUT', group, { location: 'eastus' });
});
afterEach(() => vi.useRealTimers());

/** As `az aks create --enable-oidc-issuer --enable-workload-identity`. */
function body(properties: object = {}): object {
  return {
    location: 'eastus',
    identity: { type: 'SystemAssigned' },
    tags: { a: 'b' },
    properties: {
      kubernetesVersion: '',
      dnsPrefix: 'wilab-lab-222222',
      agentPoolProfiles: [{ name: 'nodepool1', count: 1, vmSize: '', mode: 'System', osType: 'Linux' }],
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      ...properties,
    },
  };
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

async function create(properties?: object): Promise<void> {
  await arm.call('PUT', cluster, body(properties));
  await minutes(5);
}

async function state(): Promise<string> {
  return (await arm.call('GET', cluster)).body.properties.provisioningState;
}

function get(host: string, path: string): Parameters<TestArm['service']>[0] {
  return {
    method: 'GET',
    url: new URL(`https://${host}${path}`),
    headers: {},
    body: Buffer.alloc(0),
    signal: new AbortController().signal,
  };
}

describe('creating a cluster', () => {
  it('takes time, and reports its stages', async () => {
    const created = await arm.call('PUT', cluster, body());
    expect(created.status).toBe(201);
    expect(created.body.properties).toMatchObject({
      provisioningState: 'Creating',
      kubernetesVersion: '1.35',
      currentKubernetesVersion: '1.35.8',
      nodeResourceGroup: 'MC_lab_wilab_eastus',
      servicePrincipalProfile: { clientId: 'msi' },
      fqdn: expect.stringMatching(/^wilab-lab-222222-[\da-f]{8}\.hcp\.eastus\.azmk8s\.io$/),
      agentPoolProfiles: [{ name: 'nodepool1', count: 1, provisioningState: 'Creating' }],
    });
    expect(created.body.properties.identityProfile).toBeUndefined();
    const operation = created.headers['azure-asyncoperation']!;
    expect(operation).toMatch(/\/locations\/eastus\/operations\/[\da-f-]{36}\?api-version=/);

    const seen: string[] = [];
    for (let minute = 0; minute < 5; minute++) {
      seen.push((await arm.call('GET', operation)).body.status);
      await minutes(1);
    }
    expect([...new Set(seen)]).toEqual(['ProvisioningControlPlane', 'ReconcilingDNS', 'ReconcilingAddons']);
    const done = await arm.call('GET', operation);
    expect(done.body).toMatchObject({ status: 'Succeeded', endTime: expect.any(String) });

    const { properties, identity } = (await arm.call('GET', cluster)).body;
    expect(properties.provisioningState).toBe('Succeeded');
    expect(properties.oidcIssuerProfile.issuerURL).toMatch(
      new RegExp(`^https://eastus\\.oic\\.prod-aks\\.azure\\.com/${arm.context.tenantId}/[\\da-f-]{36}/$`),
    );
    const { objectId, clientId, resourceId } = properties.identityProfile.kubeletidentity;
    expect(arm.context.directory.findByObjectId(objectId)).toMatchObject({ clientId, resourceId });
    expect(resourceId).toContain('/resourcegroups/MC_lab_wilab_eastus/');
    expect(arm.context.directory.findByObjectId(identity.principalId)).toBeDefined();
    expect(asked).toMatchObject([
      {
        name: 'wilab',
        issuer: properties.oidcIssuerProfile.issuerURL,
        fqdn: properties.fqdn,
        kubernetesVersion: '1.35.8',
        workloadIdentity: true,
        kubeletIdentity: { clientId },
      },
    ]);
    expect(
      (await arm.call('GET', `${arm.subscription}/resourceGroups/MC_lab_wilab_eastus`)).body,
    ).toMatchObject({
      managedBy: expect.stringMatching(/managedClusters\/wilab$/),
      tags: { a: 'b', 'aks-managed-cluster-name': 'wilab', 'aks-managed-cluster-rg': 'lab' },
    });
    expect((await arm.call('GET', resourceId)).body.tags).toEqual({ a: 'b' });
    const nodes = `${arm.subscription}/resourceGroups/MC_lab_wilab_eastus`;
    const action = 'Microsoft.Compute/disks/write';
    const may = (scope: string) => arm.context.authorization.check(identity.principalId, { action }, scope);
    expect([may(nodes), may(group)]).toMatchObject([{ allowed: true }, { allowed: false }]);
  });

  it('waits for Kubernetes', async () => {
    const { promise, resolve } = Promise.withResolvers<Cluster>();
    start = () => promise;
    await create();
    expect(await state()).toBe('Creating');
    expect((await arm.call('POST', `${cluster}/listClusterUserCredential`)).status).toBe(409);
    resolve(kubernetes);
    await minutes(0);
    expect(await state()).toBe('Succeeded');
  });

  it('fails if Kubernetes does not start', async () => {
    start = () => Promise.reject(new Error('no room'));
    const { headers } = await arm.call('PUT', cluster, body());
    await minutes(5);
    expect(await state()).toBe('Failed');
    expect((await arm.call('GET', headers['azure-asyncoperation']!)).body).toMatchObject({
      status: 'Failed',
      error: { message: 'no room' },
    });
  });

  it.each([
    ['an unknown version', { kubernetesVersion: '1.20.1' }, 'K8sVersionNotSupported'],
    ['no DNS prefix', { dnsPrefix: undefined }, 'InvalidParameter'],
    ['a bad DNS prefix', { dnsPrefix: 'under_score' }, 'InvalidParameter'],
    ['no system pool', { agentPoolProfiles: [{ name: 'pool', mode: 'User' }] }, 'InvalidParameter'],
    ['a bad pool name', { agentPoolProfiles: [{ name: 'Pool', mode: 'System' }] }, 'InvalidParameter'],
    ['no nodes', { agentPoolProfiles: [{ name: 'pool', mode: 'System', count: 0 }] }, 'InvalidParameter'],
    ['workload identity without an issuer', { oidcIssuerProfile: { enabled: false } }, 'InvalidParameter'],
  ])('rejects %s in the error format of AKS', async (_, properties, code) => {
    const answer = await arm.call('PUT', cluster, body(properties));
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect((await arm.call('GET', cluster)).status).toBe(404);
  });

  it('rejects an invalid name', async () => {
    for (const name of ['-a', 'a-', 'a.b', 'a'.repeat(64)]) {
      expect((await arm.call('PUT', cluster.replace('wilab', name), body())).status).toBe(400);
    }
  });

  it('enables the issuer by default, and workload identity only on request', async () => {
    await create({ oidcIssuerProfile: undefined, securityProfile: undefined });
    const { properties } = (await arm.call('GET', cluster)).body;
    expect(properties.oidcIssuerProfile).toMatchObject({ enabled: true, issuerURL: expect.any(String) });
    expect(properties.securityProfile).toEqual({});
    expect(asked[0]?.workloadIdentity).toBe(false);
  });
});

it('publishes its issuer only if it is enabled', async () => {
  await create({ oidcIssuerProfile: { enabled: false }, securityProfile: {} });
  const issuer = new URL(asked[0]!.issuer);
  const discovery = get(issuer.host, `${issuer.pathname}.well-known/openid-configuration`);
  expect((await arm.call('GET', cluster)).body.properties.oidcIssuerProfile).toEqual({ enabled: false });
  expect(await arm.aks.issuerService(discovery)).toMatchObject({ status: 404 });
  await create();
  expect((await arm.call('GET', cluster)).body.properties.oidcIssuerProfile.issuerURL).toBe(issuer.href);
  expect(await arm.aks.issuerService(discovery)).toMatchObject({ body: 'issuer' });
});

describe('a busy cluster', () => {
  it('rejects a second operation', async () => {
    await arm.call('PUT', cluster, body());
    for (const method of ['PUT', 'DELETE']) {
      const answer = await arm.call(method, cluster, body());
      expect([answer.status, answer.body.code]).toEqual([409, 'OperationNotAllowed']);
      expect(answer.body.message).toMatch(
        /^Operation is not allowed because there's an in progress create managed cluster operation \(operation ID: [\da-f-]{36}\) on the managed cluster started on UTC \S+Z\. /,
      );
    }
  });

  it('aborts its running operation', async () => {
    const { headers } = await arm.call('PUT', cluster, body());
    expect((await arm.call('POST', `${cluster}/abort`)).status).toBe(202);
    await minutes(0);
    expect(await state()).toBe('Canceled');
    expect((await arm.call('GET', headers['azure-asyncoperation']!)).body.status).toBe('Canceled');
    expect((await arm.call('POST', `${cluster}/abort`)).status).toBe(400);
    expect((await arm.call('DELETE', cluster)).status).toBe(202);
  });

  it('stops a Kubernetes that starts after the abort', async () => {
    const { promise, resolve } = Promise.withResolvers<Cluster>();
    start = () => promise;
    await arm.call('PUT', cluster, body());
    await arm.call('POST', `${cluster}/abort`);
    await minutes(0);
    expect(await state()).toBe('Creating');
    resolve(kubernetes);
    await minutes(0);
    expect(await state()).toBe('Canceled');
    expect(kubernetes.stop).toHaveBeenCalledOnce();
  });
});

describe('an operation with an intervention', () => {
  const quota = { code: 'ErrCode_InsufficientVCPUQuota', message: 'Insufficient regional vcpu quota left.' };

  it('is rejected immediately, without an effect', async () => {
    arm.aks.interventions.add({ operation: 'create', error: { status: 400, ...quota } });
    expect(await arm.call('PUT', cluster, body())).toMatchObject({ status: 400, body: quota });
    expect((await arm.call('GET', cluster)).status).toBe(404);
    expect(arm.groups.find('MC_lab_wilab_eastus')).toBeUndefined();
    await create();
    expect(await state()).toBe('Succeeded');
  });

  it('fails after its start, and an update repairs the cluster', async () => {
    arm.aks.interventions.add({ operation: 'create', error: quota });
    const { headers } = await arm.call('PUT', cluster, body());
    expect(await state()).toBe('Creating');
    await minutes(5);
    const { properties } = (await arm.call('GET', cluster)).body;
    expect(properties).toMatchObject({
      provisioningState: 'Failed',
      status: { provisioningError: quota },
      powerState: { code: 'Running' },
    });
    expect((await arm.call('GET', headers['azure-asyncoperation']!)).body).toMatchObject({
      status: 'Failed',
      error: quota,
    });
    expect(asked).toEqual([]);
    expect((await arm.call('POST', `${cluster}/listClusterUserCredential`)).status).toBe(409);
    await arm.call('PUT', cluster, body());
    await minutes(5);
    expect((await arm.call('GET', cluster)).body.properties).toMatchObject({
      provisioningState: 'Succeeded',
      identityProfile: expect.anything(),
    });
    expect((await arm.call('GET', cluster)).body.properties.status).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect((await arm.call('POST', `${cluster}/listClusterUserCredential`)).status).toBe(200);
  });

  it('runs until it is aborted, and an update repairs the cluster', async () => {
    arm.aks.interventions.add({ operation: 'create', cluster: 'WILAB', held: true });
    await arm.call('PUT', cluster, body());
    await minutes(600);
    expect(await state()).toBe('Creating');
    await arm.call('POST', `${cluster}/abort`);
    await minutes(0);
    expect(await state()).toBe('Canceled');
    await arm.call('PUT', cluster, body());
    await minutes(5);
    expect(await state()).toBe('Succeeded');
  });

  it('runs until it is released', async () => {
    await create();
    arm.aks.interventions.add({ operation: 'update', cluster: 'other', held: true });
    arm.aks.interventions.add({ operation: 'update', held: true });
    await arm.call('PUT', cluster, body({ disableLocalAccounts: true }));
    await minutes(60);
    const refused = await arm.call('PUT', cluster, body());
    expect([refused.status, refused.body.message]).toEqual([
      409,
      expect.stringContaining('an in progress update managed cluster operation'),
    ]);
    arm.aks.interventions.release();
    await minutes(0);
    expect(await state()).toBe('Succeeded');
    expect((await arm.call('GET', cluster)).body.properties.disableLocalAccounts).toBe(true);
  });

  it('ends with the resource group', async () => {
    arm.aks.interventions.add({ operation: 'create', held: true });
    await arm.call('PUT', cluster, body());
    await arm.call('DELETE', group);
    await minutes(6);
    expect((await arm.call('GET', group)).status).toBe(404);
  });
});

describe('a stopped cluster', () => {
  /** `METHOD path`. */
  let requests: string[];

  beforeEach(async () => {
    requests = [];
    Object.assign(kubernetes, {
      kubeconfig: () =>
        JSON.stringify({
          clusters: [{ cluster: { server: 'https://api' } }],
          users: [{ user: { token: 'admin' } }],
        }),
      inside: ({ method, url, headers }: Parameters<TestArm['service']>[0]) => {
        expect(headers.authorization).toBe('Bearer admin');
        requests.push(`${method} ${url.pathname}${url.search}`);
        const namespace = url.pathname.endsWith('/pods') ? 'default' : undefined;
        return { status: 200, body: JSON.stringify({ items: [{ metadata: { name: 'one', namespace } }] }) };
      },
    });
    await create();
    const stopped = await arm.call('POST', `${cluster}/stop`);
    expect([stopped.status, stopped.headers.location]).toEqual([
      202,
      expect.stringContaining('/operationresults/'),
    ]);
    expect(await state()).toBe('Stopping');
    await minutes(3);
  });

  it('has no pods and no API server, but its issuer', async () => {
    const { properties } = (await arm.call('GET', cluster)).body;
    expect(properties).toMatchObject({
      provisioningState: 'Succeeded',
      powerState: { code: 'Stopped' },
      agentPoolProfiles: [{ powerState: { code: 'Stopped' } }],
    });
    expect(requests).toEqual([
      'GET /api/v1/nodes',
      'PATCH /api/v1/nodes/one',
      'GET /api/v1/pods',
      'DELETE /api/v1/namespaces/default/pods/one?gracePeriodSeconds=0',
    ]);
    expect(await arm.aks.apiServerService(get(properties.fqdn, '/version'))).toMatchObject({ status: 502 });
    const issuer = new URL(properties.oidcIssuerProfile.issuerURL);
    const discovery = `${issuer.pathname}.well-known/openid-configuration`;
    expect(await arm.aks.issuerService(get(issuer.host, discovery))).toMatchObject({ body: 'issuer' });
  });

  it('cannot be stopped or updated', async () => {
    const again = await arm.call('POST', `${cluster}/stop`);
    expect([again.status, again.body.code, again.body.message]).toEqual([
      409,
      'OperationNotAllowed',
      expect.stringMatching(
        /^managed cluster is not currently running, stopping cannot be performed; The stop operation started at '\S+Z' and elapsed time is: '00:03:00' \(RFC3339 format\)$/,
      ),
    ]);
    const updated = await arm.call('PUT', cluster, body());
    expect([updated.status, updated.body.code]).toEqual([409, 'OperationNotAllowed']);
    expect((await arm.call('POST', `${cluster}/listClusterUserCredential`)).status).toBe(200);
  });

  it('starts once', async () => {
    requests = [];
    expect((await arm.call('POST', `${cluster}/start`)).status).toBe(202);
    expect(await state()).toBe('Starting');
    const busy = await arm.call('POST', `${cluster}/start`);
    expect([busy.status, busy.body.message]).toEqual([
      409,
      expect.stringMatching(
        /^managed cluster is in Provisioning State\(Starting\) and Power State\(Running\), starting cannot be performed The previous operation started at /,
      ),
    ]);
    await minutes(3);
    const { properties } = (await arm.call('GET', cluster)).body;
    expect(properties).toMatchObject({ provisioningState: 'Succeeded', powerState: { code: 'Running' } });
    expect(requests).toEqual(['GET /api/v1/nodes', 'PATCH /api/v1/nodes/one']);
    expect(await arm.aks.apiServerService(get(properties.fqdn, '/version'))).toMatchObject({ status: 200 });
    expect((await arm.call('POST', `${cluster}/start`)).status).toBe(409);
  });

  it('can be deleted', async () => {
    expect((await arm.call('DELETE', cluster)).status).toBe(202);
    await minutes(5);
    expect((await arm.call('GET', cluster)).status).toBe(404);
  });
});

describe('a running cluster', () => {
  beforeEach(() => create());

  it('answers only at its own host names', async () => {
    const { properties } = (await arm.call('GET', cluster)).body;
    expect(await arm.aks.apiServerService(get(properties.fqdn, '/version'))).toMatchObject({ body: 'api' });
    expect(await arm.aks.apiServerService(get(`x${properties.fqdn}`, '/version'))).toMatchObject({
      status: 502,
    });
    const issuer = new URL(properties.oidcIssuerProfile.issuerURL);
    const discovery = `${issuer.pathname}.well-known/openid-configuration`;
    expect(await arm.aks.issuerService(get(issuer.host, discovery))).toMatchObject({ body: 'issuer' });
    expect(await arm.aks.issuerService(get('westus.oic.prod-aks.azure.com', discovery))).toMatchObject({
      status: 404,
    });
    expect(
      await arm.aks.issuerService(get(issuer.host, discovery.replace(/-\w+\/\./, '-0/.'))),
    ).toMatchObject({
      status: 404,
    });
  });

  it('returns kubeconfigs, the admin one only with local accounts', async () => {
    const credential = async (user: string) =>
      (await arm.call('POST', `${cluster}/list${user}Credential`)).body;
    const [{ name, value }] = (await credential('ClusterUser')).kubeconfigs;
    expect([name, Buffer.from(value, 'base64').toString()]).toEqual([
      'clusterUser',
      'kubeconfig of clusterUser',
    ]);
    expect((await credential('ClusterAdmin')).kubeconfigs[0].name).toBe('clusterAdmin');
    await arm.call('PUT', cluster, body({ disableLocalAccounts: true }));
    await minutes(2);
    expect((await credential('ClusterAdmin')).code).toBe('BadRequest');
    // Without Entra integration, the user kubeconfig also has a local account.
    expect((await credential('ClusterUser')).code).toBe('BadRequest');
  });

  it('leaves authentication to Entra on request', async () => {
    const aadProfile = { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: ['A-GROUP'] };
    await arm.call('PUT', cluster, body({ aadProfile, disableLocalAccounts: true }));
    expect(asked.at(-1)?.entra?.settings()).toBeUndefined();
    await minutes(2);
    expect(asked.at(-1)?.entra?.settings()).toEqual({ adminGroups: ['a-group'], azureRbac: true });
    expect((await arm.call('GET', cluster)).body.properties.aadProfile).toEqual({
      managed: true,
      adminGroupObjectIDs: ['a-group'],
      adminUsers: null,
      enableAzureRBAC: true,
      tenantID: arm.context.tenantId,
    });
    const [tenantId, cloud] = [arm.context.tenantId, 'AzureCloud'];
    for (const query of ['', '?format=exec', '?format=azure']) {
      expect((await arm.call('POST', `${cluster}/listClusterUserCredential${query}`)).status).toBe(200);
    }
    expect(kubeconfigs.map(([user, signIn]) => [user, signIn])).toEqual([
      ['clusterUser', { kind: 'exec', tenantId, cloud }],
      ['clusterUser', { kind: 'exec', tenantId, cloud }],
      ['clusterUser', { kind: 'azure', tenantId, cloud }],
    ]);
    expect((await arm.call('POST', `${cluster}/listClusterAdminCredential`)).body.code).toBe('BadRequest');
    const before = body({ aadProfile: { clientAppID: 'c', serverAppID: 's' } });
    expect((await arm.call('PUT', cluster, before)).status).toBe(400);
  });

  it('stays public', async () => {
    const hidden = body({ apiServerAccessProfile: { enablePrivateCluster: true } });
    expect((await arm.call('PUT', cluster, hidden)).body.code).toBe('PropertyChangeNotAllowed');
  });

  it('updates over time, with its webhook', async () => {
    const off = body({ securityProfile: { workloadIdentity: { enabled: false } } });
    const changed = await arm.call('PUT', cluster, off);
    expect(changed).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Updating' } } });
    expect(kubernetes.setWorkloadIdentity).not.toHaveBeenCalled();
    await minutes(2);
    expect(await state()).toBe('Succeeded');
    expect(kubernetes.setWorkloadIdentity).toHaveBeenCalledWith(false);
  });

  it('changes only its tags on PATCH, over time', async () => {
    const before = (await arm.call('GET', cluster)).body;
    const patch = { tags: { a: '1' }, properties: { disableLocalAccounts: true } };
    const patched = await arm.call('PATCH', cluster, patch);
    expect(patched).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Updating' } } });
    expect((await arm.call('PATCH', cluster, patch)).status).toBe(409);
    await minutes(2);
    expect((await arm.call('GET', cluster)).body).toEqual({ ...before, tags: { a: '1' } });
    const nodeGroup = await arm.call('GET', `${arm.subscription}/resourceGroups/MC_lab_wilab_eastus`);
    expect(nodeGroup.body.tags).toMatchObject({ a: '1' });
  });

  it('rotates the signing keys of its issuer as an update', async () => {
    const rotated = await arm.call('POST', `${cluster}/rotateServiceAccountSigningKeys`);
    expect(rotated).toMatchObject({
      status: 202,
      body: undefined,
      headers: {
        'azure-asyncoperation': expect.stringContaining('/operations/'),
        location: expect.stringContaining('/operationresults/'),
        'retry-after': '10',
      },
    });
    expect(await state()).toBe('Updating');
    expect((await arm.call('POST', `${cluster}/rotateServiceAccountSigningKeys`)).status).toBe(409);
    await minutes(2);
    expect(await state()).toBe('Succeeded');
    expect(kubernetes.rotateSigningKeys).toHaveBeenCalledOnce();
  });

  it('rejects a key rotation that its control plane does not support', async () => {
    Object.assign(kubernetes, { rotateSigningKeys: undefined });
    const refused = await arm.call('POST', `${cluster}/rotateServiceAccountSigningKeys`);
    expect(refused).toMatchObject({ status: 501, body: { code: 'NotImplemented' } });
    expect(await state()).toBe('Succeeded');
  });

  it('rejects changes of immutable properties', async () => {
    const refused = async (properties: object) =>
      (await arm.call('PUT', cluster, body(properties))).body.code;
    expect(await refused({ dnsPrefix: 'other' })).toBe('PropertyChangeNotAllowed');
    expect(await refused({ oidcIssuerProfile: { enabled: false } })).toBe(
      'OIDCIssuerFeatureCannotBeDisabled',
    );
    expect(await refused({ kubernetesVersion: '1.36' })).toBe('OperationNotAllowed');
  });

  it('is deleted over time, with its node resource group and its identities', async () => {
    const { properties, identity } = (await arm.call('GET', cluster)).body;
    const deletion = await arm.call('DELETE', cluster);
    expect(deletion.status).toBe(202);
    expect(deletion.headers).toMatchObject({
      location: expect.stringContaining('/operationresults/'),
      'azure-asyncoperation': expect.stringContaining('/operations/'),
    });
    expect(await state()).toBe('Deleting');
    expect((await arm.call('GET', deletion.headers.location!)).status).toBe(202);
    await minutes(5);
    expect((await arm.call('GET', deletion.headers['azure-asyncoperation']!)).body.status).toBe('Succeeded');
    expect((await arm.call('GET', cluster)).status).toBe(404);
    expect((await arm.call('DELETE', cluster)).status).toBe(204);
    expect((await arm.call('GET', `${arm.subscription}/resourceGroups/MC_lab_wilab_eastus`)).status).toBe(
      404,
    );
    expect(kubernetes.stop).toHaveBeenCalledOnce();
    for (const id of [identity.principalId, properties.identityProfile.kubeletidentity.objectId]) {
      expect(arm.context.directory.findByObjectId(id)).toBeUndefined();
    }
  });

  it('is deleted with its resource group during any operation', async () => {
    await arm.call('PUT', cluster, body());
    const { headers } = await arm.call('DELETE', group);
    // The deletion alone takes four and a half minutes.
    await minutes(5);
    expect((await arm.call('GET', headers.location!)).status).toBe(200);
    expect((await arm.call('GET', group)).status).toBe(404);
    expect((await arm.call('GET', `${arm.subscription}/resourcegroups`)).body.value).toEqual([]);
    expect(kubernetes.stop).toHaveBeenCalledOnce();
  });
});

it('lists the offered versions', async () => {
  const path = `${arm.subscription}/providers/Microsoft.ContainerService/locations/eastus/kubernetesVersions`;
  const { body: versions } = await arm.call('GET', path);
  expect(versions.values).toContainEqual(expect.objectContaining({ version: '1.35', isDefault: true }));
});
