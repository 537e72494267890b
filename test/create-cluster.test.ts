import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubeloginDirectory } from '../emulator/kubernetes/kubelogin/build.ts';
import { control } from '../lab/emulator-process.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { until } from './support/lab-copy.ts';

const group = 'wilab-states';
const rg = ['--resource-group', group];

/** Members of this group can do everything in the cluster `entra`. */
const admins = randomUUID();

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
  await tell(`PUT /control/groups/${admins}`, { members: [chain.emulator.facts.deployer.clientId] });
  await make('plain', '--no-wait');
  await make('private', '--enable-private-cluster', '--no-wait');
  await make(
    'entra',
    '--enable-aad',
    '--aad-admin-group-object-ids',
    admins,
    '--disable-local-accounts',
    '--no-wait',
  );
});
afterAll(() => chain?.stop());

const tell = (request: string, body: object = {}) => control(chain.emulator.facts, request, body);
const intervene = (cluster: string, operation: string, what: object) =>
  tell('POST /control/cluster-operations', { cluster, operation, ...what });
const release = () => tell('DELETE /control/cluster-operations');
const fault = (body: object) => tell('POST /control/faults', body);

/** Creates a cluster of another owner, without workload identity. */
const make = (name: string, ...args: string[]) =>
  chain.az(...['aks', 'create', '--name', name, ...rg, '--node-count', '1', '--no-ssh-key'], ...args);
const show = (name: string) => chain.az('aks', 'show', '--name', name, ...rg);

const inputs = (name: string, more: Record<string, string> = {}) => ({
  'resource-group': group,
  'cluster-name': name,
  ...more,
});
/** For a cluster that no lab of this repository created. */
const ALLOWED = { 'change-existing-cluster': 'true' };
const run = (name: string, more: Record<string, string> = {}) =>
  chain.run('create-cluster', inputs(name, more));
const succeed = (name: string, more: Record<string, string> = {}) =>
  chain.succeed('create-cluster', inputs(name, more));

const errorOf = (ended: StepEnded) =>
  decodeURIComponent((/^::error::(.*)$/m.exec(ended.output)?.[1] ?? ended.output).replaceAll('%0A', '\n'));

async function expectGood(name: string, ended: StepEnded, outcome: string) {
  expect(ended.summary).toContain(`| AKS cluster | ${name.replaceAll('-', '\\-')} | ${outcome} |`);
  const cluster = await show(name);
  expect(cluster).toMatchObject({
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    oidcIssuerProfile: { enabled: true, issuerUrl: ended.outputs['oidc-issuer-url'] },
    securityProfile: { workloadIdentity: { enabled: true } },
  });
  expect(await chain.kubectl(ended.outputs.kubeconfig!, ['get', '--raw', '/readyz'])).toBe('ok');
  return cluster;
}

async function expectRemoved({ state, outputs }: StepEnded) {
  const folder = state['kubeconfig-folder']!;
  expect(outputs.kubeconfig).toBe(join(folder, 'config'));
  const post = await chain.runPost('create-cluster', state);
  expect(post).toMatchObject({ exitCode: 0, output: 'The kubeconfig was removed.\n' });
  expect(existsSync(folder)).toBe(false);
}

