import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { parse } from 'yaml';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-containerservice

const lab = readLab();
const { managedClusters } = new ContainerServiceClient(credential, subscriptionId);
const here = [lab.resourceGroup, lab.cluster] as const;
const other = [lab.resourceGroup, 'sdk-clients-2'] as const;

test('reads and lists a cluster', async () => {
  const cluster = await callAndCheck(models.containerService, 'ManagedCluster', options =>
    managedClusters.get(...here, options),
  );
  assert.equal(cluster.oidcIssuerProfile?.issuerURL, lab.issuer);
  assert.equal(cluster.powerState?.code, 'Running');
  assert.equal(cluster.agentPoolProfiles?.[0]?.count, 1);

  const listed = await listAndCheck(models.containerService, 'ManagedCluster', managedClusters.list());
  assert.deepEqual(
    listed.map(({ id }) => id),
    [cluster.id],
  );
  const inGroup = managedClusters.listByResourceGroup(lab.resourceGroup);
  assert.equal((await listAndCheck(models.containerService, 'ManagedCluster', inGroup)).length, 1);
});

test('returns kubeconfigs as credentials', async () => {
  for (const [name, ask] of [
    ['clusterUser', managedClusters.listClusterUserCredentials],
    ['clusterAdmin', managedClusters.listClusterAdminCredentials],
  ] as const) {
    const { kubeconfigs } = await callAndCheck(models.containerService, 'CredentialResults', options =>
      ask(...here, options),
    );
    assert.equal(kubeconfigs?.[0]?.name, name);
    const { clusters } = parse(Buffer.from(kubeconfigs[0].value!).toString());
    assert.match(clusters[0].cluster.server, /^https:\/\/.*\.hcp\.eastus\.azmk8s\.io:443$/);
  }
});

test('lists Kubernetes versions', async () => {
  const { values } = await callAndCheck(models.containerService, 'KubernetesVersionListResult', options =>
    managedClusters.listKubernetesVersions(lab.location, options),
  );
  assert.ok(values?.some(({ isDefault }) => isDefault));
});

test('creates, updates, and deletes a cluster, which rejects other operations while busy', async () => {
  const asked = {
    location: lab.location,
    dnsPrefix: 'sdkclients2',
    identity: { type: 'SystemAssigned' as const },
    agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 1, vmSize: 'Standard_D4ds_v5' }],
  };
  const creation = managedClusters.createOrUpdate(...other, asked);
  await creation.submitted();
  await expectError(() => managedClusters.beginUpdateTagsAndWait(...other, { tags: {} }), {
    statusCode: 409,
    code: 'OperationNotAllowed',
    message: /an in progress create managed cluster operation/,
  });
  const created = await creation;
  assert.deepEqual(models.containerService.faults('ManagedCluster', created), []);
  assert.equal(created.securityProfile?.workloadIdentity, undefined);

  const updated = await managedClusters.beginCreateOrUpdateAndWait(...other, {
    ...created,
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
  });
  assert.equal(updated.securityProfile?.workloadIdentity?.enabled, true);
  assert.match(updated.oidcIssuerProfile?.issuerURL ?? '', /^https:/);
  const tagged = await managedClusters.beginUpdateTagsAndWait(...other, { tags: { a: '1' } });
  assert.deepEqual(tagged.tags, { a: '1' });

  await managedClusters.beginDeleteAndWait(...other);
  await expectError(() => managedClusters.get(...other), {
    statusCode: 404,
    code: 'ResourceNotFound',
    message:
      /^The Resource 'Microsoft\.ContainerService\/managedClusters\/sdk-clients-2' under resource group/,
  });
});

test('rejects what AKS rejects', async () => {
  await expectError(
    () =>
      managedClusters.beginCreateOrUpdateAndWait(...here, {
        location: lab.location,
        oidcIssuerProfile: { enabled: false },
      }),
    { statusCode: 400, code: 'OIDCIssuerFeatureCannotBeDisabled', message: /cannot be disabled/ },
  );
  await expectError(
    () => managedClusters.beginCreateOrUpdateAndWait('nowhere', 'a', { location: lab.location }),
    {
      statusCode: 404,
      code: 'ResourceGroupNotFound',
      message: /'nowhere' could not be found/,
    },
  );
});
