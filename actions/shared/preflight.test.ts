import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { azureError, type FakeAnswer, failing, fakeTools, noAccount } from './fake-tools.ts';
import { InvalidInputs } from './inputs.ts';
import { preflight, type Requirements } from './preflight.ts';
import { ROLES } from './role-assignments.ts';
import { recordToolVersions } from './tool-versions.ts';

// A mask is a line in the log of the tests.
vi.mock(import('@actions/core'), async original => ({ ...(await original()), setSecret: () => {} }));

const subscription = '6f6e7c2a-0000-4000-8000-000000000001';
const tenant = '6f6e7c2a-0000-4000-8000-000000000002';
const other = '6f6e7c2a-0000-4000-8000-000000000009';

const permissions = (...value: object[]): Record<string, FakeAnswer> => ({
  'az rest --method get --url /subscriptions': () => ({ value }),
});
const healthy: Record<string, FakeAnswer> = {
  'az version': () => ({ 'azure-cli': '2.91.0' }),
  'az account show': () => ({ id: subscription, tenantId: tenant }),
  'kubectl version': () => '{"clientVersion":{"gitVersion":"v1.34.1"}}',
  ...permissions({ actions: ['*'], notActions: [] }),
};
const missing = (tool: string) => () => {
  throw new Error(`Unable to locate executable file: ${tool}. Please verify …`);
};

async function problems(
  answers: Record<string, FakeAnswer>,
  needs: Requirements<undefined> = {},
  inputs: Partial<typeof noAccount> = {},
): Promise<readonly string[]> {
  const tools = fakeTools({ ...healthy, ...answers });
  const error = await preflight({ ...noAccount, ...inputs }, needs, tools).then(
    () => undefined,
    reason => reason,
  );
  if (error !== undefined && !(error instanceof InvalidInputs)) throw error;
  return error?.problems ?? [];
}

const assign: Requirements<undefined> = {
  permissions: [
    {
      action: 'Microsoft.Authorization/roleAssignments/write',
      resourceGroup: 'rg',
      role: 'AcrPull',
      remedy: 'Role Based Access Control Administrator',
    },
  ],
};

describe('preflight', () => {
  it('returns the account, and logs versions and account', async () => {
    const tools = fakeTools(healthy);
    expect(await preflight(noAccount, { kubectl: true, ...assign }, tools)).toEqual({
      subscriptionId: subscription,
      tenantId: tenant,
    });
    expect(tools.lines).toEqual([
      `Preflight: az 2.91.0, kubectl 1.34.1, subscription ${subscription}, tenant ${tenant}.`,
    ]);
  });

  it('does not run kubectl if it is not required', async () => {
    expect(await problems({ 'kubectl version': missing('kubectl') })).toEqual([]);
    expect(await problems({ 'kubectl version': missing('kubectl') }, { kubectl: true })).toEqual([
      expect.stringMatching(/^kubectl was not found on PATH\. .*Install 1\.27\.0 or later: https/),
    ]);
  });

  it('reports once that az is missing', async () => {
    expect(await problems({ 'az version': missing('az'), 'az account show': missing('az') })).toEqual([
      expect.stringMatching(/^az was not found on PATH\. .*Install 2\.74\.0 or later: https/),
    ]);
  });

  it('reports all problems together', async () => {
    const found = await problems(
      {
        'az version': () => ({ 'azure-cli': '2.73.9' }),
        'kubectl version': () => '{"clientVersion":{"gitVersion":"v1.9.11"}}',
      },
      { kubectl: true },
      { subscriptionId: other, tenantId: other },
    );
    expect(found).toEqual([
      expect.stringContaining('az has version "2.73.9". Install 2.74.0'),
      expect.stringContaining('kubectl has version "1.9.11". Install 1.27.0'),
      expect.stringContaining(`tenant-id is "${other}", but az is logged in to tenant "${tenant}"`),
      expect.stringContaining(`subscription-id is "${other}", but az uses subscription "${subscription}"`),
    ]);
  });

  it('accepts an expected account in upper case', async () => {
    expect(await problems({}, {}, { subscriptionId: subscription.toUpperCase() })).toEqual([]);
  });

  it('explains how to log in if az is not logged in', async () => {
    const [problem] = await problems({
      'az account show': () => failing("ERROR: Please run 'az login' to setup account."),
    });
    expect(problem).toMatch(/^az is not logged in, .*client-id: .*id-token: write.*npm run setup-azure/s);
  });

  it('reports a refused login together with other problems', async () => {
    const found = await problems({
      'az version': () => ({ 'azure-cli': '2.73.9' }),
      'az account show': () => failing('ERROR: AADSTS700213: No matching federated identity record found …'),
    });
    expect(found).toEqual([
      expect.stringContaining('az has version "2.73.9"'),
      expect.stringMatching(/^No federated credential .*\nWhat to do: .*AADSTS700213/s),
    ]);
  });

  it('rethrows an unknown error', async () => {
    await expect(problems({ 'az account show': () => failing('ERROR: disk full') })).rejects.toThrow(
      'disk full',
    );
  });
});