describe('a cluster of another owner', () => {
  test('starts only with change-existing-cluster if it is stopped; otherwise the step prints the command', async () => {
    await chain.az('group', 'create', '--name', 'wilab-shared', '--location', 'westeurope');
    const [registry] = await Promise.all([
      chain.az(
        ...['acr', 'create', '--name', 'wilabstates', '--resource-group', 'wilab-shared'],
        ...['--sku', 'Standard', '--role-assignment-mode', 'rbac-abac'],
      ),
      make('adopted', '--tags', 'owner=somebody').then(() =>
        chain.az('aks', 'stop', '--name', 'adopted', ...rg),
      ),
    ]);
    const adopt = {
      create: 'false',
      'registry-name': 'wilabstates',
      'registry-resource-group': 'wilab-shared',
    };
    const before = await show('adopted');
    const refused = await run('adopted', adopt);
    expect(refused.exitCode).toBe(1);
    expect(errorOf(refused)).toContain(
      `Ask its owner to run: az aks start --name adopted --resource-group ${group}\nOr let this action do it: set change-existing-cluster: true`,
    );
    expect(await show('adopted')).toEqual(before);

    const ended = await succeed('adopted', { ...adopt, ...ALLOWED });
    const cluster = await expectGood('adopted', ended, 'changed');
    expect(cluster.tags).toEqual({ owner: 'somebody' });
    const assigned = await chain.az(
      ...['role', 'assignment', 'list', '--scope', registry.id, '--fill-principal-name', 'false'],
    );
    expect(assigned).toMatchObject([
      {
        roleDefinitionName: 'Container Registry Repository Reader',
        principalId: cluster.identityProfile.kubeletidentity.objectId,
      },
    ]);
  });

  test('is used unchanged after its owner ran the printed command', async () => {
    await make('told', '--tags', 'managed-by=workload-identity-lab', 'repository=another/lab');
    const refused = await run('told', { create: 'false' });
    const command = /Ask its owner to run: (az aks update [^\n]*)/.exec(errorOf(refused))?.[1];
    expect(command).toBeDefined();
    await chain.az(...command!.split(' ').slice(1));
    await expectGood('told', await succeed('told', { create: 'false' }), 'already there');
  });

  test('is waited for until the timeout while its owner changes it, and nothing is aborted', async () => {
    await intervene('told', 'update', { held: true });
    await chain.az('aks', 'update', '--name', 'told', ...rg, '--tags', 'upgrade=slow', '--no-wait');
    const ended = await run('told', { create: 'false', 'timeout-minutes': '1' });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toMatch(/AKS cluster told: timed out after .*; last state: Updating/);
    expect((await show('told')).provisioningState).toBe('Updating');
    await release();
    await expect
      .poll(async () => (await show('told')).tags, { timeout: 60_000 })
      .toEqual({ upgrade: 'slow' });
  });

  test('is not created with create: false', async () => {
    const ended = await run('nowhere', { create: 'false', 'resource-group': 'wilab-nowhere' });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain(
      'AKS cluster "nowhere" does not exist in resource group "wilab-nowhere", and create is false.',
    );
    expect(await chain.az('group', 'exists', '--name', 'wilab-nowhere')).toBe(false);
  });
});

describe('a cluster of an earlier run', () => {
  const reason = {
    code: 'ErrCode_InsufficientVCPUQuota',
    message: 'Insufficient vcpu quota requested 4, remaining 2.',
  };

  test('is repaired by the next run if its creation failed, with Azure’s reason in the log', async () => {
    await intervene('failed', 'create', { error: reason });
    const first = await run('failed');
    expect(first.exitCode).toBe(1);
    expect(errorOf(first)).toContain(
      `AKS cluster "failed" is in state "Failed". Azure reports ${reason.code}: ${reason.message}`,
    );
    expect(first.output).not.toContain('abort');

    const second = await succeed('failed');
    await expectGood('failed', second, 'changed');
    await expectRemoved(second);
  });

  test('is repaired by the next run if a cancelled step aborted its creation', async () => {
    await intervene('cancelled', 'create', { held: true });
    const ended = await chain.run('create-cluster', inputs('cancelled'), {}, async (child, output) => {
      await until('the creation', () => output().includes('Creating'));
      child.kill('SIGINT');
    });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toContain('AKS cluster cancelled: Azure was asked to abort its creation.');
    expect(errorOf(ended)).toBe('create-cluster: The step was cancelled (SIGINT).');

    await expectGood('cancelled', await succeed('cancelled'), 'changed');
  });

  test('that is being deleted is waited for, and recreated', async () => {
    await intervene('failed', 'delete', { held: true });
    await chain.az('aks', 'delete', '--name', 'failed', ...rg, '--yes', '--no-wait');
    const ended = await chain.run('create-cluster', inputs('failed'), {}, async (_, output) => {
      await until('the deletion', () => output().includes('AKS cluster failed: Deleting'));
      await release();
    });
    expect(ended.exitCode, ended.output).toBe(0);
    expect(ended.output).toContain('AKS cluster failed: Deleting');
    await expectGood('failed', ended, 'created');
  });

  test('that another client updates is waited for, and not changed', async () => {
    await intervene('failed', 'update', { held: true });
    await chain.az('aks', 'update', '--name', 'failed', ...rg, '--tags', 'owner=somebody', '--no-wait');
    const ended = await chain.run('create-cluster', inputs('failed'), {}, async (_, output) => {
      await until('the update', () => output().includes('AKS cluster failed: Updating'));
      await release();
    });
    expect(ended.exitCode, ended.output).toBe(0);
    const { tags } = await expectGood('failed', ended, 'already there');
    expect(tags).toEqual({ owner: 'somebody' });
  });
});

