import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import {
  type Answer,
  azureError,
  type FakeTools,
  fakeTools,
  noAccount,
  notFound,
} from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import { createCluster } from './create-cluster.ts';
import { type Inputs, parse } from './inputs.ts';

const issuer =
  'https://eastus.oic.prod-aks.azure.com/11111111-1111-1111-1111-111111111111/22222222-2222-2222-2222-222222222222/';
const registryId =
  '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/wilab4521';
const cluster = {
  provisioningState: 'Succeeded',
  powerState: { code: 'Running' },
  oidcIssuerProfile: { enabled: true, issuerUrl: issuer },
  securityProfile: { workloadIdentity: { enabled: true } },
  identityProfile: { kubeletidentity: { objectId: 'kubelet-object-id' } },
};

let folder: string;
let inputs: Inputs;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'create-cluster-test-'));
  inputs = {
    account: noAccount,
    group: { name: 'rg', location: 'eastus', tags: { 'managed-by': 'workload-identity-lab', run: '7-1' } },
    clusterName: 'wilab',
    nodeCount: 1,
    nodeVmSize: '',
    kubernetesVersion: '',
    registryName: 'wilab4521',
    timeoutMinutes: 30,
    kubeconfigFolder: join(folder, 'kubeconfig'),
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const kubeconfigOf = (args: readonly string[]): string => args[args.indexOf('--file') + 1]!;

/** Azure in which everything is there; tests put something else in a place. */
const azure: Record<string, Answer> = {
  'az group show': () => ({}),
  'az group create': () => ({}),
  'az aks show': () => cluster,
  'az aks create': () => undefined,
  'az aks update': () => undefined,
  'az aks operation-abort': () => undefined,
  'az aks get-credentials': args => writeFile(kubeconfigOf(args), 'token'),
  'az acr show': () => ({ id: registryId, provisioningState: 'Succeeded' }),
  'az role assignment create': args => ({ name: args[args.indexOf('--name') + 1] }),
};

/** `az aks show` as one call after the other finds it; the last one stays. */
function showing(...states: (object | 'missing')[]): Record<string, Answer> {
  let at = 0;
  return {
    'az aks show': () => {
      const state = states[Math.min(at++, states.length - 1)]!;
      return state === 'missing' ? notFound() : { ...cluster, ...state };
    },
  };
}

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
const failure = (tools: FakeTools): Promise<Error> =>
  createCluster(inputs, tools).then(
    () => {
      throw new Error('it passed');
    },
    error => error,
  );

describe('createCluster', () => {
  it('makes group and cluster, waits, gets credentials, and lets the nodes pull', async () => {
    const missing = { 'az group show': () => notFound('ResourceGroupNotFound') };
    const creating = { provisioningState: 'Creating', identityProfile: null };
    const tools = fakeTools({
      ...azure,
      ...missing,
      ...showing('missing', 'missing', creating, creating, {}),
    });
    const outputs = await createCluster(inputs, tools);

    expect(outputs).toEqual({
      'resource-group': 'rg',
      'cluster-name': 'wilab',
      'oidc-issuer-url': issuer,
      kubeconfig: join(folder, 'kubeconfig', 'config'),
    });
    const create = tools.commands.find(command => command[2] === 'create' && command[1] === 'aks');
    expect(create).toEqual([
      'az',
      'aks',
      'create',
      '--name',
      'wilab',
      '--resource-group',
      'rg',
      '--location',
      'eastus',
      '--tags',
      'managed-by=workload-identity-lab',
      'run=7-1',
      '--node-count',
      '1',
      '--enable-oidc-issuer',
      '--enable-workload-identity',
      '--no-ssh-key',
      '--no-wait',
    ]);
    const grant = lines(tools).find(line => line.startsWith('az role'));
    expect(grant).toContain(`--role 7f951dda-4ed3-4680-a7ca-43fe172d538d --scope ${registryId}`);
    expect(grant).toContain(
      '--assignee-object-id kubelet-object-id --assignee-principal-type ServicePrincipal',
    );
    expect(tools.outcomes()).toEqual({
      'Resource group rg': 'created',
      'AKS cluster wilab': 'created',
      'Credentials wilab': 'fetched',
      'Pull right on wilab4521': 'created',
    });
    expect(lines(tools).some(line => line.includes('attach-acr'))).toBe(false);
  });

  it('asks for size and version when they are given', async () => {
    const tools = fakeTools({ ...azure, ...showing('missing', {}) });
    await createCluster(
      { ...inputs, nodeVmSize: 'Standard_D4ds_v5', kubernetesVersion: '1.34', nodeCount: 3 },
      tools,
    );
    expect(lines(tools).find(line => line.startsWith('az aks create'))).toContain(
      '--node-count 3 --node-vm-size Standard_D4ds_v5 --kubernetes-version 1.34',
    );
  });

  it('keeps the kubeconfig to its user', async () => {
    const { kubeconfig } = await createCluster(inputs, fakeTools(azure));
    expect((await stat(kubeconfig!)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(kubeconfig!))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(kubeconfig!))).toEqual(['config']);
  });

  it('says "already there" to all that is, and starts az five times for it', async () => {
    const tools = fakeTools({
      ...azure,
      'az role assignment create': () => ({ name: 'the one that is there' }),
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()).toEqual({
      'Resource group rg': 'already there',
      'AKS cluster wilab': 'already there',
      'Credentials wilab': 'fetched',
      'Pull right on wilab4521': 'already there',
    });
    expect(tools.commands).toHaveLength(5);
  });

  it.each([
    ['the issuer', { oidcIssuerProfile: { enabled: false } }],
    ['workload identity', { securityProfile: null }],
  ])('enables %s on a cluster that has it not', async (_, without) => {
    const tools = fakeTools({
      ...azure,
      ...showing(without, { ...without, provisioningState: 'Updating' }, {}),
    });
    await createCluster(inputs, tools);
    expect(lines(tools)).toContain(
      'az aks update --name wilab --resource-group rg --enable-oidc-issuer --enable-workload-identity --no-wait',
    );
    expect(tools.outcomes()['AKS cluster wilab']).toBe('changed');
  });

  it('waits for what somebody else is doing to the cluster, and changes nothing', async () => {
    const tools = fakeTools({
      ...azure,
      ...showing({ provisioningState: 'Upgrading' }, { provisioningState: 'Upgrading' }, {}),
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['AKS cluster wilab']).toBe('already there');
  });

  it('gives no right when there is no registry', async () => {
    const tools = fakeTools(azure);
    await createCluster({ ...inputs, registryName: '' }, tools);
    expect(lines(tools).filter(line => /^az (acr|role)/.test(line))).toEqual([]);
  });

  it('waits for a registry that is being made', async () => {
    const found: Answer[] = [
      () => notFound(),
      () => ({ provisioningState: 'Creating' }),
      azure['az acr show']!,
    ];
    const tools = fakeTools({
      ...azure,
      'az acr show': (args, options) => (found.length > 1 ? found.shift()! : found[0]!)(args, options),
    });
    await createCluster(inputs, tools);
    expect(tools.lines).toContainEqual(expect.stringContaining('Registry wilab4521: not there yet'));
    expect(tools.outcomes()['Pull right on wilab4521']).toBe('created');
  });

  it('gives up on a registry that never comes after two minutes, and says what to do', async () => {
    const tools = fakeTools({ ...azure, 'az acr show': () => notFound() });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(/^Registry wilab4521: given up after/);
    expect(tools.time.now()).toBeLessThanOrEqual(120_000);
  });

  it('waits for a kubelet identity that the directory does not show yet', async () => {
    let refusals = 2;
    const grant: Answer = (args, options) =>
      refusals-- > 0 ? azureError('PrincipalNotFound') : azure['az role assignment create']!(args, options);
    const tools = fakeTools({ ...azure, 'az role assignment create': grant });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['Pull right on wilab4521']).toBe('created');
  });

  it('fails at once on a refused right', async () => {
    const tools = fakeTools({
      ...azure,
      'az role assignment create': () => azureError('AuthorizationFailed'),
    });
    expect((await failure(tools)).message).toContain('AuthorizationFailed');
    expect(tools.time.now()).toBe(0);
  });

  it('aborts the creation at its bound, and says so', async () => {
    const tools = fakeTools({ ...azure, ...showing('missing', { provisioningState: 'Creating' }) });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(/given up after .*; last seen: Creating. The operation was told to abort/);
    expect(lines(tools).at(-1)).toBe('az aks operation-abort --name wilab --resource-group rg --no-wait');
    expect(tools.options.at(-1)).toEqual({ lastWord: true });
    expect(tools.time.now()).toBeGreaterThan(29 * 60_000);
  });

  it('aborts the creation when the step is cancelled; if it cannot, it says how', async () => {
    const interrupted = () => {
      throw new Interrupted('SIGINT');
    };
    let shown = 0;
    const show: Answer = () => (shown++ === 0 ? notFound() : interrupted());
    const tools = fakeTools({
      ...azure,
      'az aks show': show,
      'az aks operation-abort': () => azureError('Nope'),
    });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(tools.warnings).toEqual([
      expect.stringContaining('az aks operation-abort --name wilab --resource-group rg --no-wait'),
    ]);
  });

  it('aborts nothing that it did not start', async () => {
    const tools = fakeTools({ ...azure, ...showing({ provisioningState: 'Upgrading' }) });
    await failure(tools);
    expect(lines(tools).some(line => line.includes('operation-abort'))).toBe(false);
  });

  it.each(['Failed', 'Canceled', 'Deleting'])(
    'refuses a cluster in state %s with Azure’s reason, and aborts nothing',
    async provisioningState => {
      const status = {
        provisioningError: { code: 'ErrCode_InsufficientVCPUQuota', message: 'Insufficient vcpu quota.' },
      };
      const tools = fakeTools({ ...azure, ...showing('missing', { provisioningState, status }) });
      const error = await failure(tools);
      expect(error.message).toBe(
        `AKS cluster wilab is in state ${provisioningState}. Azure says: ErrCode_InsufficientVCPUQuota: Insufficient vcpu quota.`,
      );
      expect(lines(tools).some(line => line.includes('operation-abort'))).toBe(false);
    },
  );

  it('says how to start a cluster that is stopped', async () => {
    const error = await failure(fakeTools({ ...azure, ...showing({ powerState: { code: 'Stopped' } }) }));
    expect(error).toMatchObject({ remedy: 'Start it: az aks start --name wilab --resource-group rg' });
  });

  it.each([
    [{ identityProfile: null }, /no kubelet identity/],
    [{ oidcIssuerProfile: { enabled: true } }, /does not state its URL/],
  ])('refuses a cluster with %j', async (without, message) => {
    expect((await failure(fakeTools({ ...azure, ...showing(without) }))).message).toMatch(message);
  });
});

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';

  it('puts the kubeconfig into the runner’s temporary folder', () => {
    const { kubeconfigFolder } = parse(
      { RUNNER_TEMP: '/runner/temp' },
      read({ 'resource-group': 'rg', 'cluster-name': 'wilab' }),
    );
    expect(kubeconfigFolder).toMatch(/^\/runner\/temp\/kubeconfig-[\w-]{36}$/);
  });

  it('names every input that is not valid', () => {
    const values = {
      'resource-group': 'rg.',
      location: 'East US',
      'cluster-name': '-x',
      'node-count': '0',
      'node-vm-size': 'a b',
      'kubernetes-version': 'latest',
      'registry-name': 'wi-lab',
      'timeout-minutes': '0',
      'expires-in-hours': 'x',
      tags: 'x',
    };
    try {
      parse({}, read(values));
      expect.unreachable();
    } catch (error) {
      const named = (error as { problems: string[] }).problems.map(problem => problem.split(' ')[0]);
      expect(named.sort()).toEqual(Object.keys(values).sort());
    }
  });
});
