import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import {
  azureError,
  type FakeAnswer,
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
/** The tags of a cluster that the lab of this repository created. */
const ours = { 'managed-by': 'workload-identity-lab', repository: 'octo/lab' };
const cluster = {
  tags: { ...ours, 'creation-id': 'mine' } as Record<string, string>,
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
    group: { name: 'rg', location: 'eastus', tags: { ...ours, run: '7-1' } },
    clusterName: 'wilab',
    create: true,
    changeExisting: false,
    nodeCount: 1,
    nodeVmSize: '',
    kubernetesVersion: '',
    registryName: 'wilab4521',
    registryGroup: 'rg',
    timeoutMinutes: 30,
    kubeconfigFolder: join(folder, 'kubeconfig'),
    creationId: 'mine',
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const kubeconfigOf = (args: readonly string[]): string => args[args.indexOf('--file') + 1]!;

/** Answers if everything exists. Tests replace some of them. */
const azure: Record<string, FakeAnswer> = {
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

/** Answers of successive calls of `az aks show`. The last one repeats. */
function showing(...states: (object | 'missing')[]): Record<string, FakeAnswer> {
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
  it('creates group and cluster, waits, fetches credentials, and grants AcrPull', async () => {
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
      'repository=octo/lab',
      'run=7-1',
      'creation-id=mine',
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
      'Permission to pull from wilab4521': 'created',
    });
    expect(lines(tools).some(line => line.includes('attach-acr'))).toBe(false);
  });

  it('passes VM size and version to az', async () => {
    const tools = fakeTools({ ...azure, ...showing('missing', {}) });
    await createCluster(
      { ...inputs, nodeVmSize: 'Standard_D4ds_v5', kubernetesVersion: '1.34', nodeCount: 3 },
      tools,
    );
    expect(lines(tools).find(line => line.startsWith('az aks create'))).toContain(
      '--node-count 3 --node-vm-size Standard_D4ds_v5 --kubernetes-version 1.34',
    );
  });

  it('writes a kubeconfig that only its user can read', async () => {
    const { kubeconfig } = await createCluster(inputs, fakeTools(azure));
    expect((await stat(kubeconfig!)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(kubeconfig!))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(kubeconfig!))).toEqual(['config']);
  });

  it('changes nothing if everything exists, and starts az five times', async () => {
    const tools = fakeTools({
      ...azure,
      'az role assignment create': () => ({ name: 'existing' }),
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()).toEqual({
      'AKS cluster wilab': 'already there',
      'Credentials wilab': 'fetched',
      'Permission to pull from wilab4521': 'already there',
    });
    expect(tools.commands).toHaveLength(5);
  });

  it.each([
    ['the issuer', { oidcIssuerProfile: { enabled: false } }],
    ['workload identity', { securityProfile: null }],
  ])('enables %s on a cluster without it', async (_, without) => {
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

  it('waits for an operation of another client, and changes nothing', async () => {
    const tools = fakeTools({
      ...azure,
      ...showing({ provisioningState: 'Upgrading' }, { provisioningState: 'Upgrading' }, {}),
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['AKS cluster wilab']).toBe('already there');
  });

  it('assigns no role without registry-name', async () => {
    const tools = fakeTools(azure);
    await createCluster({ ...inputs, registryName: '' }, tools);
    expect(lines(tools).filter(line => /^az (acr|role)/.test(line))).toEqual([]);
  });

  it('waits for a registry that is being created', async () => {
    const found: FakeAnswer[] = [
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
    expect(tools.lines).toContainEqual(expect.stringContaining('Registry wilab4521: does not exist yet'));
    expect(tools.outcomes()['Permission to pull from wilab4521']).toBe('created');
  });

  it('fails with the fix if the registry does not exist within the retry time', async () => {
    const tools = fakeTools({ ...azure, 'az acr show': () => notFound() });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(/^Registry wilab4521: timed out after/);
    expect(tools.time.now()).toBeLessThanOrEqual(900_000);
  });

  it('retries while the directory does not show the kubelet identity', async () => {
    let refusals = 2;
    const grant: FakeAnswer = (args, options) =>
      refusals-- > 0 ? azureError('PrincipalNotFound') : azure['az role assignment create']!(args, options);
    const tools = fakeTools({ ...azure, 'az role assignment create': grant });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['Permission to pull from wilab4521']).toBe('created');
  });

  it('fails immediately if the role assignment is denied', async () => {
    const tools = fakeTools({
      ...azure,
      'az role assignment create': () => azureError('AuthorizationFailed'),
    });
    expect((await failure(tools)).message).toContain('AuthorizationFailed');
    expect(tools.time.now()).toBe(0);
  });

  it('aborts its own creation at the timeout', async () => {
    const tools = fakeTools({ ...azure, ...showing('missing', { provisioningState: 'Creating' }) });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(
      /timed out after .*; last state: Creating. Azure was asked to abort the creation/,
    );
    const abort = lines(tools).indexOf('az aks operation-abort --name wilab --resource-group rg --no-wait');
    expect(tools.options[abort]).toEqual({ lastWord: true });
    expect(tools.options[abort - 1]).toEqual({ lastWord: true });
    expect(tools.time.now()).toBeGreaterThan(29 * 60_000);
  });

  const interrupted = (): never => {
    throw new Interrupted('SIGINT');
  };

  /** Azure in which the step is cancelled while it waits; then the cluster is as given. */
  const cancelledWhileWaiting = (atTheEnd: FakeAnswer): Record<string, FakeAnswer> => {
    const answers: FakeAnswer[] = [() => notFound(), interrupted, atTheEnd];
    return { ...azure, 'az aks show': (args, options) => answers.shift()!(args, options) };
  };
  const creating = { ...cluster, provisioningState: 'Creating' };

  it('aborts its own creation if the step is cancelled', async () => {
    const tools = fakeTools(cancelledWhileWaiting(() => creating));
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(operations(tools)).toEqual(['create', 'operation-abort']);
  });

  it.each<[string, FakeAnswer]>([
    ['that another run created', () => ({ ...creating, tags: { ...ours, 'creation-id': 'theirs' } })],
    ['whose tags are not shown', () => ({ ...creating, tags: null })],
    ['that was created meanwhile', () => cluster],
    ['that its owner is updating', () => ({ ...cluster, provisioningState: 'Updating' })],
    ['that cannot be read', () => azureError('InternalServerError')],
    ['of which half an answer arrived', () => ({ provisioningState: 'Creating' })],
    ['that does not exist', () => notFound()],
  ])('aborts nothing if the step is cancelled, for a cluster %s', async (_, atTheEnd) => {
    const tools = fakeTools(cancelledWhileWaiting(atTheEnd));
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(operations(tools)).toEqual(['create']);
  });

  it('prints how to abort the creation if Azure refuses to', async () => {
    const tools = fakeTools({
      ...cancelledWhileWaiting(() => creating),
      'az aks operation-abort': () => azureError('Nope'),
    });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(tools.warnings).toEqual([
      expect.stringMatching(
        /\(Nope\).*shows creation-id "mine", end it with: az aks operation-abort --name wilab --resource-group rg --no-wait/,
      ),
    ]);
  });

  it.each<[string, object | 'missing', string[]]>([
    ['aborts its own creation', { provisioningState: 'Creating' }, ['create', 'operation-abort']],
    [
      'aborts nothing if another run was first',
      { provisioningState: 'Creating', tags: { ...ours, 'creation-id': 'theirs' } },
      ['create'],
    ],
    ['aborts nothing if Azure has no cluster', 'missing', ['create']],
  ])('%s if the step is cancelled before az returns', async (_, shown, expected) => {
    const tools = fakeTools({ ...azure, ...showing('missing', shown), 'az aks create': interrupted });
    expect(await failure(tools)).toBeInstanceOf(Interrupted);
    expect(operations(tools)).toEqual(expected);
  });

  it.each<[string, () => unknown]>([
    ['a read timeout', () => failing('ERROR: HTTPSConnectionPool: Read timed out. (read timeout=300)')],
    ['DNS', () => failing("ERROR: Failed to resolve 'management.azure.com' ([Errno -3] Temporary failure)")],
    ['a 503', () => azureError('ServiceUnavailable')],
    ['a reset', () => failing("ERROR: ('Connection aborted.', ConnectionResetError(104))")],
    ['throttling', () => azureError('TooManyRequests')],
    ['an expired login', () => failing('ERROR: AADSTS700024: Client assertion is not within its valid time')],
    ['half an answer', () => JSON.parse('{"half')],
    ['a refusal', () => azureError('AuthorizationFailed')],
  ])('keeps waiting for its creation after failed polls: %s', async (_, fails) => {
    const answers: FakeAnswer[] = [() => notFound(), fails, fails, () => creating, fails, () => cluster];
    const tools = fakeTools({
      ...azure,
      'az aks show': (args, options) => answers.shift()!(args, options),
    });
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(['create']);
    expect(tools.outcomes()['AKS cluster wilab']).toBe('created');
    expect(tools.lines).toContainEqual(expect.stringContaining('its state cannot be read: '));
  });

  it('limits the time of each poll: az itself would wait much longer', async () => {
    const tools = fakeTools({ ...azure, ...showing('missing', creating, {}) });
    await createCluster(inputs, tools);
    const polls = tools.commands.flatMap((command, at) =>
      command.join(' ').startsWith('az aks show') ? [tools.options[at]!] : [],
    );
    for (const { once, signal } of polls.slice(1)) expect([once, signal]).toEqual([true, expect.anything()]);
  });

  it('reports the last failed poll at the timeout, and aborts nothing that it cannot read', async () => {
    let shown = 0;
    const show: FakeAnswer = () => (shown++ === 0 ? notFound() : failing('ERROR: Read timed out.'));
    const tools = fakeTools({ ...azure, 'az aks show': show });
    expect((await failure(tools)).message).toMatch(
      /last state: its state cannot be read: ERROR: Read timed out\.\. The cluster: its creation could not be aborted/,
    );
    expect(operations(tools)).toEqual(['create']);
  });

  it.each<[string, object, string]>([
    ['update', { securityProfile: null }, 'Updating'],
    ['start', { powerState: { code: 'Stopped' } }, 'Starting'],
  ])(
    'never aborts its own %s: at the timeout and at a cancellation Azure continues it',
    async (verb, before, state) => {
      const atTimeout = fakeTools({ ...azure, ...showing(before, { provisioningState: state }) });
      expect((await failure(atTimeout)).message).toContain(`Azure continues the ${verb} of the cluster.`);
      expect(operations(atTimeout)).toEqual([verb]);

      const answers: FakeAnswer[] = [() => ({ ...cluster, ...before }), interrupted];
      const cancelled = fakeTools({
        ...azure,
        'az aks show': (args, options) => answers.shift()!(args, options),
      });
      expect(await failure(cancelled)).toBeInstanceOf(Interrupted);
      expect(operations(cancelled)).toEqual([verb]);
      expect(cancelled.warnings).toEqual([expect.stringContaining(`Azure continues the ${verb}`)]);
    },
  );

  it('aborts nothing that it did not start', async () => {
    const tools = fakeTools({ ...azure, ...showing({ provisioningState: 'Upgrading' }) });
    await failure(tools);
    expect(operations(tools)).toEqual([]);
  });

  it.each(['Failed', 'Canceled'])(
    'gives Azure’s reason when a creation ends as %s, and aborts nothing',
    async provisioningState => {
      const status = {
        provisioningError: { code: 'ErrCode_InsufficientVCPUQuota', message: 'Insufficient vcpu quota.' },
      };
      const tools = fakeTools({ ...azure, ...showing('missing', { provisioningState, status }) });
      const error = await failure(tools);
      expect(error.message).toEqual(
        expect.stringContaining(
          `AKS cluster "wilab" is in state "${provisioningState}". Azure reports ErrCode_InsufficientVCPUQuota: Insufficient vcpu quota.`,
        ),
      );
      expect(operations(tools)).toEqual(['create']);
    },
  );

  it('reads the activity log if the cluster shows no reason for its failure', async () => {
    const error = {
      code: 'DeploymentFailed',
      message: 'Outer.',
      details: [{ code: 'Policy', message: '::error::No.\r\nNever.' }],
    };
    const event = (message: string, resource: string) => ({ operation: 'write', resource, message });
    const activities: FakeAnswer = args =>
      args.includes('MC_rg_wilab')
        ? [event(JSON.stringify({ error }), 'a scale set'), event('x'.repeat(5000), 'another')]
        : [event('Of something else.', `${cluster.id}-2`), event('Plain.', cluster.id)];
    const tools = fakeTools({
      ...azure,
      'az monitor activity-log list': activities,
      ...showing('missing', { provisioningState: 'Failed' }),
    });
    const { message } = await failure(tools);
    expect(message).toContain('is in state "Failed". The activity log shows:\n- write: Policy: ');
    expect(message).toContain('\n- write: Plain.');
    expect(message).not.toContain('something else');
    expect(message).not.toMatch(/^::/m);
    expect(message.length).toBeLessThan(2000);
  });
});

/** The operations on the cluster, in order. */
function operations(tools: FakeTools): string[] {
  return tools.commands
    .filter(([tool, service]) => tool === 'az' && service === 'aks')
    .map(([, , verb]) => verb!)
    .filter(verb => ['create', 'start', 'update', 'operation-abort'].includes(verb));
}

const stopped = { powerState: { code: 'Stopped' } };

describe('an existing cluster', () => {
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
      'being deleted: is waited for, then recreated',
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

  it('is reconciled once, and then fails with Azure’s reason', async () => {
    const tools = fakeTools({ ...azure, ...showing(failed) });
    expect((await failure(tools)).message).toMatch(
      /^AKS cluster "wilab" is in state "Failed"\. The activity log shows no reason yet\..*az monitor activity-log list --resource-group MC_rg_wilab --status Failed$/,
    );
    expect(operations(tools)).toEqual(['update']);
  });

  it('is not started a second time', async () => {
    const tools = fakeTools({ ...azure, ...showing(stopped) });
    expect((await failure(tools)).message).toContain(
      '(power state "Stopped"), although az aks start succeeded',
    );
    expect(operations(tools)).toEqual(['start']);
  });

  it.each([
    "Operation is not allowed because there's an in progress update managed cluster operation (operation ID: x) on the managed cluster started on UTC y.",
    'managed cluster is in Provisioning State(Starting) and Power State(Running), updating cannot be performed',
  ])('with an operation of another client is waited for and read again: %s', async message => {
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

  it('that another client has just started to create is waited for', async () => {
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

  it('without a kubelet identity must be deleted by a person', async () => {
    const tools = fakeTools({
      ...azure,
      'az aks update': () => failing("ERROR: Unexpected error getting kubelet's identity for the cluster."),
      ...showing({ provisioningState: 'Canceled', identityProfile: null }),
    });
    expect(await failure(tools)).toMatchObject({
      message: expect.stringContaining('cannot be repaired: its creation ended before'),
      remedy: expect.stringContaining('az aks delete --name wilab --resource-group rg --yes'),
    });
  });

  it('that cannot be updated for another reason fails immediately', async () => {
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

  it('uses the existing cluster, and enables what is missing', async () => {
    const tools = adopting([{ securityProfile: null }, {}]);
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual(['update']);
    expect(lines(tools).some(line => line.startsWith('az group'))).toBe(false);
  });

  it.each<[string, object | 'missing']>([
    ['does not exist in resource group "rg"', 'missing'],
    ['is being deleted', { provisioningState: 'Deleting' }],
  ])('fails and changes nothing if the cluster %s', async (state, shown) => {
    const tools = adopting([shown]);
    expect((await failure(tools)).message).toContain(`AKS cluster "wilab" ${state}, and create is false.`);
    expect(operations(tools)).toEqual([]);
  });

  it('creates none if the cluster is deleted while the step waits for it', async () => {
    const tools = adopting([{ provisioningState: 'Updating' }, 'missing']);
    expect((await failure(tools)).message).toContain('was deleted while this step was waiting for it');
    expect(operations(tools)).toEqual([]);
  });
});

describe('a cluster of another owner', () => {
  const foreign = [
    { owner: 'somebody' },
    null,
    { 'managed-by': 'workload-identity-lab' },
    { 'managed-by': 'workload-identity-lab', repository: 'another/lab' },
    { repository: 'octo/lab' },
  ];
  const needs: [string, object, string][] = [
    ['start', { powerState: { code: 'Stopped' } }, 'az aks start --name wilab --resource-group rg'],
    [
      'update',
      { securityProfile: null },
      'az aks update --name wilab --resource-group rg --enable-oidc-issuer --enable-workload-identity',
    ],
    ['update', { provisioningState: 'Failed' }, 'az aks update --name wilab --resource-group rg'],
  ];

  it.each(needs)('gets no %s: %j', async (_, state, command) => {
    for (const tags of foreign) {
      for (const create of [true, false]) {
        const tools = fakeTools({ ...azure, ...showing({ ...state, tags }) });
        const error = await createCluster({ ...inputs, create }, tools).catch(error => error);
        expect(error.message).toContain(command);
        expect(error.message).toContain('change-existing-cluster: true');
        expect(operations(tools)).toEqual([]);
      }
    }
  });

  it.each(needs)('gets no %s if it needs one only after a wait: %j', async (_, state, command) => {
    const busy = { provisioningState: 'Upgrading', tags: null };
    const tools = fakeTools({ ...azure, ...showing(busy, { ...state, tags: null }) });
    expect(await failure(tools)).toMatchObject({ remedy: expect.stringContaining(command) });
    expect(operations(tools)).toEqual([]);
  });

  it.each(needs)('gets a %s if the user allows it: %j', async (verb, state) => {
    const tools = fakeTools({ ...azure, ...showing({ ...state, tags: null }, {}) });
    await createCluster({ ...inputs, changeExisting: true }, tools);
    expect(operations(tools)).toEqual([verb]);
  });

  it('needs no permission if it is used unchanged', async () => {
    const tools = fakeTools({ ...azure, ...showing({ tags: null }) });
    await createCluster(inputs, tools);
    expect(operations(tools)).toEqual([]);
  });

  it('is any cluster if the repository is unknown', async () => {
    inputs.group.tags = { 'managed-by': 'workload-identity-lab' };
    const tools = fakeTools({ ...azure, ...showing({ securityProfile: null, tags: inputs.group.tags }) });
    expect((await failure(tools)).message).toContain('change-existing-cluster: true');
  });
});

describe('access to the API server', () => {
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
      // Requested early, because starting a cluster takes minutes.
      const at = (start: string) => lines(tools).findIndex(line => line.startsWith(start));
      expect(at('az account get-access-token')).toBeGreaterThanOrEqual(0);
      expect(at('az account get-access-token')).toBeLessThan(at('az aks start'));
      expect(lines(tools)).toContain(
        `kubelogin convert-kubeconfig --login azurecli --kubeconfig ${kubeconfig}`,
      );
    },
  );

  it('fails before anything is changed if kubelogin is missing', async () => {
    const entra = { aadProfile: {}, securityProfile: null };
    const tools = fakeTools({ ...azure, 'kubelogin --version': missing, ...showing(entra) });
    expect((await failure(tools)).message).toMatch(
      /accepts only Entra logins.*kubelogin is not on PATH.*azure\/use-kubelogin/,
    );
    expect(operations(tools)).toEqual([]);
  });

  const behindWalls = { apiServerAccessProfile: { enablePrivateCluster: true }, securityProfile: null };

  it.each([
    'Unable to connect to the server: dial tcp: lookup x.privatelink.eastus.azmk8s.io: no such host',
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  ])('fails for a private cluster before anything is changed: %s', async stderr => {
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

  it('is checked for a stopped private cluster after it has started', async () => {
    const sleeping = { ...behindWalls, powerState: { code: 'Stopped' } };
    const tools = fakeTools({
      ...azure,
      'kubectl get --raw /readyz': () => failing('no such host'),
      ...showing(sleeping, { apiServerAccessProfile: { enablePrivateCluster: true } }),
    });
    expect(await failure(tools)).toBeInstanceOf(ActionFailed);
    expect(operations(tools)).toEqual(['start']);
  });

  it('is not checked for a public cluster, and az does not convert another kubeconfig', async () => {
    const tools = fakeTools(azure);
    const { kubeconfig } = await createCluster(inputs, tools);
    expect(lines(tools).some(line => /^kube/.test(line))).toBe(false);
    const get = lines(tools).findIndex(line => line.startsWith('az aks get-credentials'));
    expect(tools.options[get]).toEqual({ env: { KUBECONFIG: kubeconfig } });
  });
});

describe('the permission to pull', () => {
  const reader = 'b93aa761-3e63-49ed-ac28-beffa264f7ac';
  const registry = { id: registryId, provisioningState: 'Succeeded' };

  it('is Repository Reader on a registry with permissions per repository, in any resource group', async () => {
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

  it('needs no role assignment if it exists', async () => {
    const tools = fakeTools({
      ...azure,
      'az rest --method get --url /subscriptions': () => ({
        value: [{ actions: ['*/read', 'Microsoft.ContainerService/*'], notActions: [] }],
      }),
      'az role assignment create': () => azureError('AuthorizationFailed'),
      [list]: () => pulls,
    });
    await createCluster(inputs, tools);
    expect(tools.outcomes()['Permission to pull from wilab4521']).toBe('already there');
  });

  it('is reported as missing before anything is changed, together with all other problems', async () => {
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
    expect(message).toContain('4 problems to fix before this step can run');
    for (const what of [
      'assign the role AcrPull in resource group "rg". Assign it the role Role Based Access Control Administrator',
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
    [{ oidcIssuerProfile: { enabled: true } }, /returned no URL/],
  ])('fails for a cluster with %j', async (without, message) => {
    expect((await failure(fakeTools({ ...azure, ...showing(without) }))).message).toMatch(message);
  });
});

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';

  it('uses the runner’s temporary folder for the kubeconfig', () => {
    const { kubeconfigFolder } = parse(
      { RUNNER_TEMP: '/runner/temp' },
      read({ 'resource-group': 'rg', 'cluster-name': 'wilab' }),
    );
    expect(kubeconfigFolder).toMatch(/^\/runner\/temp\/kubeconfig-[\w-]{36}$/);
  });

  it('lists every invalid input', () => {
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
