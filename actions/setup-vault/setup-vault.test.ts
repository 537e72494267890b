import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, azureError, failing, fakeTools, noAccount, notFound } from '../shared/fake-tools.ts';
import { callerOf } from './caller.ts';
import { type Inputs, parse } from './inputs.ts';
import { setupVault } from './setup-vault.ts';

const vaultId =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/wilab4521';
const callerId = '6d1c5a2b-0000-4000-8000-00000000ca11';
const principalId = '6d1c5a2b-0000-4000-8000-000000000b0d';
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** In the place of an empty Azure's answers: the vault is there. */
const vaultThere = { 'az keyvault show': () => vault(true) };

const vault = (
  enableRbacAuthorization: boolean,
  accessPolicies: { objectId: string; permissions: { secrets: string[] } }[] = [],
) => ({
  id: vaultId,
  name: 'wilab4521',
  properties: { vaultUri: 'https://wilab4521.vault.azure.net/', enableRbacAuthorization, accessPolicies },
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
    group: {
      name: 'rg1',
      location: 'eastus',
      tags: { 'managed-by': 'workload-identity-lab', run: '77-1' },
    },
    vaultName: 'wilab4521',
    secretName: 'Secret',
    secretValue: '',
    accessModel: 'rbac',
    principalId,
    temporaryFolder: folder,
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Azure with nothing in it; tests put something else in a place. */
const empty: Record<string, Answer> = {
  'az group show': () => notFound(),
  'az group create': () => ({}),
  'az keyvault show': () => notFound(),
  'az keyvault create': args => vault(option(args, '--enable-rbac-authorization') === 'true'),
  'az account get-access-token': () => jwt({ oid: callerId, idtyp: 'app' }),
  'az role assignment create': args => ({ name: option(args, '--name') }),
  'az keyvault set-policy': () => vaultId,
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

describe('setupVault', () => {
  it('makes an RBAC vault, gives itself the right to write, writes a random secret, and lets the identity read it', async () => {
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);

    expect(written).toHaveLength(1);
    expect(Buffer.from(written[0]!, 'base64url')).toHaveLength(32);
    expect(outputs).toEqual({
      'vault-name': 'wilab4521',
      'vault-uri': 'https://wilab4521.vault.azure.net/',
      'secret-name': 'Secret',
      'secret-version': '0123456789abcdef0123456789abcdef',
      'secret-sha256': sha256(written[0]!),
    });
    const create = tools.commands.find(command => command[2] === 'create' && command[1] === 'keyvault');
    expect(option(create, '--enable-rbac-authorization')).toBe('true');
    expect(option(create, '--retention-days')).toBe('7');
    expect(create?.join()).not.toContain('purge-protection');
    const [officer, user] = tools.commands.filter(command => command[1] === 'role');
    expect(option(officer, '--role')).toBe('b86a8fe4-44ce-4948-aee5-eccb2c155cd7');
    expect(option(officer, '--scope')).toBe(vaultId);
    expect(option(officer, '--assignee-object-id')).toBe(callerId);
    expect(option(user, '--role')).toBe('4633458b-17de-408a-b874-0445c86b69e6');
    expect(option(user, '--scope')).toBe(`${vaultId}/secrets/Secret`);
    expect(option(user, '--assignee-object-id')).toBe(principalId);
    expect(option(user, '--assignee-principal-type')).toBe('ServicePrincipal');
    expect(Object.values(tools.outcomes())).toEqual(['created', 'created', 'created', 'created', 'created']);
  });

  it('never puts the value into a command line, and leaves no file', async () => {
    inputs.secretValue = 'correct horse\nbattery staple';
    const tools = fakeTools(empty);
    const outputs = await setupVault(inputs, tools);
    expect(written).toEqual([inputs.secretValue]);
    expect(outputs['secret-sha256']).toBe(sha256(inputs.secretValue));
    expect([...tools.commands, ...tools.lines, JSON.stringify(outputs)].join('\n')).not.toMatch(
      /correct|battery/,
    );
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
    expect(queries).toEqual(['{id: id, tags: tags}', '{id: id}']);
  });

  it('says "already there" to everything when the same run calls again', async () => {
    const tools = fakeTools({
      ...empty,
      'az group show': () => ({}),
      'az keyvault show': () => vault(true),
      'az role assignment create': () => ({ name: 'the one that is there' }),
      'az keyvault secret show': () => ({
        id: 'https://wilab4521.vault.azure.net/secrets/Secret/ffff',
        tags: { sha256: sha256('x'), run: '77-1' },
      }),
    });
    const outputs = await setupVault(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
    expect(outputs).toMatchObject({ 'secret-version': 'ffff', 'secret-sha256': sha256('x') });
    expect(written).toEqual([]);
  });

  it.each([
    ['another run wrote it', { run: '76-1', sha256: sha256('given') }],
    ['it holds another value', { run: '77-1', sha256: sha256('other') }],
    ['it has no tags of ours', null],
  ])('writes a new version when %s', async (_, tags) => {
    inputs.secretValue = 'given';
    const tools = fakeTools({
      ...empty,
      ...vaultThere,
      'az keyvault secret show': () => ({ id: 'x/ffff', tags }),
    });
    await setupVault(inputs, tools);
    expect(written).toEqual(['given']);
    expect(tools.outcomes()['Secret Secret']).toBe('changed');
  });

  it('waits for its own role to be seen, and says so', async () => {
    let refusals = 3;
    const tools = fakeTools({
      ...empty,
      ...vaultThere,
      'az keyvault secret show': () =>
        refusals-- > 0
          ? failing('ERROR: (Forbidden) …\nInner error: {"code": "ForbiddenByRbac"}')
          : notFound(),
    });
    await setupVault(inputs, tools);
    expect(written).toHaveLength(1);
    expect(tools.lines.filter(line => line.includes('ForbiddenByRbac'))).toHaveLength(3);
  });

  it.each(['Inner error: {"code": "AccessDenied"}', 'Inner error: {"code": "ForbiddenByFirewall"}'])(
    'does not wait for %s',
    async stderr => {
      const tools = fakeTools({
        ...empty,
        ...vaultThere,
        'az keyvault secret show': () => failing(stderr),
      });
      await expect(setupVault(inputs, tools)).rejects.toThrow(stderr);
      expect(tools.time.now()).toBe(0);
    },
  );

  it('sets policies on a vault that is made with access policies, and gives nobody more than that', async () => {
    inputs.accessModel = 'access-policy';
    const tools = fakeTools(empty);
    await setupVault(inputs, tools);
    const lines = tools.commands.map(command => command.join(' '));
    const create = lines.find(line => line.startsWith('az keyvault create'));
    expect(create).toContain('--enable-rbac-authorization false --no-self-perms true');
    expect(lines.filter(line => line.includes('set-policy'))).toEqual([
      `az keyvault set-policy --name wilab4521 --resource-group rg1 --object-id ${callerId} --secret-permissions get set --query id`,
      `az keyvault set-policy --name wilab4521 --resource-group rg1 --object-id ${principalId} --secret-permissions get --query id`,
    ]);
    expect(lines.some(line => line.startsWith('az role'))).toBe(false);
  });

  it('keeps the model of a vault that is there, warns, and adds to the permissions that stand', async () => {
    const policies = [
      { objectId: callerId.toUpperCase(), permissions: { secrets: ['Get', 'List'] } },
      { objectId: principalId, permissions: { secrets: ['all'] } },
    ];
    const tools = fakeTools({ ...empty, 'az keyvault show': () => vault(false, policies) });
    await setupVault(inputs, tools);
    expect(tools.warnings).toContainEqual(expect.stringMatching(/decides by access-policy, not by rbac/));
    const policy = tools.commands
      .filter(command => command[2] === 'set-policy')
      .map(command => command.join(' '));
    expect(policy).toHaveLength(1);
    expect(policy[0]).toContain('--secret-permissions get list set');
  });
});

describe('callerOf', () => {
  it('reads object id and kind', () => {
    expect(callerOf(jwt({ oid: callerId, idtyp: 'app' }))).toEqual({
      objectId: callerId,
      principalType: 'ServicePrincipal',
    });
    expect(callerOf(jwt({ oid: callerId })).principalType).toBe('User');
  });

  it.each(['', 'opaque', jwt({}), 'a.###.c'])('refuses %j without repeating it', token => {
    expect(() => callerOf(token)).toThrow(/names no object id\.$/);
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
      secretValue: '',
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
    ['principal-id', 'not-a-guid'],
    ['secret-value', 'x'.repeat(25 * 1024 + 1)],
  ])('refuses %s %j', (name, value) => {
    expect(() => parse({}, read({ [name]: value }))).toThrow(name);
  });
});
