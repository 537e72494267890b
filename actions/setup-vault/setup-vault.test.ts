import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
import { Interrupted } from '../shared/interruption.ts';
import { identityOfToken } from '../shared/logged-in-identity.ts';
import { type Inputs, parse } from './inputs.ts';
import { decide } from './secret.ts';
import { setupVault } from './setup-vault.ts';

const vaultId =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/wilab4521';
const callerId = '6d1c5a2b-0000-4000-8000-00000000ca11';
const principalId = '6d1c5a2b-0000-4000-8000-000000000b0d';
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** In the place of an empty Azure's answers: the vault is there. */
const vaultThere = { 'az keyvault show': () => vault(true) };

const labTags = { 'managed-by': 'workload-identity-lab', repository: 'octo/lab' };

const vault = (
  enableRbacAuthorization: boolean,
  accessPolicies: { objectId: string; permissions: { secrets: string[] } }[] = [],
  tags: object = labTags,
) => ({
  id: vaultId,
  name: 'wilab4521',
  tags,
  properties: {
    vaultUri: 'https://wilab4521.vault.azure.net/',
    tenantId: 'tenant',
    enableRbacAuthorization,
    accessPolicies,
  },
});

let folder: string;
let inputs: Inputs;
/** What `az keyvault secret set` was given by its file. */
let written: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'setup-vault-test-'));
  written = [];
  inputs = {
    account: noAccount,
    repository: 'octo/lab',
    group: {
      name: 'rg1',
      location: 'eastus',
      tags: { 'managed-by': 'workload-identity-lab', repository: 'octo/lab', run: '77-1' },
    },
    vaultName: 'wilab4521',
    create: true,
    softDeleted: 'fail',
    secretName: 'Secret',
    secretValue: '',
    overwriteSecret: false,
    accessModel: 'rbac',
    principalId,
    temporaryFolder: folder,
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Azure with nothing in it; tests put something else in a place. */
const empty: Record<string, FakeAnswer> = {
  'az group show': () => notFound(),
  'az group create': () => ({}),
  'az keyvault show': () => notFound(),
  'az keyvault create': args => vault(option(args, '--enable-rbac-authorization') === 'true'),
  'az account get-access-token': () => jwt({ oid: callerId, idtyp: 'app' }),
  'az role assignment create': args => ({ name: option(args, '--name') }),
  'az role assignment list': () => [],
  'az role assignment delete': () => undefined,
  'az rest --method put': () => vaultId,
  'az keyvault list-deleted': () => [],
  'az keyvault secret show': () => notFound(),
  'az keyvault secret set': async args => {
    const file = option(args, '--file');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    written.push(await readFile(file, 'utf8'));
    return { id: 'https://wilab4521.vault.azure.net/secrets/Secret/0123456789abcdef0123456789abcdef' };
  },
};

/** What follows an option in a command. */
function option(args: readonly string[] | undefined, name: string): string {
  return args?.[args.indexOf(name) + 1] ?? '';
}

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
/** What was written, to the vault or into it. */
const writes = (tools: FakeTools): string[] =>
  lines(tools).filter(line => / (create|set|recover|purge|put) /.test(line));
const failure = async (tools: FakeTools): Promise<string> =>
  describeFailure(
    await setupVault(inputs, tools).then(
      () => {
        throw new Error('it passed');
      },
      error => error,
    ),
  );

/** What Key Vault's data plane refuses with, as az prints it. */
function vaultError(code: string, innerCode: string, message = 'What Key Vault says.'): never {
  failing(
    `ERROR: (${code}) ${message}\nCode: ${code}\nMessage: ${message}\nInner error: {\n    "code": "${innerCode}"\n}`,
  );
}

const version = 'https://wilab4521.vault.azure.net/secrets/Secret/ffff';
const secret = (tags: object | null, times: object = {}) => ({
  id: version,
  tags,
  expires: null,
  notBefore: null,
  ...times,
});
const ours = (run = '77-1') => ({ ...labTags, run });

/** A secret that somebody else wrote: az gives its value only where it is asked for. */
const foreign = (value: string, times: object = {}): Record<string, FakeAnswer> => ({
  ...empty,
  ...vaultThere,
  'az keyvault secret show': args => (option(args, '--query') === 'value' ? value : secret(null, times)),
});

describe('setupVault', () => {
  it('makes an RBAC vault, gives itself the right to write, writes a random secret, and lets the identity read it', async () => {
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);

    expect(written).toHaveLength(1);
    expect(Buffer.from(written[0]!, 'base64url')).toHaveLength(32);
    expect(outputs).toEqual({
      'vault-name': 'wilab4521',
      'vault-uri': 'https://wilab4521.vault.azure.net/',
      'access-model': 'rbac',
      'secret-name': 'Secret',
      'secret-version': '0123456789abcdef0123456789abcdef',
      'secret-sha256': sha256(written[0]!),
    });
    const create = tools.commands.find(command => command[2] === 'create' && command[1] === 'keyvault');
    expect(option(create, '--enable-rbac-authorization')).toBe('true');
    expect(option(create, '--retention-days')).toBe('7');
    expect(create?.join()).not.toContain('purge-protection');
    const [officer, user] = tools.commands.filter(
      command => command[1] === 'role' && command[3] === 'create',
    );
    expect(option(officer, '--role')).toBe('b86a8fe4-44ce-4948-aee5-eccb2c155cd7');
    expect(option(officer, '--scope')).toBe(`${vaultId}/secrets/Secret`);
    expect(option(officer, '--assignee-object-id')).toBe(callerId);
    expect(option(user, '--role')).toBe('4633458b-17de-408a-b874-0445c86b69e6');
    expect(option(user, '--scope')).toBe(`${vaultId}/secrets/Secret`);
    expect(option(user, '--assignee-object-id')).toBe(principalId);
    expect(option(user, '--assignee-principal-type')).toBe('ServicePrincipal');
    const set = tools.commands.find(command => command[3] === 'set');
    expect(set?.join(' ')).toContain(
      '--tags managed-by=workload-identity-lab repository=octo/lab run=77-1 --query',
    );
    expect(Object.values(tools.outcomes())).toEqual(['created', 'created', 'created', 'created', 'created']);
  });

  it('never puts the value into a command line, and leaves no file', async () => {
    inputs.secretValue = 'correct horse\nbattery staple';
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);
    expect(written).toEqual([inputs.secretValue]);
    expect(outputs['secret-sha256']).toBe(sha256(inputs.secretValue));
    const told = JSON.stringify([outputs, tools.report.facts]);
    expect([...tools.commands, ...tools.lines, told].join('\n')).not.toMatch(/correct|battery/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes the file also when the secret cannot be written', async () => {
    const tools = fakeTools({
      ...empty,
      'az keyvault secret set': () => azureError('BadParameter'),
    });
    await expect(setupVault(inputs, tools)).rejects.toThrow('BadParameter');
    expect(await readdir(folder)).toEqual([]);
  });

  it('asks az for neither the value of what it writes nor of what stands there', async () => {
    const tools = fakeTools({ ...empty, ...vaultThere });
    await setupVault(inputs, tools);
    const queries = tools.commands
      .filter(command => command[2] === 'secret')
      .map(command => option(command, '--query'));
    expect(queries).toEqual([
      '{id: id, tags: tags, expires: attributes.expires, notBefore: attributes.notBefore}',
      '{id: id}',
    ]);
  });

  it('says "already there" to everything when the same run calls again', async () => {
    const tools = fakeTools({
      ...empty,
      ...vaultThere,
      'az role assignment create': () => ({ name: 'the one that is there' }),
      'az keyvault secret show': args => (option(args, '--query') === 'value' ? 'x' : secret(ours())),
    });
    const outputs = await setupVault(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
    expect(outputs).toMatchObject({ 'secret-version': 'ffff', 'secret-sha256': sha256('x') });
    expect(written).toEqual([]);
  });

  it('tells the journal what it found and gave, and no value', async () => {
    const tools = fakeTools(empty);
    await setupVault(inputs, tools);
    expect(tools.report.facts).toMatchObject({
      vault: { id: vaultId, uri: 'https://wilab4521.vault.azure.net/', model: 'rbac' },
      secret: { name: 'Secret', version: '0123456789abcdef0123456789abcdef' },
      reader: { principalId, role: 'Key Vault Secrets User', scope: `${vaultId}/secrets/Secret` },
    });
  });
});

describe('decide', () => {
  const decided = (tags: object | null | undefined, changes: Partial<Inputs> = {}) =>
    decide(tags === undefined ? undefined : (secret(tags) as Parameters<typeof decide>[0]), {
      ...inputs,
      ...changes,
    });

  it.each<[string, object | null | undefined, Partial<Inputs>, string]>([
    ['nothing', undefined, {}, 'write'],
    ['its own, of this run', ours(), {}, 'keep'],
    ['its own, of another run', ours('76-1'), {}, 'write'],
    ['its own, and a value', ours('76-1'), { secretValue: 'given' }, 'compare'],
    ["another repository's", { ...ours(), repository: 'octo/other' }, {}, 'adopt'],
    [
      "another repository's, and a value",
      { ...ours(), repository: 'octo/other' },
      { secretValue: 'given' },
      'adopt',
    ],
    ['one without a repository', { 'managed-by': 'workload-identity-lab', run: '77-1' }, {}, 'adopt'],
    ["somebody else's", null, {}, 'adopt'],
    ["somebody else's, and a value", null, { secretValue: 'given' }, 'adopt'],
    ["another owner's, of this run", { run: '77-1' }, {}, 'adopt'],
    ["somebody else's, to be overwritten", null, { overwriteSecret: true }, 'write'],
    [
      "somebody else's, to be overwritten by a value",
      null,
      { overwriteSecret: true, secretValue: 'g' },
      'adopt',
    ],
  ])('%s', (_, tags, changes, decision) => expect(decided(tags, changes)).toBe(decision));
});

describe('a secret that the lab did not write', () => {
  it('is used as it is, and its value goes nowhere', async () => {
    const tools = fakeTools(foreign('their own'));
    const outputs = await setupVault(inputs, tools);
    expect(outputs).toMatchObject({ 'secret-version': 'ffff', 'secret-sha256': sha256('their own') });
    expect(tools.outcomes()['Secret Secret']).toBe('already there');
    expect(written).toEqual([]);
    const told = JSON.stringify([outputs, tools.report.facts, tools.commands]);
    expect([told, ...tools.lines].join('\n')).not.toContain('their own');
  });

  it('is kept where it has the given value', async () => {
    inputs.secretValue = 'their own';
    const tools = fakeTools(foreign('their own'));
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Secret Secret']).toBe('already there');
  });

  it('is not overwritten by another value unless that is asked for', async () => {
    inputs.secretValue = 'given';
    let tools = fakeTools(foreign('their own'));
    const text = await failure(tools);
    expect(text).toContain(
      'Secret Secret in wilab4521 was not written by the lab, and its value is not that of secret-value.',
    );
    expect(text).toContain('overwrite-secret: true');
    expect(text).not.toMatch(/given|their own/);
    expect(written).toEqual([]);

    inputs.overwriteSecret = true;
    tools = fakeTools(foreign('their own'));
    await setupVault(inputs, tools);
    expect(written).toEqual(['given']);
    expect(tools.outcomes()['Secret Secret']).toBe('changed');
  });

  it.each([
    ['expired', { expires: '2020-01-01T00:00:00+00:00' }, 'expired at 2020-01-01'],
    ['not yet valid', { notBefore: '2999-01-01T00:00:00+00:00' }, 'not to be used before 2999-01-01'],
  ])('is named where it is %s', async (_, times, text) => {
    expect(await failure(fakeTools(foreign('their own', times)))).toContain(text);
  });

  it('is used within its time', async () => {
    const times = { expires: '2999-01-01T00:00:00+00:00', notBefore: '2020-01-01T00:00:00+00:00' };
    await setupVault(inputs, fakeTools(foreign('their own', times)));
  });

  it('is named where it is disabled, and gets a new version when asked', async () => {
    const off = {
      ...empty,
      ...vaultThere,
      'az keyvault secret show': () => vaultError('Forbidden', 'SecretDisabled'),
    };
    expect(await failure(fakeTools(off))).toMatch(/is disabled\.\n.*--enabled true/);
    expect(written).toEqual([]);
    inputs.overwriteSecret = true;
    await setupVault(inputs, fakeTools(off));
    expect(written).toHaveLength(1);
  });
});

describe('a deleted secret that keeps the name', () => {
  /** Until it is recovered or purged, it can be neither seen nor written. */
  const deleted = (tags: object | null): Record<string, FakeAnswer> => {
    let [state, looks] = ['deleted', 0];
    return {
      ...foreign('their own'),
      'az keyvault secret show': args => {
        if (state !== 'recovered' || looks++ === 0) return notFound('SecretNotFound');
        return option(args, '--query') === 'value' ? 'their own' : secret(tags);
      },
      'az keyvault secret set': args =>
        state === 'deleted'
          ? vaultError('Conflict', 'ObjectIsDeletedButRecoverable')
          : empty['az keyvault secret set']!(args, {}),
      'az keyvault secret show-deleted': () => ({ tags }),
      'az keyvault secret recover': () => {
        state = 'recovered';
        return {};
      },
      'az keyvault secret purge': () => {
        state = 'purged';
      },
    };
  };

  it('is named, with both ways out', async () => {
    const text = await failure(fakeTools(deleted(null)));
    expect(text).toContain('az keyvault secret recover --vault-name wilab4521 --name Secret');
    expect(text).toContain('az keyvault secret purge --vault-name wilab4521 --name Secret');
    expect(written).toEqual([]);
  });

  it.each(['recover', 'purge'] as const)(
    'is not touched where it is not the lab’s: %s',
    async softDeleted => {
      inputs.softDeleted = softDeleted;
      for (const tags of [
        null,
        { 'managed-by': 'workload-identity-lab' },
        { ...labTags, repository: 'octo/other' },
      ]) {
        const tools = fakeTools(deleted(tags));
        const text = await failure(tools);
        expect(text).toContain(
          `do not prove that the lab of "octo/lab" wrote it: the action does not ${softDeleted} it.`,
        );
        expect(text).toContain(`az keyvault secret ${softDeleted} --vault-name wilab4521 --name Secret`);
        expect(lines(tools).filter(line => / secret (recover|purge) /.test(line))).toEqual([]);
      }
    },
  );

  it('is recovered when asked, and gets a new version where it is ours', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(deleted(ours('76-1')));
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.outcomes()['Secret Secret']).toBe('changed');
  });

  it('is purged when asked', async () => {
    inputs.softDeleted = 'purge';
    const tools = fakeTools(deleted(ours('76-1')));
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.outcomes()['Secret Secret']).toBe('created');
  });

  it('is waited for while it is just being deleted', async () => {
    let refusals = 2;
    const tools = fakeTools({
      ...foreign(''),
      'az keyvault secret show': () => notFound('SecretNotFound'),
      'az keyvault secret set': args =>
        refusals-- > 0
          ? vaultError('Conflict', 'ObjectIsBeingDeleted')
          : empty['az keyvault secret set']!(args, {}),
    });
    await setupVault(inputs, tools);
    expect(tools.lines.filter(line => line.includes('just being deleted'))).toHaveLength(2);
  });
});

