import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { roleNamed } from '../../emulator/arm/authorization/role-definitions.ts';
import { packLayer } from '../../emulator/oci/layers.ts';
import type { Answer } from './emulator-client.ts';
import type { LeftOut, Replayed, Scene, Story } from './replay.ts';

/** Replayed as it stands: the exchanges before it leave the right state behind. */
const asItStands: Replayed = {};

function leftOut(reason: string): LeftOut {
  return { leftOut: reason };
}

const vaultPath = '/providers/Microsoft.KeyVault/vaults/{name}';
const clusterPath = '/providers/Microsoft.ContainerService/managedClusters/{name}';
const registryPath = '/providers/Microsoft.ContainerRegistry/registries/{name}';

// --- reasons that come up more than once

const noDeployments =
  'ARM template deployments: az made vaults through them in 2.49 only; it PUTs them directly since';
const noHsm = 'managed HSMs are not emulated';
const noTasks = 'ACR tasks and runs of task files are not emulated: the chain builds images only';
const noServicePrincipal =
  'a cluster with a service principal of its own: refused here, az has not made them since 2022';
const unsigned = 'recorded before Resource Manager signed these addresses';
const scrubbed = 'the recorder put a GUID in place of "msi"';
const addedLater = 'AKS has added this member since the recording';
const noRolesAbove = 'nobody has a role above the subscription here';
const noDescriptions = 'the definitions that the roles were taken from come without descriptions and dates';

/** What old addresses of operations lack. */
function unsignedAddress(header: string): Record<string, string> {
  return Object.fromEntries(['t', 'c', 's', 'h'].map(name => [`headers.${header}?${name}`, unsigned]));
}

function unsignedRequest(): Record<string, string> {
  return Object.fromEntries(['t', 'c', 's', 'h'].map(name => [`request?${name}`, unsigned]));
}

const operationsVersion = 'in 2025 the addresses of operations have this api-version';

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

const succeeded = ({ json }: Answer) => json?.properties?.provisioningState === 'Succeeded';
const operationIs = (status: string) => (answer: Answer) => answer.json?.status === status;
const runIs = (status: string) => (answer: Answer) => answer.json?.properties?.status === status;

function see(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

// --- set-ups

/** From here on, the identity that was just made is who gets roles. */
const bindPrincipal = ({ json }: Answer, { names }: Scene) => {
  names.principalId = json.properties.principalId;
};

async function ready(scene: Scene, path: string, apiVersion: string): Promise<Answer> {
  return scene.lab.until(
    () => scene.lab.send({ method: 'GET', url: scene.group(path, apiVersion) }),
    succeeded,
  );
}

/** A vault that lets the user do everything, by access policy. */
async function makeVault(
  scene: Scene,
  properties: Readonly<Record<string, unknown>> = {},
  apiVersion = '2021-10-01',
): Promise<void> {
  const { lab, names } = scene;
  const all = { keys: ['all'], secrets: ['all'], certificates: ['all'], storage: ['all'] };
  await lab.arrange('PUT', scene.group(vaultPath, apiVersion), {
    location: names.location,
    properties: {
      tenantId: names.tenant,
      sku: { family: 'A', name: 'standard' },
      accessPolicies: [{ tenantId: names.tenant, objectId: lab.userId, permissions: all }],
      ...properties,
    },
  });
  await ready(scene, vaultPath, apiVersion);
}

async function makeCluster(scene: Scene): Promise<void> {
  const { lab, names } = scene;
  await lab.arrange('PUT', scene.group(clusterPath, '2025-07-01'), {
    location: names.location,
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: names.dnsPrefix,
      agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 1 }],
    },
  });
  await ready(scene, clusterPath, '2025-07-01');
}

function secretUrl({ names }: Scene, path: string): string {
  return `https://${names.vault}.vault.azure.net/${path}?api-version=7.0`;
}

/** Deletes a secret and waits until that is done; a vault takes a moment for it. */
async function deleteSecret(scene: Scene, name: string): Promise<void> {
  await scene.lab.arrange('DELETE', secretUrl(scene, `secrets/${name}`));
  await secretDeleted(scene, name);
}

function secretDeleted(scene: Scene, name: string): Promise<Answer> {
  const url = secretUrl(scene, `deletedsecrets/${name}`);
  return scene.lab.until(
    () => scene.lab.send({ method: 'GET', url }),
    ({ status }) => status === 200,
  );
}

