import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubeloginDirectory } from '../emulator/kubernetes/kubelogin/build.ts';
import { control } from '../lab/emulator-process.ts';
import { Chain, type Ended } from './support/chain.ts';
import { grantAsOwner } from './support/owner.ts';

const kubelogin = kubeloginDirectory();
if (!kubelogin)
  console.warn('NOT TESTED: clusters with Entra sign-in. kubelogin is not built: npm run kubelogin.');

const rg = ['--resource-group', 'wilab-access'];
let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', rg[1]!, '--location', 'eastus');
});
afterAll(() => chain?.stop());

// biome-ignore lint/suspicious/noExplicitAny: what az shows of a cluster
function createCluster(name: string, ...args: string[]): Promise<any> {
  return chain.az('aks', 'create', '--name', name, ...rg, '--no-ssh-key', '--enable-oidc-issuer', ...args);
}

const kubeconfigOf = (cluster: string) => join(chain.directory, `${cluster}.kubeconfig`);

/** az converts the file of a set KUBECONFIG, whatever `--file` says. */
function environment(cluster: string, withKubelogin = true): Record<string, string> {
  const { PATH } = chain.env;
  return {
    ...chain.env,
    PATH: withKubelogin ? `${kubelogin}:${PATH}` : PATH!,
    KUBECONFIG: kubeconfigOf(cluster),
  };
}

function getCredentials(cluster: string, env = environment(cluster), ...args: string[]): Promise<Ended> {
  const command = ['aks', 'get-credentials', '--name', cluster, ...rg, '--overwrite-existing'];
  return chain.start('az', [...command, ...args], '', env);
}

function kubectl(cluster: string, args: string, env = environment(cluster)): Promise<Ended> {
  return chain.start('kubectl', args.split(' '), '', env);
}

async function deployerId(): Promise<string> {
  const { clientId } = chain.emulator.facts.deployer;
  return (await chain.az('ad', 'sp', 'show', '--id', clientId)).id;
}

describe.skipIf(!kubelogin)('a cluster with Azure RBAC and without local accounts', () => {
  const cluster = 'entra';
  let id: string;
  beforeAll(async () => {
    const access = ['--enable-aad', '--enable-azure-rbac', '--disable-local-accounts'];
    const created = await createCluster(cluster, ...access);
    expect(created).toMatchObject({
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRbac: true, tenantId: chain.emulator.facts.tenantId },
    });
    id = created.id;
  });

  test('returns no local credentials', async () => {
    const refused = await getCredentials(cluster, environment(cluster), '--admin');
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain(
      'Getting static credential is not allowed because this cluster is set to disable local accounts.',
    );
    expect(existsSync(kubeconfigOf(cluster))).toBe(false);
  });

  test('without kubelogin, az warns and kubectl fails', async () => {
    const env = environment(cluster, false);
    const got = await getCredentials(cluster, env);
    expect(got.exitCode).toBe(0);
    expect(got.output).toContain('The kubeconfig uses devicecode authentication which requires kubelogin.');
    const failed = await kubectl(cluster, 'get namespaces', env);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('executable kubelogin not found');
    expect(failed.output).toContain(
      'kubelogin is not installed which is required to connect to AAD enabled cluster.',
    );
  });

  test("with kubelogin, kubectl uses the login of az, and Azure's roles decide", async () => {
    const got = await getCredentials(cluster);
    expect(got.output).toContain('Converted kubeconfig to use Azure CLI authentication.');
    expect(readFileSync(kubeconfigOf(cluster), 'utf8')).toMatch(/- --login\n +- azurecli\n/);
    const objectId = await deployerId();
    const refused = await kubectl(cluster, 'get namespaces');
    expect([refused.exitCode, refused.output]).toEqual([
      1,
      `Error from server (Forbidden): namespaces is forbidden: User "${objectId}" cannot list resource "namespaces" in API group "" at the cluster scope: User does not have access to the resource in Azure. Update role assignment to allow access.\n`,
    ]);

    const assign = (role: string, scope: string) =>
      grantAsOwner(chain, { role, principalId: objectId, scope });
    await assign('Azure Kubernetes Service RBAC Reader', `${id}/namespaces/default`);
    const read = () => kubectl(cluster, 'get configmaps --namespace default');
    await expect.poll(async () => (await read()).output, { timeout: 120_000 }).toContain('kube-root-ca.crt');
    expect((await kubectl(cluster, 'get configmaps --namespace kube-system')).exitCode).toBe(1);
    expect((await kubectl(cluster, 'create configmap a --namespace default')).output).toContain(
      'cannot create',
    );
    expect((await kubectl(cluster, 'get secrets --namespace default')).output).toContain('cannot list');

    await assign('Azure Kubernetes Service RBAC Cluster Admin', id);
    const create = () => kubectl(cluster, 'create namespace made');
    await expect
      .poll(async () => (await create()).output, { timeout: 120_000 })
      .toBe('namespace/made created\n');
    const who = await kubectl(cluster, 'auth whoami');
    expect(who.output).toMatch(new RegExp(`Username +${objectId}\\n`));
    const can = await kubectl(cluster, 'auth can-i delete nodes');
    expect(can.output).toMatch(/^(Warning: .*\n)?\n?yes\n$/);
  });

  test('accepts no token for another service, and no missing token', async () => {
    const arm = await chain.az('account', 'get-access-token');
    for (const token of [arm.accessToken, 'nonsense']) {
      const server = await kubectl(
        cluster,
        'config view --minify --output jsonpath={.clusters[0].cluster.server}',
      );
      const refused = await chain.start(
        'curl',
        ['--silent', '--header', '@-', `${server.output}/api/v1/namespaces`],
        `authorization: Bearer ${token}`,
      );
      expect(JSON.parse(refused.output)).toMatchObject({ code: 401, reason: 'Unauthorized' });
    }
  });
});

