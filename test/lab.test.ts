import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chain, type StepEnded } from './support/chain.ts';

const group = { 'resource-group': 'wilab-chain', location: 'eastus' };
const names = { cluster: 'wilab', identity: 'wi-demo-identity', vault: 'wilabchain', registry: 'wilabchain' };

let chain: Chain;
let kubeconfig: string;
let issuer: string;

const createCluster = () =>
  chain.succeed('create-cluster', {
    ...group,
    'cluster-name': names.cluster,
    'registry-name': names.registry,
  });
const createIdentity = () =>
  chain.succeed('federate-identity', { ...group, 'identity-name': names.identity });
const setupVault = (principalId: string, inputs: Record<string, string> = {}) =>
  chain.succeed('setup-vault', {
    ...group,
    'vault-name': names.vault,
    'principal-id': principalId,
    ...inputs,
  });
const buildImage = () => chain.succeed('build-image', { ...group, 'registry-name': names.registry });
const federate = (inputs: Record<string, string> = {}) =>
  chain.succeed('federate-identity', {
    ...group,
    'identity-name': names.identity,
    issuer,
    kubeconfig,
    ...inputs,
  });

/** The result of each step. */
const steps = {} as Record<'cluster' | 'identity' | 'vault' | 'image' | 'federation' | 'workload', StepEnded>;

function workloadInputs(): Record<string, string> {
  const { vault, image } = steps;
  return {
    kubeconfig,
    image: image.outputs.image!,
    'vault-name': vault.outputs['vault-name']!,
    'secret-name': vault.outputs['secret-name']!,
    'secret-sha256': vault.outputs['secret-sha256']!,
  };
}

beforeAll(async () => {
  chain = await Chain.start();
  const cluster = createCluster();
  // Another step's failure can be the first one, which is reported.
  cluster.catch(() => {});
  steps.identity = await createIdentity();
  steps.vault = await setupVault(steps.identity.outputs['principal-id']!);
  steps.image = await buildImage();
  steps.cluster = await cluster;
  kubeconfig = steps.cluster.outputs.kubeconfig!;
  issuer = steps.cluster.outputs['oidc-issuer-url']!;
  steps.federation = await federate();
  steps.workload = await chain.succeed('deploy-workload', workloadInputs());
});
afterAll(() => chain?.stop());