/** Uploads a build context, as az does. @returns where it is, for `sourceLocation` */
async function uploadContext(scene: Scene, dockerfile: string): Promise<string> {
  const { lab } = scene;
  const asked = await lab.arrange(
    'POST',
    scene.group(`${registryPath}/listBuildSourceUploadUrl`, '2025-03-01-preview'),
  );
  const content = Buffer.from(dockerfile);
  const file = { type: 'File' as const, mode: 0o644, uid: 0, gid: 0, content };
  const reply = await lab.network.fetch(asked.json.uploadUrl, {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob' },
    body: gzipSync(packLayer(new Map([['Dockerfile', file]]))),
  });
  await reply.arrayBuffer();
  return asked.json.relativePath;
}

/** Starts a build without the recorded request. */
async function build(scene: Scene, dockerfile: string): Promise<void> {
  const url = scene.group(`${registryPath}/scheduleRun`, '2025-03-01-preview');
  await scene.lab.arrange('POST', url, {
    type: 'DockerBuildRequest',
    imageNames: ['myimage:tag'],
    isPushEnabled: true,
    sourceLocation: await uploadContext(scene, dockerfile),
    dockerFilePath: 'Dockerfile',
    credentials: { sourceRegistry: { identity: '[caller]' } },
    platform: { os: 'linux', architecture: 'amd64' },
  });
}

const goodDockerfile = 'FROM scratch\nLABEL recorded=yes\n';
const badDockerfile = 'FROM scratch\nCOPY nothing /\n';

/** The kubeconfig is as recorded: names, server, and who it is for. */
function seeKubeconfig({ json }: Answer, { names }: Scene): void {
  const text = Buffer.from(json.kubeconfigs[0].value, 'base64').toString();
  const { apiVersion, kind, clusters, users, contexts, ...further } = parse(text);
  see(apiVersion === 'v1' && kind === 'Config', 'No kubeconfig.');
  see(clusters[0].name === names.name, `The cluster is called ${clusters[0].name}.`);
  see(/^https:\/\/[\w.-]+:443$/.test(clusters[0].cluster.server), clusters[0].cluster.server);
  see(typeof clusters[0].cluster['certificate-authority-data'] === 'string', 'No CA.');
  see(users[0].name === `clusterUser_${names.rg}_${names.name}`, `The user is called ${users[0].name}.`);
  const context = { cluster: names.name, user: users[0].name };
  see(isDeepStrictEqual(contexts, [{ context, name: names.name }]), JSON.stringify(contexts));
  see(further['current-context'] === names.name, `In use is ${further['current-context']}.`);
}

/** The address of a group's deletion is the name of a job, in Base64: which, and where it runs. */
function seeDeletionJob({ headers }: Answer, { names }: Scene): void {
  const id = /operationresults\/([\w-]+)\?/.exec(headers.get('location') ?? '')?.[1] ?? '';
  const { jobId, jobLocation } = JSON.parse(Buffer.from(id, 'base64').toString());
  see(jobLocation === names.location, `The job runs in ${jobLocation}.`);
  see(/^RESOURCEGROUPDELETIONJOB-[A-Z\d:]+-EASTUS$/.test(jobId), `The job is called ${jobId}.`);
}

// --- recordings of clusters

/** What AKS shows in 2025 and did not in 2023. */
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

/** A balancer's SKU was spelled with a capital once the cluster was there; in 2025 it is not. */
const capitalSku = {
  'body.properties.networkProfile.loadBalancerSku': 'spelled standard throughout since 2025',
};

/** Issuers are on without being asked for since Kubernetes 1.34; the recorded clusters are older. */
const issuerByDefault = {
  'body.properties.oidcIssuerProfile.issuerURL': 'clusters have an issuer by default since Kubernetes 1.34',
};

const leftTheStage = 'in 2025 the status says what is just being done';

// --- other differences

/** The words and the address of the challenge, which Key Vault has changed since 2022. */
const newerChallenge = {
  'headers.www-authenticate': 'login.microsoftonline.com in newer captures',
  'body.error.message': 'newer captures name a third kind of token',
};

/** The recorded user has a fuller profile than the emulator's. */
const profile = Object.fromEntries(
  ['businessPhones[]', 'givenName', 'jobTitle', 'mail', 'officeLocation', 'surname'].map(member => [
    `body.value[].${member}`,
    'the recorded user has told more of themselves',
  ]),
);

// --- every recording, its exchanges in their order

