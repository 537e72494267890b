import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import { credential, listAndCheck, subscriptionId, variable, writeLab } from './support/client.ts';
import { models } from './support/library-models.ts';

// Creates the lab for the other scripts, with Azure's management libraries.

const resourceGroup = 'sdk-clients';
const location = 'eastus';
const inGroup = [resourceGroup, 'wilabsdkclients'] as const;
const tags = { purpose: 'sdk-clients' };

test('creates the lab', async () => {
  const groups = new ResourceManagementClient(credential, subscriptionId).resourceGroups;
  const group = await groups.createOrUpdate(resourceGroup, { location, tags });
  assert.deepEqual(models.resources.faults('ResourceGroup', group), []);

  const [cluster, identity, vault, registry] = await Promise.all([
    createCluster(),
    createIdentity(),
    createVault(),
    createRegistry(),
  ]);
  await createCredential(cluster.issuer);
  await assignRoles([
    ['Key Vault Secrets Officer', vault.id, identity.principalId],
    ['AcrPull', registry.id, cluster.kubeletPrincipalId],
  ]);
  writeLab(
    {
      resourceGroup,
      location,
      cluster: inGroup[1],
      issuer: cluster.issuer,
      vault: inGroup[1],
      vaultUri: vault.uri,
      registry: inGroup[1],
      loginServer: registry.loginServer,
      identity: inGroup[1],
      clientId: identity.clientId,
      principalId: identity.principalId,
    },
    cluster.kubeconfig,
  );
});

async function createCluster() {
  const { managedClusters } = new ContainerServiceClient(credential, subscriptionId);
  const cluster = await managedClusters.beginCreateOrUpdateAndWait(...inGroup, {
    location,
    tags,
    dnsPrefix: 'sdk-clients',
    identity: { type: 'SystemAssigned' },
    agentPoolProfiles: [
      { name: 'nodepool1', mode: 'System', count: 1, vmSize: 'Standard_D4ds_v5', osType: 'Linux' },
    ],
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
  });
  assert.deepEqual(models.containerService.faults('ManagedCluster', cluster), []);
  assert.equal(cluster.provisioningState, 'Succeeded');
  assert.equal(cluster.securityProfile?.workloadIdentity?.enabled, true);
  const issuer = cluster.oidcIssuerProfile?.issuerURL ?? '';
  assert.match(issuer, /^https:.*\/$/);

  const credentials = await managedClusters.listClusterUserCredentials(...inGroup);
  assert.deepEqual(models.containerService.faults('CredentialResults', credentials), []);
  const [kubeconfig] = credentials.kubeconfigs ?? [];
  assert.equal(kubeconfig?.name, 'clusterUser');
  return {
    issuer,
    kubeletPrincipalId: cluster.identityProfile!.kubeletidentity!.objectId!,
    kubeconfig: kubeconfig!.value!,
  };
}

async function createIdentity() {
  const { userAssignedIdentities } = new ManagedServiceIdentityClient(credential, subscriptionId);
  const identity = await userAssignedIdentities.createOrUpdate(...inGroup, { location, tags });
  assert.deepEqual(models.managedIdentity.faults('Identity', identity), []);
  return { clientId: identity.clientId!, principalId: identity.principalId! };
}

async function createVault() {
  const { vaults } = new KeyVaultManagementClient(credential, subscriptionId);
  const vault = await vaults.beginCreateOrUpdateAndWait(...inGroup, {
    location,
    tags,
    properties: {
      tenantId: variable('AZURE_TENANT_ID'),
      sku: { family: 'A', name: 'standard' },
      softDeleteRetentionInDays: 7,
      enableRbacAuthorization: true,
    },
  });
  assert.deepEqual(models.keyVault.faults('Vault', vault), []);
  assert.equal(vault.properties.provisioningState, 'Succeeded');
  assert.equal(vault.properties.vaultUri, `https://${inGroup[1]}.vault.azure.net/`);
  return { id: vault.id!, uri: vault.properties.vaultUri! };
}

async function createRegistry() {
  const { registries } = new ContainerRegistryManagementClient(credential, subscriptionId);
  const registry = await registries.beginCreateAndWait(...inGroup, {
    location,
    tags,
    sku: { name: 'Standard' },
  });
  assert.deepEqual(models.containerRegistry.faults('Registry', registry), []);
  assert.equal(registry.provisioningState, 'Succeeded');
  assert.ok(registry.creationDate instanceof Date);
  return { id: registry.id!, loginServer: registry.loginServer! };
}

async function createCredential(issuer: string): Promise<void> {
  const { federatedIdentityCredentials } = new ManagedServiceIdentityClient(credential, subscriptionId);
  const created = await federatedIdentityCredentials.createOrUpdate(...inGroup, 'wi-demo-federated-id', {
    issuer,
    subject: 'system:serviceaccount:default:wi-demo-sa',
    audiences: ['api://AzureADTokenExchange'],
  });
  assert.deepEqual(models.managedIdentity.faults('FederatedIdentityCredential', created), []);
  assert.equal(created.issuer, issuer);
}

async function assignRoles(grants: readonly (readonly [role: string, scope: string, to: string])[]) {
  const { roleDefinitions, roleAssignments } = new AuthorizationManagementClient(credential, subscriptionId);
  for (const [role, scope, principalId] of grants) {
    const found = roleDefinitions.list(scope, { filter: `roleName eq '${role}'` });
    const [definition] = await listAndCheck(models.authorization, 'RoleDefinition', found);
    const assignment = await roleAssignments.create(scope, randomUUID(), {
      roleDefinitionId: definition!.id!,
      principalId,
      principalType: 'ServicePrincipal',
    });
    assert.deepEqual(models.authorization.faults('RoleAssignment', assignment), []);
    assert.ok(assignment.createdOn instanceof Date);
  }
}
