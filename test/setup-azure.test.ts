import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { createAzConfig } from '../lab/emulator-variables.ts';
import { Chain, type Ended } from './support/chain.ts';
import { ownerEnvironment } from './support/owner.ts';

// The setup with the real az. A job of the repository can log in, and nothing else. The removal
// leaves nothing.

/** Its token subjects have IDs. The other repository is older. */
const newer = 'octo-org/lab-fork';
const older = 'octo-org/older-fork';

const permissions = {
  administration: 'write',
  actions_variables: 'write',
  actions: 'write',
  metadata: 'read',
};

let chain: Chain;
let owner: Record<string, string>;
let subscription: string;
/** By repository. */
const tokenFiles = new Map<string, string>();
const tokens = new Map<string, string>();
/** Direct requests, because az needs a second for each. */
const bearers = { arm: '', graph: '' };

beforeAll(async () => {
  chain = await Chain.start();
  subscription = `/subscriptions/${chain.emulator.facts.subscriptionId}`;
  owner = await ownerEnvironment(chain);
  for (const resource of ['arm', 'graph'] as const) {
    const type = ['--resource-type', resource === 'arm' ? 'arm' : 'ms-graph'];
    bearers[resource] =
      `authorization: Bearer ${(await az('account', 'get-access-token', ...type)).accessToken}`;
  }
  for (const namespace of ['Microsoft.ContainerService', 'Microsoft.Compute'])
    await ask(`DELETE /control/provider-registrations/${namespace}`);
  for (const [repository, createdAt] of [
    [newer, '2026-10-01T00:00:00Z'],
    [older, '2025-10-01T00:00:00Z'],
  ] as const) {
    await ask('PUT /control/github/repositories', { repository, createdAt });
    const { token } = await ask('POST /control/github/tokens', { permissions, repository, login: 'octo' });
    tokens.set(repository, token!);
    tokenFiles.set(repository, file(`token-${repository.replace('/', '-')}`, token!));
  }
});
afterAll(() => chain?.stop());

function ask(request: string, body?: unknown): Promise<Record<string, string>> {
  return control(chain.emulator.facts, request, body) as Promise<Record<string, string>>;
}

/** Only this user can read the file. */
function file(name: string, content: string): string {
  const path = join(chain.directory, name);
  writeFileSync(path, `${content}\n`, { mode: 0o600 });
  return path;
}

/** Each repository has an identity in a separate group. */
function setUp(repository: string, ...args: string[]): Promise<Ended> {
  return setUpIn(
    owner,
    ...['--github-token-file', tokenFiles.get(repository)!, '--repository', repository, ...args],
  );
}

function setUpIn(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const group = args.includes('--resource-group') ? [] : ['--resource-group', 'setup-trust'];
  const { NODE_COMPILE_CACHE = '' } = process.env;
  return chain.start(process.execPath, ['setup/main.js', ...group, ...args], '', {
    ...env,
    NODE_COMPILE_CACHE,
  });
}

async function succeeds(run: Promise<Ended>): Promise<string> {
  const { exitCode, output } = await run;
  if (exitCode !== 0) throw new Error(`${exitCode}\n${output}`);
  return output;
}

async function fails(run: Promise<Ended>, exitCode = 1): Promise<string> {
  const ended = await run;
  expect(ended).toMatchObject({ exitCode });
  return ended.output;
}

// biome-ignore lint/suspicious/noExplicitAny: az's answers have as many shapes as it has commands
async function az(...args: string[]): Promise<any> {
  const output = await succeeds(
    chain.start('az', [...args, '--only-show-errors', '--output', 'json'], '', owner),
  );
  return output.trim() === '' ? undefined : JSON.parse(output);
}

// biome-ignore lint/suspicious/noExplicitAny: as many shapes as GitHub has resources
async function gitHub(repository: string, method: string, path: string, body?: unknown): Promise<any> {
  const { output } = await chain.start(
    'curl',
    [
      ...[
        '--silent',
        '--request',
        method,
        '--header',
        '@-',
        `https://api.github.com/repos/${repository}/${path}`,
      ],
      ...(body === undefined ? [] : ['--data', JSON.stringify(body)]),
    ],
    `authorization: Bearer ${tokens.get(repository)}`,
  );
  return output.trim() === '' ? undefined : JSON.parse(output);
}

/** Everything that the setup can change. */
type State = Readonly<Record<string, unknown>>;

