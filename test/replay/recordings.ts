import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { roleNamed } from '../../emulator/arm/authorization/role-definitions.ts';
import { packLayer } from '../../emulator/oci/layers.ts';
import type { ClientReply } from './emulator-client.ts';
import type { RecordingPlan, Replayer, ReplayStep, SkippedStep } from './replay.ts';

const unchanged: ReplayStep = {};

function skipped(reason: string): SkippedStep {
  return { skipped: reason };
}

const vaultPath = '/providers/Microsoft.KeyVault/vaults/{name}';
const clusterPath = '/providers/Microsoft.ContainerService/managedClusters/{name}';
const registryPath = '/providers/Microsoft.ContainerRegistry/registries/{name}';

// --- reasons

const noDeployments = 'ARM template deployments: only az 2.49 created vaults with them';
const noHsm = 'the emulator has no managed HSMs';
const noTasks = 'the emulator has no ACR tasks and runs of task files';
const noServicePrincipal =
  'a cluster with a service principal: az has not created them since 2022, and the emulator rejects them';
const unsigned = 'recorded before Resource Manager signed these addresses';
const scrubbed = 'the recorder put a GUID in place of "msi"';
const addedLater = 'AKS has added this member since the recording';
const noRolesAbove = 'the emulator has no roles above the subscription';
const noDescriptions = 'the source of the role definitions has no descriptions and dates';

/** Old URLs of operations do not have these. */
function unsignedAddress(header: string): Record<string, string> {
  return Object.fromEntries(['t', 'c', 's', 'h'].map(name => [`headers.${header}?${name}`, unsigned]));
}

function unsignedRequest(): Record<string, string> {
  return Object.fromEntries(['t', 'c', 's', 'h'].map(name => [`request?${name}`, unsigned]));
}

const operationsVersion = 'in 2025, operation URLs have this api-version';

const role = (at: string) => ({
  [`${at}.description`]: noDescriptions,
  [`${at}.createdOn`]: noDescriptions,
  [`${at}.updatedOn`]: noDescriptions,
});

const aboveSubscription = {
  'body.value[].properties.scope': noRolesAbove,
  'body.value[].id': noRolesAbove,
};

// --- states of an answer

const succeeded = ({ json }: ClientReply) => json?.properties?.provisioningState === 'Succeeded';
const operationIs = (status: string) => (answer: ClientReply) => answer.json?.status === status;
const runIs = (status: string) => (answer: ClientReply) => answer.json?.properties?.status === status;

function assertThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

// --- set-ups

/** From here on, the new identity receives roles. */
const bindPrincipal = ({ json }: ClientReply, { names }: Replayer) => {
  names.principalId = json.properties.principalId;
};

async function ready(replayer: Replayer, path: string, apiVersion: string): Promise<ClientReply> {
  return replayer.client.pollUntil(
    () => replayer.client.send({ method: 'GET', url: replayer.group(path, apiVersion) }),
    succeeded,
  );
}

/** The access policy allows the user everything. */
async function createVault(
  replayer: Replayer,
  properties: Readonly<Record<string, unknown>> = {},
  apiVersion = '2021-10-01',
): Promise<void> {
  const { client, names } = replayer;
  const all = { keys: ['all'], secrets: ['all'], certificates: ['all'], storage: ['all'] };
  await client.prepare('PUT', replayer.group(vaultPath, apiVersion), {
    location: names.location,
    properties: {
      tenantId: names.tenant,
      sku: { family: 'A', name: 'standard' },
      accessPolicies: [{ tenantId: names.tenant, objectId: client.userId, permissions: all }],
      ...properties,
    },
  });
  await ready(replayer, vaultPath, apiVersion);
}

async function createCluster(replayer: Replayer): Promise<void> {
  const { client, names } = replayer;
  await client.prepare('PUT', replayer.group(clusterPath, '2025-07-01'), {
    location: names.location,
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: names.dnsPrefix,
      agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 1 }],
    },
  });
  await ready(replayer, clusterPath, '2025-07-01');
}

function secretUrl({ names }: Replayer, path: string): string {
  return `https://${names.vault}.vault.azure.net/${path}?api-version=7.0`;
}

async function deleteSecret(replayer: Replayer, name: string): Promise<void> {
  await replayer.client.prepare('DELETE', secretUrl(replayer, `secrets/${name}`));
  await secretDeleted(replayer, name);
}

