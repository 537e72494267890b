import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

const place = { 'resource-group': 'wilab-sovereign', location: 'usgovvirginia' };
const registry = { 'registry-name': 'wilabsovereign' };

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start('embedded', 'AzureUSGovernment');
});
afterAll(() => chain?.stop());

async function login(): Promise<[inputs: Record<string, string>, environment: Record<string, string>]> {
  const { deployer, tenantId, subscriptionId } = chain.emulator.facts;
  const { url, token } = await chain.idTokenRequest();
  return [
    { 'client-id': deployer.clientId, 'tenant-id': tenantId, 'subscription-id': subscriptionId },
    { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token },
  ];
}

test('the whole chain works in the US Government cloud, with its hosts and suffixes', async () => {
  const cluster = chain.succeed('create-cluster', { ...place, ...registry, 'cluster-name': 'wilab' });
  // Awaited below. The first failure is the one to report.
  cluster.catch(() => {});
  const identity = { ...place, 'identity-name': 'identity' };
  const made = await chain.succeed('federate-identity', identity);
  const { outputs: vault } = await chain.succeed('setup-vault', {
    ...place,
    'vault-name': 'wilabsovereign',
    'principal-id': made.outputs['principal-id']!,
    'secret-value': 'sovereign',
  });
  expect(vault).toMatchObject({
    'vault-uri': 'https://wilabsovereign.vault.usgovcloudapi.net/',
    'secret-sha256': createHash('sha256').update('sovereign').digest('hex'),
  });
  const { outputs: built } = await chain.succeed('build-image', { ...place, ...registry });
  expect(built.image).toMatch(/^wilabsovereign\.azurecr\.us\//);

  const { kubeconfig = '', 'oidc-issuer-url': issuer = '' } = (await cluster).outputs;
  // GitHub's token for this cloud has another audience than a pod's.
  const [account, environment] = await login();
  const federated = await chain.succeed(
    'federate-identity',
    { ...identity, ...account, issuer, kubeconfig },
    environment,
  );
  expect(federated.outputs.audience).toBe('api://AzureADTokenExchange');

  const deployed = await chain.succeed('deploy-workload', {
    kubeconfig,
    image: built.image!,
    'vault-name': vault['vault-name']!,
    'secret-sha256': vault['secret-sha256']!,
  });
  expect(deployed.outputs).toMatchObject({ verified: 'true' });
});
