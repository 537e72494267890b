import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Masks } from '../lab/workflow/masks.ts';
import { makeCaller } from './support/caller.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { Spy } from './support/spy.ts';

const group = 'wilab-vaults';
const rg = ['--resource-group', group];

let chain: Chain;
let principalId: string;
let secondId: string;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
  const identity = (name: string) => chain.az('identity', 'create', '--name', name, ...rg);
  [{ principalId }, { principalId: secondId }] = await Promise.all([identity('reader'), identity('second')]);
});
afterAll(() => chain?.stop());

const setUp = (inputs: Record<string, string>, environment: Record<string, string> = {}) =>
  chain.run('setup-vault', { 'resource-group': group, 'principal-id': principalId, ...inputs }, environment);

async function succeed(
  inputs: Record<string, string>,
  environment: Record<string, string> = {},
): Promise<StepEnded> {
  const ended = await setUp(inputs, environment);
  expect(ended.exitCode, ended.output).toBe(0);
  return ended;
}

async function failure(inputs: Record<string, string>): Promise<string> {
  const ended = await setUp(inputs);
  expect(ended.exitCode, ended.output).toBe(1);
  return (/^::error::(.*)$/m.exec(ended.output)?.[1] ?? '').replaceAll('%0A', '\n');
}

const fault = (body: object) => control(chain.emulator.facts, 'POST /control/faults', body);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const secret = (verb: string, vault: string, ...args: string[]) =>
  chain.az('keyvault', 'secret', verb, '--vault-name', vault, '--name', 'Secret', ...args);

/** Of the identity that az is logged in as. */
async function objectId(): Promise<string> {
  const { accessToken } = await chain.az('account', 'get-access-token');
  return JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString()).oid;
}

/** az always warns about soft deletion, even if warnings are disabled. */
async function deleteVault(name: string): Promise<void> {
  const { exitCode, output } = await chain.start('az', ['keyvault', 'delete', '--name', name, ...rg]);
  expect(exitCode, output).toBe(0);
}

describe('a new vault', () => {
  const vault = { 'vault-name': 'wilabnew' };
  const value = 'Tr0ub4dor&3 "quoted"\nsecond line, ünïcode';
  let step: StepEnded;

  beforeAll(async () => {
    // Two kinds of delay that az itself does not wait for, and throttling.
    await fault({ failure: 'principal-not-found' });
    await fault({ failure: 'role-not-seen', times: 2 });
    await fault({ failure: 'throttled', method: 'PUT', pathPattern: '/vaults/wilabnew\\?', times: 5 });
    step = await succeed({ ...vault, 'secret-value': value });
  });

  test('holds the secret despite transient failures', async () => {
    expect(step.outputs).toEqual({
      'vault-name': 'wilabnew',
      'vault-uri': 'https://wilabnew.vault.azure.net/',
      'access-model': 'rbac',
      'secret-name': 'Secret',
      'secret-version': expect.stringMatching(/^[0-9a-f]{32}$/),
      'secret-sha256': sha256(value),
    });
    for (const reason of ['Azure throttles', 'PrincipalNotFound', 'ForbiddenByRbac']) {
      expect(step.output).toMatch(new RegExp(`failed: .*${reason}.*Trying again in`));
    }
    const { value: stored, tags } = await secret('show', 'wilabnew');
    expect(stored).toBe(value);
    expect(tags).toEqual({
      'file-encoding': 'utf-8',
      'managed-by': 'workload-identity-lab',
      repository: 'local/workload-identity-lab',
      run: '4711-1',
    });
  });

  test('does not change in the same run, and gets a new random secret in a later one', async () => {
    const same = await succeed({ ...vault, 'secret-value': value });
    expect(same.summary).not.toMatch(/\| (created|changed) \|/);
    expect(same.outputs).toEqual(step.outputs);

    const next = await succeed(vault, { GITHUB_RUN_ID: '4712' });
    expect(next.outputs['secret-sha256']).not.toBe(step.outputs['secret-sha256']);
    expect(next.outputs['secret-sha256']).toBe(sha256((await secret('show', 'wilabnew')).value));
  });

  test('is reported after its deletion, and recovered with its secret', async () => {
    await deleteVault('wilabnew');
    const text = await failure(vault);
    expect(text).toContain('A soft-deleted key vault has the name "wilabnew". It was deleted at');
    expect(text).toContain('az keyvault recover --name wilabnew --location eastus');
    expect(text).toContain('az keyvault purge --name wilabnew --location eastus');

    const recovered = await succeed({ ...vault, 'soft-deleted': 'recover' });
    expect(recovered.summary).toMatch(/\| Key vault \| wilabnew \| changed \|/);
    expect(await secret('list-versions', 'wilabnew')).toHaveLength(3);
  });

  test('is purged after its deletion, and recreated', async () => {
    await deleteVault('wilabnew');
    const purged = await succeed({ ...vault, 'soft-deleted': 'purge' });
    expect(purged.summary).toMatch(/\| Deleted key vault \| wilabnew \| deleted \|/);
    expect(await secret('list-versions', 'wilabnew')).toHaveLength(1);
  });
});

