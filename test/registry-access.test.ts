import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain, type Ended } from './support/chain.ts';
import { makeDocker } from './support/docker.ts';
import { grantAsOwner } from './support/owner.ts';

const rg = ['--resource-group', 'wilab-registries'];
const program = 'console.log("pulled and run")\n';
const dockerfile = `FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot
COPY main.mjs /app/
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]
`;
let chain: Chain;
let env: Record<string, string>;
let context: string;

beforeAll(async () => {
  chain = await Chain.start();
  const docker = makeDocker(join(chain.directory, 'docker'));
  env = { ...chain.env, PATH: [docker, chain.env.PATH].join(delimiter) };
  context = join(chain.directory, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'main.mjs'), program);
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  await chain.az('group', 'create', '--name', rg[1]!, '--location', 'eastus');
});
afterAll(() => chain?.stop());

const docker = (args: string, input = ''): Promise<Ended> =>
  chain.start('docker', args.split(' '), input, env);

function assign(role: string, principalId: string, scope: string): Promise<void> {
  return grantAsOwner(chain, { role, principalId, scope });
}

async function exposedToken(registry: string): Promise<string> {
  const { accessToken, username } = await chain.az('acr', 'login', '--name', registry, '--expose-token');
  expect(username).toBe('00000000-0000-0000-0000-000000000000');
  return accessToken;
}

const logIn = async (registry: string, token: string): Promise<Ended> =>
  docker(
    `login ${registry}.azurecr.io --username 00000000-0000-0000-0000-000000000000 --password-stdin`,
    token,
  );

describe('docker', () => {
  const registry = 'wilabdocker';
  const image = `${registry}.azurecr.io/app:1`;

  beforeAll(async () => {
    await chain.az('acr', 'create', '--name', registry, ...rg, '--sku', 'Basic');
    const built = await docker(`build --platform linux/amd64 --tag ${image} ${context}`);
    expect(built.exitCode, built.output).toBe(0);
  });

  test('pushes with the token of az', async () => {
    const shown = await chain.az('acr', 'show', '--name', registry);
    expect(shown.roleAssignmentMode).toBe('LegacyRegistryPermissions');
    const token = await exposedToken(registry);
    expect(await logIn(registry, token)).toEqual({ exitCode: 0, output: 'Login Succeeded\n' });
    const pushed = await docker(`push ${image}`);
    expect(pushed.exitCode, pushed.output).toBe(0);
    const [, digest] = /digest: (sha256:[\da-f]{64})/.exec(pushed.output) ?? [];
    const found = await chain.az('acr', 'repository', 'show', '--name', registry, '--image', 'app:1');
    expect(found.digest).toBe(digest);
    expect((await docker(`push ${image}`)).output).toBe(pushed.output);
  });

  test('is rejected with another token, and receives throttling and failures', async () => {
    const wrong = await logIn(registry, 'nonsense');
    expect([wrong.exitCode, wrong.output]).toEqual([
      1,
      expect.stringMatching(/^unauthorized: authentication required/),
    ]);
    await logIn(registry, await exposedToken(registry));
    const host = `${registry}.azurecr.io`;
    const { facts } = chain.emulator;
    await control(facts, 'POST /control/faults', { failure: 'registry-throttled', host, method: 'PUT' });
    expect((await docker(`push ${image}`)).output).toBe('toomanyrequests: too many requests\n');
    await control(facts, 'POST /control/faults', { failure: 'registry-unavailable', host });
    expect((await docker(`push ${image}`)).output).toBe('unavailable: service unavailable\n');
    expect((await docker(`push ${image}`)).exitCode).toBe(0);
  });
});

describe('a registry with roles per repository', () => {
  const registry = 'wilabrepositories';
  const image = `${registry}.azurecr.io/team/app:1`;
  let id: string;
  let deployer: string;

  beforeAll(async () => {
    const mode = ['--role-assignment-mode', 'rbac-abac'];
    ({ id } = await chain.az('acr', 'create', '--name', registry, ...rg, '--sku', 'Standard', ...mode));
    deployer = (await chain.az('identity', 'show', '--name', 'lab-deployer', '--resource-group', 'lab-trust'))
      .principalId;
    await docker(`build --tag ${image} ${context}`);
  });

  test('shows its mode', async () => {
    const shown = await chain.az('acr', 'show', '--name', registry);
    expect(shown.roleAssignmentMode).toBe('AbacRepositoryPermissions');
  });

  test('accepts pushes with Repository Writer, not with AcrPush', async () => {
    await assign('AcrPush', deployer, id);
    const refused = await chain.start('az', ['acr', 'login', '--name', registry, '--expose-token']);
    expect(refused.exitCode).toBe(1);
    await assign('Container Registry Repository Writer', deployer, id);
    await expect
      .poll(async () => (await logIn(registry, await exposedToken(registry))).exitCode, { timeout: 120_000 })
      .toBe(0);
    const pushed = await docker(`push ${image}`);
    expect(pushed.exitCode, pushed.output).toBe(0);
  });

  test('accepts pulls of a kubelet with Repository Reader, not with AcrPull', async () => {
    const cluster = ['--name', 'wilab-reader', ...rg];
    const created = await chain.az('aks', 'create', ...cluster, '--no-ssh-key');
    const kubelet = created.identityProfile.kubeletidentity.objectId;
    const kubeconfig = join(chain.directory, 'reader.kubeconfig');
    await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
    const waiting = '{.status.containerStatuses[0].state.waiting.reason}';
    const pod = (output: string) =>
      chain.kubectl(kubeconfig, ['get', 'pod', 'app', '--output', `jsonpath=${output}`]);

    await assign('AcrPull', kubelet, id);
    await chain.kubectl(kubeconfig, ['run', 'app', '--image', image, '--restart', 'Never']);
    await expect.poll(() => pod(waiting), { timeout: 120_000 }).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    const described = await chain.kubectl(kubeconfig, ['describe', 'pod', 'app']);
    expect(described).toMatch(/Failed to pull image .*: 401 Unauthorized/);

    await assign('Container Registry Repository Reader', kubelet, id);
    await expect.poll(() => pod('{.status.phase}'), { timeout: 120_000 }).toBe('Succeeded');
    expect(await chain.kubectl(kubeconfig, ['logs', 'app'])).toBe('pulled and run\n');
  });
});
