import { beforeEach, describe, expect, it } from 'vitest';
import { describeFailure } from '../shared/failures.ts';
import {
  azureError,
  type FakeAnswer,
  type FakeTools,
  failing,
  fakeTools,
  noAccount,
  notFound,
} from '../shared/fake-tools.ts';
import { federateIdentity } from './federate-identity.ts';
import { type Inputs, parse } from './inputs.ts';

const issuer = 'https://eastus.oic.prod-aks.azure.com/t/g/';
const subject = 'system:serviceaccount:default:wi-demo-sa';
const identity = {
  id: '/subscriptions/s/identity',
  clientId: 'client',
  principalId: 'principal',
  tenantId: 'tenant',
  tags: { 'managed-by': 'workload-identity-lab', repository: 'octo/lab' } as Record<string, string> | null,
};
const credential = { name: 'mine', issuer, subject, audiences: ['api://AzureADTokenExchange'] };
const serviceAccount = (annotations: object, labels?: object) =>
  JSON.stringify({ metadata: { annotations, labels } });
/** A pod after the webhook mutated it. */
const mutatedFor = (audience: string) => {
  const env = [{ name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/token' }];
  const sources = [{ serviceAccountToken: { audience, path: 'token' } }];
  return JSON.stringify({ spec: { containers: [{ env }], volumes: [{ projected: { sources } }] } });
};
const own = { 'azure.workload.identity/client-id': 'client' };
const use = { 'azure.workload.identity/use': 'true' };

let inputs: Inputs;

beforeEach(() => {
  inputs = {
    account: noAccount,
    group: { name: 'rg', location: 'eastus', tags: { run: '7-1', repository: 'octo/lab' } },
    identityName: 'wi-demo-identity',
    create: true,
    issuer,
    workloads: [{ namespace: 'default', serviceAccount: 'wi-demo-sa' }],
    kubeconfig: '/tmp/kubeconfig',
    credentialName: '',
    replace: false,
  };
});

/** Answers if nothing exists. Tests replace some of them. */
const empty: Record<string, FakeAnswer> = {
  'az cloud show': () => ({ name: 'AzureCloud' }),
  'az group show': () => notFound('ResourceGroupNotFound'),
  'az group create': () => ({}),
  'az identity show': () => notFound(),
  'az identity create': () => identity,
  'az identity federated-credential list': () => notFound('ParentResourceNotFound'),
  'az identity federated-credential create': () => ({}),
  'az identity federated-credential update': () => ({}),
  'kubectl get': () => '',
  'kubectl create': () => 'created',
  'kubectl patch': () => 'patched',
};

const full: Record<string, FakeAnswer> = {
  ...empty,
  'az identity show': () => identity,
  'az identity federated-credential list': () => [credential],
  'kubectl get serviceaccount': () => serviceAccount(own, use),
  'kubectl get namespace': () => '{}',
};

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
/** Commands that change Azure or the cluster. */
const writes = (tools: FakeTools): string[] =>
  lines(tools).filter(line => /^(az|kubectl)( [a-z-]+)* (create|update|patch|delete|apply)\b/.test(line));
const option = (command: readonly string[] | undefined, name: string): string =>
  command?.[command.indexOf(name) + 1] ?? '';
const credentialWrites = (tools: FakeTools): string[][] =>
  tools.commands.filter(command => command[2] === 'federated-credential' && command[3] !== 'list');
const failure = async (tools: FakeTools): Promise<string> =>
  describeFailure(
    await federateIdentity(inputs, tools).then(
      () => {
        throw new Error('it passed');
      },
      error => error,
    ),
  );

describe('federateIdentity', () => {
  it('creates identity, service account, and credential', async () => {
    const tools = fakeTools(empty);
    const outputs = await federateIdentity(inputs, tools);

    expect(outputs).toEqual({
      'client-id': 'client',
      'principal-id': 'principal',
      'tenant-id': 'tenant',
      namespace: 'default',
      'service-account': 'wi-demo-sa',
      subject,
      workloads: 'default/wi-demo-sa',
      audience: 'api://AzureADTokenExchange',
    });
    expect(lines(tools)).toContain(
      'az identity create --name wi-demo-identity --resource-group rg --location eastus --tags run=7-1 repository=octo/lab',
    );
    const create = lines(tools).indexOf('kubectl create --filename -');
    expect(JSON.parse(tools.options[create]!.input!)).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'wi-demo-sa', namespace: 'default', annotations: own, labels: use },
    });
    const [written] = credentialWrites(tools);
    expect(written?.slice(3).join(' ')).toMatch(
      /^create --name default-wi-demo-sa-[0-9a-f]{10} --identity-name wi-demo-identity --resource-group rg --issuer \S+ --subject \S+ --audiences api:\/\/AzureADTokenExchange$/,
    );
    expect([option(written, '--issuer'), option(written, '--subject')]).toEqual([issuer, subject]);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['created']));
  });

  it('writes nothing if everything exists', async () => {
    const tools = fakeTools(full);
    await federateIdentity(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
    expect(writes(tools)).toEqual([]);
    expect(tools.commands).toHaveLength(5);
  });

  it('only creates the identity without an issuer', async () => {
    const tools = fakeTools(empty);
    const outputs = await federateIdentity({ ...inputs, issuer: '', kubeconfig: '' }, tools);
    expect(outputs).toMatchObject({ 'client-id': 'client', 'principal-id': 'principal', subject });
    expect(lines(tools).filter(line => /kubectl|federated/.test(line))).toEqual([]);
  });

  it('uses an existing identity with create: false, and fails if there is none', async () => {
    inputs.create = false;
    let tools = fakeTools(full);
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Managed identity wi-demo-identity']).toBe('already there');

    tools = fakeTools(empty);
    expect(await failure(tools)).toMatch(
      /^Managed identity "wi-demo-identity" does not exist in resource group "rg", and create is false/,
    );
    expect(writes(tools)).toEqual([]);
  });

  it.each([
    ['what the webhook asks for', 'api://other', () => mutatedFor('api://other')],
    [
      'the usual one where there is no webhook',
      'api://AzureADTokenExchange',
      () => '{"spec":{"containers":[]}}',
    ],
    [
      'the default one if the caller is not allowed to create pods',
      'api://AzureADTokenExchange',
      () => failing('Error from server (Forbidden): pods is forbidden'),
    ],
  ])('outside the public cloud uses the audience of %s', async (_, audience, answer) => {
    const tools = fakeTools({
      ...empty,
      'az cloud show': () => ({ name: 'AzureUSGovernment' }),
      'kubectl create --dry-run=server': answer,
    });
    const outputs = await federateIdentity(inputs, tools);
    expect(outputs.audience).toBe(audience);
    expect(option(credentialWrites(tools)[0], '--audiences')).toBe(audience);
  });

  it('uses the issuer unchanged', async () => {
    inputs.issuer = 'https://Example.com/Path';
    const tools = fakeTools(empty);
    await federateIdentity(inputs, tools);
    expect(option(credentialWrites(tools)[0], '--issuer')).toBe('https://Example.com/Path');
  });

  it('records identity and credentials in the journal', async () => {
    const tools = fakeTools(full);
    await federateIdentity(inputs, tools);
    expect(tools.report.facts).toMatchObject({
      identity: {
        name: 'wi-demo-identity',
        clientId: 'client',
        principalId: 'principal',
        tenantId: 'tenant',
      },
      credentials: [credential],
    });
  });
});