describe('the chain', () => {
  test('ends with a verified secret', () => {
    expect(steps.workload.outputs).toMatchObject({ 'pod-name': 'wi-kv-test', verified: 'true' });
  });

  test('sets the outputs that the next stages need', () => {
    expect(steps.cluster.outputs).toMatchObject({ 'resource-group': 'wilab-chain', 'cluster-name': 'wilab' });
    expect(issuer).toMatch(/^https:\/\/eastus\.oic\.prod-aks\.azure\.com\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/$/);
    expect(steps.federation.outputs).toMatchObject({
      'client-id': steps.identity.outputs['client-id'],
      namespace: 'default',
      'service-account': 'wi-demo-sa',
      subject: 'system:serviceaccount:default:wi-demo-sa',
    });
    expect(steps.image.outputs.image).toMatch(/^wilabchain\.azurecr\.io\/wi-kv-test@sha256:[0-9a-f]{64}$/);
    expect(steps.vault.outputs).toMatchObject({
      'vault-uri': 'https://wilabchain.vault.azure.net/',
      'secret-version': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('keeps the kubeconfig private', () => {
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  });

  test('shows the secret only to the vault and the pod', async () => {
    const { value } = await chain.az(
      'keyvault',
      'secret',
      'show',
      '--vault-name',
      names.vault,
      '--name',
      'Secret',
    );
    expect(createHash('sha256').update(value).digest('hex')).toBe(steps.vault.outputs['secret-sha256']);
    for (const step of Object.values(steps)) {
      // The runner removes the add-mask command.
      const shown = step.output.replace(/^::add-mask::.*$/gm, '');
      expect(shown + step.summary + JSON.stringify(step.outputs)).not.toContain(value);
    }
    expect(readFileSync(chain.emulator.logFile, 'utf8')).not.toContain(value);
    expect(await chain.kubectl(kubeconfig, ['logs', 'wi-kv-test'])).toContain(`Secret value: ${value}`);
  });

  test('grants the pod only the permission to read this secret', async () => {
    const assignments = await chain.az(
      ...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false'],
      ...['--assignee-object-id', steps.identity.outputs['principal-id']!],
    );
    expect(assignments).toMatchObject([
      {
        roleDefinitionName: 'Key Vault Secrets User',
        scope: expect.stringMatching(/\/vaults\/wilabchain\/secrets\/Secret$/),
      },
    ]);
  });
});

describe('a second call of each action changes nothing and reports that', () => {
  const again = async (step: StepEnded, call: () => Promise<StepEnded>, except: string[] = []) => {
    const second = await call();
    expect(second.summary).toContain('already there');
    expect(second.summary).not.toMatch(/\| (created|changed) \|/);
    const compared = (outputs: StepEnded['outputs']) =>
      Object.fromEntries(Object.entries(outputs).filter(([name]) => !except.includes(name)));
    expect(compared(second.outputs)).toEqual(compared(step.outputs));
  };

  // The post step removes the kubeconfig.
  test('create-cluster', () => again(steps.cluster, createCluster, ['kubeconfig']));
  test('federate-identity', () => again(steps.federation, federate));
  test('setup-vault', () => again(steps.vault, () => setupVault(steps.identity.outputs['principal-id']!)));
  test('build-image', () => again(steps.image, buildImage));
  test('deploy-workload', () =>
    again(steps.workload, () => chain.succeed('deploy-workload', workloadInputs())));
});

/** Each test omits or breaks one link. */
interface Trust {
  name: string;
  subject?: string;
  issuer?: string;
  annotated?: boolean;
  /** Scope: the identity can read the secrets of this vault. */
  readable?: string | undefined;
}

async function createTrust({
  name,
  subject,
  issuer: trusted,
  annotated = true,
  readable,
}: Trust): Promise<string> {
  const rg = ['--resource-group', group['resource-group']];
  const { clientId, principalId } = await chain.az('identity', 'create', '--name', name, ...rg);
  const annotations = annotated ? { 'azure.workload.identity/client-id': clientId } : {};
  await chain.kubectl(
    kubeconfig,
    ['apply', '--filename', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'default', annotations },
    }),
  );
  await chain.az(
    ...['identity', 'federated-credential', 'create', '--name', name, '--identity-name', name, ...rg],
    ...['--issuer', trusted ?? issuer, '--subject', subject ?? `system:serviceaccount:default:${name}`],
  );
  if (readable) {
    await chain.az(
      ...['role', 'assignment', 'create', '--role', 'Key Vault Secrets User', '--scope', readable],
      ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
    );
  }
  return principalId;
}

const vaultId = (name: string) =>
  `/subscriptions/${chain.emulator.facts.subscriptionId}/resourceGroups/${group['resource-group']}/providers/Microsoft.KeyVault/vaults/${name}`;

/** Expects the verdict immediately unless `timeout-seconds` is set. */
async function expectVerdict(
  inputs: Record<string, string>,
  link: string,
  seen: (string | RegExp)[],
  remedy: string | RegExp,
): Promise<void> {
  const { exitCode, output, outputs } = await chain.run('deploy-workload', {
    ...workloadInputs(),
    'timeout-seconds': '3600',
    ...inputs,
  });
  const error = /^::error::(.*)$/m.exec(output)?.[1] ?? output;
  expect(error).toContain(`deploy-workload: ${link}`);
  for (const part of seen) expect(error).toMatch(part);
  expect(error).toMatch(remedy);
  expect(error).toContain('docs/troubleshooting.md#');
  expect(exitCode).toBe(1);
  expect(outputs.verified).toBeUndefined();
}

describe.concurrent('a broken chain fails with the right reason', () => {
  test('federated credential with another subject', async () => {
    await createTrust({
      name: 'other-subject',
      subject: 'system:serviceaccount:other:other-subject',
      readable: vaultId(names.vault),
    });
    await expectVerdict(
      { name: 'other-subject', 'service-account': 'other-subject' },
      'federated-subject',
      [
        'AADSTS700213',
        'system:serviceaccount:default:other-subject',
        'system:serviceaccount:other:other-subject',
      ],
      /federate-identity/,
    );
  });

  test("federated credential without the issuer's trailing slash", async () => {
    await createTrust({
      name: 'no-slash',
      issuer: issuer.replace(/\/$/, ''),
      readable: vaultId(names.vault),
    });
    await expectVerdict(
      { name: 'no-slash', 'service-account': 'no-slash' },
      'federated-issuer',
      ['AADSTS700211', issuer],
      /slash/,
    );
  });

  test('service account without the annotation', async () => {
    await createTrust({ name: 'no-annotation', annotated: false, readable: vaultId(names.vault) });
    await expectVerdict(
      { name: 'no-annotation', 'service-account': 'no-annotation' },
      'service-account-not-annotated',
      ['default/no-annotation', 'azure.workload.identity/client-id'],
      /federate-identity/,
    );
  });

  test('missing service account', () =>
    expectVerdict(
      { name: 'no-account', 'service-account': 'nobody' },
      'service-account-missing',
      ['default/nobody'],
      /federate-identity/,
    ));

  test('pod of another owner', async () => {
    const pod = JSON.parse(await chain.kubectl(kubeconfig, ['get', 'pod', 'wi-kv-test', '--output', 'json']));
    const [{ name, image, imagePullPolicy }] = pod.spec.containers;
    await chain.kubectl(
      kubeconfig,
      ['apply', '--filename', '-'],
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'no-label', namespace: 'default' },
        spec: {
          serviceAccountName: 'wi-demo-sa',
          containers: [
            {
              ...{ name, image, imagePullPolicy },
              env: [
                { name: 'KEY_VAULT_NAME', value: names.vault },
                { name: 'SECRET_NAME', value: 'Secret' },
              ],
            },
          ],
        },
      }),
    );
    await expectVerdict(
      { name: 'no-label' },
      'The pod "default/no-label" exists and was created by another owner',
      ['This action does not change or delete it'],
      /kubectl delete pod no-label --namespace default/,
    );
  });

  test('no role on the vault', async () => {
    await createTrust({ name: 'no-role' });
    await expectVerdict(
      { name: 'no-role', 'service-account': 'no-role' },
      'vault-role',
      ['ForbiddenByRbac', names.vault, 'The identity has no role on any vault'],
      /Key Vault Secrets User/,
    );
  });

  test('role on another vault', async () => {
    await chain.az(
      ...[
        'keyvault',
        'create',
        '--name',
        'wilabother',
        '--resource-group',
        group['resource-group'],
        '--location',
        'eastus',
      ],
    );
    await createTrust({ name: 'other-vault', readable: vaultId('wilabother') });
    await expectVerdict(
      { name: 'other-vault', 'service-account': 'other-vault' },
      'vault-role',
      [/"Key Vault Secrets User" on "\S*wilabother/, `which is not "${names.vault}"`],
      /Key Vault Secrets User/,
    );
  });

  test('secret name that does not exist', async () => {
    // The missing secret is the only broken link.
    await createTrust({ name: 'no-secret', readable: vaultId(names.vault) });
    await expectVerdict(
      { name: 'no-secret', 'service-account': 'no-secret', 'secret-name': 'Nothing' },
      'secret-not-found',
      ['SecretNotFound', 'Nothing'],
      /setup-vault/,
    );
  });

  test('image tag that was never built', () =>
    expectVerdict(
      { name: 'no-image', image: `${names.registry}.azurecr.io/wi-kv-test:never-built` },
      'image-not-found',
      ['wi-kv-test:never-built', 'NotFound'],
      /build-image/,
    ));

  test('kubelet without AcrPull', async () => {
    const { outputs } = await chain.succeed('build-image', { ...group, 'registry-name': 'wilabforeign' });
    await expectVerdict(
      { name: 'no-pull', image: outputs.image!, 'timeout-seconds': '20' },
      'image-pull-denied',
      ['wilabforeign.azurecr.io', '401'],
      /AcrPull/,
    );
  });

  test('pod from an earlier run that prints an earlier secret', async () => {
    const earlier = await setupVault(steps.identity.outputs['principal-id']!, { 'secret-name': 'Earlier' });
    const inputs = { name: 'earlier-run', 'secret-name': 'Earlier' };
    const sha256 = { 'secret-sha256': earlier.outputs['secret-sha256']! };
    await chain.succeed('deploy-workload', { ...workloadInputs(), ...inputs, ...sha256 });

    // The existing pod would continue to print the earlier secret.
    await expectVerdict(
      { name: 'earlier-run' },
      'The pod "default/earlier-run" exists from an earlier run',
      ['SECRET_NAME is "Earlier", not "Secret"'],
      /replace: true/,
    );
    // The same pod prints a value that this run did not write.
    const bound = { 'timeout-seconds': '30' };
    await expectVerdict({ ...inputs, ...bound }, 'other-value', ['Earlier', names.vault], /secret-sha256/);
  });
});

