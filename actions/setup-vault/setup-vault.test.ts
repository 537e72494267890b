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

/** Answers of an Azure in which the vault exists. */
const vaultExists = { 'az keyvault show': () => vault(true) };

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
/** The contents of the files that `az keyvault secret set` read. */
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

/** Answers of an empty Azure. Tests replace some of them. */
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

/** Returns the value of an option in a command. */
function option(args: readonly string[] | undefined, name: string): string {
  return args?.[args.indexOf(name) + 1] ?? '';
}

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
/** Commands that change the vault or its secrets. */
const writes = (tools: FakeTools): string[] =>
  lines(tools).filter(line => / (create|set|recover|purge|put) /.test(line));
const failure = async (tools: FakeTools): Promise<string> =>
  describeFailure(
    await setupVault(inputs, tools).then(
      () => {
        throw new Error('The action succeeded.');
      },
      error => error,
    ),
  );

/** Fails as az does when Key Vault's data plane refuses a request. */
function vaultError(code: string, innerCode: string, message = 'A message of Key Vault.'): never {
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

/** A secret of another owner. az prints its value only if the query requests it. */
const foreign = (value: string, times: object = {}): Record<string, FakeAnswer> => ({
  ...empty,
  ...vaultExists,
  'az keyvault secret show': args => (option(args, '--query') === 'value' ? value : secret(null, times)),
});

describe('setupVault', () => {
  it('creates an RBAC vault, grants its login write permission, writes a random secret, and grants the identity read permission', async () => {
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

  it('never puts the value into a command line, and leaves no file behind', async () => {
    inputs.secretValue = 'correct horse\nbattery staple';
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);
    expect(written).toEqual([inputs.secretValue]);
    expect(outputs['secret-sha256']).toBe(sha256(inputs.secretValue));
    const printed = JSON.stringify([outputs, tools.report.facts]);
    expect([...tools.commands, ...tools.lines, printed].join('\n')).not.toMatch(/correct|battery/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('deletes the file if the secret cannot be written', async () => {
    const tools = fakeTools({
      ...empty,
      'az keyvault secret set': () => azureError('BadParameter'),
    });
    await expect(setupVault(inputs, tools)).rejects.toThrow('BadParameter');
    expect(await readdir(folder)).toEqual([]);
  });

  it('requests neither the value that it writes nor an existing value', async () => {
    const tools = fakeTools({ ...empty, ...vaultExists });
    await setupVault(inputs, tools);
    const queries = tools.commands
      .filter(command => command[2] === 'secret')
      .map(command => option(command, '--query'));
    expect(queries).toEqual([
      '{id: id, tags: tags, expires: attributes.expires, notBefore: attributes.notBefore}',
      '{id: id}',
    ]);
  });

  it('changes nothing if the same run calls it again', async () => {
    const tools = fakeTools({
      ...empty,
      ...vaultExists,
      'az role assignment create': () => ({ name: 'existing' }),
      'az keyvault secret show': args => (option(args, '--query') === 'value' ? 'x' : secret(ours())),
    });
    const outputs = await setupVault(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
    expect(outputs).toMatchObject({ 'secret-version': 'ffff', 'secret-sha256': sha256('x') });
    expect(written).toEqual([]);
  });

  it('records vault, secret, and reader in the journal, but no value', async () => {
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
    decide(
      tags === undefined ? undefined : (secret(tags) as Parameters<typeof decide>[0]),
      { ...inputs, run: '77-1', ...changes },
      (changes.secretValue ?? '') !== '',
    );

  it.each<[string, object | null | undefined, Partial<Inputs>, string]>([
    ['no secret', undefined, {}, 'write'],
    ['a secret of this run', ours(), {}, 'keep'],
    ['a secret of an earlier run', ours('76-1'), {}, 'write'],
    ['a secret of an earlier run, and a given value', ours('76-1'), { secretValue: 'given' }, 'compare'],
    ['a secret of another repository', { ...ours(), repository: 'octo/other' }, {}, 'adopt'],
    [
      'a secret of another repository, and a given value',
      { ...ours(), repository: 'octo/other' },
      { secretValue: 'given' },
      'adopt',
    ],
    [
      'a secret without the tag repository',
      { 'managed-by': 'workload-identity-lab', run: '77-1' },
      {},
      'adopt',
    ],
    ['a secret of another owner', null, {}, 'adopt'],
    ['a secret of another owner, and a given value', null, { secretValue: 'given' }, 'adopt'],
    ['a secret of another owner with the tag of this run', { run: '77-1' }, {}, 'adopt'],
    ['a secret of another owner, with overwrite-secret', null, { overwriteSecret: true }, 'write'],
    [
      'a secret of another owner, with overwrite-secret and a given value',
      null,
      { overwriteSecret: true, secretValue: 'g' },
      'adopt',
    ],
  ])('%s', (_, tags, changes, decision) => expect(decided(tags, changes)).toBe(decision));
});

describe('a secret of another owner', () => {
  it('is used unchanged, and its value appears nowhere', async () => {
    const tools = fakeTools(foreign('their own'));
    const outputs = await setupVault(inputs, tools);
    expect(outputs).toMatchObject({ 'secret-version': 'ffff', 'secret-sha256': sha256('their own') });
    expect(tools.outcomes()['Secret Secret']).toBe('already there');
    expect(written).toEqual([]);
    const printed = JSON.stringify([outputs, tools.report.facts, tools.commands]);
    expect([printed, ...tools.lines].join('\n')).not.toContain('their own');
  });

  it('is kept if it has the given value', async () => {
    inputs.secretValue = 'their own';
    const tools = fakeTools(foreign('their own'));
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Secret Secret']).toBe('already there');
  });

  it('gets another value only with overwrite-secret', async () => {
    inputs.secretValue = 'given';
    let tools = fakeTools(foreign('their own'));
    const text = await failure(tools);
    expect(text).toContain(
      'Secret "Secret" in key vault "wilab4521" belongs to another owner, and its value differs from secret-value.',
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
    ['expired', { expires: '2020-01-01T00:00:00+00:00' }, 'It expired at "2020-01-01'],
    ['not yet valid', { notBefore: '2999-01-01T00:00:00+00:00' }, 'It is not valid before "2999-01-01'],
  ])('is refused if it is %s', async (_, times, text) => {
    expect(await failure(fakeTools(foreign('their own', times)))).toContain(text);
  });

  it('is used within its validity period', async () => {
    const times = { expires: '2999-01-01T00:00:00+00:00', notBefore: '2020-01-01T00:00:00+00:00' };
    await setupVault(inputs, fakeTools(foreign('their own', times)));
  });

  it('is refused if it is disabled, and gets a new version with overwrite-secret', async () => {
    const disabled = {
      ...empty,
      ...vaultExists,
      'az keyvault secret show': () => vaultError('Forbidden', 'SecretDisabled'),
    };
    expect(await failure(fakeTools(disabled))).toMatch(/is disabled\.\n.*--enabled true/);
    expect(written).toEqual([]);
    inputs.overwriteSecret = true;
    await setupVault(inputs, fakeTools(disabled));
    expect(written).toHaveLength(1);
  });
});

describe('a soft-deleted secret with this name', () => {
  /** Until it is recovered or purged, it can be neither read nor written. */
  const deleted = (tags: object | null): Record<string, FakeAnswer> => {
    let [state, reads] = ['deleted', 0];
    return {
      ...foreign('their own'),
      'az keyvault secret show': args => {
        if (state !== 'recovered' || reads++ === 0) return notFound('SecretNotFound');
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

  it('is reported with the commands for both solutions', async () => {
    const text = await failure(fakeTools(deleted(null)));
    expect(text).toContain('az keyvault secret recover --vault-name wilab4521 --name Secret');
    expect(text).toContain('az keyvault secret purge --vault-name wilab4521 --name Secret');
    expect(written).toEqual([]);
  });

  it.each(['recover', 'purge'] as const)(
    'is not changed with soft-deleted: %s if the lab did not write it',
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
          `That does not prove that the lab of "octo/lab" wrote it, so the action does not ${softDeleted} it.`,
        );
        expect(text).toContain(`az keyvault secret ${softDeleted} --vault-name wilab4521 --name Secret`);
        expect(lines(tools).filter(line => / secret (recover|purge) /.test(line))).toEqual([]);
      }
    },
  );

  it('is recovered with soft-deleted: recover, and gets a new version', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(deleted(ours('76-1')));
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.outcomes()['Secret Secret']).toBe('changed');
  });

  it('is purged with soft-deleted: purge', async () => {
    inputs.softDeleted = 'purge';
    const tools = fakeTools(deleted(ours('76-1')));
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.outcomes()['Secret Secret']).toBe('created');
  });

  it('is retried while it is being deleted', async () => {
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
    expect(tools.lines.filter(line => line.includes('the secret is being deleted'))).toHaveLength(2);
  });
});

describe('permissions', () => {
  it('are retried until they are visible, with a log line each time', async () => {
    let refusals = 3;
    const tools = fakeTools({
      ...empty,
      ...vaultExists,
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
      'The firewall of key vault "wilab4521" blocks this runner. The address of the runner is "20.1.2.3".',
    ],
    ['ForbiddenByConnection', 'Key vault "wilab4521" has no public network access.'],
  ])('are not retried after %s', async (code, text) => {
    const tools = fakeTools({
      ...empty,
      ...vaultExists,
      'az keyvault secret show': () =>
        vaultError('Forbidden', code, 'Client address is not authorized.\r\nClient address: 20.1.2.3\r\n'),
    });
    expect(await failure(tools)).toContain(text);
    expect(tools.time.now()).toBe(0);
  });

  const missingAssign = (mine: string[]): Record<string, FakeAnswer> => ({
    ...empty,
    ...vaultExists,
    'az rest --method get --url /subscriptions': () => ({ value: [] }),
    'az role assignment create': () => azureError('AuthorizationFailed', 'roleAssignments/write'),
    'az role assignment list': () =>
      mine.map(id => `/providers/Microsoft.Authorization/roleDefinitions/${id}`),
  });

  it('need no role assignment if the roles are assigned, also on a parent scope', async () => {
    const tools = fakeTools(missingAssign(['x', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7']));
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Permission to write 6d1c5a2b-0000-4000-8000-00000000ca11']).toBe(
      'already there',
    );
    expect(written).toHaveLength(1);
  });

  it('need no role assignment if the login can write through a role of its group, and the reader has a role', async () => {
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

  it('are reported as missing if the login cannot list role assignments', async () => {
    const tools = fakeTools({
      ...missingAssign([]),
      'az role assignment list': () => azureError('AuthorizationFailed', 'roleAssignments/read'),
    });
    expect(await failure(tools)).toContain('is not allowed to assign the role Key Vault Secrets User');
  });

  it('that are missing and cannot be granted are reported before anything is written', async () => {
    const tools = fakeTools(missingAssign(['4633458b-17de-408a-b874-0445c86b69e6']));
    const text = await failure(tools);
    expect(text).toContain(
      'is not allowed to assign the role Key Vault Secrets Officer in resource group "rg1"',
    );
    expect(text).not.toContain('Secrets User');
    expect(writes(tools)).toEqual([]);
  });

  it('are access policies on a new vault with that model, with no further permissions', async () => {
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

  it('follow the access model of an existing vault, and add to existing policies', async () => {
    const policies = [
      { objectId: callerId.toUpperCase(), permissions: { secrets: ['Get', 'List'] } },
      { objectId: principalId, permissions: { secrets: ['all'] } },
    ];
    const tools = fakeTools({ ...empty, 'az keyvault show': () => vault(false, policies) });
    await setupVault(inputs, tools);
    expect(tools.warnings).toContainEqual(
      expect.stringMatching(/uses the access model "access-policy", not "rbac"/),
    );
    const [put, ...others] = tools.commands.filter(command => command[1] === 'rest');
    expect(option(put, '--body')).toContain(callerId);
    expect(others).toEqual([]);
  });

  it.each([
    ['recover', ['all'], 0],
    ['purge', ['all'], 1],
    ['recover', ['get', 'set'], 1],
    ['recover', ['get', 'set', 'recover'], 0],
  ] as const)('for soft-deleted: %s if the login has %j', async (softDeleted, secrets, puts) => {
    inputs.softDeleted = softDeleted;
    const policies = [
      { objectId: callerId, permissions: { secrets: [...secrets] } },
      { objectId: principalId, permissions: { secrets: ['get'] } },
    ];
    const tools = fakeTools({ ...empty, 'az keyvault show': () => vault(false, policies) });
    await setupVault(inputs, tools);
    expect(tools.commands.filter(command => command[1] === 'rest')).toHaveLength(puts);
  });

  it('in a policy are written again if another run writes to the vault', async () => {
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
    expect(tools.lines.filter(line => line.includes('another client is writing to the vault'))).toHaveLength(
      1,
    );
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

  it('assigns the role of the login on the one secret, and removes it', async () => {
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

  it('removes the role of the login if the secret cannot be written', async () => {
    const tools = fakeTools(theirs({ 'az keyvault secret set': () => azureError('BadParameter') }));
    expect(await failure(tools)).toContain('BadParameter');
    expect(roles(tools, 'delete')).toHaveLength(1);
  });

  it('removes the role of the login if its assignment was interrupted', async () => {
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

  it('fails with the command if the role cannot be removed', async () => {
    const tools = fakeTools(theirs({ 'az role assignment delete': () => azureError('ScopeLocked') }));
    expect(await failure(tools)).toMatch(
      /was not removed\.[\s\S]*Remove it: az role assignment delete --ids /,
    );
  });

  it('never removes an existing assignment', async () => {
    const tools = fakeTools(theirs({ 'az role assignment create': () => ({ name: 'the existing one' }) }));
    await setupVault(inputs, tools);
    expect(roles(tools, 'delete')).toEqual([]);
  });

  it('does not assign the role on the vault if Azure refuses it on the secret', async () => {
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
  ])(
    'gives the login with %s the same permissions afterwards as before',
    async (_, before, kind, permissions) => {
      const policies = structuredClone(before) as { objectId: string; permissions: { secrets: string[] } }[];
      const puts: { url: string; policy: { objectId: string; permissions: { secrets: string[] } } }[] = [];
      const tools = fakeTools(
        theirs({
          'az keyvault show': () => vault(false, structuredClone(policies), { owner: 'team' }),
          'az rest --method put': args => {
            const [policy] = JSON.parse(option(args, '--body')).properties.accessPolicies;
            puts.push({ url: option(args, '--url'), policy });
            const existing = policies.find(({ objectId }) => objectId === policy.objectId);
            if (existing) existing.permissions.secrets.push(...policy.permissions.secrets);
            else policies.push(policy);
          },
        }),
      );
      await setupVault(inputs, tools);
      const mine = puts.filter(({ policy }) => policy.objectId === callerId);
      expect(mine.map(({ url }) => /accessPolicies\/(\w+)\?/.exec(url)?.[1])).toEqual(['add', kind]);
      expect(mine[1]!.policy.permissions).toEqual(permissions);
    },
  );

  it('retries AccessDenied directly after it wrote the policy', async () => {
    let refusals = 2;
    const tools = fakeTools({
      ...theirs({ 'az keyvault show': () => vault(false, [], { owner: 'team' }) }),
      'az keyvault secret show': () =>
        refusals-- > 0 ? vaultError('Forbidden', 'AccessDenied') : notFound('SecretNotFound'),
    });
    await setupVault(inputs, tools);
    expect(tools.lines.filter(line => line.includes('AccessDenied'))).toHaveLength(2);
  });

  it('does not retry AccessDenied if the policy existed before', async () => {
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
  it('assigns the role on the whole vault if Azure refuses it on the secret', async () => {
    const tools = fakeTools({
      ...empty,
      'az role assignment create': args =>
        option(args, '--scope').includes('/secrets/')
          ? azureError('AuthorizationFailed', 'roleAssignments/write')
          : { name: option(args, '--name') },
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(
      tools.lines.filter(line => line.includes('so the role is assigned on the whole vault')),
    ).toHaveLength(2);
  });

  it('assigns the role on the whole vault if the vault does not accept it on the secret', async () => {
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

describe('a missing vault', () => {
  it('is not created with create: false, and its actual resource group is reported', async () => {
    inputs.create = false;
    const none: Record<string, FakeAnswer> = { ...empty, 'az keyvault list': () => [] };
    expect(await failure(fakeTools(none))).toMatch(
      /^Key vault "wilab4521" does not exist in resource group "rg1", and create is false\. Correct the names/,
    );
    const elsewhere = { 'az keyvault list': () => [vaultId.replace('rg1', 'Elsewhere')] };
    const tools = fakeTools({ ...empty, ...elsewhere });
    expect(await failure(tools)).toContain(
      'It is in resource group "Elsewhere": set resource-group: Elsewhere.',
    );
    expect(writes(tools)).toEqual([]);
  });

  it('is created only with the permissions for it, which are reported together', async () => {
    const nothingAllowed = { 'az rest --method get --url /subscriptions': () => ({ value: [] }) };
    const text = await failure(fakeTools({ ...empty, ...nothingAllowed }));
    expect(text).toContain('resourceGroups/write in subscription');
    expect(text).toContain(
      'is not allowed to perform Microsoft.KeyVault/vaults/write in resource group "rg1"',
    );
    expect(text).toContain('is not allowed to assign the role Key Vault Secrets Officer');
    expect(text).toContain('is not allowed to assign the role Key Vault Secrets User');
    inputs.accessModel = 'access-policy';
    expect(await failure(fakeTools({ ...empty, ...nothingAllowed }))).toContain(
      'vaults/accessPolicies/write',
    );
  });

  it('is used if another run creates it in the meantime', async () => {
    let reads = 0;
    const tools = fakeTools({
      ...empty,
      'az keyvault show': () => (reads++ === 0 ? notFound() : vault(true)),
      'az keyvault create': () => failing('ERROR: The specified vault: wilab4521 already exists'),
    });
    await setupVault(inputs, tools);
    expect(tools.outcomes()['Key vault wilab4521']).toBe('already there');
  });

  it.each([
    [
      'in another group',
      [vaultId.replace('rg1', 'rg2')],
      'already exists in resource group "rg2", not in "rg1"',
    ],
    ['of another owner', [], 'The vault name "wilab4521" is already in use.'],
  ])('is reported if its name is in use: %s', async (_, all, text) => {
    const tools = fakeTools({
      ...empty,
      'az keyvault create': () => azureError('VaultAlreadyExists'),
      'az keyvault list': () => all,
    });
    expect(await failure(tools)).toContain(text);
    expect(tools.time.now()).toBe(0);
  });

  it('is reported if a soft-deleted vault that the login cannot see has its name', async () => {
    const tools = fakeTools({
      ...empty,
      'az keyvault list-deleted': () => azureError('AuthorizationFailed'),
      'az keyvault create': () =>
        azureError('ConflictError', 'A vault with the same name already exists in deleted state.'),
    });
    expect(await failure(tools)).toContain('This login cannot see it.');
    expect(tools.time.now()).toBe(0);
  });
});

describe('a soft-deleted vault with this name', () => {
  const listed = (properties: object = {}): Record<string, FakeAnswer> => {
    let recovered = false;
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
      'az keyvault show': () => (recovered ? vault(true) : notFound()),
      'az keyvault recover': () => {
        recovered = true;
        return vaultId;
      },
      'az keyvault purge': () => undefined,
    };
  };

  it('is reported with both solutions before anything is written', async () => {
    const tools = fakeTools(listed());
    const text = await failure(tools);
    expect(text).toContain(
      'It was deleted at "2026-11-20T10:00:00+00:00" and keeps its name until "2026-11-27',
    );
    expect(text).toContain('az keyvault recover --name wilab4521 --location westeurope');
    expect(text).toContain('az keyvault purge --name wilab4521 --location westeurope');
    expect(writes(tools)).toEqual([]);
  });

  it('is recovered with soft-deleted: recover, and its secrets are read', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(listed());
    await setupVault(inputs, tools);
    expect(lines(tools)).toContain(
      'az keyvault recover --name wilab4521 --location westeurope --resource-group rg1 --query id',
    );
    expect(tools.outcomes()['Key vault wilab4521']).toBe('changed');
    expect(lines(tools).some(line => line.startsWith('az keyvault secret show'))).toBe(true);
  });

  it('is recovered only into its old resource group', async () => {
    inputs.softDeleted = 'recover';
    const tools = fakeTools(listed({ vaultId: vaultId.replace('rg1', 'theirs') }));
    expect(await failure(tools)).toContain('Set resource-group: theirs.');
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
  ])('is neither purged nor recovered if it is one %s', async (_, properties, text) => {
    for (const softDeleted of ['purge', 'recover'] as const) {
      inputs.softDeleted = softDeleted;
      const tools = fakeTools(listed(properties));
      expect(await failure(tools)).toContain(text);
      expect(writes(tools)).toEqual([]);
    }
  });

  it.each([
    ['another owner uses the name now', { tags: { owner: 'team' } }],
    ['it is in another subscription', { vaultId: vaultId.replace('0b1f6471', '11111111') }],
  ])('is read again before it is purged (%s)', async (_, properties) => {
    inputs.softDeleted = 'purge';
    const tools = fakeTools({
      ...listed(),
      'az keyvault show-deleted': () => listed(properties)['az keyvault show-deleted']!([], {}),
    });
    await failure(tools);
    expect(lines(tools).filter(line => / keyvault (purge|recover|create) /.test(line))).toEqual([]);
  });

  it('is purged with soft-deleted: purge, and the creation is retried until the name is free', async () => {
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
    expect(tools.lines.filter(line => line.includes('the purge is not visible yet'))).toHaveLength(1);
  });

  it.each(['fail', 'purge'] as const)(
    'is not purged if it has purge protection (soft-deleted: %s)',
    async softDeleted => {
      inputs.softDeleted = softDeleted;
      const tools = fakeTools(listed({ purgeProtectionEnabled: true }));
      const text = await failure(tools);
      expect(text).toContain(
        'It has purge protection: nobody can purge it earlier. Set soft-deleted: recover',
      );
      expect(text).not.toContain('soft-deleted: purge');
      expect(writes(tools)).toEqual([]);
    },
  );
});

describe('identityOfToken', () => {
  it('reads object ID and type', () => {
    expect(identityOfToken(jwt({ oid: callerId, idtyp: 'app' }))).toEqual({
      objectId: callerId,
      principalType: 'ServicePrincipal',
    });
    expect(identityOfToken(jwt({ oid: callerId })).principalType).toBe('User');
  });

  it.each(['', 'opaque', jwt({}), 'a.###.c'])('refuses %j and does not repeat it', token => {
    expect(() => identityOfToken(token)).toThrow(/contains no object ID\.$/);
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

  it('uses the defaults', () => {
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
  ])('rejects %s %j', (name, value) => {
    expect(() => parse({}, read({ [name]: value }))).toThrow(name);
  });
});