describe('within one job', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preflight-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const missingTools = { 'az version': missing('az'), 'kubectl version': missing('kubectl') };

  it('reads the version of each tool once per job', async () => {
    const tools = fakeTools(healthy);
    const inputs = { ...noAccount, temporaryFolder: folder };
    await preflight(inputs, { kubectl: true }, tools);
    expect(await problems(missingTools, { kubectl: true }, { temporaryFolder: folder })).toEqual([]);
  });

  it('keeps the version that an earlier step found if a later step does not need the tool', async () => {
    await recordToolVersions({ az: '2.91.0', kubectl: '1.34.1' }, folder, process.env.PATH);
    await recordToolVersions({ az: '2.91.0' }, folder, process.env.PATH);
    expect(await problems(missingTools, { kubectl: true }, { temporaryFolder: folder })).toEqual([]);
  });

  it.each(['null', '[]', '{"az":5}', '{', '\u0000'])('ignores the recorded line %j', async line => {
    await recordToolVersions({}, folder, process.env.PATH);
    await writeFile(join(folder, 'workload-identity-lab', 'tool-versions.jsonl'), `${line}\n`);
    expect(await problems(missingTools, { kubectl: true }, { temporaryFolder: folder })).toHaveLength(2);
  });

  it('reads the versions again if PATH differs', async () => {
    await recordToolVersions({ az: '2.91.0', kubectl: '1.34.1' }, folder, '/elsewhere');
    expect(await problems(missingTools, { kubectl: true }, { temporaryFolder: folder })).toHaveLength(2);
  });
});

