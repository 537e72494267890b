import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control, emulatedGitHub } from '../lab/emulator-process.ts';
import { makeCaller } from './support/caller.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { grantAsOwner, ownerEnvironment } from './support/owner.ts';

const OURS = ['managed-by=workload-identity-lab', `repository=${emulatedGitHub.repository}`];
const PAST = 'expires-on=2026-01-01T00:00:00Z';

let chain: Chain;
let owner: Record<string, string>;
let subscription: string;

beforeAll(async () => {
  chain = await Chain.start();
  owner = await ownerEnvironment(chain);
  subscription = `/subscriptions/${chain.emulator.facts.subscriptionId}`;
  await chain.az('group', 'create', '--name', 'elsewhere', '--location', 'eastus');
});
afterAll(() => chain?.stop());

async function makeGroup(name: string, tags: readonly string[] = OURS): Promise<void> {
  const options = ['--location', 'eastus', ...(tags.length > 0 ? ['--tags', ...tags] : [])];
  await chain.az('group', 'create', '--name', name, ...options);
}

function makeVault(group: string, name: string, tags: readonly string[] = OURS, more: string[] = []) {
  const options = ['--name', name, '--resource-group', group, '--retention-days', '7', ...more];
  return chain.az('keyvault', 'create', ...options, ...(tags.length > 0 ? ['--tags', ...tags] : []));
}

/** The owner creates no labs. */
async function asOwner(...args: string[]): Promise<void> {
  const { exitCode, output } = await chain.start('az', [...args, '--output', 'none'], '', owner);
  if (exitCode !== 0) throw new Error(`az ${args.join(' ')}: ${exitCode}\n${output}`);
}

const change = (what: string, body?: object) => control(chain.emulator.facts, what, body);
const names = async (...args: string[]): Promise<string[]> =>
  (await chain.az(...args, '--query', '[].name')).sort();
const inGroup = (group: string) => names('keyvault', 'list', '--resource-group', group);
const groupExists = (name: string) => chain.az('group', 'exists', '--name', name);
const deletedVaults = () => names('keyvault', 'list-deleted', '--resource-type', 'vault');

describe('with only the roles that the README lists', () => {
  const group = { 'resource-group': 'wilab-doomed' };
  let identityId: string;
  let creators: Record<string, string>;

  beforeAll(async () => {
    await makeGroup('wilab-doomed');
    await makeVault('wilab-doomed', 'wilabdoomed');
    const place = ['--resource-group', 'wilab-doomed', '--tags', ...OURS];
    const { principalId } = await chain.az('identity', 'create', '--name', 'wi-doomed', ...place);
    identityId = principalId;
    const scope = `${subscription}/resourceGroups/elsewhere`;
    await grantAsOwner(chain, { role: 'Reader', principalId, scope });
    creators = { 'created-by': chain.emulator.facts.deployer.clientId };
  });

  const assignments = () =>
    chain.az(
      ...['role', 'assignment', 'list', '--all', '--assignee-object-id', identityId],
      ...['--fill-principal-name', 'false'],
    );

  test('a dry run needs Reader, and reports everything that it would delete', async () => {
    const roles = { [subscription]: 'Reader' };
    const reader = await makeCaller(chain, { name: 'reader', resourceGroup: 'elsewhere', roles });
    const inputs = { ...group, ...creators, ...reader.inputs, 'dry-run': 'true' };
    const { outputs, summary } = await chain.succeed('delete-lab', inputs, reader.environment);
    expect(outputs.deleted).toBe('false');
    for (const what of ['Resource group', 'Resource | vaults', 'Resource | user', 'Role assignment | Reader'])
      expect(summary).toMatch(new RegExp(`^\\| ${what.replace('|', '\\|')}.* would be deleted `, 'm'));
    expect(await groupExists('wilab-doomed')).toBe(true);
  });

  test('Contributor on the group and permission to purge delete it; an assignment elsewhere is reported with the command to delete it', async () => {
    const roles = {
      [`${subscription}/resourceGroups/wilab-doomed`]: 'Contributor',
      [subscription]: 'Key Vault Purge Operator',
    };
    const deleter = await makeCaller(chain, { name: 'deleter', resourceGroup: 'elsewhere', roles });
    const [{ id }] = await assignments();
    const inputs = { ...group, ...creators, ...deleter.inputs };
    const ended = await chain.run('delete-lab', inputs, deleter.environment);
    expect(ended.exitCode).toBe(1);
    const [, error = ''] = /^::error::(.*)$/m.exec(ended.output) ?? [];
    const [, ...left] = decodeURIComponent(error).split('\n- ');
    expect(left).toEqual([expect.stringContaining(`role assignment ${id}: `)]);
    expect(left[0]).toContain(`az role assignment delete --ids ${id}`);
    expect(await groupExists('wilab-doomed')).toBe(false);
    expect(await deletedVaults()).toEqual([]);
    expect(await assignments()).toHaveLength(1);
  });
});