describe('the required permissions', () => {
  const nothingAllowed = { 'az rest --method get --url /subscriptions': () => ({ value: [] }) };

  it('are those to create what does not exist', async () => {
    const text = await failure(fakeTools({ ...empty, ...nothingAllowed }));
    expect(text).toContain(
      'is not allowed to perform Microsoft.ManagedIdentity/userAssignedIdentities/write in resource group "rg"',
    );
    expect(text).toContain(
      'userAssignedIdentities/federatedIdentityCredentials/write in resource group "rg"',
    );
    expect(text).toContain(
      'resourceGroups/write in subscription "subscription-id". Assign it the role Contributor there',
    );
  });

  it('are none if everything exists', async () => {
    await federateIdentity(inputs, fakeTools({ ...full, ...nothingAllowed }));
  });

  it('can be assigned on the identity alone', async () => {
    const asked: string[] = [];
    const tools = fakeTools({
      ...full,
      'az identity federated-credential list': () => [],
      'az rest --method get --url /subscriptions/s/identity': args => {
        asked.push(args.join(' '));
        return { value: [{ actions: ['*'], notActions: [] }] };
      },
      ...nothingAllowed,
    });
    await federateIdentity(inputs, tools);
    expect(credentialWrites(tools)).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it('do not include the group if it exists', async () => {
    const value = [{ actions: ['Microsoft.ManagedIdentity/*'], notActions: [] }];
    const tools = fakeTools({
      ...empty,
      'az group show': () => 'id',
      'az rest --method get --url /subscriptions': () => ({ value }),
    });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Resource group rg']).toBe('already there');
  });
});

describe('a service account', () => {
  it.each([
    ['annotation', serviceAccount({}, use)],
    ['label', serviceAccount(own)],
  ])('gets the missing %s and keeps the rest', async (_, found) => {
    const tools = fakeTools({ ...full, 'kubectl get serviceaccount': () => found });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Service account default/wi-demo-sa']).toBe('changed');
    const [patch] = tools.commands.filter(command => command[1] === 'patch');
    expect(patch?.slice(0, -1).join(' ')).toBe(
      'kubectl patch serviceaccount wi-demo-sa --namespace default --type merge --patch',
    );
    expect(JSON.parse(patch!.at(-1)!)).toEqual({ metadata: { annotations: own, labels: use } });
  });

  it.each([
    ['client-id', { 'azure.workload.identity/client-id': 'another' }, 'client'],
    ['tenant-id', { ...own, 'azure.workload.identity/tenant-id': 'another' }, 'tenant'],
  ])(
    'of another identity does not change, and both values are shown: %s',
    async (name, annotations, asked) => {
      const tools = fakeTools({
        ...full,
        'kubectl get serviceaccount': () => serviceAccount(annotations, use),
      });
      const text = await failure(tools);
      expect(text).toContain(
        'Service account "default/wi-demo-sa" is annotated with another identity than "wi-demo-identity"',
      );
      expect(text).toMatch(
        new RegExp(`azure.workload.identity/${name}: current "another"\\n +wanted  "${asked}"\\n`),
      );
      expect(text).toContain('set replace: true');
      expect(writes(tools)).toEqual([]);
    },
  );

  it('of another identity is changed with replace: true', async () => {
    inputs.replace = true;
    const annotations = {
      'azure.workload.identity/client-id': 'another',
      'azure.workload.identity/tenant-id': 'another',
    };
    const tools = fakeTools({
      ...full,
      'kubectl get serviceaccount': () => serviceAccount(annotations, use),
    });
    await federateIdentity(inputs, tools);
    const [patch] = tools.commands.filter(command => command[1] === 'patch');
    expect(JSON.parse(patch!.at(-1)!).metadata.annotations).toEqual({
      ...own,
      'azure.workload.identity/tenant-id': 'tenant',
    });
  });

  it('of another identity is reported even if the wanted identity does not exist yet', async () => {
    const tools = fakeTools({ ...empty, 'kubectl get serviceaccount': () => serviceAccount(own) });
    expect(await failure(tools)).toContain('wanted  (not created yet)');
    expect(writes(tools)).toEqual([]);
  });

  it.each([
    ['the same identity', 'client', 'already there'],
    ['another identity', 'another', 'failed'],
  ])('that another run creates in the meantime, for %s', async (_, clientId, outcome) => {
    let reads = 0;
    const tools = fakeTools({
      ...empty,
      'kubectl get serviceaccount': () =>
        reads++ === 0 ? '' : serviceAccount({ 'azure.workload.identity/client-id': clientId }, use),
      'kubectl create': () => failing('Error from server (AlreadyExists): serviceaccounts "wi-demo-sa" …'),
    });
    await federateIdentity(inputs, tools).catch(() => {});
    expect(tools.outcomes()['Service account default/wi-demo-sa']).toBe(outcome);
  });
});

describe('a namespace', () => {
  const team = [{ namespace: 'team', serviceAccount: 'app' }];

  it('is created if it does not exist', async () => {
    inputs.workloads = team;
    let tools = fakeTools(empty);
    const outputs = await federateIdentity(inputs, tools);
    expect(outputs.subject).toBe('system:serviceaccount:team:app');
    expect(tools.outcomes()['Namespace team']).toBe('created');

    tools = fakeTools({ ...empty, 'kubectl get namespace': () => '{}' });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Namespace team']).toBe('already there');
  });

  it('that the login is not allowed to read is not created', async () => {
    inputs.workloads = team;
    const forbidden = 'Error from server (Forbidden): namespaces "team" is forbidden';
    const tools = fakeTools({ ...empty, 'kubectl get namespace': () => failing(forbidden) });
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Namespace team']).toBe('already there');
  });

  it('that is being deleted is reported, and nothing is written', async () => {
    inputs.workloads = team;
    const tools = fakeTools({
      ...empty,
      'kubectl get namespace': () => '{"status":{"phase":"Terminating"}}',
    });
    expect(await failure(tools)).toBe(
      'Namespace "team" is being deleted. Wait until it is deleted, or choose another namespace.',
    );
    expect(writes(tools)).toEqual([]);
  });
});

describe('a federated credential', () => {
  it('has a name derived from its trust, which differs for another cluster', async () => {
    const name = async (changes: Partial<Inputs>): Promise<string> => {
      const tools = fakeTools(empty);
      await federateIdentity({ ...inputs, ...changes }, tools);
      return option(credentialWrites(tools)[0], '--name');
    };
    const workload = (namespace: string, account: string) => ({
      workloads: [{ namespace, serviceAccount: account }],
    });
    expect(await name({})).toBe(await name({}));
    expect(await name({ issuer: 'https://eastus.oic.prod-aks.azure.com/t/g' })).not.toBe(await name({}));
    expect(await name(workload('default', 'a.b'))).toMatch(/^default-a-b-[0-9a-f]{10}$/);
    const long = await name(workload('n'.repeat(63), 's'.repeat(253)));
    expect(long).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/);
    expect(await name({ credentialName: 'mine' })).toBe('mine');
  });

  it('with this issuer and subject is used, whatever its name', async () => {
    inputs.credentialName = 'another-name';
    const tools = fakeTools(full);
    await federateIdentity(inputs, tools);
    expect(tools.outcomes()['Federated credential mine']).toBe('already there');
  });

  const differing: [string, object][] = [
    ['issuer', { issuer: 'https://eastus.oic.prod-aks.azure.com/t/g' }],
    ['subject', { subject: 'system:serviceaccount:default:other' }],
    ['audiences', { audiences: ['https://example.com'] }],
  ];

  it.each(differing)('with another %s does not change, and both values are shown', async (key, other) => {
    inputs.credentialName = 'Mine';
    const tools = fakeTools({
      ...full,
      'az identity federated-credential list': () => [{ ...credential, ...other }],
    });
    const text = await failure(tools);
    expect(text).toContain(`  ${key}: current "${Object.values(other)[0]}"\n`);
    expect(text).toContain(`wanted  "${credential[key as 'issuer']}"\n`);
    expect(text).toContain('set replace: true');
    expect(text).toContain('Choose another credential-name, or');
    expect(writes(tools)).toEqual([]);
  });

  it.each(differing)('with another %s is replaced with replace: true', async (_, other) => {
    inputs.credentialName = 'mine';
    inputs.replace = true;
    const tools = fakeTools({
      ...full,
      'az identity federated-credential list': () => [{ ...credential, ...other }],
    });
    await federateIdentity(inputs, tools);
    expect(writes(tools)).toEqual([
      `az identity federated-credential update --name mine --identity-name wi-demo-identity --resource-group rg --issuer ${issuer} --subject ${subject} --audiences api://AzureADTokenExchange`,
    ]);
    expect(tools.outcomes()['Federated credential mine']).toBe('changed');
  });

  it('is retried after a concurrent write', async () => {
    let refusals = 2;
    const code = 'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity';
    const create = () => (refusals-- > 0 ? azureError(code) : {});
    const tools = fakeTools({ ...empty, 'az identity federated-credential create': create });
    await federateIdentity(inputs, tools);
    expect(tools.lines.filter(line => line.includes('Trying again'))).toHaveLength(2);
  });

  it('fails when the retry time is over', async () => {
    const code = 'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity';
    const tools = fakeTools({ ...empty, 'az identity federated-credential create': () => azureError(code) });
    expect(await failure({ ...tools, retrySeconds: 60 })).toContain('Let one run at a time write');
    expect(tools.time.now()).toBeGreaterThan(30_000);
    expect(tools.time.now()).toBeLessThanOrEqual(60_000);
  });

  it('that another run created in the meantime is used', async () => {
    const create = () =>
      azureError('BadRequest', 'Issuer and subject combination already exists for this Managed Identity.');
    const tools = fakeTools({ ...empty, 'az identity federated-credential create': create });
    await federateIdentity(inputs, tools);
    const row = tools.report.rows.find(({ what }) => what === 'Federated credential');
    expect(row?.outcome).toBe('already there');
  });

  it('fails immediately on any other error', async () => {
    const tools = fakeTools({
      ...empty,
      'az identity federated-credential create': () => azureError('Conflict'),
    });
    expect(await failure(tools)).toContain('(Conflict)');
    expect(tools.time.now()).toBe(0);
  });
});

describe('many workloads', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ namespace: 'team', serviceAccount: `sa-${index}` }));

  it('get their credentials one after the other, and everything else in parallel', async () => {
    inputs.workloads = many(20);
    const running = { credential: 0, account: 0 };
    const most = { credential: 0, account: 0 };
    const counted = (what: 'credential' | 'account') => async () => {
      most[what] = Math.max(most[what], ++running[what]);
      await new Promise(resolve => setImmediate(resolve));
      running[what]--;
      return what === 'account' ? 'created' : {};
    };
    const tools = fakeTools({
      ...empty,
      'az identity federated-credential create': counted('credential'),
      'kubectl create': counted('account'),
      'kubectl get namespace': () => '{}',
    });
    const outputs = await federateIdentity(inputs, tools);
    expect(most).toEqual({ credential: 1, account: 20 });
    expect(outputs.workloads!.split('\n')).toHaveLength(20);
    expect(outputs['service-account']).toBe('sa-0');
    expect(lines(tools).filter(line => line.startsWith('kubectl get namespace'))).toHaveLength(1);
  });

  it('report all conflicts together', async () => {
    inputs.workloads = many(2);
    const another = { 'azure.workload.identity/client-id': 'another' };
    const tools = fakeTools({ ...full, 'kubectl get serviceaccount': () => serviceAccount(another) });
    const text = await failure(tools);
    expect(text).toMatch(/^2 problems to fix before this step can run/);
    expect(text).toContain('Service account "team/sa-0"');
    expect(text).toContain('Service account "team/sa-1"');
  });

  it('continue with the others if one service account fails', async () => {
    inputs.workloads = many(3);
    const tools = fakeTools({
      ...empty,
      'kubectl create': (_, { input }) => (input?.includes('sa-0') ? failing('it broke') : 'created'),
    });
    expect(await failure(tools)).toContain('it broke');
    expect(tools.outcomes()).toMatchObject({
      'Service account team/sa-0': 'failed',
      'Service account team/sa-2': 'created',
    });
    expect(credentialWrites(tools)).toHaveLength(3);
  });
});

