import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { type FakeTools, fakeTools } from '../fake-tools.ts';
import type { Tags } from '../ownership.ts';
import { FakeSubscription, groupIdOf, idOf } from './fake-subscription.ts';
import { CLUSTER, IDENTITY, VAULT } from './inventory.ts';

// Generated subscriptions: exactly the lab's resources are gone afterwards. What each thing is, the generator decides; its
// tags and its creator follow from that.

const now = Date.parse('2026-11-24T12:00:00Z');
const PAST = '2026-11-24T00:00:00Z';
const FUTURE = '2026-11-25T00:00:00Z';
const REPOSITORY = 'owner/labs';

/** How something that is not the lab's looks. */
const DISGUISES = [
  'no tags',
  'another tool',
  'another repository',
  'no repository',
  'set-up',
  'tags of the lab, another creator',
  'tags of the lab, another type',
] as const;
type Disguise = (typeof DISGUISES)[number];

/** `ours`: a lab's of this repository; with its time. */
type Nature = { ours: true; due: boolean; odd: boolean } | { ours: false; disguise: Disguise };

interface Plan {
  groups: { nature: Nature; managed: boolean; locked: boolean }[];
  resources: {
    group: number;
    nature: Nature;
    type: number;
    name: number;
    recorded: boolean;
    locked: boolean;
    unseen: boolean;
    child: Nature | null;
  }[];
  vaults: { group: number; nature: Nature; retention: number }[];
  pageSize: number;
  failingPage: number | undefined;
}

const nature: fc.Arbitrary<Nature> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ours: fc.constant(true as const),
      due: fc.constantFrom(true, true, true, false),
      odd: fc.boolean(),
    }),
  },
  fc.record({ ours: fc.constant(false as const), disguise: fc.constantFrom(...DISGUISES) }),
);
const rarely = fc.integer({ min: 0, max: 9 }).map(number => number === 0);

const plan: fc.Arbitrary<Plan> = fc.record({
  groups: fc.array(fc.record({ nature, managed: rarely, locked: rarely }), {
    minLength: 1,
    maxLength: 4,
    size: 'max',
  }),
  resources: fc.array(
    fc.record({
      group: fc.nat(3),
      nature,
      type: fc.nat(3),
      name: fc.nat(5),
      recorded: fc.boolean(),
      locked: rarely,
      unseen: fc.boolean(),
      child: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, nature),
    }),
    { maxLength: 8, size: 'max' },
  ),
  vaults: fc.array(fc.record({ group: fc.nat(5), nature, retention: fc.constantFrom(7, 7, 90) }), {
    maxLength: 4,
    size: 'max',
  }),
  pageSize: fc.integer({ min: 1, max: 5 }),
  failingPage: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, fc.nat(3)),
});

const TYPES = [CLUSTER, 'Microsoft.ContainerRegistry/registries', VAULT, IDENTITY];

function tagsOf(nature: Nature): Tags | null {
  const own = { 'managed-by': 'workload-identity-lab', repository: REPOSITORY, 'expires-on': PAST };
  if (nature.ours) {
    const tags = { ...own, 'expires-on': nature.due ? PAST : FUTURE };
    return nature.odd
      ? { 'Managed-By': tags['managed-by'], REPOSITORY: 'Owner/Labs', 'Expires-On': tags['expires-on'] }
      : tags;
  }
  switch (nature.disguise) {
    case 'no tags':
      return null;
    case 'another tool':
      return { ...own, 'managed-by': 'terraform' };
    case 'another repository':
      return { ...own, repository: 'owner/labs2' };
    case 'no repository':
      return { 'managed-by': own['managed-by'], 'expires-on': PAST };
    case 'set-up':
      return { ...own, 'managed-by': 'workload-identity-lab-setup' };
    default:
      return own;
  }
}

/** A group's tags are all there is of it: Azure records no creator, and it has one type. */
function isOursAsGroup(nature: Nature): boolean {
  return nature.ours || nature.disguise.startsWith('tags of the lab');
}

