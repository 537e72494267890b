import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { github } from '../lab/emulator-process.ts';
import { Chain } from './support/chain.ts';

// Generated subscriptions on the emulator: after delete-lab and sweep-labs exactly the lab's resources are gone. The unit
// tests do the same with thousands of them, against a fake subscription.

const PAST = '2026-01-01T00:00:00Z';
const FUTURE = '2100-01-01T00:00:00Z';
const OURS = { 'managed-by': 'workload-identity-lab', repository: github.repository };

/** The tags of whatever is generated; only the first two are a lab of this repository. */
const TAGS = {
  due: { ...OURS, 'expires-on': PAST },
  'not due': { ...OURS, 'expires-on': FUTURE },
  'another repository': { ...OURS, repository: 'another/repository', 'expires-on': PAST },
  'no repository': { 'managed-by': OURS['managed-by'], 'expires-on': PAST },
  'another tool': { ...OURS, 'managed-by': 'terraform', 'expires-on': PAST },
  'no tags': {},
} satisfies Record<string, Record<string, string>>;
type Owner = keyof typeof TAGS;

const owner = fc.constantFrom(...(Object.keys(TAGS) as Owner[]));
// Every second thing is a lab's, so that each sample deletes and keeps something.
const likely = fc.oneof(fc.constantFrom<Owner>('due', 'not due'), owner);
const subscriptions = fc.array(
  fc.record({
    owner: likely,
    resources: fc.array(
      fc.record({
        owner: likely,
        kind: fc.constantFrom('identity' as const, 'keyvault' as const),
        location: fc.constantFrom('eastus', 'westus', 'northeurope'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 3, maxLength: 3 },
);

const isOurs = (of: Owner) => of === 'due' || of === 'not due';

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
});
afterAll(() => chain?.stop());

const tagged = (of: Owner) => [
  '--tags',
  ...Object.entries(TAGS[of]).map(([name, value]) => `${name}=${value}`),
];

/** Names of what exists, and of what belongs to no generated subscription. */
async function everything(): Promise<string[]> {
  const [groups, resources] = await Promise.all([
    chain.az('group', 'list', '--query', '[].name'),
    chain.az('resource', 'list', '--query', '[].name'),
  ]);
  return [...groups, ...resources].sort();
}

test.each([1, 2, 3])('with seed %i, exactly the lab’s resources are gone', async seed => {
  const groups = fc.sample(subscriptions, { seed, numRuns: 1 })[0]!;
  const before = await everything();
  const made = groups.map((group, index) => ({
    ...group,
    name: `gen${seed}-${index}`,
    resources: group.resources.map((each, at) => ({ ...each, name: `gen${seed}x${index}x${at}` })),
  }));
  for (const { name, owner, resources } of made) {
    await chain.az('group', 'create', '--name', name, '--location', 'eastus', ...tagged(owner));
    for (const resource of resources) {
      const place = ['--name', resource.name, '--resource-group', name, '--location', resource.location];
      const retention = resource.kind === 'keyvault' ? ['--retention-days', '7'] : [];
      await chain.az(resource.kind, 'create', ...place, ...retention, ...tagged(resource.owner));
    }
  }

  /** What must be left of a group. Who names a group deletes also what is not due. */
  const leftOf = ({ name, owner, resources }: (typeof made)[number], sweeping: boolean): string[] => {
    const due = (of: Owner) => (sweeping ? of === 'due' : isOurs(of));
    const groupIsOurs = isOurs(owner);
    const left = resources.filter(each => {
      if (!due(each.owner) || (groupIsOurs && !due(owner))) return true;
      // Azure records no creator of an identity: unattended, its group must be the lab's.
      return sweeping && each.kind === 'identity' && !groupIsOurs;
    });
    return left.length === 0 && due(owner) ? [] : [name, ...left.map(each => each.name)];
  };
  const deletions = [leftOf(made[0]!, false), ...made.slice(1).map(group => leftOf(group, true))];
  // The sweep also sees what delete-lab left; all that it may delete is gone by then.
  const expected = [...before, ...deletions.flat()].sort();

  const deletion = await chain.run('delete-lab', { 'resource-group': made[0]!.name });
  const sweep = await chain.run('sweep-labs', { 'dry-run': 'false' });
  expect(await everything(), `${JSON.stringify(made, null, 1)}\n${deletion.output}\n${sweep.output}`).toEqual(
    expected,
  );
  const deleted = await chain.az(
    'keyvault',
    'list-deleted',
    '--resource-type',
    'vault',
    '--query',
    '[].name',
  );
  expect(deleted).toEqual([]);
  expect(expected.length).toBeGreaterThan(before.length);
});
