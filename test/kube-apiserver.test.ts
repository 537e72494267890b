import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBinaries, remedy } from '../emulator/kubernetes/kube-apiserver/binaries.ts';
import { binaryDirectories } from '../emulator/testing/kubernetes/binary-directories.ts';
import { Chain, type StepEnded } from './support/chain.ts';

const binaries = findBinaries(binaryDirectories);
const missing = 'missing' in binaries ? binaries.missing.join(', ') : undefined;
if (missing) console.warn(`SKIPPED: the chain on a real kube-apiserver: ${missing} not found. ${remedy}`);

describe.skipIf(missing)('the chain on a real kube-apiserver', () => {
  const group = { 'resource-group': 'wilab-real', location: 'eastus' };
  let chain: Chain;
  let kubeconfig: string;
  let workload: StepEnded;
  let clientId: string;

  const kubectl = (...args: string[]) => chain.kubectl(kubeconfig, args);
  const programs = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter(line => line.includes(chain.directory) && line.includes('-control-plane/'));

  beforeAll(async () => {
    chain = await Chain.start('kube-apiserver');
    const creation = chain.succeed('create-cluster', {
      ...group,
      'cluster-name': 'wilab',
      'registry-name': 'wilabreal',
    });
    // Awaited below. The first failure is the one to report.
    creation.catch(() => {});
    const identity = { ...group, 'identity-name': 'wi-demo-identity' };
    const { outputs } = await chain.succeed('federate-identity', identity);
    clientId = outputs['client-id']!;
    const vault = await chain.succeed('setup-vault', {
      ...group,
      'vault-name': 'wilabreal',
      'principal-id': outputs['principal-id']!,
    });
    const image = await chain.succeed('build-image', { ...group, 'registry-name': 'wilabreal' });
    const cluster = await creation;
    kubeconfig = cluster.outputs.kubeconfig!;
    await chain.succeed('federate-identity', {
      ...identity,
      issuer: cluster.outputs['oidc-issuer-url']!,
      kubeconfig,
    });
    workload = await chain.succeed('deploy-workload', {
      kubeconfig,
      image: image.outputs.image!,
      'vault-name': vault.outputs['vault-name']!,
      'secret-name': vault.outputs['secret-name']!,
      'secret-sha256': vault.outputs['secret-sha256']!,
    });
  });
  afterAll(() => chain?.stop());

  test('ends with a verified secret', () => {
    expect(workload.outputs).toMatchObject({ 'pod-name': 'wi-kv-test', verified: 'true' });
  });

  test('runs on the real API server, which accepts only its certificate and tokens', async () => {
    const version = JSON.parse(await kubectl('get', '--raw', '/version'));
    // The embedded server does not have these properties.
    expect(version).toMatchObject({
      compiler: 'gc',
      emulationMajor: '1',
      goVersion: expect.any(String),
    });
    expect(programs()).toHaveLength(3);
    expect(programs().join('\n')).not.toMatch(/token=|secret=/i);
  });

  test('has a pod that the webhook mutated, with a token file for the identity', async () => {
    const pod = JSON.parse(await kubectl('get', 'pod', 'wi-kv-test', '--output', 'json'));
    expect(pod.spec.containers[0].env).toContainEqual({ name: 'AZURE_CLIENT_ID', value: clientId });
    expect(pod.status.phase).toBe('Running');
  });

  test('grants a pod no other permission', async () => {
    const token = (await kubectl('create', 'token', 'wi-demo-sa')).trim();
    const cluster = JSON.parse(await kubectl('config', 'view', '--raw', '--output', 'json')).clusters[0]
      .cluster;
    const refused = await chain.start(
      'curl',
      ['--silent', '--header', '@-', `${cluster.server}/api/v1/namespaces/default/secrets`],
      `authorization: Bearer ${token}`,
    );
    expect(JSON.parse(refused.output)).toMatchObject({
      code: 403,
      message:
        'secrets is forbidden: User "system:serviceaccount:default:wi-demo-sa" cannot list resource "secrets" in API group "" in the namespace "default"',
    });
  });

  test('stops all processes when the cluster is deleted', async () => {
    await chain.az('aks', 'delete', '--resource-group', 'wilab-real', '--name', 'wilab', '--yes');
    expect(programs()).toEqual([]);
  });

  test('stops all processes when the emulator is killed', async () => {
    await chain.succeed('create-cluster', { ...group, 'cluster-name': 'wilab2' });
    expect(programs()).toHaveLength(3);
    process.kill(chain.emulator.pid, 'SIGKILL');
    await expect.poll(programs, { timeout: 20_000 }).toEqual([]);
  });
});