async function state(repository: string): Promise<State> {
  const [arm, graph] = ['https://management.azure.com', 'https://graph.microsoft.com/v1.0'];
  const list = async (version: string, path: string) =>
    (await get(`${arm}${subscription}${path}?api-version=${version}`)).value;
  const identity = '/providers/Microsoft.ManagedIdentity/userAssignedIdentities';
  const identities: { id: string }[] = await list('2023-01-31', identity);
  const credentials = identities.map(({ id }) =>
    get(`${arm}${id}/federatedIdentityCredentials?api-version=2023-01-31`),
  );
  return {
    groups: await list('2021-04-01', '/resourceGroups'),
    identities,
    credentials: await Promise.all(credentials),
    applications: await get(`${graph}/applications`),
    assignments: await list('2022-04-01', '/providers/Microsoft.Authorization/roleAssignments'),
    providers: (await list('2021-04-01', '/providers')).map(
      (each: Record<string, string>) => `${each.namespace} ${each.registrationState}`,
    ),
    variables: (await gitHub(repository, 'GET', 'actions/variables')).variables,
    environments: (await gitHub(repository, 'GET', 'environments')).environments,
  };

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async function get(url: string): Promise<any> {
    const bearer = url.startsWith(arm) ? bearers.arm : bearers.graph;
    const { output } = await chain.start('curl', ['--silent', '--fail', '--header', '@-', url], bearer);
    return JSON.parse(output);
  }
}

/** Registrations stay. */
function exceptProviders({ providers, ...others }: State): State {
  return others;
}

/** By step. */
function outcomes(output: string): Record<string, string> {
  const lines = output.matchAll(/^(.+): (created|changed|deleted|failed) \([\d.]+ s\)$/gm);
  return Object.fromEntries([...lines].map(([, what, outcome]) => [what, outcome]));
}

/** The job has these claims. Logs in with the repository's client ID. */
async function jobLogin(
  repository: string,
  claims: Readonly<Record<string, string>>,
): Promise<{ env: Record<string, string>; login: Ended }> {
  const job = await ask('POST /control/github/id-token-requests', { claims: { repository, ...claims } });
  const answer = await chain.start(
    'curl',
    [...['--silent', '--fail', '--header', '@-'], `${job.url}&audience=api://AzureADTokenExchange`],
    `authorization: Bearer ${job.token}`,
  );
  const token = file('id-token', JSON.parse(answer.output).value);
  const { value: clientId } = await gitHub(repository, 'GET', 'actions/variables/AZURE_CLIENT_ID');
  const { value: tenantId } = await gitHub(repository, 'GET', 'actions/variables/AZURE_TENANT_ID');
  // Entra shows new objects late, and az caches a refusal in its directory.
  for (let attempt = 1; ; attempt++) {
    const folder = await createAzConfig(join(chain.directory, `azure-job-${crypto.randomUUID()}`));
    const env = { ...chain.env, AZURE_CONFIG_DIR: folder };
    const login = await chain.start(
      'az',
      [
        ...['login', '--service-principal', '--username', clientId, '--tenant', tenantId],
        ...['--federated-token', `@${token}`, '--output', 'none'],
      ],
      '',
      env,
    );
    if (login.exitCode === 0 || attempt === 4) return { env, login };
  }
}

async function loggedIn(repository: string, claims: Readonly<Record<string, string>>) {
  const { env, login } = await jobLogin(repository, claims);
  expect(login).toMatchObject({ exitCode: 0 });
  return env;
}