describe.skipIf(!kubelogin)('a cluster with a group of administrators, and local accounts', () => {
  const cluster = 'group';
  const group = randomUUID();
  beforeAll(() => createCluster(cluster, '--enable-aad', '--aad-admin-group-object-ids', group));

  test('allows its members everything, and other users nothing', async () => {
    await getCredentials(cluster);
    const refused = await kubectl(cluster, 'get nodes');
    expect([refused.exitCode, refused.output]).toEqual([
      1,
      `Error from server (Forbidden): nodes is forbidden: User "${await deployerId()}" cannot list resource "nodes" in API group "" at the cluster scope\n`,
    ]);
    const { facts } = chain.emulator;
    await control(facts, `PUT /control/groups/${group}`, { members: [facts.deployer.clientId] });
    expect((await kubectl(cluster, 'get nodes --output name')).output).toMatch(/^node\/aks-/);
    const who = await kubectl(cluster, 'auth whoami --output jsonpath={.status.userInfo.groups}');
    expect(JSON.parse(who.output)).toEqual([group, 'system:authenticated']);
  });

  test('also has a local administrator', async () => {
    const got = await getCredentials(cluster, environment(cluster), '--admin');
    expect(got.exitCode, got.output).toBe(0);
    expect((await kubectl(cluster, `get nodes --output name --context ${cluster}-admin`)).output).toMatch(
      /^node\//,
    );
  });
});

test('the host name of a private cluster does not resolve from outside', async () => {
  const cluster = 'private';
  const created = await createCluster(cluster, '--enable-private-cluster');
  expect(created).toMatchObject({
    apiServerAccessProfile: { enablePrivateCluster: true },
    privateFqdn: expect.stringMatching(/^private-[\w-]+\.[\da-f-]{36}\.privatelink\.eastus\.azmk8s\.io$/),
    provisioningState: 'Succeeded',
  });
  const env = environment(cluster, false);
  await getCredentials(cluster, env);
  const unknown = await kubectl(cluster, 'get nodes', env);
  expect(unknown.exitCode).toBe(1);
  expect(unknown.output).toContain(
    `Unable to connect to the server: dial tcp: lookup ${created.privateFqdn}: no such host`,
  );
  await getCredentials(cluster, env, '--public-fqdn');
  const unreachable = await kubectl(cluster, 'get nodes', env);
  expect(unreachable.exitCode).toBe(1);
  expect(unreachable.output).toContain('dial tcp 10.224.0.5:443: i/o timeout');
});
