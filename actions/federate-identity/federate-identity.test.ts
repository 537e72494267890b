import { beforeEach, describe, expect, it } from 'vitest';
import { ActionFailed, describeFailure } from '../shared/failures.ts';
import {
  type Answer,
  azureError,
  type FakeTools,
  fakeTools,
  noAccount,
  notFound,
} from '../shared/fake-tools.ts';
import { federateIdentity } from './federate-identity.ts';
import { type Inputs, parse } from './inputs.ts';

const issuer = 'https://eastus.oic.prod-aks.azure.com/t/g/';
const subject = 'system:serviceaccount:default:wi-demo-sa';
const identity = { clientId: 'client', principalId: 'principal', tenantId: 'tenant' };
const credential = { issuer, subject, audiences: ['api://AzureADTokenExchange'] };
const serviceAccount = (clientId: string, labels?: object) =>
  JSON.stringify({ metadata: { annotations: { 'azure.workload.identity/client-id': clientId }, labels } });

let inputs: Inputs;

beforeEach(() => {
  inputs = {
    account: noAccount,
    group: { name: 'rg', location: 'eastus', tags: { run: '7-1' } },
    identityName: 'wi-demo-identity',
    issuer,
    namespace: 'default',
    serviceAccount: 'wi-demo-sa',
    kubeconfig: '/tmp/kubeconfig',
    credentialName: '',
  };
});

/** Nothing is there; tests put something else in a place. */
const empty: Record<string, Answer> = {
  'az group show': () => notFound('ResourceGroupNotFound'),
  'az group create': () => ({}),
  'az identity show': () => notFound(),
  'az identity create': () => identity,
  'az identity federated-credential show': () => notFound(),
  'az identity federated-credential create': () => ({}),
  'kubectl get': () => '',
  'kubectl apply': () => 'created',
};

const full: Record<string, Answer> = {
  ...empty,
  'az identity show': () => identity,
  'az identity federated-credential show': () => credential,
  'kubectl get serviceaccount': () => serviceAccount('client', { 'azure.workload.identity/use': 'true' }),
  'kubectl get namespace': () => '{}',
};

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
const failure = (tools: FakeTools): Promise<unknown> =>
  federateIdentity(inputs, tools).then(
    () => {
      throw new Error('it passed');
    },
    error => error,
  );

