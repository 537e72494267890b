import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCaller } from './support/caller.ts';
import { Chain } from './support/chain.ts';
import { grantAsOwner } from './support/owner.ts';

// What the roles that the action's README names are enough for, and what it says of that for which they are not.

const group = { 'resource-group': 'wilab-doomed' };
const rg = ['--resource-group', 'wilab-doomed'];
const tags = ['--tags', 'managed-by=workload-identity-lab', 'repository=local/workload-identity-lab'];

let chain: Chain;
let subscription: string;
let identityId: string;

beforeAll(async () => {
  chain = await Chain.start();
  subscription = `/subscriptions/${chain.emulator.facts.subscriptionId}`;
  await chain.az('group', 'create', '--name', 'wilab-doomed', '--location', 'eastus', ...tags);
  await chain.az('group', 'create', '--name', 'elsewhere', '--location', 'eastus');
  await chain.az('keyvault', 'create', '--name', 'wilabdoomed', ...rg, ...tags);
  const { principalId } = await chain.az('identity', 'create', '--name', 'wi-doomed', ...rg, ...tags);
  identityId = principalId;
  const scope = `${subscription}/resourceGroups/elsewhere`;
  await grantAsOwner(chain, { role: 'Reader', principalId, scope });
});
afterAll(() => chain?.stop());

const assignments = () =>
  chain.az(
    ...['role', 'assignment', 'list', '--all', '--assignee-object-id', identityId],
    ...['--fill-principal-name', 'false'],
  );

test('a dry run needs a reader, and tells of all that would go', async () => {
  const roles = { [subscription]: 'Reader' };
  const reader = await makeCaller(chain, { name: 'reader', resourceGroup: 'elsewhere', roles });
  const inputs = { ...group, ...reader.inputs, 'dry-run': 'true' };
  const { outputs, summary } = await chain.succeed('delete-lab', inputs, reader.environment);
  expect(outputs.deleted).toBe('false');
  for (const what of ['Resource group', 'Resource | vaults', 'Resource | user', 'Role assignment | Reader'])
    expect(summary).toMatch(new RegExp(`^\\| ${what.replace('|', '\\|')}.* would be deleted `, 'm'));
  expect(await chain.az('group', 'exists', '--name', 'wilab-doomed')).toBe(true);
});

test('a contributor of the group who may purge deletes it; an assignment elsewhere is named, with what takes it away', async () => {
  const roles = {
    [`${subscription}/resourceGroups/wilab-doomed`]: 'Contributor',
    [subscription]: 'Key Vault Purge Operator',
  };
  const deleter = await makeCaller(chain, { name: 'deleter', resourceGroup: 'elsewhere', roles });
  const [{ id }] = await assignments();
  const ended = await chain.run('delete-lab', { ...group, ...deleter.inputs }, deleter.environment);
  expect(ended.exitCode).toBe(1);
  const [, error = ''] = /^::error::(.*)$/m.exec(ended.output) ?? [];
  const [, ...left] = decodeURIComponent(error).split('\n- ');
  expect(left).toEqual([expect.stringContaining(`role assignment ${id}: `)]);
  expect(left[0]).toContain(`az role assignment delete --ids ${id}`);
  expect(await chain.az('group', 'exists', '--name', 'wilab-doomed')).toBe(false);
  expect(await chain.az('keyvault', 'list-deleted', '--resource-type', 'vault')).toEqual([]);
  expect(await assignments()).toHaveLength(1);
});