/** How each recording is replayed: one entry for each of its exchanges. */
export const stories: Readonly<Record<string, Story>> = {
  test_identity_management: {
    tags: { product: 'azurecli', cause: 'automation', date: '2023-02-07T16:44:07Z' },
    steps: [
      leftOut('the list of a provider’s operations: nothing in the chain asks for it'),
      asItStands,
      asItStands,
      leftOut('listAssociatedResources: a preview that az identity list-resources alone asks for'),
      asItStands,
      asItStands,
    ],
  },
  test_revoke_token: {
    steps: [asItStands, leftOut('revokeTokens: a preview that nothing in the chain asks for')],
  },
  test_role_assignment_no_graph: {
    steps: [
      { after: bindPrincipal },
      asItStands,
      asItStands,
      { differs: aboveSubscription },
      asItStands,
      asItStands,
    ],
  },
  test_role_assignment_handle_conflicted_assignments: {
    tags: { product: 'azurecli' },
    steps: [
      leftOut('Graph does not make users here: there is one, from the start'),
      asItStands,
      asItStands,
      { differs: role('body.value[].properties') },
      asItStands,
      { differs: aboveSubscription },
      leftOut('shows a custom role; there are built-in ones only'),
      asItStands,
      asItStands,
      leftOut('Graph does not delete users here'),
    ],
  },
  test_aks_create_default_service: {
    steps: [
      leftOut(noServicePrincipal),
      leftOut(noServicePrincipal),
      leftOut(noServicePrincipal),
      leftOut(noServicePrincipal),
      { before: makeCluster, after: seeKubeconfig },
      leftOut(noServicePrincipal),
      {
        before: scene => ready(scene, clusterPath, '2025-07-01'),
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
      asItStands,
      { differs: since2023Operations },
      { follow: 'azure-asyncoperation', differs: { ...polled2023, 'body.status': leftTheStage } },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded'), differs: polled2023 },
      asItStands,
      asItStands,
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
      asItStands,
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
      asItStands,
      asItStands,
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
          see(json.properties.oidcIssuerProfile.issuerURL === names.issuer, 'The issuer has changed.'),
      },
    ],
  },
  test_aks_update_with_workload_identity: {
    differs: { ...since2023, ...capitalSku },
    steps: [
      { differs: since2023Operations },
      {
        before: scene => ready(scene, clusterPath, '2025-07-01'),
        differs: since2023Operations,
      },
      { follow: 'azure-asyncoperation', differs: polled2023 },
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded'), differs: polled2023 },
    ],
  },
  test_keyvault_creation: {
    steps: [
      asItStands,
      leftOut(noDeployments),
      leftOut(noDeployments),
      leftOut(noDeployments),
      leftOut(noDeployments),
      {
        before: scene =>
          makeVault(scene, {
            sku: { family: 'A', name: 'premium' },
            accessPolicies: [],
            enabledForDeployment: true,
            enabledForDiskEncryption: true,
            enabledForTemplateDeployment: true,
          }),
      },
      asItStands,
      asItStands,
      asItStands,
      { differs: unsignedAddress('location') },
      { follow: 'location', differs: { ...unsignedRequest(), ...unsignedAddress('location') } },
      { follow: 'location', until: operationIs('Succeeded'), differs: unsignedRequest() },
    ],
  },
  test_keyvault_mgmt: {
    steps: [
      asItStands,
      asItStands,
      asItStands,
      { until: succeeded },
      asItStands,
      { follow: 'nextLink' },
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      {
        after: ({ json }) => {
          const { deletionDate, scheduledPurgeDate } = json.properties;
          const days = (Date.parse(scheduledPurgeDate) - Date.parse(deletionDate)) / 86_400_000;
          see(days === 90, `Purged after ${days} days instead of 90.`);
        },
      },
    ],
  },
  test_keyvault_list_deleted: {
    steps: [
      asItStands,
      leftOut(noHsm),
      {
        before: async scene => {
          const { lab } = scene;
          await lab.arrange('DELETE', scene.group(vaultPath, '2021-10-01'));
          const deleted =
            '/subscriptions/{sub}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults';
          const purged = await lab.arrange('POST', scene.arm(`${deleted}/{name}/purge`, '2021-10-01'));
          scene.remember(purged);
        },
        follow: 'location',
        until: operationIs('Succeeded'),
        differs: unsignedRequest(),
      },
      leftOut(noHsm),
      leftOut(noHsm),
      leftOut(noHsm),
      leftOut(noHsm),
    ],
  },
  test_keyvault_softdelete: {
    steps: [
      { before: scene => makeVault(scene, { softDeleteRetentionInDays: 7 }) },
      { before: scene => scene.lab.arrange('DELETE', scene.group(vaultPath, '2021-10-01')) },
      asItStands,
      asItStands,
      { differs: unsignedAddress('location') },
      { follow: 'location', until: operationIs('Succeeded'), differs: unsignedRequest() },
    ],
  },
  test_keyvault_secret: {
    steps: [
      { before: scene => makeVault(scene, { softDeleteRetentionInDays: 7 }) },
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
      asItStands,
      {
        before: scene =>
          scene.lab.arrange('PUT', secretUrl(scene, 'secrets/secret2'), {
            value: 'second',
            tags: { 'file-encoding': 'utf-8' },
          }),
      },
      { follow: 'nextLink', differs: newerChallenge },
      {
        follow: 'nextLink',
        before: async scene => {
          scene.names.name = 'secret2';
        },
        after: (_, { names }) => {
          names.name = 'secret1';
        },
      },
      asItStands,
      {
        before: scene =>
          scene.lab.arrange('PUT', secretUrl(scene, 'secrets/secret1'), {
            value: 'third',
            contentType: 'text/plain',
            tags: { test: 'yes' },
          }),
      },
      asItStands,
      asItStands,
      {
        before: async ({ names }) => {
          names['32 hex'] = names.version!;
        },
        after: (_, { names }) => {
          delete names['32 hex'];
        },
      },
      asItStands,
      {
        after: ({ json }, { names }) => {
          names.backup = json.value;
        },
      },
      asItStands,
      { before: scene => secretDeleted(scene, 'secret1') },
      { before: scene => deleteSecret(scene, 'secret2') },
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
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      {
        // The recorded registry has no tags: it is another one of that subscription.
        before: scene =>
          scene.lab.arrange('PATCH', scene.group(registryPath, '2021-08-01-preview'), { tags: {} }),
      },
    ],
  },
  test_acr_create_normal: {
    steps: [
      asItStands,
      { follow: 'azure-asyncoperation', until: operationIs('Succeeded') },
      {
        before: scene =>
          scene.lab.arrange('PATCH', scene.group(registryPath, '2025-03-01-preview'), {
            sku: { name: 'Premium' },
            properties: { roleAssignmentMode: 'AbacRepositoryPermissions' },
          }),
        differs: {
          'body.properties.networkRuleSet.virtualNetworkRules':
            'shown for registries that began as Premium; here, for every one that is',
        },
      },
      asItStands,
    ],
  },
  test_acr_task: {
    steps: [leftOut(noTasks), leftOut(noTasks), leftOut(noTasks), leftOut(noTasks), leftOut(noTasks)],
  },
  test_acr_abac_run: {
    steps: [
      asItStands,
      leftOut(noTasks),
      {
        before: async scene => {
          scene.names.runId = 'cf1';
          await build(scene, badDockerfile);
        },
      },
      { until: runIs('Failed') },
      asItStands,
    ],
  },
  test_acr_abac_build: {
    steps: [
      asItStands,
      asItStands,
      asItStands,
      {
        before: async scene => {
          scene.names.context = await uploadContext(scene, goodDockerfile);
        },
        // The recorded context is a git address; here a context must have been uploaded.
        body: ({ names }) => ({ sourceLocation: names.context }),
      },
      asItStands,
      { until: runIs('Failed') },
      asItStands,
      { differs: profile },
      { differs: role('body.value[].properties') },
      {
        before: async ({ names }) => {
          names.role = roleNamed('Container Registry Repository Contributor').id;
        },
      },
      { before: scene => build(scene, goodDockerfile), until: runIs('Succeeded') },
      asItStands,
    ],
  },
  test_acr_login_expose_token: {
    steps: [
      asItStands,
      asItStands,
      {
        before: async ({ lab, names }) => {
          names['access token'] = await lab.token('https://containerregistry.azure.net');
        },
      },
    ],
  },
  test_check_name_availability: { steps: [asItStands] },
  test_federated_identity_credential: {
    steps: [
      asItStands,
      credential('svcaccount1'),
      credential('svcaccount2'),
      asItStands,
      asItStands,
      credential('svcaccount3'),
      asItStands,
      asItStands,
      asItStands,
      asItStands,
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
      asItStands,
      { body: () => ({ 'tags.a': 'b' }) },
      asItStands,
      asItStands,
      asItStands,
      asItStands,
      leftOut('exportTemplate: nothing in the chain asks for it'),
    ],
  },
};

/** A federated credential for a service account of the recorded cluster. */
function credential(serviceAccount: string): Replayed {
  return {
    body: () => ({
      issuer: 'https://oidc.prod-aks.azure.com/recorded',
      subject: `system:serviceaccount:ns:${serviceAccount}`,
    }),
  };
}