describe('a repository whose subjects have IDs', () => {
  let before: State;

  test('--dry-run shows the commands and requests in order, and changes nothing', async () => {
    before = await state(newer);
    const output = await succeeds(setUp(newer, '--dry-run'));
    const order = [
      'az provider register --namespace Microsoft.ContainerService --subscription',
      'az provider register --namespace Microsoft.Compute --subscription',
      'az group create --name setup-trust',
      'az identity create --name github-octo-org-lab-fork',
      'az identity federated-credential create --name environment-azure-lab-ids',
      'az role assignment create --role b24988ac-6180-42a0-ab88-20f7382dd24c',
      'az role assignment create --role f58310d9-a9f6-439a-9e8d-f62e7b41a168',
      `GitHub API: PUT /repos/${newer}/environments/azure-lab`,
      `GitHub API: POST /repos/${newer}/actions/variables {"name":"AZURE_CLIENT_ID"`,
    ].map(text => output.indexOf(text));
    expect(order.every(at => at > 0)).toBe(true);
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(output).toContain("--assignee-object-id '<principal id of github-octo-org-lab-fork>'");
    expect(output).toContain('Nothing was changed (--dry-run).');
    expect(await state(newer)).toEqual(before);
  });

  test('the setup creates everything', async () => {
    const output = await succeeds(setUp(newer, '--yes'));
    expect(outcomes(output)).toEqual({
      'Resource provider Microsoft.ContainerService': 'changed',
      'Resource provider Microsoft.Compute': 'changed',
      'Resource group setup-trust': 'created',
      'Managed identity github-octo-org-lab-fork': 'created',
      'Federated credential environment-azure-lab-ids': 'created',
      'Role on the subscription Contributor': 'created',
      'Role on the subscription Role Based Access Control Administrator': 'created',
      'GitHub environment azure-lab': 'created',
      'GitHub variable AZURE_CLIENT_ID': 'created',
      'GitHub variable AZURE_TENANT_ID': 'created',
      'GitHub variable AZURE_SUBSCRIPTION_ID': 'created',
    });
    expect(output).toContain('Read back: Azure and GitHub show every change.');
    expect(output).toContain('The login was not tried, because GitHub issues tokens only to jobs.');
    const policies = await gitHub(newer, 'GET', 'environments/azure-lab/deployment-branch-policies');
    expect(policies.branch_policies).toMatchObject([{ name: 'main' }]);
    expect(output).toMatch(/repo:octo-org@\d+\/lab-fork@\d+:environment:azure-lab/);
    expect(output).toContain(`gh workflow run lab.yml --repo ${newer} --ref main`);
  });

  test('a job in the environment logs in, and has exactly the permissions that labs need', async () => {
    const env = await loggedIn(newer, { environment: 'azure-lab' });
    const job = (...args: string[]) =>
      chain.start('az', [...args, '--only-show-errors', '--output', 'none'], '', env);
    await succeeds(job('group', 'create', '--name', 'a-lab', '--location', 'eastus'));

    const { principalId } = await az('identity', 'create', '--name', 'pod', '--resource-group', 'a-lab');
    const user = (await az('ad', 'signed-in-user', 'show')).id;
    const assign = (role: string, principal: string, type: string) =>
      job(
        ...[
          'role',
          'assignment',
          'create',
          '--role',
          role,
          '--scope',
          `${subscription}/resourceGroups/a-lab`,
        ],
        ...['--assignee-object-id', principal, '--assignee-principal-type', type],
      );
    await succeeds(assign('AcrPull', principalId, 'ServicePrincipal'));
    await succeeds(assign('Key Vault Secrets User', principalId, 'ServicePrincipal'));
    for (const refused of [
      assign('Owner', principalId, 'ServicePrincipal'),
      assign('Contributor', principalId, 'ServicePrincipal'),
      assign('AcrPull', user, 'User'),
    ]) {
      expect(await fails(refused)).toContain('AuthorizationFailed');
    }
    // It cannot delete assignments that it cannot create.
    const [owns] = await az('role', 'assignment', 'list', '--scope', subscription, '--role', 'Owner');
    expect(await fails(job('role', 'assignment', 'delete', '--ids', owns.id))).toContain(
      'AuthorizationFailed',
    );
    await succeeds(job('group', 'delete', '--name', 'a-lab', '--yes'));
  });

  test.each([
    ['of a branch', { ref: 'refs/heads/main' }],
    ['of another environment', { environment: 'other' }],
    ['of a pull request', { event_name: 'pull_request' }],
    ['with the older form of the subject', { sub: `repo:${newer}:environment:azure-lab` }],
  ])('a job %s does not log in', async (_, claims) => {
    const { login } = await jobLogin(newer, claims);
    expect(login.output).toContain('AADSTS700213');
  });

  test('a second run changes nothing', async () => {
    const after = await state(newer);
    const output = await succeeds(setUp(newer, '--yes'));
    expect(outcomes(output)).toEqual({});
    expect(output.match(/^= .*: exists$/gm)).toHaveLength(15);
    expect(output).not.toMatch(/^[+~-] /m);
    expect(await state(newer)).toEqual(after);
  });

  test('checks the login in a job of the repository, and keeps the existing login', async () => {
    for (const [claims, says] of [
      [
        { environment: 'azure-lab' },
        /A job with the subject "repo:octo-org@\d+\/lab-fork@\d+:environment:azure-lab" can log in\./,
      ],
      [
        { ref: 'refs/heads/main' },
        /The login was not tried: this job's subject "repo:.*:ref:refs\/heads\/main" is not trusted\./,
      ],
    ] as const) {
      const job = await ask('POST /control/github/id-token-requests', {
        claims: { repository: newer, ...claims },
      });
      const env = {
        ...owner,
        ACTIONS_ID_TOKEN_REQUEST_URL: job.url!,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.token!,
      };
      const args = ['--github-token-file', tokenFiles.get(newer)!, '--repository', newer, '--yes'];
      expect(await succeeds(setUpIn(env, ...args))).toMatch(says);
    }
    expect((await az('account', 'show')).user.type).toBe('user');
  });

  test('corrects what has drifted, and reports it', async () => {
    const identity = ['--identity-name', 'github-octo-org-lab-fork', '--resource-group', 'setup-trust'];
    const { principalId } = await az(
      'identity',
      'show',
      '--name',
      identity[1]!,
      '--resource-group',
      'setup-trust',
    );
    const write = (verb: string, name: string, subject: string) =>
      az(
        ...['identity', 'federated-credential', verb, '--name', name, ...identity, '--subject', subject],
        ...[
          '--issuer',
          'https://token.actions.githubusercontent.com',
          '--audiences',
          'api://AzureADTokenExchange',
        ],
      );
    await write('update', 'environment-azure-lab-ids', `repo:${newer}:environment:wrong`);
    await write('create', 'from-before', `repo:${newer}:environment:azure-lab`);
    await write('create', 'stranger', 'repo:somebody/else:environment:azure-lab');
    const on = ['--scope', subscription];
    await az('role', 'assignment', 'delete', '--assignee', principalId, '--role', 'Contributor', ...on);
    const administrator = ['--role', 'Role Based Access Control Administrator'];
    await az('role', 'assignment', 'delete', '--assignee', principalId, ...administrator, ...on);
    // An earlier manual setup had no condition.
    await az(
      ...['role', 'assignment', 'create', '--assignee-object-id', principalId, ...administrator, ...on],
      ...['--assignee-principal-type', 'ServicePrincipal'],
    );
    const [policy] = (await gitHub(newer, 'GET', 'environments/azure-lab/deployment-branch-policies'))
      .branch_policies;
    await gitHub(newer, 'DELETE', `environments/azure-lab/deployment-branch-policies/${policy.id}`);
    await gitHub(newer, 'PATCH', 'actions/variables/AZURE_CLIENT_ID', { value: 'another' });
    await gitHub(newer, 'DELETE', 'actions/variables/AZURE_TENANT_ID');

    const output = await succeeds(setUp(newer, '--yes'));
    expect(outcomes(output)).toEqual({
      'Federated credential from-before': 'deleted',
      'Federated credential environment-azure-lab-ids': 'changed',
      'Role on the subscription Contributor': 'created',
      'Role on the subscription Role Based Access Control Administrator': 'changed',
      'GitHub environment azure-lab': 'changed',
      'GitHub variable AZURE_CLIENT_ID': 'changed',
      'GitHub variable AZURE_TENANT_ID': 'created',
    });
    expect(output).toContain(`its subject is "repo:${newer}:environment:wrong"`);
    expect(output).toContain('its condition is missing or different');
    expect(output).toContain('its value is "another"');
    expect(output).toContain(
      'other federated credentials. Check them: stranger (subject "repo:somebody/else:',
    );
    await loggedIn(newer, { environment: 'azure-lab' });
  });

  test('the identity cannot set up another identity', async () => {
    const env = await loggedIn(newer, { environment: 'azure-lab' });
    const args = ['--github-token-file', tokenFiles.get(newer)!, '--repository', newer, '--yes'];
    const output = await fails(setUpIn(env, ...args, '--name', 'another'));
    expect(output).toContain(
      'You are not allowed to assign the roles Contributor and Role Based Access Control Administrator',
    );
    expect(output).toContain('Owner or User Access Administrator');
    expect(outcomes(output)).toEqual({});
  });

  test('--remove --dry-run changes nothing', async () => {
    const current = await state(newer);
    const output = await succeeds(setUp(newer, '--remove', '--dry-run'));
    expect(output).toContain('az identity delete --name github-octo-org-lab-fork');
    expect(await state(newer)).toEqual(current);
  });

  test('the removal leaves nothing behind', async () => {
    const output = await succeeds(setUp(newer, '--remove', '--yes'));
    expect(outcomes(output)).toEqual({
      'GitHub variable AZURE_CLIENT_ID': 'deleted',
      'GitHub variable AZURE_TENANT_ID': 'deleted',
      'GitHub variable AZURE_SUBSCRIPTION_ID': 'deleted',
      'Role on the subscription Contributor': 'deleted',
      'Role on the subscription Role Based Access Control Administrator': 'deleted',
      'Managed identity github-octo-org-lab-fork': 'deleted',
      'Resource group setup-trust': 'deleted',
    });
    // The drift deleted the assignments, which recorded who created the environment.
    expect(output).toContain('GitHub environment azure-lab: not created by this command');
    await gitHub(newer, 'DELETE', 'environments/azure-lab');
    expect(exceptProviders(await state(newer))).toEqual(exceptProviders(before));
    expect(output).toContain('Registrations of resource providers');

    const again = await succeeds(setUp(newer, '--remove', '--yes'));
    expect(again).toContain('Nothing that this command created exists.');
  });
});