describe('required permissions', () => {
  const only = (...actions: string[]) => permissions({ actions, notActions: [] });

  it('reports the missing permission, its scope, and the role to assign', async () => {
    expect(await problems(only('Microsoft.ContainerService/*'), assign)).toEqual([
      expect.stringMatching(
        /is not allowed to assign the role AcrPull in resource group "rg"\. Assign it the role Role Based Access Control Administrator there/,
      ),
    ]);
  });

  it.each(['*', 'Microsoft.Authorization/*', 'microsoft.authorization/ROLEASSIGNMENTS/write', '*/write'])(
    'finds it in %s',
    async action => expect(await problems(only(action), assign)).toEqual([]),
  );

  it('subtracts notActions', async () => {
    const contributor = permissions({ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] });
    expect(await problems(contributor, assign)).toHaveLength(1);
  });

  it('applies a condition that limits the roles that the caller can assign', async () => {
    const condition = (role: string) =>
      permissions({
        actions: ['*'],
        notActions: [],
        condition: `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${role}}))`,
      });
    expect(await problems(condition(ROLES.AcrPull), assign)).toEqual([]);
    expect(await problems(condition(ROLES['Key Vault Secrets User']), assign)).toHaveLength(1);
  });

  it('ignores a missing permission that is not required', async () => {
    const needs = { permissions: assign.permissions!.map(right => ({ ...right, unless: async () => true })) };
    expect(await problems(only(), needs)).toEqual([]);
  });

  it('reads the permissions of the subscription if those of the group cannot be read', async () => {
    const answers: Record<string, FakeAnswer> = {
      'az rest --method get --url /subscriptions': args =>
        args.some(arg => arg.includes('/resourceGroups/'))
          ? azureError('ResourceGroupNotFound')
          : { value: [{ actions: ['Microsoft.Resources/*'], notActions: [] }] },
    };
    expect(await problems(answers, assign)).toHaveLength(1);
  });

  it('accepts a role on the resource', async () => {
    const resource = `/subscriptions/${subscription}/resourceGroups/rg/providers/X/y/z`;
    const answers: Record<string, FakeAnswer> = {
      'az rest --method get --url /subscriptions': args => ({
        value: args.some(arg => arg.includes(resource)) ? [{ actions: ['*'], notActions: [] }] : [],
      }),
    };
    const needs = (on?: string) => ({
      permissions: assign.permissions!.map(right => ({ ...right, resource: on })),
    });
    expect(await problems(answers, needs(resource))).toEqual([]);
    expect(await problems(answers, needs())).toHaveLength(1);
  });

  it('checks data actions', async () => {
    const write = 'Microsoft.ContainerRegistry/registries/repositories/content/write';
    const needs = { permissions: [{ action: write, resourceGroup: 'rg', onData: true, remedy: 'a role' }] };
    expect(await problems(only('*'), needs)).toHaveLength(1);
    const onData = permissions({ actions: [], notActions: [], dataActions: [write], notDataActions: [] });
    expect(await problems(onData, needs)).toEqual([]);
  });

  it('checks the permissions that the state requires, and reports its problems with them', async () => {
    const requirementsOf = () => ({
      permissions: assign.permissions!,
      problems: ['It is locked. Unlock it.'],
    });
    expect(await problems(only(), { requirementsOf })).toEqual([
      'It is locked. Unlock it.',
      expect.stringContaining('is not allowed to assign the role AcrPull'),
    ]);
    expect(await problems({}, { requirementsOf: async () => ({}) })).toEqual([]);
  });

  it('returns the state, and checks the permissions that the state requires', async () => {
    const asked: string[] = [];
    const { state } = await preflight(
      noAccount,
      {
        readState: async () => 'stopped',
        requirementsOf: found => {
          asked.push(found);
          return {};
        },
      },
      fakeTools(healthy),
    );
    expect([state, asked]).toEqual(['stopped', ['stopped']]);
  });

  it('reports nothing if permissions cannot be read', async () => {
    const unseen = { 'az rest --method get --url /subscriptions': () => azureError('AuthorizationFailed') };
    expect(await problems(unseen, assign)).toEqual([]);
  });
});