function secretDeleted(replayer: Replayer, name: string): Promise<ClientReply> {
  const url = secretUrl(replayer, `deletedsecrets/${name}`);
  return replayer.client.pollUntil(
    () => replayer.client.send({ method: 'GET', url }),
    ({ status }) => status === 200,
  );
}

/** Like az. @returns `sourceLocation` */
async function uploadContext(replayer: Replayer, dockerfile: string): Promise<string> {
  const { client } = replayer;
  const asked = await client.prepare(
    'POST',
    replayer.group(`${registryPath}/listBuildSourceUploadUrl`, '2025-03-01-preview'),
  );
  const content = Buffer.from(dockerfile);
  const file = { type: 'File' as const, mode: 0o644, uid: 0, gid: 0, content };
  const reply = await client.network.fetch(asked.json.uploadUrl, {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob' },
    body: gzipSync(packLayer(new Map([['Dockerfile', file]]))),
  });
  await reply.arrayBuffer();
  return asked.json.relativePath;
}

/** Without the recorded request. */
async function build(replayer: Replayer, dockerfile: string): Promise<void> {
  const url = replayer.group(`${registryPath}/scheduleRun`, '2025-03-01-preview');
  await replayer.client.prepare('POST', url, {
    type: 'DockerBuildRequest',
    imageNames: ['myimage:tag'],
    isPushEnabled: true,
    sourceLocation: await uploadContext(replayer, dockerfile),
    dockerFilePath: 'Dockerfile',
    credentials: { sourceRegistry: { identity: '[caller]' } },
    platform: { os: 'linux', architecture: 'amd64' },
  });
}

const goodDockerfile = 'FROM scratch\nLABEL recorded=yes\n';
const badDockerfile = 'FROM scratch\nCOPY nothing /\n';

function seeKubeconfig({ json }: ClientReply, { names }: Replayer): void {
  const text = Buffer.from(json.kubeconfigs[0].value, 'base64').toString();
  const { apiVersion, kind, clusters, users, contexts, ...further } = parse(text);
  assertThat(apiVersion === 'v1' && kind === 'Config', 'The answer is not a kubeconfig.');
  assertThat(clusters[0].name === names.name, `The cluster is called ${clusters[0].name}.`);
  assertThat(/^https:\/\/[\w.-]+:443$/.test(clusters[0].cluster.server), clusters[0].cluster.server);
  assertThat(
    typeof clusters[0].cluster['certificate-authority-data'] === 'string',
    'The kubeconfig has no CA.',
  );
  assertThat(
    users[0].name === `clusterUser_${names.rg}_${names.name}`,
    `The user is called ${users[0].name}.`,
  );
  const context = { cluster: names.name, user: users[0].name };
  assertThat(isDeepStrictEqual(contexts, [{ context, name: names.name }]), JSON.stringify(contexts));
  assertThat(
    further['current-context'] === names.name,
    `The current context is "${further['current-context']}".`,
  );
}

/** Name and region of a job, in Base64. */
function seeDeletionJob({ headers }: ClientReply, { names }: Replayer): void {
  const id = /operationresults\/([\w-]+)\?/.exec(headers.get('location') ?? '')?.[1] ?? '';
  const { jobId, jobLocation } = JSON.parse(Buffer.from(id, 'base64').toString());
  assertThat(jobLocation === names.location, `The job runs in ${jobLocation}.`);
  assertThat(/^RESOURCEGROUPDELETIONJOB-[A-Z\d:]+-EASTUS$/.test(jobId), `The job is called ${jobId}.`);
}

// --- recordings of clusters

/** AKS returns these in 2025 and did not in 2023. */
const since2023 = {
  'body.kind': addedLater,
  'body.properties.autoUpgradeProfile': addedLater,
  'body.properties.resourceUID': addedLater,
  'body.properties.metricsProfile': addedLater,
  'body.properties.nodeProvisioningProfile': addedLater,
  'body.properties.bootstrapProfile': addedLater,
  'body.properties.networkProfile.loadBalancerProfile.backendPoolType': addedLater,
  'body.properties.agentPoolProfiles[].scaleDownMode': addedLater,
  'body.properties.agentPoolProfiles[].securityProfile': addedLater,
  'body.properties.agentPoolProfiles[].upgradeSettings.maxSurge': addedLater,
  'body.properties.agentPoolProfiles[].upgradeSettings.maxUnavailable': addedLater,
  'body.properties.servicePrincipalProfile.clientId': scrubbed,
};