describe('access', () => {
  it('is waited for until it is seen, and that is said', async () => {
    let refusals = 3;
    const tools = fakeTools({
      ...empty,
      ...vaultThere,
      'az keyvault secret show': () =>
        refusals-- > 0 ? vaultError('Forbidden', 'ForbiddenByRbac') : notFound(),
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.lines.filter(line => line.includes('ForbiddenByRbac'))).toHaveLength(3);
  });

  it.each([
    ['AccessDenied', 'AccessDenied'],
    [
      'ForbiddenByFirewall',
      'The firewall of key vault wilab4521 does not let this runner in (its address is 20.1.2.3)',
    ],
    ['ForbiddenByConnection', 'Key vault wilab4521 has no public access'],
  ])('is not waited for after %s', async (code, text) => {
    const tools = fakeTools({
      ...empty,
      ...vaultThere,
      'az keyvault secret show': () =>
        vaultError('Forbidden', code, 'Client address is not authorized.\r\nClient address: 20.1.2.3\r\n'),
    });
    expect(await failure(tools)).toContain(text);
    expect(tools.time.now()).toBe(0);
  });

  const missingAssign = (mine: string[]): Record<string, FakeAnswer> => ({
    ...empty,
    ...vaultThere,
    'az rest --method get --url /subscriptions': () => ({ value: [] }),
    'az role assignment create': () => azureError('AuthorizationFailed', 'roleAssignments/write'),
    'az role assignment list': () =>
      mine.map(id => `/providers/Microsoft.Authorization/roleDefinitions/${id}`),
  });

  it('needs no right to assign where the roles are assigned, also above', async () => {
    const tools = fakeTools(missingAssign(['x', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7']));
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Right to write 6d1c5a2b-0000-4000-8000-00000000ca11']).toBe('already there');
    expect(written).toHaveLength(1);
  });

  it('needs no right to assign where the caller writes by a role of its group, and the reader has one', async () => {
    const answers = missingAssign([]);
    const tools = fakeTools({
      ...answers,
      'az rest --method get --url /subscriptions': () => ({
        value: [{ actions: [], notActions: [], dataActions: ['Microsoft.KeyVault/vaults/secrets/*'] }],
      }),
      'az role assignment list': args =>
        option(args, '--assignee-object-id') === principalId
          ? ['/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6']
          : [],
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
  });

  it('that nobody can see is named', async () => {
    const tools = fakeTools({
      ...missingAssign([]),
      'az role assignment list': () => azureError('AuthorizationFailed', 'roleAssignments/read'),
    });
    expect(await failure(tools)).toContain('is not allowed to assign the role Key Vault Secrets User');
  });

  it('that can be neither given nor is there is named before anything is written', async () => {
    const tools = fakeTools(missingAssign(['4633458b-17de-408a-b874-0445c86b69e6']));
    const text = await failure(tools);
    expect(text).toContain(
      'is not allowed to assign the role Key Vault Secrets Officer in resource group rg1',
    );
    expect(text).not.toContain('Secrets User');
    expect(writes(tools)).toEqual([]);
  });

  it('is by policies on a vault that is made so, and nobody gets more than that', async () => {
    inputs.accessModel = 'access-policy';
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);
    expect(outputs['access-model']).toBe('access-policy');
    const create = lines(tools).find(line => line.startsWith('az keyvault create'));
    expect(create).toContain('--enable-rbac-authorization false --no-self-perms true');
    const puts = tools.commands.filter(command => command[1] === 'rest');
    expect(puts.map(put => option(put, '--url'))).toEqual(
      Array(2).fill(`${vaultId}/accessPolicies/add?api-version=2023-07-01`),
    );
    const policy = (objectId: string, ...secrets: string[]) => ({
      properties: { accessPolicies: [{ tenantId: 'tenant', objectId, permissions: { secrets } }] },
    });
    expect(puts.map(put => JSON.parse(option(put, '--body')))).toEqual([
      policy(callerId, 'get', 'set'),
      policy(principalId, 'get'),
    ]);
    expect(lines(tools).some(line => line.startsWith('az role'))).toBe(false);
  });

  it('is by the model of a vault that is there, whatever was asked, and adds to what stands', async () => {
    const policies = [
      { objectId: callerId.toUpperCase(), permissions: { secrets: ['Get', 'List'] } },
      { objectId: principalId, permissions: { secrets: ['all'] } },
    ];
    const tools = fakeTools({ ...empty, 'az keyvault show': () => vault(false, policies) });
    await setupVault(inputs, tools);
    expect(tools.warnings).toContainEqual(expect.stringMatching(/decides by access-policy, not by rbac/));
    const [put, ...others] = tools.commands.filter(command => command[1] === 'rest');
    expect(option(put, '--body')).toContain(callerId);
    expect(others).toEqual([]);
  });

  it.each([
    ['recover', ['all'], 0],
    ['purge', ['all'], 1],
    ['recover', ['get', 'set'], 1],
    ['recover', ['get', 'set', 'recover'], 0],
  ] as const)('for soft-deleted: %s of one who has %j', async (softDeleted, secrets, puts) => {
    inputs.softDeleted = softDeleted;
    const policies = [
      { objectId: callerId, permissions: { secrets: [...secrets] } },
      { objectId: principalId, permissions: { secrets: ['get'] } },
    ];
    const tools = fakeTools({ ...empty, 'az keyvault show': () => vault(false, policies) });
    await setupVault(inputs, tools);
    expect(tools.commands.filter(command => command[1] === 'rest')).toHaveLength(puts);
  });

  it('by a policy is written again when another run writes the vault', async () => {
    let refusals = 1;
    const tools = fakeTools({
      ...empty,
      'az keyvault show': () => vault(false),
      'az rest --method put': () =>
        refusals-- > 0
          ? azureError('ConflictError', 'A conflict occurred that prevented the operation from completing.')
          : vaultId,
    });
    await setupVault(inputs, tools);
    expect(tools.lines.filter(line => line.includes('another client writes the vault'))).toHaveLength(1);
  });
});

describe('on a vault of another owner', () => {
  const theirs = (answers: Record<string, FakeAnswer> = {}): Record<string, FakeAnswer> => ({
    ...empty,
    'az keyvault show': () => vault(true, [], { owner: 'team' }),
    ...answers,
  });
  const roles = (tools: FakeTools, verb: string) =>
    tools.commands.filter(command => command[1] === 'role' && command[3] === verb);

  it('the caller’s role is on the one secret, and is taken back', async () => {
    const tools = fakeTools(theirs());
    await setupVault(inputs, tools);
    const [officer] = roles(tools, 'create');
    expect(option(officer, '--scope')).toBe(`${vaultId}/secrets/Secret`);
    expect(option(officer, '--description')).toContain('octo/lab');
    const id = `${vaultId}/secrets/Secret/providers/Microsoft.Authorization/roleAssignments/${option(officer, '--name')}`;
    expect(roles(tools, 'delete').map(command => command.slice(1))).toEqual([
      ['role', 'assignment', 'delete', '--ids', id],
    ]);
    const order = lines(tools).map(line => line.split(' --')[0]);
    expect(order.indexOf('az role assignment delete')).toBeGreaterThan(
      order.indexOf('az keyvault secret set'),
    );
  });

  it('the caller’s role is taken back when the secret cannot be written', async () => {
    const tools = fakeTools(theirs({ 'az keyvault secret set': () => azureError('BadParameter') }));
    expect(await failure(tools)).toContain('BadParameter');
    expect(roles(tools, 'delete')).toHaveLength(1);
  });

  it('the caller’s role is taken back when its assignment was cut off', async () => {
    const tools = fakeTools(
      theirs({
        'az role assignment create': () => {
          throw new Interrupted('SIGINT');
        },
      }),
    );
    await failure(tools);
    expect(roles(tools, 'delete')).toHaveLength(1);
  });

  it('a role that cannot be taken back fails the step, with the command', async () => {
    const tools = fakeTools(theirs({ 'az role assignment delete': () => azureError('ScopeLocked') }));
    expect(await failure(tools)).toMatch(
      /was not taken back:[\s\S]*Take it back: az role assignment delete --ids /,
    );
  });

  it('an existing assignment is never taken back', async () => {
    const tools = fakeTools(theirs({ 'az role assignment create': () => ({ name: 'the existing one' }) }));
    await setupVault(inputs, tools);
    expect(roles(tools, 'delete')).toEqual([]);
  });

  it('a role that Azure does not assign on the secret is not assigned on the vault', async () => {
    const tools = fakeTools(theirs({ 'az role assignment create': () => azureError('ResourceNotFound') }));
    const text = await failure(tools);
    expect(text).toContain(`--scope ${vaultId}`);
    expect(roles(tools, 'create').map(command => option(command, '--scope'))).toEqual([
      `${vaultId}/secrets/Secret`,
    ]);
  });

  it.each<[string, object[], string, object]>([
    ['no policy', [], 'remove', { secrets: ['get', 'set'] }],
    [
      'a policy for something else',
      [{ objectId: callerId, permissions: { keys: ['get'], secrets: ['list', 'Get'], storage: null } }],
      'replace',
      { keys: ['get'], secrets: ['list', 'Get'] },
    ],
    [
      'a policy for keys only',
      [{ objectId: callerId, permissions: { keys: ['get'], secrets: [] } }],
      'replace',
      { keys: ['get'], secrets: [] },
    ],
  ])('the caller with %s has afterwards what it had before', async (_, before, kind, permissions) => {
    const policies = structuredClone(before) as { objectId: string; permissions: { secrets: string[] } }[];
    const puts: { url: string; policy: { objectId: string; permissions: { secrets: string[] } } }[] = [];
    const tools = fakeTools(
      theirs({
        'az keyvault show': () => vault(false, structuredClone(policies), { owner: 'team' }),
        'az rest --method put': args => {
          const [policy] = JSON.parse(option(args, '--body')).properties.accessPolicies;
          puts.push({ url: option(args, '--url'), policy });
          const standing = policies.find(({ objectId }) => objectId === policy.objectId);
          if (standing) standing.permissions.secrets.push(...policy.permissions.secrets);
          else policies.push(policy);
        },
      }),
    );
    await setupVault(inputs, tools);
    const mine = puts.filter(({ policy }) => policy.objectId === callerId);
    expect(mine.map(({ url }) => /accessPolicies\/(\w+)\?/.exec(url)?.[1])).toEqual(['add', kind]);
    expect(mine[1]!.policy.permissions).toEqual(permissions);
  });

  it('AccessDenied directly after the policy was written is retried', async () => {
    let refusals = 2;
    const tools = fakeTools({
      ...theirs({ 'az keyvault show': () => vault(false, [], { owner: 'team' }) }),
      'az keyvault secret show': () =>
        refusals-- > 0 ? vaultError('Forbidden', 'AccessDenied') : notFound('SecretNotFound'),
    });
    await setupVault(inputs, tools);
    expect(tools.lines.filter(line => line.includes('AccessDenied'))).toHaveLength(2);
  });

  it('AccessDenied despite an existing policy is not retried', async () => {
    const policy = { objectId: callerId, permissions: { secrets: ['all'] } };
    const tools = fakeTools({
      ...theirs({ 'az keyvault show': () => vault(false, [policy], { owner: 'team' }) }),
      'az keyvault secret show': () => vaultError('Forbidden', 'AccessDenied'),
    });
    expect(await failure(tools)).toContain('AccessDenied');
    expect(tools.time.now()).toBe(0);
  });
});

describe('on a vault of the lab', () => {
  it('the role is assigned on the whole vault where Azure refuses it on the secret', async () => {
    const tools = fakeTools({
      ...empty,
      'az role assignment create': args =>
        option(args, '--scope').includes('/secrets/')
          ? azureError('AuthorizationFailed', 'roleAssignments/write')
          : { name: option(args, '--name') },
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.lines.filter(line => line.includes('The role is assigned on the whole vault'))).toHaveLength(
      2,
    );
  });

  it('the role is assigned on the whole vault where the vault does not accept it on the secret', async () => {
    let onVault = false;
    const tools = fakeTools({
      ...empty,
      'az role assignment create': args => {
        onVault ||= option(args, '--scope') === vaultId;
        return { name: option(args, '--name') };
      },
      'az keyvault secret set': args =>
        onVault ? empty['az keyvault secret set']!(args, {}) : vaultError('Forbidden', 'ForbiddenByRbac'),
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.lines.join()).toContain('The vault does not accept the role on the secret alone');
  });
});

describe('a vault that is not there', () => {
  it('is not made where that is not asked for; where it is instead is said', async () => {
    inputs.create = false;
    const none: Record<string, FakeAnswer> = { ...empty, 'az keyvault list': () => [] };
    expect(await failure(fakeTools(none))).toMatch(
      /^There is no key vault wilab4521 in resource group rg1, and create is false\. Correct the names/,
    );
    const elsewhere = { 'az keyvault list': () => [vaultId.replace('rg1', 'Elsewhere')] };
    const tools = fakeTools({ ...empty, ...elsewhere });
    expect(await failure(tools)).toContain(
      'It is in resource group Elsewhere: set resource-group: Elsewhere.',
    );
    expect(writes(tools)).toEqual([]);
  });

  it('needs rights to be made, all of which are named together', async () => {
    const nothingAllowed = { 'az rest --method get --url /subscriptions': () => ({ value: [] }) };
    const text = await failure(fakeTools({ ...empty, ...nothingAllowed }));
    expect(text).toContain('resourceGroups/write in subscription');
    expect(text).toContain('is not allowed to do Microsoft.KeyVault/vaults/write in resource group rg1');
    expect(text).toContain('is not allowed to assign the role Key Vault Secrets Officer');
    expect(text).toContain('is not allowed to assign the role Key Vault Secrets User');
    inputs.accessModel = 'access-policy';
    expect(await failure(fakeTools({ ...empty, ...nothingAllowed }))).toContain(
      'vaults/accessPolicies/write',
    );
  });

  it('may be made by another run meanwhile', async () => {
    let looks = 0;
    const tools = fakeTools({
      ...empty,
      'az keyvault show': () => (looks++ === 0 ? notFound() : vault(true)),
      'az keyvault create': () => failing('ERROR: The specified vault: wilab4521 already exists'),
    });
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Key vault wilab4521']).toBe('already there');
  });

  it.each([
    [
      'in another group',
      [vaultId.replace('rg1', 'rg2')],
      'is there already, in resource group rg2, not in rg1',
    ],
    ["somebody else's", [], 'The name wilab4521 is taken'],
  ])('because its name is taken: %s', async (_, all, text) => {
    const tools = fakeTools({
      ...empty,
      'az keyvault create': () => azureError('VaultAlreadyExists'),
      'az keyvault list': () => all,
    });
    expect(await failure(tools)).toContain(text);
    expect(tools.time.now()).toBe(0);
  });

  it('because a deleted one that cannot be seen keeps the name', async () => {
    const tools = fakeTools({
      ...empty,
      'az keyvault list-deleted': () => azureError('AuthorizationFailed'),
      'az keyvault create': () =>
        azureError('ConflictError', 'A vault with the same name already exists in deleted state.'),
    });
    expect(await failure(tools)).toContain('it is not among those that this login can see');
    expect(tools.time.now()).toBe(0);
  });
});

describe('a deleted vault that keeps the name', () => {
  const listed = (properties: object = {}): Record<string, FakeAnswer> => {
    let back = false;
    const deleted = {
      name: 'WiLab4521',
      properties: {
        vaultId,
        location: 'westeurope',
        deletionDate: '2026-11-20T10:00:00+00:00',
        scheduledPurgeDate: '2026-11-27T10:00:00+00:00',
        tags: labTags,
        ...properties,
      },
    };
    return {
      ...empty,
      'az account show': () => ({ id: vaultId.split('/')[2], tenantId: 'tenant-id' }),
      'az keyvault list-deleted': () => [deleted],
      'az keyvault show-deleted': () => deleted,
      'az keyvault show': () => (back ? vault(true) : notFound()),
      'az keyvault recover': () => {
        back = true;
        return vaultId;
      },
      'az keyvault purge': () => undefined,
    };
  };

  it('is named, with both ways out, before anything is written', async () => {
    const tools = fakeTools(listed());
    const text = await failure(tools);
    expect(text).toContain('was deleted at 2026-11-20T10:00:00+00:00 and keeps its name until 2026-11-27');
    expect(text).toContain('az keyvault recover --name wilab4521 --location westeurope');
    expect(text).toContain('az keyvault purge --name wilab4521 --location westeurope');
    expect(writes(tools)).toEqual([]);
  });

  it('is recovered when asked, and its secrets are looked at', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(listed());
    await setupVault(inputs, tools);
    expect(lines(tools)).toContain(
      'az keyvault recover --name wilab4521 --location westeurope --resource-group rg1 --query id',
    );
    expect(tools.outcomes()['Key vault wilab4521']).toBe('changed');
    expect(lines(tools).some(line => line.startsWith('az keyvault secret show'))).toBe(true);
  });

  it('is recovered into its own resource group only', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(listed({ vaultId: vaultId.replace('rg1', 'theirs') }));
    expect(await failure(tools)).toContain('set resource-group: theirs');
    expect(writes(tools)).toEqual([]);
  });

  it.each([
    ['of another repository', { tags: { ...labTags, repository: 'octo/other' } }, 'repository="octo/other"'],
    ['of another owner', { tags: { owner: 'team' } }, 'owner="team"'],
    ['without tags', { tags: null }, 'no tags'],
    [
      'of an older lab, without repository',
      { tags: { 'managed-by': 'workload-identity-lab' } },
      'managed-by=',
    ],
    ['of the lab in another group', { vaultId: vaultId.replace('rg1', 'theirs') }, 'resource group'],
  ])('is neither purged nor recovered: one %s', async (_, properties, text) => {
    for (const softDeleted of ['purge', 'recover'] as const) {
      inputs.softDeleted = softDeleted;
      const tools = fakeTools(listed(properties));
      expect(await failure(tools)).toContain(text);
      expect(writes(tools)).toEqual([]);
    }
  });

  it.each([
    ['another owner has taken the name meanwhile', { tags: { owner: 'team' } }],
    ['it is in another subscription', { vaultId: vaultId.replace('0b1f6471', '11111111') }],
  ])('is read again before it is purged: %s', async (_, properties) => {
    inputs.softDeleted = 'purge';
    const tools = fakeTools({
      ...listed(),
      'az keyvault show-deleted': () => listed(properties)['az keyvault show-deleted']!([], {}),
    });
    await failure(tools);
    expect(lines(tools).filter(line => / keyvault (purge|recover|create) /.test(line))).toEqual([]);
  });

  it('is purged when asked, and its name is waited for', async () => {
    inputs.softDeleted = 'purge';
    let refusals = 1;
    const tools = fakeTools({
      ...listed(),
      'az keyvault create': args =>
        refusals-- > 0
          ? azureError('ConflictError', 'A vault with the same name already exists in deleted state.')
          : empty['az keyvault create']!(args, {}),
    });
    await setupVault(inputs, tools);
    expect(tools.outcomes()).toMatchObject({
      'Deleted key vault wilab4521': 'deleted',
      'Key vault wilab4521': 'created',
    });
    expect(tools.lines.filter(line => line.includes('the purge is not seen yet'))).toHaveLength(1);
  });

  it.each(['fail', 'purge'] as const)('cannot be purged where it is protected: %s', async softDeleted => {
    inputs.softDeleted = softDeleted;
    const tools = fakeTools(listed({ purgeProtectionEnabled: true }));
    const text = await failure(tools);
    expect(text).toContain('It has purge protection: nobody can purge it before. Set soft-deleted: recover');
    expect(text).not.toContain('soft-deleted: purge');
    expect(writes(tools)).toEqual([]);
  });
});

describe('identityOfToken', () => {
  it('reads object id and kind', () => {
    expect(identityOfToken(jwt({ oid: callerId, idtyp: 'app' }))).toEqual({
      objectId: callerId,
      principalType: 'ServicePrincipal',
    });
    expect(identityOfToken(jwt({ oid: callerId })).principalType).toBe('User');
  });

  it.each(['', 'opaque', jwt({}), 'a.###.c'])('refuses %j without repeating it', token => {
    expect(() => identityOfToken(token)).toThrow(/names no object id\.$/);
  });
});

describe('parse', () => {
  const given: Record<string, string> = {
    'resource-group': 'rg1',
    'vault-name': 'wilab4521',
    'principal-id': principalId,
  };
  const read = (overrides: Record<string, string>) => (name: string) =>
    ({ ...given, ...overrides })[name] ?? '';

  it('fills in the defaults', () => {
    expect(parse({ RUNNER_TEMP: '/tmp/runner' }, read({}))).toMatchObject({
      vaultName: 'wilab4521',
      secretName: 'Secret',
      create: true,
      softDeleted: 'fail',
      secretValue: '',
      overwriteSecret: false,
      accessModel: 'rbac',
      principalId,
      temporaryFolder: '/tmp/runner',
    });
  });

  it.each([
    ['vault-name', 'my_vault'],
    ['vault-name', ''],
    ['vault-name', '-oops'],
    ['secret-name', 'a/b'],
    ['access-model', 'RBAC'],
    ['create', 'yes'],
    ['soft-deleted', 'restore'],
    ['overwrite-secret', '1'],
    ['principal-id', 'not-a-guid'],
    ['secret-value', 'x'.repeat(25 * 1024 + 1)],
  ])('refuses %s %j', (name, value) => {
    expect(() => parse({}, read({ [name]: value }))).toThrow(name);
  });
});