describe('federateIdentity', () => {
  it('makes identity, service account and credential', async () => {
    const tools = fakeTools(empty);
    const outputs = await federateIdentity(inputs, tools);

    expect(outputs).toEqual({
      'client-id': 'client',
      'principal-id': 'principal',
      'tenant-id': 'tenant',
      namespace: 'default',
      'service-account': 'wi-demo-sa',
      subject,
    });
    expect(tools.commands.find(command => command[1] === 'identity' && command[2] === 'create')).toEqual([
      'az',
      'identity',
      'create',
      '--name',
      'wi-demo-identity',
      '--resource-group',
      'rg',
      '--location',
      'eastus',
      '--tags',
      'run=7-1',
    ]);
    const apply = lines(tools).indexOf('kubectl apply --filename -');
    expect(JSON.parse(tools.options[apply]!.input!)).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'wi-demo-sa',
        namespace: 'default',
        annotations: { 'azure.workload.identity/client-id': 'client' },
        labels: { 'azure.workload.identity/use': 'true' },
      },
    });
    const create = tools.commands.find(command => command[3] === 'create')!;
    expect(create.slice(6)).toEqual([
      '--identity-name',
      'wi-demo-identity',
      '--resource-group',
      'rg',
      '--issuer',
      issuer,
      '--subject',
      subject,
      '--audiences',
      'api://AzureADTokenExchange',
    ]);
    expect(create[5]).toMatch(/^default-wi-demo-sa-[0-9a-f]{10}$/);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['created']));
  });

  it('says "already there" to all that is, and starts az twice and kubectl once for it', async () => {
    const tools = fakeTools(full);
    await federateIdentity(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
    expect(tools.commands).toHaveLength(3);
  });

  it('stops after the identity when there is no issuer', async () => {
    const tools = fakeTools(empty);
    const outputs = await federateIdentity({ ...inputs, issuer: '', kubeconfig: '' }, tools);
    expect(outputs).toMatchObject({ 'client-id': 'client', 'principal-id': 'principal', subject });
    expect(lines(tools).filter(line => /kubectl|federated/.test(line))).toEqual([]);
  });

  it('uses the issuer byte for byte', async () => {
    inputs.issuer = 'https://Example.com/Path';
    const tools = fakeTools(empty);
    await federateIdentity(inputs, tools);
    expect(tools.commands.find(command => command[3] === 'create')).toContain('https://Example.com/Path');
  });

  it('makes another namespace, unless it is there', async () => {
    inputs.namespace = 'team';
    let tools = fakeTools(empty);
    const outputs = await federateIdentity(inputs, tools);
    expect(outputs.subject).toBe('system:serviceaccount:team:wi-demo-sa');
    expect(tools.outcomes()['Namespace team']).toBe('created');

    tools = fakeTools({ ...empty, 'kubectl get namespace': () => '{}' });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Namespace team']).toBe('already there');
  });

  it('names the credential by its trust: the same for the same, another for another cluster', async () => {
    const name = async (changes: Partial<Inputs>): Promise<string> => {
      const tools = fakeTools(empty);
      await federateIdentity({ ...inputs, ...changes }, tools);
      return tools.commands.find(command => command[3] === 'create')![5]!;
    };
    expect(await name({})).toBe(await name({}));
    expect(await name({ issuer: 'https://eastus.oic.prod-aks.azure.com/t/g' })).not.toBe(await name({}));
    expect(await name({ serviceAccount: 'a.b' })).toMatch(/^default-a-b-[0-9a-f]{10}$/);
    const long = await name({ namespace: 'n'.repeat(63), serviceAccount: 's'.repeat(253) });
    expect(long).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/);
    expect(await name({ credentialName: 'mine' })).toBe('mine');
  });

  it.each([
    ['annotation', JSON.stringify({ metadata: { labels: { 'azure.workload.identity/use': 'true' } } })],
    ['label', serviceAccount('client')],
  ])('adds what a service account lacks: the %s', async (_, found) => {
    const tools = fakeTools({ ...full, 'kubectl get serviceaccount': () => found });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Service account default/wi-demo-sa']).toBe('changed');
  });

  it('leaves a service account of another identity alone', async () => {
    const tools = fakeTools({ ...full, 'kubectl get serviceaccount': () => serviceAccount('another') });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(describeFailure(error)).toMatch(
      /belongs to another identity: .* is another, and that of wi-demo-identity is client/,
    );
    expect(lines(tools).some(line => line.startsWith('kubectl apply'))).toBe(false);
  });

  it.each([
    ['issuer', { issuer: 'https://eastus.oic.prod-aks.azure.com/t/g' }],
    ['subject', { subject: 'system:serviceaccount:default:other' }],
    ['audiences', { audiences: ['https://example.com'] }],
  ])('leaves a credential with another %s alone, and shows both', async (key, other) => {
    const tools = fakeTools({
      ...full,
      'az identity federated-credential show': () => ({ ...credential, ...other }),
    });
    const error = await failure(tools);
    expect(error).toBeInstanceOf(ActionFailed);
    const text = describeFailure(error);
    expect(text).toContain(`  ${key}: there ${Object.values(other)[0]}\n`);
    expect(text).toContain(`asked ${credential[key as 'issuer']}`);
    expect(text).toContain('az identity federated-credential delete --name');
    expect(lines(tools).some(line => line.includes('credential create'))).toBe(false);
  });

  it.each(['ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity', 'ParentResourceNotFound'])(
    'writes the credential again after %s',
    async code => {
      let refusals = 2;
      const create = () => (refusals-- > 0 ? azureError(code) : {});
      const tools = fakeTools({ ...empty, 'az identity federated-credential create': create });
      await federateIdentity(inputs, tools);
      expect(tools.lines.filter(line => line.includes('Trying again'))).toHaveLength(2);
    },
  );

  it('fails at once on any other refusal', async () => {
    const tools = fakeTools({
      ...empty,
      'az identity federated-credential create': () => azureError('Conflict'),
    });
    expect(describeFailure(await failure(tools))).toContain('(Conflict)');
    expect(tools.time.now()).toBe(0);
  });
});

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';

  it('needs a kubeconfig with an issuer, and only then', () => {
    const given = { 'resource-group': 'rg', 'identity-name': 'wi-demo-identity' };
    expect(parse({}, read(given))).toMatchObject({
      issuer: '',
      namespace: 'default',
      serviceAccount: 'wi-demo-sa',
    });
    expect(() => parse({}, read({ ...given, issuer }))).toThrow('kubeconfig is required with issuer');
  });

  it('names every input that is not valid', () => {
    const values = {
      'resource-group': '',
      'identity-name': 'a.b',
      issuer: 'http://x',
      namespace: 'Team',
      'service-account': '_',
      kubeconfig: '-k',
      'credential-name': 'x',
    };
    try {
      parse({}, read(values));
      expect.unreachable();
    } catch (error) {
      const named = new Set((error as { problems: string[] }).problems.map(problem => problem.split(' ')[0]));
      expect(named).toEqual(new Set(Object.keys(values)));
    }
  });
});