describe('a slow creation', () => {
  test('is not aborted by a cancelled run if another run started it in the same second', async () => {
    await intervene('shared', 'create', { held: true });
    const children = new Map<string, ChildProcess>();
    const waiting = new Map<string, Promise<void>>();
    const runs = ['101', '102'].map(id =>
      chain.run('create-cluster', inputs('shared'), { GITHUB_RUN_ID: id }, (child, output) => {
        children.set(id, child);
        waiting.set(
          id,
          until('the wait', () => output().includes('AKS cluster shared: Creating')),
        );
      }),
    );
    await Promise.all(waiting.values());
    // The first creates the cluster; the other is cancelled.
    const isFirst = (await show('shared')).tags.run === '101-1';
    children.get(isFirst ? '102' : '101')!.kill('SIGINT');
    const cancelled = await runs[isFirst ? 1 : 0]!;
    expect(cancelled.exitCode).toBe(1);
    expect(cancelled.output).not.toContain('asked to abort');
    expect((await show('shared')).provisioningState).toBe('Creating');
    await release();
    await expectGood('shared', await runs[isFirst ? 0 : 1]!, 'created');
  });

  test('continues after failed polls: a 503, a reset, a denial', async () => {
    const cluster = '/managedClusters/patient\\?';
    const shown = { host: 'management.azure.com', method: 'GET', pathPattern: cluster };
    await intervene('patient', 'create', { held: true });
    const ended = await chain.run('create-cluster', inputs('patient'), {}, async (_, output) => {
      await until('the creation', () => output().includes('AKS cluster patient: Creating'));
      const body = { error: { code: 'AuthorizationFailed', message: 'Not now.' } };
      await fault({ ...shown, status: 403, body });
      await until('a failed poll', () => output().includes('cannot be read: ERROR: (AuthorizationFailed)'));
      await fault({ ...shown, reset: true, times: 4 });
      await until('a reset', () => /cannot be read: .*(RemoteDisconnected|reset)/.test(output()));
      await release();
    });
    expect(ended.exitCode, ended.output).toBe(0);
    await expectGood('patient', ended, 'created');
  });
});

/**
 * Its creation never ends. The shortest possible timeout is a minute: the tests below run until
 * then.
 */
let hung: Promise<StepEnded>;

test('starts a creation that does not end', async () => {
  await intervene('hung', 'create', { held: true });
  const began = Promise.withResolvers<void>();
  const bound = { 'timeout-minutes': '1' };
  hung = chain.run('create-cluster', inputs('hung', bound), {}, (_, output) => {
    until('the creation', () => output().includes('Creating')).then(began.resolve, began.reject);
  });
  hung.catch(() => {});
  await began.promise;
  const refused = await chain.start('az', ['aks', 'start', '--name', 'hung', ...rg]);
  expect(refused.exitCode).toBe(1);
});