/** The subscription of a plan, and what must be gone. */
function build(plan: Plan, target: string | undefined) {
  const sweeping = target === undefined;
  const azure = new FakeSubscription();
  Object.assign(azure, { pageSize: plan.pageSize, failingPage: plan.failingPage });
  azure.groups = plan.groups.map(({ nature, managed }, index) => ({
    name: `group${index}`,
    tags: tagsOf(nature),
    ...(managed && { managedBy: 'a-cluster' }),
  }));
  const groups = plan.groups.map((group, index) => ({
    ...group,
    id: groupIdOf(`group${index}`),
    inReach: !group.managed && (sweeping || target === `group${index}`),
    ours: isOursAsGroup(group.nature) && !group.managed,
    due: !sweeping || isDue(group.nature),
  }));
  for (const { id, locked } of groups) if (locked) azure.locked.add(id);

  const resources = new Map<string, { gone: boolean; proven: boolean; group: (typeof groups)[number] }>();
  for (const planned of plan.resources) {
    const { nature, child } = planned;
    const group = groups[planned.group % groups.length]!;
    const foreignType = !nature.ours && nature.disguise === 'tags of the lab, another type';
    const otherCreator = !nature.ours && nature.disguise === 'tags of the lab, another creator';
    const name = `name${planned.name}`;
    const type = foreignType ? 'Microsoft.Storage/storageAccounts' : TYPES[planned.type]!;
    const place = { group: group.id.split('/').at(-1)!, type, name };
    if (resources.has(idOf(place))) continue;
    // Names of vaults and registries are unique in Azure.
    const isGlobal = type === VAULT || type === TYPES[1];
    if (isGlobal && azure.resources.some(each => each.type === type && each.name === name)) continue;
    const recorded = planned.recorded || otherCreator;
    azure.add(place.group, type, name, {
      tags: tagsOf(nature),
      ...(recorded && { createdBy: otherCreator ? 'someone' : 'Deployer' }),
    });
    if (planned.unseen) azure.unseen.add(name);
    if (planned.locked) azure.locked.add(idOf(place));
    if (child) azure.add(place.group, `${type}/children`, `${name}/child`, { tags: tagsOf(child) });
    const proven =
      nature.ours &&
      group.inReach &&
      (!sweeping || (isDue(nature) && (!group.ours || group.due))) &&
      (!sweeping || recorded || group.ours);
    const kept = planned.locked || group.locked || (child !== null && !isOursAsGroup(child));
    resources.set(idOf(place), { gone: proven && !kept, proven, group });
  }
  // Only lists of the lab's kinds come from their own providers.
  for (const { type, name } of azure.resources) if (!TYPES.includes(type)) azure.unseen.delete(name);

  const isTagged = ({ tags }: { tags?: Tags | null }) =>
    Object.values(tags ?? {}).includes('workload-identity-lab');
  /** The groups that are looked at, and in which there is something to do. */
  const acted = groups.filter(group => {
    const { name, tags } = azure.groups.find(({ name }) => groupIdOf(name) === group.id)!;
    const inside = azure.resources.filter(each => each.group === name);
    const found =
      isTagged({ tags: tags ?? null }) || inside.some(each => isTagged(each) && !azure.unseen.has(each.name));
    const some = [...resources.values()].some(each => each.group === group && each.proven);
    return group.inReach && (!sweeping || found) && ((group.ours && group.due) || some);
  });
  const gone = [...resources].filter(([, each]) => each.gone && acted.includes(each.group)).map(([id]) => id);
  const goneGroups = acted.filter(group => {
    const all = [...resources].filter(([, each]) => each.group === group);
    return group.ours && group.due && !group.locked && all.every(([id]) => gone.includes(id));
  });

  azure.deletedVaults = plan.vaults.map(({ group, nature, retention }, index) => ({
    ...{ name: `old${index}`, group: `group${group}`, tags: tagsOf(nature), retention },
  }));
  const purged = plan.vaults.flatMap(({ group: index, nature, retention }, vault) => {
    const group = groups[index];
    const left = isOursAsGroup(nature) && retention === 7;
    const wanted = sweeping
      ? isDue(nature) && (group === undefined || (group.ours && group.due))
      : group !== undefined && acted.includes(group);
    return left && wanted ? [`old${vault}`] : [];
  });
  const newlyPurged = gone.filter(id => id.includes('/vaults/')).map(id => id.split('/').at(-1)!);
  return {
    azure,
    remaining: azure.resources
      .map(idOf)
      .filter(id => !gone.some(each => id === each || id.startsWith(`${each}/`))),
    groups: groups.map(({ id }) => id).filter(id => !goneGroups.some(group => group.id === id)),
    purged: [...purged, ...newlyPurged],
  };
}

function isDue(nature: Nature): boolean {
  return nature.ours ? nature.due : true;
}

/** The inputs of both actions that say whose labs are deleted. */
export const generatedOwner = { repository: REPOSITORY, createdBy: [] };

/**
 * Runs delete-lab or sweep-labs over generated subscriptions, and checks that exactly the lab's resources are gone.
 * @param target the resource group for delete-lab; undefined for sweep-labs
 */
export async function checkGeneratedSubscriptions(
  target: string | undefined,
  run: (tools: FakeTools) => Promise<unknown>,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now });
  let deletedSomething = 0;
  let keptSomething = 0;
  try {
    await fc.assert(
      fc.asyncProperty(plan, async generated => {
        const { azure, ...expected } = build(generated, target);
        const before = azure.resources.length;
        await run(fakeTools(azure.answers())).catch(() => {});

        const remaining = azure.resources.map(idOf).sort();
        const groups = azure.groups.map(({ name }) => groupIdOf(name)).sort();
        if (generated.failingPage === undefined) {
          expect(remaining).toEqual([...expected.remaining].sort());
          expect(groups).toEqual([...expected.groups].sort());
          expect([...azure.purged].sort()).toEqual([...expected.purged].sort());
          if (remaining.length < before) deletedSomething += 1;
          if (remaining.length > 0) keptSomething += 1;
        } else {
          expect(remaining).toEqual(expect.arrayContaining(expected.remaining));
          expect(groups).toEqual(expect.arrayContaining(expected.groups));
          expect(expected.purged).toEqual(expect.arrayContaining(azure.purged));
        }
      }),
      { numRuns: 1500 },
    );
  } finally {
    vi.useRealTimers();
  }
  // The generator makes both.
  expect(Math.min(deletedSomething, keptSomething)).toBeGreaterThan(200);
}