describe('a resource that is not the lab’s stays', () => {
  let group: string;
  let ended: StepEnded;

  async function prepare(name: string, theirs: () => Promise<unknown>) {
    group = `wilab-${name}`;
    await makeGroup(group);
    await makeVault(group, `ours${name}`, OURS, ['--location', 'westus']);
    await theirs();
  }

  async function expectTheirsKept(name: string, environment: Record<string, string> = {}): Promise<void> {
    ended = await chain.succeed('delete-lab', { 'resource-group': group }, environment);
    expect(await inGroup(group)).toEqual([`theirs${name}`]);
    expect(JSON.parse(ended.outputs.kept ?? '')).toEqual([
      expect.stringMatching(new RegExp(`/vaults/theirs${name}$`)),
    ]);
    expect(await groupExists(group)).toBe(true);
    expect(await deletedVaults()).toEqual([]);
  }

  afterEach(async () => {
    await change('PUT /control/resource-lists', {});
    await change('DELETE /control/faults');
  });

  test('with any default location of az', async () => {
    await prepare('region', () => makeVault(group, 'theirsregion', []));
    await expectTheirsKept('region', {
      AZURE_DEFAULTS_LOCATION: 'westus',
      AZURE_DEFAULTS_GROUP: 'elsewhere',
    });
  });

  test('if Resource Manager’s list does not show it yet', async () => {
    await prepare('late', () => makeVault(group, 'theirslate', []));
    await change('PUT /control/resource-lists', { unseen: ['theirslate', 'ourslate'] });
    await expectTheirsKept('late');
  });

  test('if it has the tags of the lab, but another identity created it', async () => {
    await prepare('tagged', () =>
      asOwner(
        ...['keyvault', 'create', '--name', 'theirstagged', '--resource-group', group],
        ...['--location', 'eastus', '--tags', ...OURS, PAST],
      ),
    );
    await expectTheirsKept('tagged');
    expect(ended.output).toMatch(/created it; if that identity creates labs, add it to the input created-by/);
  });

  test('if only the repository in its tags differs', async () => {
    await prepare('repository', () =>
      makeVault(group, 'theirsrepository', [OURS[0]!, 'repository=other/repository']),
    );
    await expectTheirsKept('repository');
  });

  test('with everything else if a page of the list fails', async () => {
    await prepare('page', () => makeVault(group, 'theirspage', []));
    await change('PUT /control/resource-lists', { pageSize: 1 });
    await change('POST /control/faults', {
      ...{ host: 'management.azure.com', method: 'GET', pathPattern: '/resources\\?.*skiptoken' },
      ...{ times: 9, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } },
    });
    const failed = await chain.run('delete-lab', { 'resource-group': group });
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('AuthorizationFailed');
    expect(await inGroup(group)).toEqual(['ourspage', 'theirspage']);

    await change('DELETE /control/faults');
    await expectTheirsKept('page');
  });
});

test('a lab of another repository with the same name is deleted only if the input repository is set', async () => {
  await makeGroup('my-lab', [OURS[0]!, 'Repository=Other/Repository']);
  await makeVault('my-lab', 'theirlab', [OURS[0]!, 'Repository=Other/Repository']);
  const refused = await chain.run('delete-lab', { 'resource-group': 'my-lab' });
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain(
    `Resource group "my-lab" is not a lab of ${emulatedGitHub.repository}: its tag repository is "Other/Repository"`,
  );
  expect(refused.output).toContain('set the input repository: Other/Repository');
  expect(await inGroup('my-lab')).toEqual(['theirlab']);

  await chain.succeed('delete-lab', { 'resource-group': 'my-lab', repository: 'other/repository' });
  expect(await groupExists('my-lab')).toBe(false);
  expect(await deletedVaults()).toEqual([]);
});