describe('concurrent changes', () => {
  test('two runs create the same cluster at the same time', async () => {
    const both = await Promise.all([succeed('twice'), succeed('twice')]);
    for (const ended of both)
      expect(await chain.kubectl(ended.outputs.kubeconfig!, ['get', '--raw', '/readyz'])).toBe('ok');
    expect(new Set(both.map(({ outputs }) => outputs['oidc-issuer-url'])).size).toBe(1);
  });

  test('a conflict without an operation in progress fails immediately', async () => {
    const body = { code: 'OperationNotAllowed', message: 'managed cluster is not allowed to be updated.' };
    await fault({ method: 'PUT', pathPattern: '/managedClusters/plain\\?', status: 409, body });
    const ended = await run('plain', ALLOWED);
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain('(OperationNotAllowed) managed cluster is not allowed to be updated.');
    expect(ended.output).not.toContain('Trying again');
  });

  test('retries throttling, a reset, an operation of another client, and an identity that is not visible yet', async () => {
    const cluster = '/managedClusters/plain\\?';
    await fault({ failure: 'throttled', method: 'GET', pathPattern: cluster, times: 5 });
    await fault({
      reset: true,
      host: 'management.azure.com',
      method: 'GET',
      pathPattern: '/registries/wilabstates\\?',
      times: 4,
    });
    await fault({ failure: 'operation-in-progress', pathPattern: cluster });
    await fault({ failure: 'principal-not-found', pathPattern: '/registries/wilabstates/' });
    const ended = await succeed('plain', {
      ...ALLOWED,
      'registry-name': 'wilabstates',
      'registry-resource-group': 'wilab-shared',
    });
    for (const line of [
      /^az aks show: attempt 1 of \d+ failed: Azure throttles\. Trying again in /m,
      /^az acr show: attempt 1 of \d+ failed: the connection was reset\. Trying again in /m,
      /^az aks update: attempt 1 of \d+ failed: another operation on the resource is in progress\. Trying again in /m,
      /^role Container Registry Repository Reader for \S+: attempt 1 of \d+ failed: .*PrincipalNotFound.*Trying again in /m,
    ])
      expect(ended.output).toMatch(line);
    await expectGood('plain', ended, 'changed');
  });

  test.each([
    [
      'a denied read',
      { method: 'GET', pathPattern: '/managedClusters/plain\\?', status: 403 },
      'AuthorizationFailed',
    ],
    [
      'a rejected role assignment',
      { method: 'PUT', pathPattern: '/roleAssignments/', status: 400 },
      'RoleAssignmentLimitExceeded',
    ],
  ])('a permanent failure ends the step: %s', async (_, where, code) => {
    await fault({ ...where, host: 'management.azure.com', body: { error: { code, message: 'No.' } } });
    const ended = await run('plain', {
      'registry-name': 'wilabstates',
      'registry-resource-group': 'wilab-shared',
    });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain(`(${code}) No.`);
    expect(ended.output).not.toContain('Trying again');
  });
});

describe('access to the API server', () => {
  test('is checked for a private cluster before anything is changed', async () => {
    const ended = await run('private', ALLOWED);
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toMatch(
      /AKS cluster "private" is private: .*Run the job on a runner in that network/,
    );
    expect(ended.output).not.toContain('Trying again');
    expect((await show('private')).securityProfile?.workloadIdentity ?? null).toBeNull();
  });

  test('needs kubelogin for a cluster with Entra logins: nothing is changed without it', async ({ skip }) => {
    const kubelogin = kubeloginDirectory();
    // On a slow machine the login can be too old for a token of a new kind.
    await chain.logIn();
    const without = await run('entra', ALLOWED);
    expect(without.exitCode).toBe(1);
    expect(errorOf(without)).toMatch(/AKS cluster "entra" accepts only Entra logins.*azure\/use-kubelogin/);
    expect((await show('entra')).securityProfile?.workloadIdentity ?? null).toBeNull();

    skip(kubelogin === undefined, 'kubelogin is not built: npm run kubelogin');
    const PATH = [chain.env.PATH, kubelogin].join(delimiter);
    const ended = await chain.succeed('create-cluster', inputs('entra', ALLOWED), { PATH });
    const { kubeconfig } = ended.outputs;
    const asked = await chain.start(
      'kubectl',
      ['--kubeconfig', kubeconfig!, 'auth', 'can-i', 'create', 'pods'],
      '',
      { ...chain.env, PATH },
    );
    expect(asked.output.trim()).toBe('yes');
  });
});

test('a creation that does not end is aborted at the timeout, with the reason of the activity log', async () => {
  const ended = await hung;
  expect(ended.exitCode).toBe(1);
  const error = errorOf(ended);
  expect(error).toMatch(
    /AKS cluster hung: timed out after \d.*; last state: Creating\. Azure was asked to abort the creation\. The activity log shows:\n- Microsoft\.ContainerService\/managedClusters\/start\/action: OperationNotAllowed: /,
  );
  await expect.poll(async () => (await show('hung')).provisioningState, { timeout: 60_000 }).toBe('Canceled');
});