describe('an older repository', () => {
  const identity = ['--identity-name', 'github-octo-org-older-fork', '--resource-group', 'setup-trust'];
  const credentials = async (): Promise<string[]> =>
    (await az('identity', 'federated-credential', 'list', ...identity))
      .map(({ name }: { name: string }) => name)
      .sort();
  let before: State;

  test('is trusted in both forms of the subject, with its branch if requested', async () => {
    before = await state(older);
    await succeeds(setUp(older, '--yes', '--branch', 'main'));
    expect(await credentials()).toEqual([
      'branch-main',
      'branch-main-ids',
      'environment-azure-lab',
      'environment-azure-lab-ids',
    ]);
    await loggedIn(older, { environment: 'azure-lab' });
    await loggedIn(older, { ref: 'refs/heads/main' });
    expect((await jobLogin(older, { ref: 'refs/heads/other' })).login.output).toContain('AADSTS700213');
  });

  test('is trusted only in the newer form once its tokens have that form', async () => {
    await gitHub(older, 'PUT', 'actions/oidc/customization/sub', {
      use_default: true,
      use_immutable_subject: true,
    });
    const output = await succeeds(setUp(older, '--yes', '--branch', 'main'));
    expect(outcomes(output)).toEqual({
      'Federated credential branch-main': 'deleted',
      'Federated credential environment-azure-lab': 'deleted',
    });
    await loggedIn(older, { environment: 'azure-lab' });
  });

  test('with a custom template is trusted per workflow, or rejected with the reason', async () => {
    const template = (...keys: string[]) =>
      gitHub(older, 'PUT', 'actions/oidc/customization/sub', {
        use_default: false,
        include_claim_keys: keys,
      });
    await template('repo', 'context', 'job_workflow_ref');
    const output = await succeeds(setUp(older, '--yes'));
    expect(outcomes(output)).toEqual({
      'Federated credential environment-azure-lab-lab-yml-ids': 'created',
      'Federated credential environment-azure-lab-sweep-yml-ids': 'created',
    });
    await loggedIn(older, { environment: 'azure-lab' });
    const elsewhere = {
      environment: 'azure-lab',
      job_workflow_ref: 'octo-org/older-fork/.github/workflows/other.yml@refs/heads/main',
    };
    expect((await jobLogin(older, elsewhere)).login.output).toContain('AADSTS700213');

    await template('repo', 'context', 'actor');
    expect(await fails(setUp(older, '--yes'))).toContain('The claim "actor" varies from run to run');
    await gitHub(older, 'PUT', 'actions/oidc/customization/sub', { use_default: true });
  });

  test('is restored by the removal, which deletes its environment', async () => {
    const output = await succeeds(setUp(older, '--remove', '--yes'));
    expect(outcomes(output)).toMatchObject({ 'GitHub environment azure-lab': 'deleted' });
    expect(exceptProviders(await state(older))).toEqual(exceptProviders(before));
  });
});

