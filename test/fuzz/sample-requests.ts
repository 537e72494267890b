import { type AzureFixture, apiVersions, type Tokens } from './azure-fixture.ts';
import { samplesOfUnusedRoutes } from './declared-routes.ts';
import type { ErrorStyle, SampleRequest } from './sample-request.ts';

/** For every route of every host. They delete only resources named `fuzz`. */
export function sampleRequests(azure: AzureFixture): readonly SampleRequest[] {
  const samples = [
    ...armSamples(azure),
    ...vaultSamples(azure),
    ...entraSamples(azure),
    ...registrySamples(azure),
    ...kubernetesSamples(azure),
    ...gitHubSamples(),
    ...documentSamples(azure),
  ];
  return [...samples, ...samplesOfUnusedRoutes(azure, samples)];
}

function armSamples({ subscription, ready }: AzureFixture): SampleRequest[] {
  const arm = (method: string, path: string, body?: unknown): SampleRequest => {
    const [, namespace = 'Microsoft.Resources'] = /.*\/providers\/([^/?]+)/.exec(path) ?? [];
    const version = apiVersions[namespace] ?? '2024-11-01';
    const query = `${path.includes('?') ? '&' : '?'}api-version=${version}`;
    return {
      host: 'management.azure.com',
      errorStyle: 'azure',
      method,
      path: path + query,
      token: 'arm',
      ...(body !== undefined && { body, contentType: 'application/json' }),
    };
  };
  const group = `${subscription}/resourceGroups/fuzz`;
  const tags = { owner: 'fuzz', 'expires-on': '2026-01-01' };
  const of = (namespace: string, rest: string) => `${group}/providers/${namespace}/${rest}`;
  const vault = of('Microsoft.KeyVault', 'vaults/kv-fuzz-000000');
  const identity = of('Microsoft.ManagedIdentity', 'userAssignedIdentities/fuzz');
  const registry = of('Microsoft.ContainerRegistry', 'registries/crfuzz000000');
  const cluster = of('Microsoft.ContainerService', 'managedClusters/fuzz');
  const assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555`;
  return [
    arm('GET', '/tenants'),
    arm('GET', '/subscriptions'),
    arm('GET', subscription),
    arm('GET', `${subscription}/locations`),
    arm('GET', `${subscription}/providers`),
    arm('GET', `${subscription}/providers/Microsoft.KeyVault`),
    arm('POST', `${subscription}/providers/Microsoft.KeyVault/register`),
    arm('GET', `${subscription}/resources?$filter=tagName%20eq%20'owner'%20and%20tagValue%20eq%20'fuzz'`),
    arm('GET', `${subscription}/resourcegroups`),
    arm('PUT', group, { location: 'eastus', tags }),
    arm('PUT', group, { location: 'eastus', tags }),
    arm('PATCH', group, { tags }),
    arm('HEAD', group),
    arm('GET', group),
    arm('GET', `${group}/resources`),
    arm('DELETE', `${subscription}/resourceGroups/fuzz-gone`),
    arm('PUT', vault, {
      location: 'eastus',
      tags,
      properties: {
        tenantId: ready.tenantId,
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: false,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 7,
        accessPolicies: [
          {
            tenantId: ready.tenantId,
            objectId: '11111111-2222-3333-4444-555555555555',
            permissions: { secrets: ['get', 'list'], keys: [], certificates: [] },
          },
        ],
      },
    }),
    arm('PATCH', vault, { properties: { enableRbacAuthorization: true, enabledForDeployment: true } }),
    arm('PUT', `${vault}/accessPolicies/add`, {
      properties: {
        accessPolicies: [
          {
            tenantId: ready.tenantId,
            objectId: '11111111-2222-3333-4444-555555555555',
            permissions: { secrets: ['get'] },
          },
        ],
      },
    }),
    arm('GET', vault),
    arm('DELETE', vault),
    arm('GET', `${subscription}/providers/Microsoft.KeyVault/deletedVaults`),
    arm('GET', `${subscription}/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/kv-fuzz-000000`),
    arm(
      'POST',
      `${subscription}/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/kv-fuzz-000000/purge`,
    ),
    arm('POST', `${subscription}/providers/Microsoft.KeyVault/checkNameAvailability`, {
      name: 'kv-x-fuzz',
      type: 'Microsoft.KeyVault/vaults',
    }),
    arm('PUT', identity, { location: 'eastus', tags }),
    arm('GET', identity),
    arm('PATCH', identity, { tags }),
    arm('PUT', `${identity}/federatedIdentityCredentials/fuzz`, {
      properties: {
        issuer: 'https://issuer.example/',
        subject: 's',
        audiences: ['api://AzureADTokenExchange'],
      },
    }),
    arm('GET', `${identity}/federatedIdentityCredentials`),
    arm('DELETE', `${identity}/federatedIdentityCredentials/fuzz`),
    arm('PUT', registry, {
      location: 'eastus',
      tags,
      sku: { name: 'Premium' },
      properties: {
        adminUserEnabled: false,
        anonymousPullEnabled: true,
        policies: { azureADAuthenticationAsArmPolicy: { status: 'enabled' } },
      },
    }),
    arm('GET', registry),
    arm('GET', `${registry}/listUsages`),
    arm('POST', `${registry}/listBuildSourceUploadUrl`),
    arm('POST', `${registry}/scheduleRun`, {
      type: 'DockerBuildRequest',
      imageNames: ['fuzz:1'],
      isPushEnabled: true,
      sourceLocation: 'source/x.tar.gz',
      dockerFilePath: 'Dockerfile',
      platform: { os: 'linux', architecture: 'amd64' },
      arguments: [{ name: 'a', value: 'b', isSecret: false }],
      timeout: 600,
    }),
    arm('GET', `${registry}/runs?$top=10&$filter=Status%20eq%20'Queued'`),
    arm('GET', `${registry}/runs/cf1`),
    arm('POST', `${registry}/runs/cf1/listLogSasUrl`),
    arm('POST', `${registry}/runs/cf1/cancel`),
    // No system pool: fuzzing must not start clusters.
    arm('PUT', cluster, {
      location: 'eastus',
      tags,
      identity: { type: 'SystemAssigned' },
      properties: {
        kubernetesVersion: '1.35',
        dnsPrefix: 'fuzz',
        agentPoolProfiles: [{ name: 'np', mode: 'User', count: 1, vmSize: 'Standard_B2s', osType: 'Linux' }],
        linuxProfile: { adminUsername: 'a', ssh: { publicKeys: [{ keyData: 'k' }] } },
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true } },
      },
    }),
    arm('GET', cluster),
    {
      ...arm(
        'GET',
        `${subscription}/resourceGroups/lab/providers/Microsoft.ContainerService/managedClusters/aks`,
      ),
      onlyRead: true,
    },
    arm('GET', `${subscription}/providers/Microsoft.ContainerService/locations/eastus/kubernetesVersions`),
    arm('PUT', assignment, {
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
        principalId: '11111111-2222-3333-4444-555555555555',
        principalType: 'ServicePrincipal',
        condition:
          "((!(ActionMatches{'x/write'})) OR (@Request[a:b] ForAnyOfAnyValues:GuidEquals {11111111-2222-3333-4444-555555555555}))",
        conditionVersion: '2.0',
      },
    }),
    arm('GET', assignment),
    arm('DELETE', assignment),
    arm('GET', `${group}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`),
    arm('GET', `${group}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName%20eq%20'Owner'`),
    arm('GET', `${subscription}/providers/Microsoft.Resources/operationresults/x`),
    arm('GET', `${vault}/secrets/fuzz`),
    arm('POST', `${cluster}/stop`),
    arm('POST', `${cluster}/start`),
    arm(
      'GET',
      `${subscription}/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp%20ge%202026-01-01T00:00:00Z%20and%20status%20eq%20'Failed'`,
    ),
  ];
}

function vaultSamples({ vaultHost }: AzureFixture): SampleRequest[] {
  const vault = (
    method: string,
    path: string,
    body?: unknown,
    token: keyof Tokens = 'vault',
  ): SampleRequest => ({
    host: vaultHost,
    errorStyle: 'azure',
    method,
    path: `${path}${path.includes('?') ? '&' : '?'}api-version=7.6`,
    token,
    ...(body !== undefined && { body, contentType: 'application/json' }),
  });
  const attributes = { enabled: true, nbf: 1_700_000_000, exp: 2_000_000_000 };
  return [
    vault('PUT', '/secrets/fuzz', { value: 'v', contentType: 'text/plain', tags: { a: 'b' }, attributes }),
    vault('PATCH', '/secrets/fuzz', { tags: { a: 'c' }, attributes: { enabled: true } }),
    vault('GET', '/secrets/fuzz'),
    { ...vault('GET', '/secrets/of-reader-a', undefined, 'reader'), onlyRead: true },
    { ...vault('GET', '/secrets/of-reader-b', undefined, 'reader'), onlyRead: true },
    vault('GET', '/secrets/fuzz/0123456789abcdef0123456789abcdef'),
    vault('GET', '/secrets/fuzz/versions?maxresults=3'),
    vault('GET', '/secrets?maxresults=5&$skiptoken=MQ'),
    vault('DELETE', '/secrets/fuzz'),
    vault('GET', '/deletedsecrets'),
    vault('GET', '/deletedsecrets/fuzz'),
    vault('POST', '/deletedsecrets/fuzz/recover'),
    vault('DELETE', '/deletedsecrets/fuzz'),
    vault('GET', '/keys/k'),
  ];
}

function entraSamples({ ready, readers }: AzureFixture): SampleRequest[] {
  const login = (method: string, path: string, fields?: Record<string, string>): SampleRequest => ({
    host: 'login.microsoftonline.com',
    errorStyle: 'entra',
    method,
    path,
    ...(fields && {
      body: new URLSearchParams(fields).toString(),
      contentType: 'application/x-www-form-urlencoded',
    }),
  });
  const graph = (method: string, path: string, body?: unknown): SampleRequest => ({
    host: 'graph.microsoft.com',
    errorStyle: 'graph',
    method,
    path,
    token: 'graph',
    ...(body !== undefined && { body, contentType: 'application/json' }),
  });
  const { clientId, objectId } = readers[0]!;
  const jwt = (header: object, payload: object) =>
    [header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
    '.AAAA';
  const exchange = (client_assertion: string) =>
    login('POST', `/${ready.tenantId}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      scope: 'https://vault.azure.net/.default',
    });
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'https://token.actions.githubusercontent.com',
    sub: readers[0]!.subject,
    aud: 'api://AzureADTokenExchange',
    nbf: now - 600,
    exp: now + 300,
  };
  const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
  return [
    login(
      'GET',
      '/common/discovery/instance?authorization_endpoint=https://login.microsoftonline.com/common/oauth2/authorize',
    ),
    login('GET', '/common/userrealm/user@example.com?api-version=1.0'),
    login('GET', `/${ready.tenantId}/v2.0/.well-known/openid-configuration`),
    login('GET', `/${ready.tenantId}/.well-known/openid-configuration`),
    login('GET', `/${ready.tenantId}/discovery/v2.0/keys`),
    exchange(jwt({ alg: 'RS256', kid: 'x', typ: 'JWT' }, payload)),
    exchange(jwt({ alg: 'none' }, payload)),
    exchange(jwt({ alg: 'RS256', kid: ['x'] }, { ...payload, aud: [] })),
    exchange(jwt({ alg: 'RS256' }, { ...payload, exp: 1e300, nbf: -1e300 })),
    login('POST', `/${ready.tenantId}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: 's',
      scope: 'https://vault.azure.net/.default',
    }),
    login('POST', '/organizations/oauth2/v2.0/devicecode', { client_id: azureCli, scope: 'openid' }),
    login('POST', '/organizations/oauth2/v2.0/token', {
      grant_type: 'device_code',
      client_id: azureCli,
      device_code: 'd',
    }),
    login('POST', '/organizations/oauth2/v2.0/token', {
      grant_type: 'refresh_token',
      client_id: azureCli,
      refresh_token: 'r',
      scope: 'https://graph.microsoft.com/.default',
    }),
    graph('GET', '/v1.0/me'),
    graph('GET', '/v1.0/users/lab-user@workload-identity-lab.onmicrosoft.com'),
    graph('GET', `/v1.0/servicePrincipals/${objectId}`),
    graph('GET', `/v1.0/servicePrincipals?$filter=appId%20eq%20'${clientId}'`),
    graph('GET', "/v1.0/servicePrincipals?$filter=startswith(displayName,'fuzz')"),
    graph('POST', '/v1.0/servicePrincipals', { appId: clientId, accountEnabled: true }),
    graph('DELETE', `/v1.0/servicePrincipals/${objectId}`),
    graph('POST', '/v1.0/applications', { displayName: 'fuzz' }),
    graph('GET', `/v1.0/applications?$filter=appId%20eq%20'${clientId}'`),
    graph('PATCH', `/v1.0/applications/${objectId}`, { displayName: 'fuzz' }),
    graph('POST', `/v1.0/applications/${objectId}/federatedIdentityCredentials`, {
      name: 'fuzz',
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:o/r:ref:refs/heads/main',
      audiences: ['api://AzureADTokenExchange'],
    }),
    graph('POST', '/v1.0/directoryObjects/getByIds', { ids: [objectId], types: ['servicePrincipal'] }),
  ];
}

function registrySamples({ registryHost }: AzureFixture): SampleRequest[] {
  const oci = (method: string, path: string, body?: unknown, contentType?: string): SampleRequest => ({
    host: registryHost,
    errorStyle: 'oci',
    method,
    path,
    token: 'registry',
    ...(body !== undefined && { body }),
    ...(contentType && { contentType }),
  });
  const form = 'application/x-www-form-urlencoded';
  const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const upload = '11111111-2222-3333-4444-555555555555';
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: empty, size: 0 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: empty, size: 0 }],
  };
  return [
    oci('GET', '/v2/'),
    oci('GET', '/v2/_catalog?n=3&last=a'),
    oci('POST', `/v2/fuzz/image/blobs/uploads/?digest=${empty}`, ''),
    oci('POST', '/v2/fuzz/image/blobs/uploads/'),
    oci('POST', `/v2/fuzz/image/blobs/uploads/?mount=${empty}&from=fuzz/image`),
    oci('PATCH', `/v2/fuzz/image/blobs/uploads/${upload}`, 'x', 'application/octet-stream'),
    oci('PUT', `/v2/fuzz/image/blobs/uploads/${upload}?digest=${empty}`, ''),
    oci('GET', `/v2/fuzz/image/blobs/uploads/${upload}`),
    oci('DELETE', `/v2/fuzz/image/blobs/uploads/${upload}`),
    oci('HEAD', `/v2/fuzz/image/blobs/${empty}`),
    oci('GET', `/v2/fuzz/image/blobs/${empty}`),
    oci('PUT', '/v2/fuzz/image/manifests/1', manifest, manifest.mediaType),
    oci('GET', '/v2/fuzz/image/manifests/1'),
    oci('HEAD', '/v2/fuzz/image/manifests/1'),
    oci('GET', '/v2/fuzz/image/tags/list?n=2'),
    oci('DELETE', '/v2/fuzz/image/manifests/1'),
    oci(
      'POST',
      '/oauth2/exchange',
      `grant_type=access_token&service=${registryHost}&access_token=a.b.c`,
      form,
    ),
    oci(
      'POST',
      '/oauth2/token',
      `grant_type=refresh_token&service=${registryHost}&scope=repository:x:pull&refresh_token=r`,
      form,
    ),
    oci('GET', `/oauth2/token?service=${registryHost}&scope=repository:x:pull`),
    oci('GET', '/acr/v1/_catalog'),
    oci('GET', '/acr/v1/fuzz/image'),
    oci('GET', '/acr/v1/fuzz/image/_tags/1'),
    oci('GET', '/acr/v1/fuzz/image/_manifests?n=1'),
    oci('GET', `/acr/v1/fuzz/image/_manifests/${empty}`),
    oci('DELETE', '/acr/v1/fuzz/image/_tags/1'),
    {
      host: 'account.blob.core.windows.net',
      errorStyle: 'blob',
      method: 'PUT',
      path: '/container/source/x.tar.gz?sv=2023-11-03&se=2026-01-01T00:00:00Z&sr=b&sp=w&sig=AAAA',
      body: 'x',
      contentType: 'application/octet-stream',
    },
    {
      host: 'account.blob.core.windows.net',
      errorStyle: 'blob',
      method: 'GET',
      path: '/container/x?sv=2023-11-03&se=2026-01-01T00:00:00Z&sr=b&sp=r&sig=AAAA',
    },
  ];
}

function kubernetesSamples({ clusterHost }: AzureFixture): SampleRequest[] {
  const kube = (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): SampleRequest => ({
    host: clusterHost,
    errorStyle: 'kubernetes',
    method,
    path,
    token: 'cluster',
    ...(body !== undefined && { body, contentType }),
  });
  const at = (plural: string) => `/api/v1/namespaces/fuzz/${plural}`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'fuzz',
      labels: { app: 'fuzz', 'azure.workload.identity/use': 'true' },
      annotations: { a: 'b' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y' }],
      finalizers: ['example.com/f'],
    },
    spec: {
      serviceAccountName: 'fuzz',
      // No node fits: the kubelet is not tested here.
      nodeSelector: { no: 'where' },
      initContainers: [{ name: 'i', image: 'r.example/i:1' }],
      containers: [
        {
          name: 'c',
          image: 'r.example/c:1',
          command: ['sh'],
          args: ['-c'],
          env: [
            { name: 'A', value: 'b' },
            { name: 'P', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          resources: { requests: { cpu: '100m', memory: '1Gi' } },
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
        },
      ],
      volumes: [
        {
          name: 'v',
          projected: {
            sources: [{ serviceAccountToken: { path: 't', audience: 'a', expirationSeconds: 3600 } }],
          },
        },
      ],
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
    },
  };
  const patch = (kind: string) => `application/${kind}patch+json`;
  return [
    kube('GET', '/version'),
    kube('GET', '/healthz'),
    kube('GET', '/api'),
    kube('GET', '/apis'),
    kube('GET', '/apis/apps/v1'),
    kube('GET', '/openapi/v3'),
    kube('GET', '/openapi/v3/apis/batch/v1?hash=x'),
    kube('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } }),
    kube('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } }),
    kube('GET', '/api/v1/namespaces?limit=2&continue=x'),
    kube('GET', '/api/v1/namespaces/fuzz'),
    kube('POST', at('serviceaccounts'), {
      metadata: { name: 'fuzz', annotations: { 'azure.workload.identity/client-id': 'x' } },
    }),
    kube('POST', at('serviceaccounts/fuzz/token'), {
      spec: { audiences: ['api://AzureADTokenExchange'], expirationSeconds: 3600 },
    }),
    kube('POST', at('pods?fieldValidation=Strict'), pod),
    kube('POST', at('pods?dryRun=All'), pod),
    kube(
      'GET',
      at('pods?labelSelector=app%3Dfuzz,x!%3Dy,a%20in%20(b,c)&fieldSelector=status.phase%3DPending'),
    ),
    kube('GET', at('pods/fuzz')),
    kube('GET', at('pods/fuzz/log?container=c&tailLines=3&timestamps=true&sinceSeconds=9&limitBytes=9')),
    kube(
      'GET',
      at(
        'pods?watch=true&timeoutSeconds=1&resourceVersion=0&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      ),
    ),
    kube('PUT', at('pods/fuzz'), pod),
    kube('PUT', at('pods/fuzz/status'), {
      ...pod,
      status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] },
    }),
    kube('PATCH', at('pods/fuzz'), { metadata: { labels: { x: 'y', app: null } } }, patch('merge-')),
    kube(
      'PATCH',
      at('pods/fuzz'),
      [
        { op: 'add', path: '/metadata/labels/z', value: 'z' },
        { op: 'move', from: '/metadata/labels/z', path: '/metadata/labels/w' },
      ],
      patch('json-'),
    ),
    kube(
      'PATCH',
      at('pods/fuzz'),
      {
        metadata: { labels: { s: 't' }, '$deleteFromPrimitiveList/finalizers': ['example.com/f'] },
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }],
          containers: [{ name: 'c', image: 'r.example/c:2' }],
        },
      },
      patch('strategic-merge-'),
    ),
    kube('POST', at('pods/fuzz/binding'), {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'fuzz' },
      target: { kind: 'Node', name: '' },
    }),
    kube('DELETE', at('pods/fuzz'), {
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
    }),
    kube('POST', at('configmaps'), {
      metadata: { generateName: 'fuzz-' },
      data: { a: 'b' },
      binaryData: { c: 'ZA==' },
    }),
    kube('POST', at('secrets'), {
      metadata: { name: 'fuzz' },
      type: 'Opaque',
      stringData: { a: 'b' },
      data: { c: 'ZA==' },
    }),
    kube('DELETE', at('configmaps?labelSelector=a'), {}),
    kube('POST', at('events'), {
      metadata: { name: 'fuzz' },
      involvedObject: { kind: 'Pod', name: 'fuzz', namespace: 'fuzz' },
      reason: 'R',
      message: 'm',
      firstTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
      type: 'Normal',
    }),
    kube('POST', '/apis/apps/v1/namespaces/fuzz/deployments', {
      metadata: { name: 'fuzz' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'fuzz' } },
        template: {
          metadata: { labels: { app: 'fuzz' } },
          spec: { containers: [{ name: 'c', image: 'c:1' }] },
        },
      },
    }),
    kube('PUT', '/apis/apps/v1/namespaces/fuzz/deployments/fuzz/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'fuzz', namespace: 'fuzz' },
      spec: { replicas: 0 },
    }),
    kube('POST', '/apis/batch/v1/namespaces/fuzz/jobs', {
      metadata: { name: 'fuzz' },
      spec: {
        suspend: true,
        template: { spec: { containers: [{ name: 'c', image: 'c:1' }], restartPolicy: 'Never' } },
      },
    }),
    kube('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 't', audiences: ['a'] } }),
    kube('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'fuzz' } },
    }),
    kube('GET', '/apis/nothing.example/v1/things'),
  ];
}

function gitHubSamples(): SampleRequest[] {
  const repository = '/repos/octo/fuzz';
  const gitHub = (method: string, path: string, body?: unknown): SampleRequest => ({
    host: 'api.github.com',
    errorStyle: 'github',
    method,
    path,
    token: 'github',
    ...(body !== undefined && { body, contentType: 'application/json' }),
  });
  const on = (method: string, path: string, body?: unknown) => gitHub(method, repository + path, body);
  return [
    gitHub('GET', '/user'),
    gitHub('POST', '/graphql', { query: '{ viewer { login } }' }),
    on('GET', ''),
    on('PATCH', '', { has_issues: true }),
    on('GET', '/actions/oidc/customization/sub'),
    on('PUT', '/actions/oidc/customization/sub', {
      use_default: false,
      include_claim_keys: ['repo', 'context'],
    }),
    on('GET', '/actions/variables?per_page=2&page=1'),
    on('POST', '/actions/variables', { name: 'FUZZ', value: '1' }),
    on('PATCH', '/actions/variables/FUZZ', { name: 'FUZZ', value: '2' }),
    on('DELETE', '/actions/variables/FUZZ'),
    on('PUT', '/environments/fuzz', {
      wait_timer: 1,
      prevent_self_review: true,
      reviewers: [{ type: 'User', id: 1 }],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    }),
    on('GET', '/environments/fuzz'),
    on('POST', '/environments/fuzz/deployment-branch-policies', { name: 'main', type: 'branch' }),
    on('GET', '/environments/fuzz/deployment-branch-policies'),
    on('POST', '/environments/fuzz/variables', { name: 'FUZZ', value: '1' }),
    on('DELETE', '/environments/fuzz'),
    on('POST', '/deployments', { ref: 'main', environment: 'fuzz', payload: {} }),
    on('GET', '/deployments?environment=fuzz'),
    on('POST', '/issues', { title: 'fuzz', body: 'b', labels: ['fuzz'] }),
    on(
      'GET',
      '/issues?state=all&labels=fuzz&creator=octo&sort=updated&direction=asc&since=2026-01-01&per_page=1',
    ),
    on('PATCH', '/issues/1', { title: 'fuzz', state: 'closed', state_reason: 'completed', labels: ['fuzz'] }),
    on('POST', '/issues/1/comments', { body: 'c' }),
    on('GET', '/issues/1/comments?page=2'),
    on('POST', '/issues/1/labels', { labels: ['more'] }),
    on('GET', '/labels'),
    on('POST', '/labels', { name: 'other', color: 'ff0000' }),
  ];
}

function documentSamples({ ready, clusterHost }: AzureFixture): SampleRequest[] {
  const get = (host: string, errorStyle: ErrorStyle, path: string): SampleRequest => ({
    host,
    errorStyle,
    method: 'GET',
    path,
  });
  return [
    get('token.actions.githubusercontent.com', 'document', '/.well-known/openid-configuration'),
    get('token.actions.githubusercontent.com', 'document', '/.well-known/jwks'),
    get('run-actions.actions.githubusercontent.com', 'github', '/x//idtoken/y/z?api-version=2.0&audience=a'),
    get('eastus.oic.prod-aks.azure.com', 'document', `/${ready.tenantId}/${clusterHost}/openid/v1/jwks`),
  ];
}
