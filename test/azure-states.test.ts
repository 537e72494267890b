import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain } from './support/chain.ts';

const group = 'wilab-states';
const rg = ['--resource-group', group];

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', group, '--location', 'eastus', '--tags', 'run=states');
});
afterAll(() => chain?.stop());

const tell = (request: string, body?: object) => control(chain.emulator.facts, request, body);

/** Does not throw if az fails. */
const az = (...args: string[]) => chain.start('az', [...args, '--output', 'json']);

/** The timeout of the test limits the wait. */
async function until<T>(ask: () => Promise<T>, expected: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (expected(answer)) return answer;
  }
}

describe('a cluster', () => {
  const cluster = ['--name', 'states', ...rg];
  const create = ['aks', 'create', ...cluster, '--node-count', '1', '--no-ssh-key', '--enable-oidc-issuer'];
  let kubeconfig: string;

  const states = async () => {
    const { provisioningState, powerState } = await chain.az('aks', 'show', ...cluster);
    return [provisioningState, powerState.code];
  };

  test('is refused if the quota is too small, and the activity log shows the reason', async () => {
    await tell('POST /control/cluster-operations', {
      operation: 'create',
      error: {
        status: 400,
        code: 'ErrCode_InsufficientVCPUQuota',
        message:
          'Insufficient regional vcpu quota left for location eastus. left regional vcpu quota 0, requested quota 2',
      },
    });
    const refused = await az(...create);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('(ErrCode_InsufficientVCPUQuota) Insufficient regional vcpu quota');
    const failures = await chain.az('monitor', 'activity-log', 'list', ...rg, '--status', 'Failed');
    expect(failures).toMatchObject([
      {
        operationName: { value: 'Microsoft.ContainerService/managedClusters/write' },
        status: { value: 'Failed' },
        resourceId: expect.stringMatching(/\/managedClusters\/states$/),
        properties: { statusMessage: expect.stringContaining('ErrCode_InsufficientVCPUQuota') },
      },
    ]);
    expect((await az('aks', 'show', ...cluster)).output).toContain('(ResourceNotFound)');
  });

  test('is aborted if it hangs, and repaired by an update', async () => {
    await tell('POST /control/cluster-operations', { operation: 'create', held: true });
    await chain.az(...create, '--no-wait');
    expect(await states()).toEqual(['Creating', 'Running']);
    await chain.az('aks', 'operation-abort', ...cluster);
    expect(await states()).toEqual(['Canceled', 'Running']);
    await chain.az('aks', 'update', ...cluster, '--enable-workload-identity');
    expect(await states()).toEqual(['Succeeded', 'Running']);
    kubeconfig = join(chain.directory, 'states-kubeconfig');
    await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
  });

  test('refuses a second operation until the first ends', async () => {
    await tell('POST /control/cluster-operations', { operation: 'update', cluster: 'states', held: true });
    await chain.az('aks', 'update', ...cluster, '--tags', 'a=1', '--no-wait');
    expect(await states()).toEqual(['Updating', 'Running']);
    const refused = await az('aks', 'update', ...cluster, '--tags', 'a=2');
    expect(refused.output).toMatch(
      /\(OperationNotAllowed\) Operation is not allowed because there's an in progress update managed cluster operation/,
    );
    await tell('DELETE /control/cluster-operations');
    await until(states, ([state]) => state === 'Succeeded');
    expect((await chain.az('aks', 'show', ...cluster)).tags).toEqual({ a: '1' });
  });

  test('shows why it failed, and is repaired by an update', async () => {
    const error = { code: 'InternalOperationError', message: 'Internal server error' };
    await tell('POST /control/cluster-operations', { operation: 'update', error });
    expect((await az('aks', 'update', ...cluster, '--tags', 'a=3')).output).toContain(
      '(InternalOperationError) Internal server error',
    );
    expect(await states()).toEqual(['Failed', 'Running']);
    expect((await chain.az('aks', 'show', ...cluster)).status.provisioningError).toMatchObject(error);
    await chain.az('aks', 'update', ...cluster, '--tags', 'a=4');
    expect(await states()).toEqual(['Succeeded', 'Running']);
  });

  test('has no pods and does not answer while stopped, and restarts those of controllers', async () => {
    const pods = async (): Promise<{ metadata: { name: string }; status: { phase: string } }[]> =>
      JSON.parse(await chain.kubectl(kubeconfig, ['get', 'pods', '--output', 'json'])).items;
    const container = { name: 'c', image: 'mcr.microsoft.com/oss/kubernetes/pause:3.9' };
    const labels = { app: 'kept' };
    const objects = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: { containers: [container] } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'kept' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
    ];
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await chain.kubectl(kubeconfig, ['create', '--filename', '-'], JSON.stringify(list));
    const scheduled = (name: string) => (found: Awaited<ReturnType<typeof pods>>) =>
      found.some(pod => pod.metadata.name.startsWith(name));
    await until(pods, found => scheduled('bare')(found) && scheduled('kept-')(found));

    await chain.az('aks', 'stop', ...cluster);
    expect(await states()).toEqual(['Succeeded', 'Stopped']);
    const asked = await chain.start('kubectl', ['--kubeconfig', kubeconfig, 'get', 'pods']);
    expect([asked.exitCode, asked.output]).toEqual([1, expect.stringContaining('no such host')]);
    expect((await az('aks', 'stop', ...cluster)).output).toContain(
      '(OperationNotAllowed) managed cluster is not currently running, stopping cannot be performed',
    );
    expect((await az('aks', 'update', ...cluster, '--tags', 'a=5')).output).toContain(
      '(OperationNotAllowed) managed cluster is in Provisioning State(Succeeded) and Power State(Stopped)',
    );

    await chain.az('aks', 'start', ...cluster);
    expect(await states()).toEqual(['Succeeded', 'Running']);
    const back = await until(pods, scheduled('kept-'));
    expect(scheduled('bare')(back)).toBe(false);
  });

  test('exists until its deletion ends', async () => {
    await tell('POST /control/cluster-operations', { operation: 'delete', held: true });
    await chain.az('aks', 'delete', ...cluster, '--yes', '--no-wait');
    expect((await states())[0]).toBe('Deleting');
    await tell('DELETE /control/cluster-operations');
    const gone = () => az('aks', 'show', ...cluster);
    await until(gone, ({ output }) => output.includes('(ResourceNotFound)'));
  });
});

