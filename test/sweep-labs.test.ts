import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatedGitHub } from '../lab/emulator-process.ts';
import { Chain } from './support/chain.ts';

const tags = ['managed-by=workload-identity-lab', `repository=${emulatedGitHub.repository}`];
const PAST = 'expires-on=2026-01-01T00:00:00Z';

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
  const place = ['--location', 'eastus', '--tags', ...tags, PAST, 'team=a'];
  for (const name of ['wilab-reused', 'wilab-expired'])
    await chain.az('group', 'create', '--name', name, ...place);
  await chain.az('group', 'create', '--name', 'team', '--location', 'eastus');
  for (const group of ['wilab-reused', 'wilab-expired', 'team']) {
    const vault = [
      '--name',
      `${group.replace('-', '')}1`,
      '--resource-group',
      group,
      '--retention-days',
      '7',
    ];
    await chain.az('keyvault', 'create', ...vault, ...place);
  }
});
afterAll(() => chain?.stop());

const tagsOf = async (...args: string[]) => (await chain.az(...args)).tags;
const inGroup = (name: string, group: string) =>
  tagsOf('keyvault', 'show', '--name', name, '--resource-group', group);

test('the sweep deletes an expired lab, and keeps one that a run renewed', async () => {
  const deployer = ['--name', 'lab-deployer', '--resource-group', 'lab-trust'];
  const { principalId } = await chain.az('identity', 'show', ...deployer);
  const reuse = (group: string, vault: string) =>
    chain.succeed('setup-vault', {
      ...{ 'resource-group': group, 'vault-name': vault },
      'principal-id': principalId,
    });
  await reuse('wilab-reused', 'wilabreused1');
  await reuse('team', 'team1');
  const renewed = await tagsOf('group', 'show', '--name', 'wilab-reused');
  expect(renewed).toMatchObject({ team: 'a', repository: emulatedGitHub.repository });
  expect(Date.parse(renewed['expires-on'])).toBeGreaterThan(Date.now());
  // The time of a lab's group has priority over the resource's own.
  expect((await inGroup('wilabreused1', 'wilab-reused'))['expires-on']).toBe('2026-01-01T00:00:00Z');
  expect(Date.parse((await inGroup('team1', 'team'))['expires-on'])).toBeGreaterThan(Date.now());

  const { outputs } = await chain.succeed('sweep-labs', { 'dry-run': 'false' });
  expect(outputs).toMatchObject({ deleted: '["wilab-expired"]', left: '["team","wilab-reused"]' });
  const vaults = await chain.az('keyvault', 'list', '--query', '[].name');
  expect(vaults.sort()).toEqual(['team1', 'wilabreused1']);
});