const since2023Operations = {
  ...unsignedAddress('azure-asyncoperation'),
  'headers.azure-asyncoperation?api-version': operationsVersion,
};

const polled2023 = { ...unsignedRequest(), 'request?api-version': operationsVersion };

/** Before 2025, the SKU begins with a capital after the creation. */
const capitalSku = {
  'body.properties.networkProfile.loadBalancerSku': 'spelled standard throughout since 2025',
};

/** The recorded clusters are older than Kubernetes 1.34. */
const issuerByDefault = {
  'body.properties.oidcIssuerProfile.issuerURL': 'clusters have an issuer by default since Kubernetes 1.34',
};

const leftTheStage = 'in 2025, the status is the current stage';

// --- other differences

/** Key Vault has changed the challenge since 2022. */
const newerChallenge = {
  'headers.www-authenticate': 'login.microsoftonline.com in newer captures',
  'body.error.message': 'newer captures list a third type of token',
};

/** The recorded user has more data. */
const profile = Object.fromEntries(
  ['businessPhones[]', 'givenName', 'jobTitle', 'mail', 'officeLocation', 'surname'].map(member => [
    `body.value[].${member}`,
    'the recorded user has more profile data',
  ]),
);

// --- recordings

/** One step for each exchange. */
export const recordingPlans: Readonly<Record<string, RecordingPlan>> = {
  test_identity_management: {
    tags: { product: 'azurecli', cause: 'automation', date: '2023-02-07T16:44:07Z' },
    steps: [
      skipped('the list of a provider’s operations: the chain does not use it'),
      unchanged,
      unchanged,
      skipped('listAssociatedResources: a preview that only az identity list-resources uses'),
      unchanged,
      unchanged,
    ],
  },
  test_revoke_token: {
    steps: [unchanged, skipped('revokeTokens: a preview that the chain does not use')],
  },
  test_role_assignment_no_graph: {
    steps: [
      { after: bindPrincipal },
      unchanged,
      unchanged,
      { differs: aboveSubscription },
      unchanged,
      unchanged,
    ],
  },
  test_role_assignment_handle_conflicted_assignments: {
    tags: { product: 'azurecli' },
    steps: [
      skipped('the emulator has one user and cannot create others'),
      unchanged,
      unchanged,
      { differs: role('body.value[].properties') },
      unchanged,
      { differs: aboveSubscription },
      skipped('a custom role: the emulator has only built-in roles'),
      unchanged,
      unchanged,
      skipped('the emulator cannot delete users'),
    ],
  },
  test_aks_create_default_service: {
    steps: [
      skipped(noServicePrincipal),
      skipped(noServicePrincipal),
      skipped(noServicePrincipal),
      skipped(noServicePrincipal),
      { before: createCluster, after: seeKubeconfig },
      skipped(noServicePrincipal),
      {
        before: replayer => ready(replayer, clusterPath, '2025-07-01'),
        differs: {
          ...since2023Operations,
          ...unsignedAddress('location'),
          'headers.location?api-version': operationsVersion,
        },
      },
    ],
  },
  test_aks_create_again_should_fail: {
    differs: { ...since2023, ...issuerByDefault, ...capitalSku },
    steps: [
      unchanged,
      { differs: since2023Operations },
      { follow: 'azure-asyncoperation', differs: { ...polled2023, 'body.status': leftTheStage } },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded'), differs: polled2023 },
      unchanged,
      unchanged,
      {
        differs: {
          ...since2023Operations,
          ...unsignedAddress('location'),
          'headers.location?api-version': operationsVersion,
        },
      },
    ],
  },
  test_aks_create_no_ssh_key: {
    differs: { 'body.properties.servicePrincipalProfile.clientId': scrubbed, ...issuerByDefault },
    steps: [
      unchanged,
      { body: () => ({ vmSize: '' }) },
      {
        follow: 'azure-asyncoperation',
        after: ({ json }, { names }) => {
          names.operation = json.name;
        },
      },
      { follow: 'azure-asyncoperation', until: operationIs('ReconcilingDNS') },
      { follow: 'azure-asyncoperation', until: operationIs('ReconcilingAddons') },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded') },
      unchanged,
      unchanged,
    ],
  },
  test_aks_create_with_workload_identity_enabled: {
    differs: { ...since2023, ...capitalSku },
    steps: [
      {
        differs: since2023Operations,
        after: ({ json }, { names }) => {
          names.issuer = json.properties.oidcIssuerProfile.issuerURL;
        },
      },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded'), differs: polled2023 },
      {
        after: ({ json }, { names }) =>
          assertThat(json.properties.oidcIssuerProfile.issuerURL === names.issuer, 'The issuer has changed.'),
      },
    ],
  },
  test_aks_update_with_workload_identity: {
    differs: { ...since2023, ...capitalSku },
    steps: [
      { differs: since2023Operations },
      {
        before: replayer => ready(replayer, clusterPath, '2025-07-01'),
        differs: since2023Operations,
      },
      { follow: 'azure-asyncoperation', differs: polled2023 },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded'), differs: polled2023 },
    ],
  },
  test_keyvault_creation: {
    steps: [
      unchanged,
      skipped(noDeployments),
      skipped(noDeployments),
      skipped(noDeployments),
      skipped(noDeployments),
      {
        before: replayer =>
          createVault(replayer, {
            sku: { family: 'A', name: 'premium' },
            accessPolicies: [],
            enabledForDeployment: true,
            enabledForDiskEncryption: true,
            enabledForTemplateDeployment: true,
          }),
      },
      unchanged,
      unchanged,
      unchanged,
      { differs: unsignedAddress('location') },
      { follow: 'location', differs: { ...unsignedRequest(), ...unsignedAddress('location') } },
      { follow: 'location', until: operationIs('Succeeded'), differs: unsignedRequest() },
    ],
  },
  test_keyvault_mgmt: {
    steps: [
      unchanged,
      unchanged,
      unchanged,
      { until: succeeded },
      unchanged,
      { follow: 'nextLink' },
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      {
        after: ({ json }) => {
          const { deletionDate, scheduledPurgeDate } = json.properties;
          const days = (Date.parse(scheduledPurgeDate) - Date.parse(deletionDate)) / 86_400_000;
          assertThat(days === 90, `Purged after ${days} days instead of 90.`);
        },
      },
    ],
  },
  test_keyvault_list_deleted: {
    steps: [
      unchanged,
      skipped(noHsm),
      {
        before: async replayer => {
          const { client } = replayer;
          await client.prepare('DELETE', replayer.group(vaultPath, '2021-10-01'));
          const deleted =
            '/subscriptions/{sub}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults';
          const purged = await client.prepare('POST', replayer.arm(`${deleted}/{name}/purge`, '2021-10-01'));
          replayer.remember(purged);
        },
        follow: 'location',
        until: operationIs('Succeeded'),
        differs: unsignedRequest(),
      },
      skipped(noHsm),
      skipped(noHsm),
      skipped(noHsm),
      skipped(noHsm),
    ],
  },
  test_keyvault_softdelete: {
    steps: [
      { before: replayer => createVault(replayer, { softDeleteRetentionInDays: 7 }) },
      { before: replayer => replayer.client.prepare('DELETE', replayer.group(vaultPath, '2021-10-01')) },
      unchanged,
      unchanged,
      { differs: unsignedAddress('location') },
      { follow: 'location', until: operationIs('Succeeded'), differs: unsignedRequest() },
    ],
  },
  test_keyvault_secret: {
    steps: [
      { before: replayer => createVault(replayer, { softDeleteRetentionInDays: 7 }) },
      {
        before: async ({ names }) => {
          names.name = 'secret1';
        },
        differs: newerChallenge,
      },
      {
        after: ({ json }, { names }) => {
          names.version = json.id.split('/').at(-1);
        },
      },
      unchanged,
      {
        before: replayer =>
          replayer.client.prepare('PUT', secretUrl(replayer, 'secrets/secret2'), {
            value: 'second',
            tags: { 'file-encoding': 'utf-8' },
          }),
      },
      { follow: 'nextLink', differs: newerChallenge },
      {
        follow: 'nextLink',
        before: async replayer => {
          replayer.names.name = 'secret2';
        },
        after: (_, { names }) => {
          names.name = 'secret1';
        },
      },
      unchanged,
      {
        before: replayer =>
          replayer.client.prepare('PUT', secretUrl(replayer, 'secrets/secret1'), {
            value: 'third',
            contentType: 'text/plain',
            tags: { test: 'yes' },
          }),
      },
      unchanged,
      unchanged,
      {
        before: async ({ names }) => {
          names['32 hex'] = names.version!;
        },
        after: (_, { names }) => {
          delete names['32 hex'];
        },
      },
      unchanged,
      {
        after: ({ json }, { names }) => {
          names.backup = json.value;
        },
      },
      unchanged,
      { before: replayer => secretDeleted(replayer, 'secret1') },
      { before: replayer => deleteSecret(replayer, 'secret2') },
      { body: ({ names }) => ({ value: names.backup }) },
    ],
  },
  test_acr_create_with_managed_registry: {
    steps: [
      { differs: unsignedAddress('azure-asyncoperation') },
      {
        follow: 'azure-asyncoperation',
        until: operationIs('Succeeded'),
        differs: { ...unsignedRequest(), ...unsignedAddress('azure-asyncoperation') },
      },
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      {
        // The recorded registry has no tags.
        before: replayer =>
          replayer.client.prepare('PATCH', replayer.group(registryPath, '2021-08-01-preview'), { tags: {} }),
      },
    ],
  },
  test_acr_create_normal: {
    steps: [
      unchanged,
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded') },
      {
        before: replayer =>
          replayer.client.prepare('PATCH', replayer.group(registryPath, '2025-03-01-preview'), {
            sku: { name: 'Premium' },
            properties: { roleAssignmentMode: 'AbacRepositoryPermissions' },
          }),
        differs: {
          'body.properties.networkRuleSet.virtualNetworkRules':
            'returned for registries created as Premium; the emulator returns it for all Premium registries',
        },
      },
      unchanged,
    ],
  },
  test_acr_task: {
    steps: [skipped(noTasks), skipped(noTasks), skipped(noTasks), skipped(noTasks), skipped(noTasks)],
  },
  test_acr_abac_run: {
    steps: [
      unchanged,
      skipped(noTasks),
      {
        before: async replayer => {
          replayer.names.runId = 'cf1';
          await build(replayer, badDockerfile);
        },
      },
      { until: runIs('Failed') },
      unchanged,
    ],
  },
  test_acr_abac_build: {
    steps: [
      unchanged,
      unchanged,
      unchanged,
      {
        before: async replayer => {
          replayer.names.context = await uploadContext(replayer, goodDockerfile);
        },
        // Recorded: a git URL. The emulator needs an upload.
        body: ({ names }) => ({ sourceLocation: names.context }),
      },
      unchanged,
      { until: runIs('Failed') },
      unchanged,
      { differs: profile },
      { differs: role('body.value[].properties') },
      {
        before: async ({ names }) => {
          names.role = roleNamed('Container Registry Repository Contributor').id;
        },
      },
      { before: replayer => build(replayer, goodDockerfile), until: runIs('Succeeded') },
      unchanged,
    ],
  },
  test_acr_login_expose_token: {
    steps: [
      unchanged,
      unchanged,
      {
        before: async ({ client, names }) => {
          names['access token'] = await client.token('https://containerregistry.azure.net');
        },
      },
    ],
  },
  test_check_name_availability: { steps: [unchanged] },
  test_federated_identity_credential: {
    steps: [
      unchanged,
      credential('svcaccount1'),
      credential('svcaccount2'),
      unchanged,
      unchanged,
      credential('svcaccount3'),
      unchanged,
      unchanged,
      unchanged,
      unchanged,
    ],
  },
  test_role_assignment_create_update: {
    steps: [
      {
        body: () => ({
          condition:
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:Name] stringEquals 'foo'",
        }),
      },
    ],
  },
  test_resource_group: {
    steps: [
      { differs: unsignedAddress('location'), after: seeDeletionJob },
      { follow: 'location', differs: { ...unsignedRequest(), ...unsignedAddress('location') } },
      { follow: 'location', until: ({ status }) => status !== 202, differs: unsignedRequest() },
      unchanged,
      { body: () => ({ 'tags.a': 'b' }) },
      unchanged,
      unchanged,
      unchanged,
      unchanged,
      skipped('exportTemplate: the chain does not use it'),
    ],
  },
};

function credential(serviceAccount: string): ReplayStep {
  return {
    body: () => ({
      issuer: 'https://oidc.prod-aks.azure.com/recorded',
      subject: `system:serviceaccount:ns:${serviceAccount}`,
    }),
  };
}