describe('resources of another owner', () => {
  test('are used and kept', async () => {
    await az('group', 'create', '--name', 'kept', '--location', 'eastus');
    await az('identity', 'create', '--name', 'kept-identity', '--resource-group', 'kept');
    await gitHub(newer, 'PUT', 'environments/labs');
    const args = ['--resource-group', 'kept', '--name', 'kept-identity', '--environment', 'labs', '--yes'];
    const before = await state(newer);
    const said = await succeeds(setUp(newer, ...args));
    expect(said).toContain('! Jobs on any branch can use the environment "labs".');
    const made = outcomes(said);
    expect(Object.keys(made).some(what => /group|identity|environment labs/.test(what))).toBe(false);
    const output = await succeeds(setUp(newer, ...args, '--remove'));
    expect(output).toContain('Managed identity kept-identity: not created by this command');
    expect(output).toContain('Resource group kept: not created by this command');
    expect(output).toContain('GitHub environment labs: not created by this command');
    expect(exceptProviders(await state(newer))).toEqual(exceptProviders(before));
    await gitHub(newer, 'DELETE', 'environments/labs');
    await az('group', 'delete', '--name', 'kept', '--yes');
  });

  test('are rejected if they belong to another repository', async () => {
    await succeeds(setUp(newer, '--yes', '--name', 'shared'));
    const output = await fails(setUp(older, '--yes', '--name', 'shared'));
    expect(output).toContain(`The managed identity "shared" was created for the repository "${newer}".`);
    await succeeds(setUp(newer, '--yes', '--name', 'shared', '--remove'));
  });
});

