import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

const place = { 'resource-group': 'wilab-sovereign', location: 'usgovvirginia' };
const cluster = ['--name', 'wilab', '--resource-group', place['resource-group']];

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start('embedded', 'AzureUSGovernment');
});
afterAll(() => chain?.stop());

test('in the US Government cloud identity and vault are set up by its own audience and suffix', async () => {
  const identity = { ...place, 'identity-name': 'identity' };
  const { outputs } = await chain.succeed('federate-identity', identity);
  const vault = await chain.succeed('setup-vault', {
    ...place,
    'vault-name': 'wilabsovereign',
    'principal-id': outputs['principal-id']!,
    'secret-value': 'sovereign',
  });
  expect(vault.outputs).toMatchObject({
    'vault-uri': 'https://wilabsovereign.vault.usgovcloudapi.net/',
    'secret-sha256': createHash('sha256').update('sovereign').digest('hex'),
  });

  const features = ['--enable-oidc-issuer', '--enable-workload-identity', '--no-ssh-key'];
  const { oidcIssuerProfile } = await chain.az(
    ...['aks', 'create', ...cluster, '--location', place.location, '--node-count', '1', ...features],
  );
  const kubeconfig = join(chain.directory, 'kubeconfig');
  await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
  const federated = await chain.succeed('federate-identity', {
    ...identity,
    issuer: oidcIssuerProfile.issuerUrl,
    kubeconfig,
  });
  expect(federated.outputs.audience).toBe('api://AzureADTokenExchangeUSGov');
  const list = ['list', '--identity-name', 'identity', '--resource-group', place['resource-group']];
  expect(await chain.az('identity', 'federated-credential', ...list)).toMatchObject([
    { issuer: oidcIssuerProfile.issuerUrl, audiences: ['api://AzureADTokenExchangeUSGov'] },
  ]);
});