describe('an identity at its limit of credentials', () => {
  const clusters = ['https://eastus.oic.prod-aks.azure.com/t/alive/', null];
  const trust = (index: number, from: string) => ({
    name: `cred-${index}`,
    issuer: from,
    subject: `system:serviceaccount:default:sa-${index}`,
    audiences: ['api://AzureADTokenExchange'],
  });
  const twenty = [
    ...Array.from({ length: 17 }, (_, index) => trust(index, clusters[0]!)),
    trust(17, 'https://eastus.oic.prod-aks.azure.com/t/gone/'),
    trust(18, issuer),
    { ...trust(19, 'https://token.actions.githubusercontent.com'), subject: 'repo:a/b:environment:c' },
  ];
  const credentialsOf = (credentials: object[]): Record<string, FakeAnswer> => ({
    ...full,
    'az identity federated-credential list': () => credentials,
    'az aks list': () => clusters,
  });

  it('lists credentials that look unused, and the command to delete one, before anything is written', async () => {
    const tools = fakeTools(credentialsOf(twenty));
    const text = await failure(tools);
    expect(text).toContain('has 20 federated credentials, and this step needs 1 more. Azure allows 20.');
    expect(text.match(/"cred-\d+": issuer/g)).toEqual(['"cred-17": issuer']);
    expect(text).toContain(
      'az identity federated-credential delete --name cred-17 --identity-name wi-demo-identity --resource-group rg',
    );
    expect(writes(tools)).toEqual([]);
  });

  it('lists those of every other cluster if the login cannot list clusters', async () => {
    const tools = fakeTools({
      ...credentialsOf(twenty),
      'az aks list': () => azureError('AuthorizationFailed'),
    });
    expect((await failure(tools)).match(/"cred-\d+": issuer/g)).toHaveLength(18);
  });

  it('accepts existing credentials', async () => {
    inputs.workloads = [{ namespace: 'default', serviceAccount: 'sa-18' }];
    await federateIdentity(inputs, fakeTools(credentialsOf(twenty)));
  });

  it('counts all new credentials', async () => {
    inputs.workloads = ['a', 'b'].map(serviceAccount => ({ namespace: 'default', serviceAccount }));
    await federateIdentity(inputs, fakeTools(credentialsOf(twenty.slice(2))));
    expect(await failure(fakeTools(credentialsOf(twenty.slice(1))))).toContain(
      'has 19 federated credentials, and this step needs 2 more',
    );
  });
});

