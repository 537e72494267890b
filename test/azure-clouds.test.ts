import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

const group = 'wilab-government';
const rg = ['--resource-group', group];
const location = ['--location', 'usgovvirginia'];
const vault = ['--name', 'wilabgovernment'];

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start('embedded', 'AzureUSGovernment');
  await chain.az('group', 'create', '--name', group, ...location);
});
afterAll(() => chain?.stop());

/** Does not throw if az fails. */
const az = (...args: string[]) => chain.start('az', [...args, '--output', 'json']);

describe('the US Government cloud', () => {
  test('has different hosts, suffixes, and regions', async () => {
    const { endpoints, suffixes } = await chain.az('cloud', 'show');
    expect(await chain.az('account', 'show')).toMatchObject({ environmentName: 'AzureUSGovernment' });
    await chain.az('keyvault', 'create', ...vault, ...rg, ...location);
    expect((await chain.az('keyvault', 'show', ...vault)).properties.vaultUri).toBe(
      `https://${vault[1]}${suffixes.keyvaultDns}/`,
    );
    const registry = await chain.az(
      ...['acr', 'create', '--name', 'wilabgovernment', ...rg, ...location, '--sku', 'Standard'],
    );
    expect(registry.loginServer).toBe(`wilabgovernment${suffixes.acrLoginServerEndpoint}`);
    expect(endpoints.activeDirectory).toBe('https://login.microsoftonline.us');
    const elsewhere = await az('group', 'create', '--name', 'elsewhere', '--location', 'eastus');
    expect(elsewhere.output).toContain('LocationNotAvailableForResourceType');
  });

  test('stores a secret', async () => {
    const { id } = await chain.az('keyvault', 'show', ...vault);
    const token = await chain.az('account', 'get-access-token');
    const claims = JSON.parse(Buffer.from(token.accessToken.split('.')[1], 'base64url').toString());
    expect(claims.aud).toMatch(/^https:\/\/management\.core\.usgovcloudapi\.net/);
    await chain.az(
      ...['role', 'assignment', 'create', '--assignee-object-id', claims.oid, '--scope', id],
      ...['--assignee-principal-type', 'ServicePrincipal', '--role', 'Key Vault Secrets Officer'],
    );
    const set = ['keyvault', 'secret', 'set', '--vault-name', vault[1]!, '--name', 's', '--value', 'v'];
    while ((await az(...set)).exitCode !== 0);
    const shown = await chain.az('keyvault', 'secret', 'show', '--vault-name', vault[1]!, '--name', 's');
    expect(shown.value).toBe('v');
  });

  test('has clusters with its issuer and API server, and a webhook with its authority', async () => {
    const cluster = ['--name', 'government', ...rg];
    await chain.az(
      ...['aks', 'create', ...cluster, ...location, '--node-count', '1', '--no-ssh-key'],
      ...['--enable-oidc-issuer', '--enable-workload-identity'],
    );
    const { fqdn, oidcIssuerProfile } = await chain.az('aks', 'show', ...cluster);
    expect(fqdn).toMatch(/\.hcp\.usgovvirginia\.cx\.aks\.containerservice\.azure\.us$/);
    expect(new URL(oidcIssuerProfile.issuerUrl).hostname).toMatch(/\.containerservice\.azure\.us$/);
    const kubeconfig = `${chain.directory}/government`;
    await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { 'azure.workload.identity/use': 'true' } },
      spec: { containers: [{ name: 'c', image: 'nothing.example/c:1' }] },
    };
    await chain.kubectl(kubeconfig, ['create', '--filename', '-'], JSON.stringify(pod));
    const seen = JSON.parse(await chain.kubectl(kubeconfig, ['get', 'pod', 'p', '--output', 'json']));
    expect(seen.spec.containers[0].env).toContainEqual({
      name: 'AZURE_AUTHORITY_HOST',
      value: 'https://login.microsoftonline.us/',
    });
  });
});