describe('transient failures', () => {
  const fault = (body: object) => tell('POST /control/faults', body);
  const show = ['group', 'show', '--name', group];
  afterEach(() => tell('DELETE /control/faults'));

  test('include throttling, which az retries, and then reports', async () => {
    await fault({ failure: 'throttled', times: 2 });
    expect((await az(...show)).exitCode).toBe(0);
    await fault({ failure: 'throttled', times: 100 });
    expect((await az(...show)).output).toContain('(TooManyRequests)');
  });

  test('include a reset connection', async () => {
    await fault({ reset: true, host: 'management.azure.com', times: 100 });
    const reset = await az(...show);
    expect(reset.exitCode).not.toBe(0);
    // az's words for a reset connection through a proxy.
    expect(reset.output).toContain('RemoteDisconnected');
    await tell('DELETE /control/faults');
    expect((await az(...show)).exitCode).toBe(0);
  });

  test.each([
    [
      'concurrent-credential-writes',
      ['identity', 'federated-credential', 'create', '--identity-name', 'passes', '--name', 'fic'],
      ['--issuer', 'https://issuer.example', '--subject', 'subject'],
      '(ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity)',
    ],
    ['concurrent-update', ['identity', 'create', '--name', 'passes'], [], '(ConcurrentUpdateError)'],
  ])('include %s, once', async (failure, command, further, code) => {
    await chain.az('identity', 'create', '--name', 'passes', ...rg);
    await fault({ failure });
    const args = [...command, ...rg, ...further];
    expect((await az(...args)).output).toContain(code);
    expect((await az(...args)).exitCode).toBe(0);
  });

  test('include a principal that is not found yet, once', async () => {
    const { principalId } = await chain.az('identity', 'create', '--name', 'passes', ...rg);
    const { id } = await chain.az(...show);
    await fault({ failure: 'principal-not-found' });
    const grant = [
      ...['role', 'assignment', 'create', '--assignee-object-id', principalId, '--role', 'AcrPull'],
      ...['--assignee-principal-type', 'ServicePrincipal', '--scope', id],
    ];
    expect((await az(...grant)).output).toContain('(PrincipalNotFound)');
    expect((await az(...grant)).exitCode).toBe(0);
  });
});