describe('an existing vault', () => {
  const vault = { 'vault-name': 'wilabtheirs', create: 'false' };
  const place = ['--name', 'wilabtheirs', ...rg];
  const theirs = 'somebody-wrote-it-before';

  beforeAll(async () => {
    // With access policies, and the caller's own.
    await chain.az(
      'keyvault',
      'create',
      ...place,
      '--location',
      'eastus',
      '--enable-rbac-authorization',
      'false',
    );
    await secret('set', 'wilabtheirs', '--value', theirs);
  });

  test('keeps its access model, and its secret is used unchanged and appears nowhere', async () => {
    const temporary = join(chain.directory, 'runner-temp');
    mkdirSync(temporary);
    const spy = new Spy(join(chain.directory, 'spy'), ['az'], temporary, theirs, chain.env.PATH!);
    const step = await succeed(vault, { PATH: spy.path, RUNNER_TEMP: temporary });

    expect(step.outputs).toMatchObject({ 'access-model': 'access-policy', 'secret-sha256': sha256(theirs) });
    expect(step.output).toContain('uses the access model "access-policy", not "rbac"');
    expect(await secret('list-versions', 'wilabtheirs')).toHaveLength(1);

    expect(step.output).toContain(`::add-mask::${theirs}`);
    const seen = spy.sightings();
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.flatMap(({ files }) => files)).toEqual([]);
    const { outputs, state, summary } = step;
    const printed = step.output.replace(/^::add-mask::.*$/gm, '');
    const texts = [printed, JSON.stringify([seen, outputs, state, summary])];
    texts.push(readFileSync(chain.emulator.logFile, 'utf8'));
    for (const text of texts) expect(text).not.toContain(theirs);
    const left = globSync('**', { cwd: temporary, withFileTypes: true }).filter(entry => entry.isFile());
    for (const { parentPath, name } of left)
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(theirs);
  });

  test('keeps its secret without overwrite-secret', async () => {
    const given = { ...vault, 'secret-value': 'given' };
    expect(await failure(given)).toContain(
      'belongs to another owner, and its value differs from secret-value',
    );
    const { summary } = await succeed({ ...given, 'overwrite-secret': 'true' });
    expect(summary).toMatch(/\| Secret \| Secret \| changed \|/);
    expect(await secret('list-versions', 'wilabtheirs')).toHaveLength(2);
  });

  test('grants the readers of two concurrent runs', async () => {
    const [third, fourth] = ['00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000004'];
    const runs = await Promise.all([third, fourth].map(id => setUp({ ...vault, 'principal-id': id })));
    for (const { exitCode, output } of runs) expect(exitCode, output).toBe(0);
    const { properties } = await chain.az('keyvault', 'show', ...place);
    const readers = properties.accessPolicies.map((policy: { objectId: string }) => policy.objectId);
    expect(readers).toEqual(expect.arrayContaining([third, fourth]));
    expect(new Set(readers).size).toBe(readers.length);
  });

  test('with a disabled secret is reported', async () => {
    await secret('set-attributes', 'wilabtheirs', '--enabled', 'false');
    expect(await failure(vault)).toContain('Secret "Secret" in key vault "wilabtheirs" is disabled.');
    await secret('set-attributes', 'wilabtheirs', '--enabled', 'true');
  });

  test('with a soft-deleted secret of another owner: the printed command recovers it, the action does not', async () => {
    await secret('delete', 'wilabtheirs');
    const text = await failure({ ...vault, 'retry-minutes': '1' });
    expect(text).toContain(
      'A soft-deleted secret in key vault "wilabtheirs" has the name "Secret". It keeps its name until it is purged.',
    );
    const refused = await failure({ ...vault, 'soft-deleted': 'recover' });
    expect(refused).toContain('wrote it, so the action does not recover it');
    const byHand = /az (keyvault secret recover --vault-name \S+ --name \S+)/.exec(refused)![1]!;
    await chain.az(...byHand.split(' '));
    const { outputs } = await succeed({ ...vault, 'secret-value': 'given' });
    expect(outputs['secret-sha256']).toBe(sha256('given'));
    expect(await secret('list-versions', 'wilabtheirs')).toHaveLength(2);
  });

  test('behind a firewall is reported without a retry, with the address of the runner', async () => {
    const message =
      'Client address is not authorized and caller is not a trusted service.\r\nClient address: 20.1.2.3\r\nVault: wilabtheirs;location=eastus';
    const body = { error: { code: 'Forbidden', message, innererror: { code: 'ForbiddenByFirewall' } } };
    await fault({ status: 403, host: 'wilabtheirs.vault.azure.net', body });
    const ended = await setUp(vault);
    expect(ended.exitCode, ended.output).toBe(1);
    expect(ended.output).toContain('blocks this runner. The address of the runner is "20.1.2.3".');
    expect(ended.output).not.toContain('Trying again');
  });

  test('in another resource group is distinguished from a name that another owner uses', async () => {
    const elsewhere = { 'vault-name': 'wilabtheirs', 'resource-group': 'wilab-vaults-new' };
    expect(await failure({ ...elsewhere, create: 'false' })).toContain(`set resource-group: ${group}.`);
    expect(await failure(elsewhere)).toContain(
      `already exists in resource group "${group}", not in "wilab-vaults-new"`,
    );
    await control(chain.emulator.facts, 'POST /control/taken-vault-names', { name: 'wilabtaken' });
    expect(await failure({ 'vault-name': 'wilabtaken' })).toContain(
      'The vault name "wilabtaken" is already in use.',
    );
  });

  test('with purge protection is not purged after its deletion', async () => {
    const protect = ['--enable-purge-protection', 'true'];
    await chain.az('keyvault', 'update', ...place, ...protect);
    await deleteVault('wilabtheirs');
    const text = await failure({ 'vault-name': 'wilabtheirs', 'soft-deleted': 'purge' });
    expect(text).toContain('It has purge protection: nobody can purge it earlier.');
  });
});