test("the emulator's deployer identity has exactly the roles of the setup", async () => {
  const args = ['--name', 'lab-deployer', '--resource-group', 'lab-trust', '--dry-run'];
  const output = await succeeds(setUp(newer, ...args));
  expect(output.match(/^. Role on the subscription .*$/gm)).toEqual([
    '= Role on the subscription Contributor: exists',
    '= Role on the subscription Role Based Access Control Administrator: exists',
  ]);
  expect(output).not.toContain('roles that labs do not need');
});

describe('an app registration', () => {
  const args = ['--identity', 'app-registration'];

  test('is created, lets in a job, is found again, corrected, and removed', async () => {
    const before = await state(newer);
    const output = await succeeds(setUp(newer, ...args, '--yes'));
    expect(outcomes(output)).toMatchObject({
      'App registration github-octo-org-lab-fork': 'created',
      'Service principal github-octo-org-lab-fork': 'created',
      'Federated credential environment-azure-lab-ids': 'created',
      'Role on the subscription Contributor': 'created',
    });
    await loggedIn(newer, { environment: 'azure-lab' });
    expect(outcomes(await succeeds(setUp(newer, ...args, '--yes')))).toEqual({});

    const [{ id }] = await az('ad', 'app', 'list', '--display-name', 'github-octo-org-lab-fork');
    const [credential] = await az('ad', 'app', 'federated-credential', 'list', '--id', id);
    const wrong = {
      name: credential.name,
      issuer: credential.issuer,
      audiences: credential.audiences,
      subject: 'repo:wrong',
    };
    await az(
      ...[
        'ad',
        'app',
        'federated-credential',
        'update',
        '--id',
        id,
        '--federated-credential-id',
        credential.id,
      ],
      ...['--parameters', JSON.stringify(wrong)],
    );
    expect(outcomes(await succeeds(setUp(newer, ...args, '--yes')))).toEqual({
      'Federated credential environment-azure-lab-ids': 'changed',
    });
    await loggedIn(newer, { environment: 'azure-lab' });

    expect(outcomes(await succeeds(setUp(newer, ...args, '--remove', '--yes')))).toMatchObject({
      'App registration github-octo-org-lab-fork': 'deleted',
      'GitHub environment azure-lab': 'deleted',
    });
    expect(exceptProviders(await state(newer))).toEqual(exceptProviders(before));
  });
});

