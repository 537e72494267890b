import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import {
  type Answer,
  azureError,
  type FakeTools,
  failing,
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
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/wilab',
  nodeResourceGroup: 'MC_rg_wilab',
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
    create: true,
    nodeCount: 1,
    nodeVmSize: '',
    kubernetesVersion: '',
    registryName: 'wilab4521',
    registryGroup: 'rg',
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
  'az aks start': () => undefined,
  'az monitor activity-log list': () => [],
  'az aks operation-abort': () => undefined,
  'az aks get-credentials': args => writeFile(kubeconfigOf(args), 'token'),
  'az acr show': () => ({ id: registryId, provisioningState: 'Succeeded' }),
  'az role assignment list': () => [],
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
    expect(tools.report.facts).toMatchObject({ issuer });
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

  it('says "already there" to all that is, and starts az four times for it', async () => {
    const tools = fakeTools({
      ...azure,
      'az role assignment create': () => ({ name: 'the one that is there' }),
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()).toEqual({
      'AKS cluster wilab': 'already there',
      'Credentials wilab': 'fetched',
      'Pull right on wilab4521': 'already there',
    });
    expect(tools.commands).toHaveLength(4);
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

  it('gives up on a registry that never comes at the bound for retries, and says what to do', async () => {
    const tools = fakeTools({ ...azure, 'az acr show': () => notFound() });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(/^Registry wilab4521: given up after/);
    expect(tools.time.now()).toBeLessThanOrEqual(600_000);
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
    const abort = lines(tools).indexOf('az aks operation-abort --name wilab --resource-group rg --no-wait');
    expect(tools.options[abort]).toEqual({ lastWord: true });
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

  it('aborts it too when it is cancelled before az says that Azure has it', async () => {
    const interrupted = () => {
      throw new Interrupted('SIGTERM');
    };
    const tools = fakeTools({ ...azure, ...showing('missing'), 'az aks create': interrupted });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(operations(tools)).toEqual(['create', 'operation-abort']);
  });

  it('aborts nothing that may go on on a cluster that was there', async () => {
    const interrupted = () => {
      throw new Interrupted('SIGTERM');
    };
    const tools = fakeTools({
      ...azure,
      ...showing({ securityProfile: null }),
      'az aks update': interrupted,
    });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(operations(tools)).toEqual(['update']);
  });

  it('aborts nothing that it did not start', async () => {
    const tools = fakeTools({ ...azure, ...showing({ provisioningState: 'Upgrading' }) });
    await failure(tools);
    expect(lines(tools).some(line => line.includes('operation-abort'))).toBe(false);
  });

  it.each(['Failed', 'Canceled'])(
    'gives Azure’s reason when a creation ends as %s, and aborts nothing',
    async provisioningState => {
      const status = {
        provisioningError: { code: 'ErrCode_InsufficientVCPUQuota', message: 'Insufficient vcpu quota.' },
      };
      const tools = fakeTools({ ...azure, ...showing('missing', { provisioningState, status }) });
      const error = await failure(tools);
      expect(error.message).toBe(
        `AKS cluster wilab is in state ${provisioningState}. Azure says: ErrCode_InsufficientVCPUQuota: Insufficient vcpu quota.`,
      );
      expect(operations(tools)).toEqual(['create']);
    },
  );

  it('asks the activity log where the cluster does not say why it failed', async () => {
    const error = {
      code: 'DeploymentFailed',
      message: 'Outer.',
      details: [{ code: 'Policy', message: '::error::No.\r\nNever.' }],
    };
    const event = (message: string, resource: string) => ({ operation: 'write', resource, message });
    const activities: Answer = args =>
      args.includes('MC_rg_wilab')
        ? [event(JSON.stringify({ error }), 'a scale set'), event('x'.repeat(5000), 'another')]
        : [event('Of something else.', `${cluster.id}-2`), event('Plain.', cluster.id)];
    const tools = fakeTools({
      ...azure,
      'az monitor activity-log list': activities,
      ...showing('missing', { provisioningState: 'Failed' }),
    });
    const { message } = await failure(tools);
    expect(message).toContain('is in state Failed. The activity log says:\n- write: Policy: ');
    expect(message).toContain('\n- write: Plain.');
    expect(message).not.toContain('something else');
    expect(message).not.toMatch(/^::/m);
    expect(message.length).toBeLessThan(2000);
  });
});

/** The operations on the cluster, in their order. */
function operations(tools: FakeTools): string[] {
  return tools.commands
    .filter(([tool, service]) => tool === 'az' && service === 'aks')
    .map(([, , verb]) => verb!)
    .filter(verb => ['create', 'start', 'update', 'operation-abort'].includes(verb));
}

const stopped = { powerState: { code: 'Stopped' } };

describe('a cluster that is found', () => {
  const failed = { provisioningState: 'Failed' };

  it.each<[string, (object | 'missing')[], string[]]>([
    ['stopped: is started', [stopped, { provisioningState: 'Starting' }, {}], ['start']],
    [
      'stopping: is waited for, then started',
      [{ provisioningState: 'Stopping', ...stopped }, stopped, {}],
      ['start'],
    ],
    ['failed: is reconciled', [failed, { provisioningState: 'Updating' }, {}], ['update']],
    ['canceled: is reconciled', [{ provisioningState: 'Canceled' }, {}], ['update']],
    ['stopped and failed: is started, which reconciles it too', [{ ...failed, ...stopped }, {}], ['start']],
    ['being created: is waited for', [{ provisioningState: 'Creating' }, {}], []],
    [
      'failing while it is waited for: is reconciled',
      [{ provisioningState: 'Updating' }, failed, {}],
      ['update'],
    ],
    [
      'being deleted: is waited for, then made anew',
      [{ provisioningState: 'Deleting' }, 'missing', {}],
      ['create'],
    ],
  ])('%s', async (_, states, expected) => {
    const tools = fakeTools({ ...azure, ...showing(...states) });
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(expected);
    const outcome =
      expected.length === 0 ? 'already there' : expected[0] === 'create' ? 'created' : 'changed';
    expect(tools.outcomes()['AKS cluster wilab']).toBe(outcome);
  });

  it('is reconciled once; then Azure’s reason stands', async () => {
    const tools = fakeTools({ ...azure, ...showing(failed) });
    expect((await failure(tools)).message).toMatch(
      /^AKS cluster wilab is in state Failed\. The activity log has no reason yet.*az monitor activity-log list --resource-group MC_rg_wilab --status Failed$/,
    );
    expect(operations(tools)).toEqual(['update']);
  });

  it('is not started a second time', async () => {
    const tools = fakeTools({ ...azure, ...showing(stopped) });
    expect((await failure(tools)).message).toContain('Stopped, although az aks start succeeded');
    expect(operations(tools)).toEqual(['start']);
  });

  it.each([
    "Operation is not allowed because there's an in progress update managed cluster operation (operation ID: x) on the managed cluster started on UTC y.",
    'managed cluster is in Provisioning State(Starting) and Power State(Running), updating cannot be performed',
  ])('and to which somebody else is doing something is waited for and looked at again: %s', async message => {
    const failing = [() => azureError('OperationNotAllowed', message)];
    const tools = fakeTools({
      ...azure,
      'az aks update': () => failing.pop()?.(),
      ...showing({ securityProfile: null }, { provisioningState: 'Updating' }, {}),
    });
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(['update']);
    expect(tools.outcomes()['AKS cluster wilab']).toBe('already there');
    expect(tools.lines).toContainEqual(
      expect.stringMatching(
        /attempt 1 of \d+ failed: another operation on the cluster is in progress\. Trying again/,
      ),
    );
  });

  it('just after somebody else has begun to make it is waited for', async () => {
    const exists = "ERROR: The cluster 'wilab' under resource group 'rg' already exists. Please use …";
    const tools = fakeTools({
      ...azure,
      'az aks create': () => failing(exists),
      ...showing('missing', { provisioningState: 'Creating' }, {}),
    });
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(['create']);
    expect(tools.outcomes()['AKS cluster wilab']).toBe('already there');
  });

  it('and was never made far enough to be updated is to be deleted by a person', async () => {
    const tools = fakeTools({
      ...azure,
      'az aks update': () => failing("ERROR: Unexpected error getting kubelet's identity for the cluster."),
      ...showing({ provisioningState: 'Canceled', identityProfile: null }),
    });
    expect(await failure(tools)).toMatchObject({
      message: 'AKS cluster wilab was never made far enough to be mended.',
      remedy: expect.stringContaining('az aks delete --name wilab --resource-group rg --yes'),
    });
  });

  it('and cannot be updated for another reason fails at once', async () => {
    const message =
      'managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), updating cannot be performed';
    const tools = fakeTools({
      ...azure,
      'az aks update': () => azureError('OperationNotAllowed', message),
      ...showing({ securityProfile: null }),
    });
    expect((await failure(tools)).message).toContain('OperationNotAllowed');
    expect(tools.time.now()).toBe(0);
  });
});

describe('with create: false', () => {
  const adopting = (states: (object | 'missing')[]) => {
    inputs.create = false;
    return fakeTools({ ...azure, ...showing(...states) });
  };

  it('takes the one that is there, and enables what it lacks', async () => {
    const tools = adopting([{ securityProfile: null }, {}]);
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(['update']);
    expect(lines(tools).some(line => line.startsWith('az group'))).toBe(false);
  });

  it.each<[string, object | 'missing']>([
    ['is not in resource group rg', 'missing'],
    ['is being deleted', { provisioningState: 'Deleting' }],
  ])('fails with nothing done when it %s', async (state, shown) => {
    const tools = adopting([shown]);
    expect((await failure(tools)).message).toContain(`AKS cluster wilab ${state}, and create is false.`);
    expect(operations(tools)).toEqual([]);
  });

  it('makes none in the place of one that goes while it is waited for', async () => {
    const tools = adopting([{ provisioningState: 'Updating' }, 'missing']);
    expect((await failure(tools)).message).toContain('was deleted while this waited for it');
    expect(operations(tools)).toEqual([]);
  });
});

describe('the way to the API server', () => {
  const missing = (): never => {
    throw new Error('Unable to locate executable file: kubelogin. Please verify …');
  };

  it.each([{ aadProfile: { managed: true } }, { disableLocalAccounts: true }])(
    'of a cluster with %j goes through kubelogin, with the login of az',
    async entra => {
      const kubelogin = { 'kubelogin --version': () => 'v0.2', 'kubelogin convert-kubeconfig': () => '' };
      const token = { 'az account get-access-token': () => '2026-11-24 15:00:00' };
      const tools = fakeTools({
        ...azure,
        ...kubelogin,
        ...token,
        ...showing({ ...entra, ...stopped }, entra),
      });
      const { kubeconfig } = await createCluster(inputs, tools);
      // Taken while the login is young: a start takes minutes.
      const at = (start: string) => lines(tools).findIndex(line => line.startsWith(start));
      expect(at('az account get-access-token')).toBeGreaterThanOrEqual(0);
      expect(at('az account get-access-token')).toBeLessThan(at('az aks start'));
      expect(lines(tools)).toContain(
        `kubelogin convert-kubeconfig --login azurecli --kubeconfig ${kubeconfig}`,
      );
    },
  );

  it('is refused before anything is changed where kubelogin is missing', async () => {
    const entra = { aadProfile: {}, securityProfile: null };
    const tools = fakeTools({ ...azure, 'kubelogin --version': missing, ...showing(entra) });
    expect((await failure(tools)).message).toMatch(
      /by Entra only.*kubelogin was not found on PATH.*azure\/use-kubelogin/,
    );
    expect(operations(tools)).toEqual([]);
  });

  const behindWalls = { apiServerAccessProfile: { enablePrivateCluster: true }, securityProfile: null };

  it.each([
    'Unable to connect to the server: dial tcp: lookup x.privatelink.eastus.azmk8s.io: no such host',
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  ])('of a private cluster is refused before anything is changed: %s', async stderr => {
    const tools = fakeTools({
      ...azure,
      'kubectl get --raw /readyz': () => failing(stderr),
      ...showing(behindWalls),
    });
    expect((await failure(tools)).message).toMatch(/is private: .*Run the job on a runner in that network/);
    expect(operations(tools)).toEqual([]);
  });

  it.each([() => 'ok', () => failing('Error from server (Forbidden): forbidden')])(
    'of a private cluster that answers is taken (%#)',
    async answer => {
      const tools = fakeTools({ ...azure, 'kubectl get --raw /readyz': answer, ...showing(behindWalls, {}) });
      await createCluster(inputs, tools);
      expect(operations(tools)).toEqual(['update']);
    },
  );

  it('of a private cluster that is stopped is tried once it runs', async () => {
    const sleeping = { ...behindWalls, powerState: { code: 'Stopped' } };
    const tools = fakeTools({
      ...azure,
      'kubectl get --raw /readyz': () => failing('no such host'),
      ...showing(sleeping, { apiServerAccessProfile: { enablePrivateCluster: true } }),
    });
    expect(await failure(tools)).toBeInstanceOf(ActionFailed);
    expect(operations(tools)).toEqual(['start']);
  });

  it('is not asked of kubectl where it is public, and az is kept from converting another kubeconfig', async () => {
    const tools = fakeTools(azure);
    const { kubeconfig } = await createCluster(inputs, tools);
    expect(lines(tools).some(line => /^kube/.test(line))).toBe(false);
    const get = lines(tools).findIndex(line => line.startsWith('az aks get-credentials'));
    expect(tools.options[get]).toEqual({ env: { KUBECONFIG: kubeconfig } });
  });
});

describe('the pull right', () => {
  const reader = 'b93aa761-3e63-49ed-ac28-beffa264f7ac';
  const registry = { id: registryId, provisioningState: 'Succeeded' };

  it('is Repository Reader where the registry decides by repository, in whatever resource group it is', async () => {
    const tools = fakeTools({
      ...azure,
      'az acr show': () => ({ ...registry, roleAssignmentMode: 'AbacRepositoryPermissions' }),
    });
    await createCluster({ ...inputs, registryGroup: 'shared' }, tools);
    expect(lines(tools)).toContain('az acr show --name wilab4521 --resource-group shared');
    expect(lines(tools).find(line => line.startsWith('az role'))).toContain(`--role ${reader} `);
  });

  const list = 'az role assignment list';
  const pulls = [{ principalId: 'kubelet-object-id', role: '/x/7f951dda-4ed3-4680-a7ca-43fe172d538d' }];

  it('that is there needs no right to assign roles', async () => {
    const tools = fakeTools({
      ...azure,
      'az rest --method get --url /subscriptions': () => ({
        value: [{ actions: ['*/read', 'Microsoft.ContainerService/*'], notActions: [] }],
      }),
      'az role assignment create': () => azureError('AuthorizationFailed'),
      [list]: () => pulls,
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['Pull right on wilab4521']).toBe('already there');
  });

  it('that is missing needs it before anything is changed, and all problems are told together', async () => {
    const tools = fakeTools({
      ...azure,
      'az rest --method get --url /subscriptions': () => ({
        value: [{ actions: ['*/read'], notActions: [] }],
      }),
      [list]: () => [{ principalId: 'another', role: pulls[0]!.role }],
      ...showing('missing'),
      'az group show': () => notFound('ResourceGroupNotFound'),
    });
    const { message } = await failure(tools);
    expect(message).toContain('4 things must be put right first');
    for (const what of [
      'assign the role AcrPull in resource group rg. Give it Role Based Access Control Administrator',
      'Microsoft.ContainerService/managedClusters/write',
      'listClusterUserCredential/action',
      'Microsoft.Resources/subscriptions/resourceGroups/write in subscription',
    ])
      expect(message).toContain(what);
    expect(operations(tools)).toEqual([]);
  });
});

describe('createCluster', () => {
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
      create: 'maybe',
      'registry-resource-group': 'x.',
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