describe('replace: true', () => {
  test('recreates a pod of an earlier run that differs', async () => {
    const { summary } = await chain.succeed('deploy-workload', {
      ...workloadInputs(),
      name: 'earlier-run',
      replace: 'true',
    });
    expect(summary).toMatch(/^\| Pod \| \S+ \| changed \|/m);
  });
});

describe('delete-lab', () => {
  test('does not delete a group that the lab did not create', async () => {
    const { exitCode, output } = await chain.run('delete-lab', { 'resource-group': 'lab-trust' });
    expect(output).toMatch(/managed-by/);
    expect(exitCode).toBe(1);
    expect(await chain.az('group', 'exists', '--name', 'lab-trust')).toBe(true);
  });

  test('deletes only what the lab created, purges its vaults, and succeeds in a second call', async () => {
    const rg = ['--resource-group', group['resource-group']];
    const ofOthers = `[?tags."managed-by" != 'workload-identity-lab'].id`;
    const others = (await chain.az('resource', 'list', ...rg, '--query', ofOthers)) as string[];
    expect(others.length).toBeGreaterThan(0);
    const { outputs } = await chain.succeed('delete-lab', { 'resource-group': group['resource-group'] });
    expect(outputs.deleted).toBe('true');
    expect(JSON.parse(outputs.kept!).sort()).toEqual(others.sort());
    expect((await chain.az('resource', 'list', ...rg, '--query', '[].id')).sort()).toEqual(others);
    expect(await chain.az('keyvault', 'list-deleted', '--resource-type', 'vault')).toEqual([]);

    await chain.az('group', 'delete', '--name', group['resource-group'], '--yes');
    for (const { name } of await chain.az('keyvault', 'list-deleted', '--resource-type', 'vault'))
      await chain.az('keyvault', 'purge', '--name', name);
    const again = await chain.succeed('delete-lab', { 'resource-group': group['resource-group'] });
    expect(again.summary).toContain('already gone');
  });
});