describe('parse', () => {
  const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';
  const given = { 'resource-group': 'rg', 'identity-name': 'wi-demo-identity' };

  it('requires kubeconfig only with issuer', () => {
    expect(parse({}, read(given))).toMatchObject({
      create: true,
      replace: false,
      issuer: '',
      workloads: [{ namespace: 'default', serviceAccount: 'wi-demo-sa' }],
    });
    expect(() => parse({}, read({ ...given, issuer }))).toThrow('kubeconfig is required with issuer');
  });

  it('accepts credential-name for one service account only', () => {
    const one = { ...given, 'credential-name': 'mine', workloads: 'a/b' };
    expect(parse({}, read(one))).toMatchObject({ credentialName: 'mine' });
    expect(() => parse({}, read({ ...one, workloads: 'a/b\na/c' }))).toThrow(
      'credential-name applies to one service account',
    );
  });

  it('lists every invalid input', () => {
    const values = {
      'resource-group': '',
      'identity-name': 'a.b',
      create: 'yes',
      issuer: 'http://x',
      namespace: 'Team',
      'service-account': '_',
      workloads: 'a',
      kubeconfig: '-k',
      'credential-name': 'x',
      replace: '1',
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

describe('an identity of another owner', () => {
  const others: (Record<string, string> | null)[] = [
    null,
    {},
    { owner: 'x' },
    { ...identity.tags, repository: 'another/lab' },
  ];
  const foreign = (tags: Record<string, string> | null): Record<string, FakeAnswer> => ({
    ...full,
    'az identity show': () => ({ ...identity, tags }),
    'az identity federated-credential list': () => [],
  });
  const writes = (tools: FakeTools) =>
    lines(tools).filter(line => /^az .*(create|update)|^kubectl (create|patch)/.test(line));

  it('gets no new credential without create: false', async () => {
    for (const tags of others) {
      for (const replace of [false, true]) {
        const tools = fakeTools(foreign(tags));
        const error = await federateIdentity({ ...inputs, replace }, tools).catch(error => error);
        expect(error.message).toContain('the lab of this repository did not create it');
        expect(error.message).toContain('set create: false');
        expect(writes(tools)).toEqual([]);
      }
    }
  });

  it('is federated with create: false', async () => {
    const tools = fakeTools(foreign(null));
    await federateIdentity({ ...inputs, create: false }, tools);
    expect(tools.outcomes()).toMatchObject({ 'Managed identity wi-demo-identity': 'already there' });
    expect(writes(tools)).toEqual([expect.stringContaining('federated-credential create')]);
  });

  it('is used unchanged if it already has the credential', async () => {
    const tools = fakeTools({ ...full, 'az identity show': () => ({ ...identity, tags: null }) });
    await federateIdentity(inputs, tools);
    expect(writes(tools)).toEqual([]);
  });
});