describe('a missing permission', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const roleId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/r`;
  const claims = Buffer.from(JSON.stringify({ oid: 'me', idtyp: 'app' })).toString('base64url');
  /** Azure with one role assignment of the caller, whose permissions it shows from some question on. */
  const azure = (
    given: { scope?: string; createdOn: string; actions: string[]; condition?: string },
    visibleFrom = Number.POSITIVE_INFINITY,
  ): Record<string, FakeAnswer> => {
    let questions = 0;
    const { scope = `/subscriptions/${subscription}`, createdOn, actions, condition } = given;
    return {
      'az account get-access-token': () => `x.${claims}.x`,
      'az rest --method get --url /subscriptions': args => {
        const url = args.at(-1)!;
        if (url.includes('/roleDefinitions/'))
          return { properties: { roleName: 'Some Role', permissions: [{ actions, notActions: [] }] } };
        if (url.includes('/roleAssignments?'))
          return { value: [{ properties: { scope, roleDefinitionId: roleId, condition, createdOn } }] };
        return { value: ++questions > visibleFrom ? [{ actions: ['*'], notActions: [] }] : [] };
      },
    };
  };

  it.each([
    ['at the subscription', {}],
    ['at the group', { scope: `/subscriptions/${subscription}/resourceGroups/RG` }],
  ])('is awaited if a new role %s grants it', async (_, where) => {
    const answers = azure({ ...where, createdOn: minutesAgo(2), actions: ['*'] }, 4);
    const tools = fakeTools({ ...healthy, ...answers });
    await preflight(noAccount, assign, tools);
    expect(tools.lines.join()).toContain('Azure does not apply the role Some Role yet');
  });

  it.each([
    ['is old', { createdOn: minutesAgo(20), actions: ['*'] }],
    ['grants a different permission', { createdOn: minutesAgo(2), actions: ['Microsoft.Compute/*'] }],
    [
      'grants it under a condition that excludes it',
      {
        ...{ createdOn: minutesAgo(2), actions: ['*'] },
        condition: '… RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {another} …',
      },
    ],
    [
      'is at another scope',
      {
        scope: `/subscriptions/${subscription}/resourceGroups/rg2`,
        createdOn: minutesAgo(2),
        actions: ['*'],
      },
    ],
  ])('is reported immediately if the role %s', async (_, given) => {
    const tools = fakeTools({ ...healthy, ...azure(given) });
    await expect(preflight(noAccount, assign, tools)).rejects.toThrow(
      'is not allowed to assign the role AcrPull',
    );
    expect(tools.time.now()).toBe(0);
  });

  it('is reported at the timeout if Azure never applies the role', async () => {
    const tools = fakeTools({ ...healthy, ...azure({ createdOn: minutesAgo(2), actions: ['*'] }) });
    await expect(preflight(noAccount, assign, tools)).rejects.toThrow(
      'is not allowed to assign the role AcrPull',
    );
    expect(tools.time.now()).toBeGreaterThan(800_000);
  });

  it('is awaited if it is required to read existing resources', async () => {
    let reads = 0;
    const refusal = `The client 'x' with object id 'me' does not have authorization to perform action 'Microsoft.X/y/read' over scope '/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.X/y/z' or the scope is invalid.`;
    const readState = async () => (++reads < 3 ? azureError('AuthorizationFailed', refusal) : {});
    const pending = azure({ createdOn: minutesAgo(2), actions: ['*/read'] }, 0);
    await preflight<object>(noAccount, { readState }, fakeTools({ ...healthy, ...pending }));
    expect(reads).toBe(3);
    reads = 0;
    const old = fakeTools({ ...healthy, ...azure({ createdOn: minutesAgo(60), actions: ['*/read'] }, 0) });
    await expect(preflight<object>(noAccount, { readState }, old)).rejects.toThrow('AuthorizationFailed');
    expect(reads).toBe(1);
  });
});

describe('tokens for later steps', () => {
  const tokens = { tokens: ['vault', 'registry'] } as const;

  it.each([
    ['.vault.azure.net', 'https://vault.azure.net'],
    ['.vault.azure.cn', 'https://vault.azure.cn'],
  ])('are requested for the services of the cloud with %s', async (keyvaultDns, resource) => {
    const requested: string[] = [];
    const tools = fakeTools({
      ...healthy,
      'az cloud show': () => ({ name: 'x', suffixes: { keyvaultDns } }),
      'az account get-access-token --resource': args => void requested.push(args[3]!),
    });
    await preflight(noAccount, tokens, tools);
    expect(requested.sort()).toEqual(['https://containerregistry.azure.net', resource].sort());
  });

  it('are a problem if the login has expired, and only then', async () => {
    const refusing = (stderr: string) => ({
      'az account get-access-token --resource': () => failing(`ERROR: ${stderr}`),
    });
    expect((await problems(refusing('AADSTS700024: …'), tokens)).join()).toContain('has expired');
    expect(await problems(refusing('AADSTS500011: …'), tokens)).toEqual([]);
  });
});