test('a group without its tags is reported with the command to restore them', async () => {
  await makeGroup('wilab-bare', []);
  const refused = await chain.run('delete-lab', { 'resource-group': 'wilab-bare' });
  const [, command = ''] = /(az tag update .*)$/m.exec(decodeURIComponent(refused.output)) ?? [];
  await chain.az(...command.trim().split(' ').slice(1));
  await chain.succeed('delete-lab', { 'resource-group': 'wilab-bare' });
  expect(await groupExists('wilab-bare')).toBe(false);
});

test('a locked vault and its group stay, and the rest is deleted; the next run without the lock deletes them', async () => {
  await makeGroup('wilab-locked');
  await makeVault('wilab-locked', 'wilablocked');
  await makeVault('wilab-locked', 'wilabunlocked');
  const lock = [
    ...['--name', 'keep', '--resource-group', 'wilab-locked', '--resource', 'wilablocked'],
    ...['--resource-type', 'Microsoft.KeyVault/vaults'],
  ];
  await asOwner('lock', 'create', ...lock, '--lock-type', 'CanNotDelete');
  const failed = await chain.run('delete-lab', { 'resource-group': 'wilab-locked' });
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toMatch(/vaults wilablocked: .*ScopeLocked/);
  expect(await inGroup('wilab-locked')).toEqual(['wilablocked']);
  expect(await deletedVaults()).toEqual([]);

  await asOwner('lock', 'delete', ...lock);
  await chain.succeed('delete-lab', { 'resource-group': 'wilab-locked' });
  expect(await groupExists('wilab-locked')).toBe(false);
});

describe('deleted vaults', () => {
  afterEach(() => change('PUT /control/deleted-vaults', { listedAfterSeconds: 0 }));

  test('are purged if Azure lists them late', async () => {
    await makeGroup('wilab-unlisted');
    await makeVault('wilab-unlisted', 'wilabunlisted');
    await change('PUT /control/deleted-vaults', { listedAfterSeconds: 8 });
    await chain.succeed('delete-lab', { 'resource-group': 'wilab-unlisted' });
    await change('PUT /control/deleted-vaults', { listedAfterSeconds: 0 });
    expect(await deletedVaults()).toEqual([]);
  });

  test('are reported with the command to purge them if Azure does not list them in time', async () => {
    await makeGroup('wilab-never');
    await makeVault('wilab-never', 'wilabnever');
    await change('PUT /control/deleted-vaults', { listedAfterSeconds: 3600 });
    const inputs = { 'resource-group': 'wilab-never', 'timeout-minutes': '1' };
    const failed = await chain.run('delete-lab', inputs);
    expect(failed.exitCode).toBe(1);
    expect(failed.outputs).toEqual({});
    const [, command = ''] = /Purge it: (az keyvault purge [^%\n]*)/.exec(failed.output) ?? [];
    await change('PUT /control/deleted-vaults', { listedAfterSeconds: 0 });
    await chain.az(...command.trim().split(' ').slice(1));
    expect(await deletedVaults()).toEqual([]);
    await chain.succeed('delete-lab', inputs);
  });

  test('of an earlier deletion are purged if their tags, group, and retention are the lab’s', async () => {
    await makeGroup('wilab-earlier');
    await makeVault('wilab-earlier', 'wilabearlier');
    await makeVault('wilab-earlier', 'theirsearlier', []);
    const kept = ['--name', 'wilablong', '--resource-group', 'wilab-earlier', '--tags', ...OURS];
    await chain.az('keyvault', 'create', ...kept, '--retention-days', '90');
    await chain.az('group', 'delete', '--name', 'wilab-earlier', '--yes');
    await chain.succeed('delete-lab', { 'resource-group': 'wilab-earlier' });
    expect(await deletedVaults()).toEqual(['theirsearlier', 'wilablong']);
    for (const name of ['theirsearlier', 'wilablong']) await chain.az('keyvault', 'purge', '--name', name);
  });
});