describe('a vault of another owner with RBAC', () => {
  const vault = { 'vault-name': 'wilabforeign' };
  let id: string;
  const assignments = async (): Promise<string[]> => {
    const all = await chain.az(
      ...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false'],
      ...['--query', `[?starts_with(scope, '${id}')].[roleDefinitionName, principalId, scope]`],
    );
    return all
      .map(([role, principal, scope]: string[]) => `${role} ${principal} ${scope?.slice(id.length)}`)
      .sort();
  };

  beforeAll(async () => {
    ({ id } = await chain.az(
      ...['keyvault', 'create', '--name', 'wilabforeign', ...rg, '--location', 'eastus'],
      ...['--tags', 'managed-by=workload-identity-lab', 'repository=octo/other'],
    ));
  });

  test('has one more role assignment after the secret is written: the reader’s', async () => {
    const step = await succeed(vault);
    expect(step.summary).toMatch(/\| Temporary permission \| .* \| deleted \|/);
    expect(await assignments()).toEqual([`Key Vault Secrets User ${principalId} /secrets/Secret`]);
  });

  test('has no more role assignments after a failure', async () => {
    await fault({
      status: 400,
      method: 'PUT',
      host: 'wilabforeign.vault.azure.net',
      pathPattern: '^/secrets/Other',
    });
    const ended = await setUp({ ...vault, 'secret-name': 'Other' });
    expect(ended.exitCode, ended.output).toBe(1);
    expect(await assignments()).toEqual([`Key Vault Secrets User ${principalId} /secrets/Secret`]);
  });

  test('has no more role assignments after a cancellation', async () => {
    await fault({ failure: 'role-not-seen', host: 'wilabforeign.vault.azure.net', times: 100 });
    const ended = await chain.run(
      'setup-vault',
      { 'resource-group': group, 'principal-id': principalId, ...vault, 'secret-name': 'Third' },
      {},
      (child, output) => {
        const timer = setInterval(() => {
          if (!output().includes('ForbiddenByRbac')) return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 50);
        child.once('close', () => clearInterval(timer));
      },
    );
    await control(chain.emulator.facts, 'DELETE /control/faults');
    expect(ended.output).toContain('The step was cancelled');
    expect(await assignments()).toEqual([`Key Vault Secrets User ${principalId} /secrets/Secret`]);
  });

  test('is neither purged nor recovered after its deletion', async () => {
    await deleteVault('wilabforeign');
    for (const softDeleted of ['purge', 'recover']) {
      const text = await failure({ ...vault, 'soft-deleted': softDeleted });
      expect(text).toContain('repository="octo/other"');
      expect(text).toContain('so the action does not recover or purge it');
    }
    const deleted = await chain.az(
      'keyvault',
      'list-deleted',
      '--resource-type',
      'vault',
      '--query',
      '[].name',
    );
    expect(deleted).toContain('wilabforeign');
  });
});

describe('a vault with access policies', () => {
  test('is retried while its policy is not visible', async () => {
    const message =
      "The user, group or application 'appid=…' does not have secrets set permission on key vault 'wilabpolicy'.";
    const body = { error: { code: 'Forbidden', message, innererror: { code: 'AccessDenied' } } };
    await fault({ status: 403, method: 'PUT', host: 'wilabpolicy.vault.azure.net', body, times: 2 });
    const step = await succeed({ 'vault-name': 'wilabpolicy', 'access-model': 'access-policy' });
    expect(step.output).toMatch(/the access policy is not visible yet \(AccessDenied\)\. Trying again/);
  });

  test('has its soft-deleted secret recovered or purged according to soft-deleted', async () => {
    const vault = {
      'vault-name': 'wilabpolicy',
      'access-model': 'access-policy',
      'secret-value': 'given to the lab',
    };
    const remove = () =>
      // The caller's policy has no `delete`.
      chain
        .start('az', [
          'keyvault',
          'set-policy',
          '--name',
          'wilabpolicy',
          ...rg,
          '--object-id',
          deployer,
          '--secret-permissions',
          'get',
          'set',
          'delete',
        ])
        .then(() => secret('delete', 'wilabpolicy'));
    const deployer = await objectId();
    await remove();
    const recovered = await succeed({ ...vault, 'soft-deleted': 'recover' });
    expect(recovered.summary).toMatch(/\| Secret \| Secret \| changed \|/);
    await remove();
    const purged = await succeed({ ...vault, 'soft-deleted': 'purge' });
    expect(purged.summary).toMatch(/\| Secret \| Secret \| created \|/);
  });

  test('of another owner has the same policy for the login afterwards', async () => {
    const place = ['--name', 'wilabpolicies', ...rg];
    await chain.az(
      ...['keyvault', 'create', ...place, '--location', 'eastus'],
      ...['--enable-rbac-authorization', 'false', '--no-self-perms', 'true'],
    );
    const policies = async () => {
      const { properties } = await chain.az('keyvault', 'show', ...place);
      return properties.accessPolicies
        .map((policy: { objectId: string; permissions: object }) =>
          JSON.stringify([policy.objectId, policy.permissions]),
        )
        .filter((text: string) => !text.includes(principalId));
    };
    await succeed({ 'vault-name': 'wilabpolicies' });
    expect(await policies()).toEqual([]);

    const oid = await objectId();
    const mine = ['--object-id', oid, '--secret-permissions', 'list', 'get', '--key-permissions', 'get'];
    await chain.az('keyvault', 'set-policy', ...place, ...mine);
    const before = await policies();
    await succeed({ 'vault-name': 'wilabpolicies', 'secret-name': 'Second' });
    expect(before).toHaveLength(1);
    const permissionsIn = (texts: string[]) => {
      const [, { keys, secrets }] = JSON.parse(texts[0]!);
      return { keys, secrets: secrets.toSorted() };
    };
    expect(permissionsIn(before)).toEqual({ keys: ['get'], secrets: ['get', 'list'] });
    expect(permissionsIn(await policies())).toEqual(permissionsIn(before));
  });
});

test('a secret of one character does not hide the log', async () => {
  const name = ['--vault-name', 'wilabpolicies', '--name', 'tiny'];
  const oid = await objectId();
  const mine = ['--object-id', oid, '--secret-permissions', 'set', 'get'];
  await chain.az('keyvault', 'set-policy', '--name', 'wilabpolicies', ...rg, ...mine);
  await chain.az('keyvault', 'secret', 'set', ...name, '--value', 'e');
  const step = await succeed({ 'vault-name': 'wilabpolicies', 'secret-name': 'tiny' });
  const masks = new Masks();
  for (const [, value = ''] of step.output.matchAll(/^::add-mask::(.*)$/gm)) masks.add(value);
  const shown = step.output.replace(/^::add-mask::.*$/gm, '');
  expect(masks.mask(shown)).toContain('Key vault wilabpolicies: already there');
  // The digest of a weak value reveals the value.
  expect(step.outputs['secret-sha256']).toBe(sha256('e'));
  expect(masks.hides(sha256('e'))).toBe(true);
});

describe('a new vault whose host name does not resolve yet', () => {
  const connection = '<urllib3.connection.HTTPSConnection object at 0x7f3>: Failed to';

  test.each([
    ['urllib3 2', "resolve 'wilabdns.vault.azure.net' ([Errno -2] Name or service not known)"],
    ['urllib3 1', 'establish a new connection: [Errno -2] Name or service not known'],
  ])('is retried: %s', async (client, words) => {
    const folder = join(chain.directory, client.replace(' ', '-'));
    mkdirSync(folder);
    const script = [
      '#!/bin/sh',
      `case "$*" in *"keyvault secret"*) if mkdir '${folder}/once' 2>/dev/null; then echo "ERROR: ${connection} ${words}" >&2; exit 1; fi;; esac`,
      `PATH='${chain.env.PATH}' exec az "$@"`,
    ];
    writeFileSync(join(folder, 'az'), script.join('\n'), { mode: 0o700 });
    const step = await succeed(
      { 'vault-name': 'wilabdns' },
      { PATH: [folder, chain.env.PATH].join(delimiter), GITHUB_RUN_ID: client },
    );
    expect(step.output).toContain('the host name of the vault does not resolve yet. Trying again');
  });
});

describe('two concurrent runs on a missing vault', () => {
  test('each create their reader and their secret', async () => {
    const vault = { 'vault-name': 'wilabshared' };
    const runs = await Promise.all([
      setUp({ ...vault, 'secret-name': 'one', 'principal-id': principalId }),
      setUp({ ...vault, 'secret-name': 'two', 'principal-id': secondId }),
    ]);
    for (const { exitCode, output } of runs) expect(exitCode, output).toBe(0);
    for (const [index, name] of ['one', 'two'].entries()) {
      const { value } = await chain.az(
        'keyvault',
        'secret',
        'show',
        '--vault-name',
        'wilabshared',
        '--name',
        name,
      );
      expect(sha256(value)).toBe(runs[index]!.outputs['secret-sha256']);
    }
    const { id } = await chain.az('keyvault', 'show', '--name', 'wilabshared', ...rg);
    const assignments = await chain.az(
      ...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false'],
      ...['--query', `[?starts_with(scope, '${id}')].[roleDefinitionName, scope]`],
    );
    expect(assignments.map(([role, scope]: string[]) => `${role} ${scope?.slice(id.length)}`).sort()).toEqual(
      [
        'Key Vault Secrets Officer /secrets/one',
        'Key Vault Secrets Officer /secrets/two',
        'Key Vault Secrets User /secrets/one',
        'Key Vault Secrets User /secrets/two',
      ],
    );
  });
});

describe('a login that is not allowed to assign roles', () => {
  test('sees what is missing, and uses a vault where an owner has assigned the roles', async () => {
    const made = ['--name', 'wilabassigned', ...rg, '--location', 'eastus'];
    const { id } = await chain.az('keyvault', 'create', ...made);
    const roles = { [id]: 'Key Vault Secrets Officer', [`/subscriptions/${id.split('/')[2]}`]: 'Reader' };
    const caller = await makeCaller(chain, { name: 'writer', resourceGroup: group, roles });
    const setUpAs = (inputs: Record<string, string>) =>
      setUp({ ...caller.inputs, ...inputs, 'vault-name': 'wilabassigned' }, caller.environment);

    const refused = await setUpAs({});
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('is not allowed to assign the role Key Vault Secrets User');
    expect(refused.output).not.toContain('Secrets Officer');

    // The reader and the writer are the same identity.
    const { exitCode, output, outputs } = await setUpAs({ 'principal-id': caller.principalId });
    expect(exitCode, output).toBe(0);
    expect(outputs['secret-sha256']).toMatch(/^[0-9a-f]{64}$/);
  });
});