describe('a vault', () => {
  const name = ['--name', 'wilabstates'];
  const create = ['keyvault', 'create', ...name, '--location', 'eastus'];

  /** az always warns of the vault's name. */
  const remove = async (...vault: string[]) =>
    expect((await az('keyvault', 'delete', ...vault)).exitCode).toBe(0);

  test('keeps its name after soft deletion, and loses its role assignments by recovery', async () => {
    const { id } = await chain.az(...create, ...rg);
    const { principalId } = await chain.az('identity', 'create', '--name', 'reader', ...rg);
    await chain.az(
      ...['role', 'assignment', 'create', '--assignee-object-id', principalId, '--scope', id],
      ...['--assignee-principal-type', 'ServicePrincipal', '--role', 'Key Vault Secrets User'],
    );
    const granted = async () =>
      (await chain.az('role', 'assignment', 'list', '--scope', id)).filter(
        (assignment: { principalId: string }) => assignment.principalId === principalId,
      ).length;
    expect(await granted()).toBe(1);
    await remove(...name);
    expect((await az(...create, ...rg)).output).toContain(
      '(ConflictError) A vault with the same name already exists in deleted state.',
    );
    expect(await chain.az('keyvault', 'list-deleted', '--resource-type', 'vault')).toMatchObject([
      { name: 'wilabstates', properties: { vaultId: id } },
    ]);
    await chain.az('keyvault', 'recover', ...name);
    expect(await chain.az('keyvault', 'show', ...name)).toMatchObject({ id });
    expect(await granted()).toBe(0);
    await remove(...name);
    await chain.az('keyvault', 'purge', ...name);
    expect((await az('keyvault', 'show-deleted', ...name)).exitCode).not.toBe(0);
  });

  test('of another owner or resource group keeps its name', async () => {
    await tell('POST /control/taken-vault-names', { name: 'wilabtheirs' });
    const theirs = ['keyvault', 'create', '--name', 'wilabtheirs', '--location', 'eastus', ...rg];
    expect((await az(...theirs)).output).toContain('(VaultAlreadyExists)');
    await chain.az('group', 'create', '--name', 'wilab-other', '--location', 'eastus');
    await chain.az(...create, '--resource-group', 'wilab-other', '--enable-rbac-authorization', 'false');
    expect((await az(...create, ...rg)).output).toContain('(VaultAlreadyExists)');
    expect((await chain.az('keyvault', 'show', ...name)).properties.enableRbacAuthorization).toBe(false);
  });

  test('is not purged if it has purge protection', async () => {
    const guarded = ['--name', 'wilabguarded'];
    await chain.az(
      ...['keyvault', 'create', ...guarded, '--location', 'eastus', ...rg],
      '--enable-purge-protection',
    );
    await remove(...guarded);
    expect((await az('keyvault', 'purge', ...guarded)).output).toContain('(MethodNotAllowed)');
  });

  test('shows a secret over Resource Manager, without its value', async () => {
    // The assertion of the first login can be too old for the vault's token.
    await chain.logIn();
    // The vault uses policies, and its creator has them.
    await chain.az('keyvault', 'secret', 'set', '--vault-name', name[1]!, '--name', 's', '--value', 'v4lu3');
    const { id } = await chain.az('keyvault', 'show', ...name);
    const shown = await chain.az('resource', 'show', '--ids', `${id}/secrets/s`);
    expect(shown.properties.attributes).toMatchObject({ enabled: true });
    expect(JSON.stringify(shown)).not.toContain('v4lu3');
  });
});

test('a role assignment outlives its principal', async () => {
  const { principalId } = await chain.az('identity', 'create', '--name', 'leaving', ...rg);
  const { id } = await chain.az('group', 'show', '--name', group);
  await chain.az(
    ...['role', 'assignment', 'create', '--assignee-object-id', principalId, '--role', 'AcrPull'],
    ...['--assignee-principal-type', 'ServicePrincipal', '--scope', id],
  );
  await chain.az('identity', 'delete', '--name', 'leaving', ...rg);
  const all: { principalId: string }[] = await chain.az('role', 'assignment', 'list', '--all');
  expect(all.filter(assignment => assignment.principalId === principalId)).toHaveLength(1);
});

test('groups and resources are listed by their tags', async () => {
  await chain.az('identity', 'create', '--name', 'tagged', ...rg, '--tags', 'run=states');
  const names = async (...args: string[]) =>
    (await chain.az(...args)).map((found: { name: string }) => found.name);
  expect(await names('group', 'list', '--tag', 'run=states')).toEqual([group]);
  expect(await names('group', 'list', '--tag', 'run=other')).toEqual([]);
  expect(await names('resource', 'list', '--tag', 'run=states')).toEqual(['tagged']);
  expect(await names('resource', 'list', '--tag', 'run')).toEqual(['tagged']);
  expect(await names('resource', 'list', ...rg)).toContain('tagged');
});