describe('without a token for GitHub', () => {
  test("sets up Azure's half for a public repository in both forms, and prints the commands for GitHub's half", async () => {
    await ask('PUT /control/github/repositories', { repository: 'octo-org/public', private: false });
    const args = ['--repository', 'octo-org/public', '--yes'];
    const output = await succeeds(setUpIn(owner, ...args));
    expect(outcomes(output)).toMatchObject({
      'Federated credential environment-azure-lab': 'created',
      'Federated credential environment-azure-lab-ids': 'created',
    });
    expect(output).toMatch(/gh variable set AZURE_CLIENT_ID --repo octo-org\/public --body [0-9a-f-]{36}\n/);
    expect(output).toContain('gh api --silent --method PUT repos/octo-org/public/environments/azure-lab');
    const removal = await succeeds(setUpIn(owner, ...args, '--remove'));
    expect(removal).toContain('gh variable delete AZURE_CLIENT_ID --repo octo-org/public');
  });

  test("removes Azure's half of a setup that had a token", async () => {
    const before = await state(newer);
    await succeeds(setUp(newer, '--yes'));
    const output = await succeeds(setUpIn(owner, '--repository', newer, '--yes', '--remove'));
    expect(output).toContain(`GitHub shows no repository "${newer}".`);
    expect(output).toContain(`gh variable delete AZURE_CLIENT_ID --repo ${newer}`);
    for (const name of ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_SUBSCRIPTION_ID'])
      await gitHub(newer, 'DELETE', `actions/variables/${name}`);
    await gitHub(newer, 'DELETE', 'environments/azure-lab');
    expect(exceptProviders(await state(newer))).toEqual(exceptProviders(before));
  });

  test('rejects a private repository', async () => {
    const output = await fails(setUpIn(owner, '--repository', newer, '--yes'));
    expect(output).toContain(`GitHub shows no repository "${newer}".`);
    expect(output).toContain('gh auth login, GH_TOKEN, or --github-token-file');
  });
});

describe('a failure is reported with its fix', () => {
  test.each([
    [
      'a token that GitHub does not know',
      () => ({ GH_TOKEN: 'ghp_nonsense' }),
      'GitHub does not accept the token',
    ],
    [
      'a repository that does not exist',
      () => ({ GH_TOKEN: tokens.get(older)! }),
      `GitHub shows no repository "${newer}"`,
    ],
  ])('%s', async (_, env, says) => {
    const output = await fails(setUpIn({ ...owner, ...env() }, '--repository', newer, '--yes'));
    expect(output).toContain(says);
    expect(output).toContain('What to do: ');
    for (const token of Object.values(env())) expect(output).not.toContain(token);
  });

  test('a token without permissions, and a plan without protection rules', async () => {
    const { token } = await ask('POST /control/github/tokens', {
      permissions: { metadata: 'read', actions: 'read', actions_variables: 'read' },
      repository: newer,
      login: 'octo',
    });
    const output = await fails(setUpIn({ ...owner, GITHUB_TOKEN: token! }, '--repository', newer, '--yes'));
    expect(output).toContain(`GitHub refused the request "PUT /repos/${newer}/environments/azure-lab`);
    expect(output).toContain('This request needs: administration=write.');

    // As for a private repository without a paid plan.
    await ask('POST /control/faults', {
      ...{ host: 'api.github.com', method: 'PUT', pathPattern: '/environments/', status: 422 },
      body: {
        message: 'Fail to create protected rule, please ensure billing plan include protected branch gate',
      },
    });
    const unpaid = await fails(setUp(newer, '--yes'));
    expect(unpaid).toContain(`GitHub refused the request "PUT /repos/${newer}/environments/azure-lab`);
    expect(unpaid).toContain('Create the environment without rules');
    await succeeds(setUp(newer, '--remove', '--yes'));
  });

  test('a tenant that restricts app registrations', async () => {
    // az is logged in as an identity that can assign roles and has no role in Entra. Its first
    // login has expired.
    await chain.logIn();
    const args = ['--repository', newer, '--yes', '--identity', 'app-registration'];
    const output = await fails(setUpIn({ ...chain.env, GH_TOKEN: tokens.get(newer)! }, ...args));
    expect(output).toContain('You are not allowed to register applications');
    expect(output).toContain('--identity user-assigned');
  });

  test('az that is not logged in, or not installed', async () => {
    const nobody = {
      ...owner,
      AZURE_CONFIG_DIR: await createAzConfig(join(chain.directory, 'azure-nobody')),
    };
    expect(await fails(setUpIn(nobody, '--repository', newer, '--yes'))).toContain('az is not logged in.');
    const nothing = { ...owner, PATH: '/nonexistent' };
    const output = await fails(setUpIn(nothing, '--repository', newer, '--yes'));
    expect(output).toContain('az, the Azure CLI, was not found on PATH.');
  });

  test('an invalid argument, and a question without a terminal', async () => {
    expect(await fails(setUpIn(owner, '--bogus'), 2)).toBe(
      `\nUnknown option '--bogus'.\nRun "npm run setup-azure -- --help" for the options.\n`,
    );
    const output = await fails(setUpIn(owner, '--repository', newer), 2);
    expect(output).toContain('Cannot prompt: not running in a terminal.\nPass --yes.');
  });
});

describe('a new subscription', () => {
  test('is set up although a resource provider stays at Registering', async () => {
    await ask('DELETE /control/provider-registrations/Microsoft.Compute', { endless: true });
    const ended = setUpIn(
      owner,
      ...['--github-token-file', tokenFiles.get(newer)!, '--repository', newer, '--yes'],
    );
    // Before the limit of five minutes.
    await expect
      .poll(
        async () => (await az('provider', 'show', '--namespace', 'Microsoft.Compute')).registrationState,
        {
          timeout: 120_000,
        },
      )
      .toBe('Registering');
    await ask('DELETE /control/provider-registrations/Microsoft.Compute');
    await az('provider', 'register', '--namespace', 'Microsoft.Compute');
    const output = await succeeds(ended);
    expect(output).toContain('Resource provider Microsoft.Compute: changed');
    expect(output).toContain('gh workflow run lab.yml');
  });

  test('without quota gets a warning with the numbers and with regions that have enough', async () => {
    const usage = (value: string, currentValue: number, limit: number) => ({
      ...{ currentValue, limit, unit: 'Count', name: { value, localizedValue: value } },
    });
    const body = { value: [usage('cores', 9, 10), usage('standardDSv3Family', 0, 0)] };
    for (const location of ['westeurope', 'swedencentral'])
      await ask('POST /control/faults', {
        ...{ method: 'GET', pathPattern: `/locations/${location}/usages`, status: 200, body },
      });
    const output = await succeeds(setUp(newer, '--yes', '--lab-location', 'westeurope'));
    expect(output).toContain(
      '! A lab in "westeurope" might fail: 9 of 10 vCPUs (Total Regional vCPUs) are in use, and a node needs 2 to 4.',
    );
    expect(output).toMatch(
      /These regions have enough quota: eastus2, centralus, westus3, northeurope\. Start labs there/,
    );
    expect(await succeeds(setUp(newer, '--yes'))).not.toContain('might fail');
    await succeeds(setUp(newer, '--remove', '--yes'));
  });
});

describe('at a terminal', () => {
  /** Ends the input after the last answer. */
  function converse(answers: readonly string[]): Promise<Ended> {
    const command = `${process.execPath} setup/main.js --github-token-file ${tokenFiles.get(newer)}`;
    const args = ['--quiet', '--return', '--flush', '--command', command, '/dev/null'];
    const child = spawn('script', args, { env: owner });
    const left = [...answers];
    let [output, seen] = ['', 0];
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
      if (!/: $/.test(stripVTControlCharacters(output.slice(seen)))) return;
      seen = output.length;
      const answer = left.shift();
      // Ctrl-D
      child.stdin.write(answer === undefined ? '\x04' : `${answer}\n`);
    });
    return new Promise((resolve, reject) => {
      child
        .once('error', reject)
        .once('close', exitCode => resolve({ exitCode, output: stripVTControlCharacters(output) }));
    });
  }

  test('asks, shows the steps, and changes nothing without a yes', async () => {
    const { exitCode, output } = await converse(['octo', newer, '', '', '', '', 'asked-trust', '', 'no']);
    expect(output).toContain('"octo" is not a repository name.');
    expect(output).toContain('GitHub environment whose jobs are trusted [azure-lab]: ');
    expect(output).toContain('+ Resource group asked-trust: create');
    expect(output).toContain('(yes or no) [no]: no');
    expect(output).toContain('Nothing was changed.');
    expect(exitCode).toBe(0);
    expect(await az('group', 'exists', '--name', 'asked-trust')).toBe(false);
  });

  test('applies the changes after a yes', async () => {
    const { exitCode, output } = await converse([newer, '', '', '', '', 'asked-trust', '', 'yes']);
    expect(output).toContain('Read back: Azure and GitHub show every change.');
    expect(exitCode).toBe(0);
    await succeeds(setUp(newer, '--resource-group', 'asked-trust', '--remove', '--yes'));
  });

  test('fails at the end of its input', async () => {
    const { exitCode, output } = await converse([newer, '']);
    expect(output).toContain('The input ended. Nothing more was changed.');
    expect(exitCode).toBe(1);
  });
});
