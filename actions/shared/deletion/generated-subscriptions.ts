import fc from 'fast-check';
import type { Tags } from '../ownership.ts';
import { CLUSTER, IDENTITY, VAULT } from './inventory.ts';

// Generated subscriptions, and what delete-lab and sweep-labs delete in them. The generator decides what each resource is; its
// tags and its creator follow from that. The unit tests use a fake subscription, test/generated-subscriptions.test.ts the emulator.

const PAST = '2020-01-01T00:00:00Z';
const FUTURE = '2999-01-01T00:00:00Z';
const REPOSITORY = 'owner/labs';
const REGISTRY = 'Microsoft.ContainerRegistry/registries';
const TYPES = [CLUSTER, REGISTRY, VAULT, IDENTITY];
const REGIONS = ['eastus', 'westeurope', 'westus3'];
const EXPIRES_ON = { past: PAST, future: FUTURE, invalid: 'next week', missing: undefined };

/** How a resource looks that does not belong to the lab. */
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

/** `ours`: of a lab of this repository. `otherCase`: its tags are written in another case. */
type Nature =
  | { ours: true; expires: keyof typeof EXPIRES_ON; otherCase: boolean }
  | { ours: false; disguise: Disguise };

interface Plan {
  groups: { nature: Nature; region: string; managed: boolean; locked: boolean }[];
  resources: {
    group: number;
    nature: Nature;
    region: string;
    type: number;
    name: number;
    recorded: boolean;
    locked: boolean;
    unseen: boolean;
    hasRole: boolean;
    child: Nature | null;
  }[];
  vaults: { group: number; nature: Nature; region: string; retention: number }[];
  pageSize: number;
  failingPage: number | undefined;
}

const nature: fc.Arbitrary<Nature> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ours: fc.constant(true as const),
      expires: fc.constantFrom(
        'past',
        'past',
        'past',
        'past',
        'past',
        'past',
        'future',
        'invalid',
        'missing',
      ),
      otherCase: fc.boolean(),
    }),
  },
  fc.record({ ours: fc.constant(false as const), disguise: fc.constantFrom(...DISGUISES) }),
);
const rarely = fc.integer({ min: 0, max: 9 }).map(number => number === 0);
const region = fc.constantFrom(...REGIONS);

const plan: fc.Arbitrary<Plan> = fc.record({
  groups: fc.array(fc.record({ nature, region, managed: rarely, locked: rarely }), {
    minLength: 1,
    maxLength: 4,
    size: 'max',
  }),
  resources: fc.array(
    fc.record({
      group: fc.nat(3),
      nature,
      region,
      type: fc.nat(3),
      name: fc.nat(5),
      recorded: fc.boolean(),
      locked: rarely,
      unseen: fc.boolean(),
      hasRole: fc.boolean(),
      child: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, nature),
    }),
    { maxLength: 8, size: 'max' },
  ),
  vaults: fc.array(fc.record({ group: fc.nat(5), nature, region, retention: fc.constantFrom(7, 7, 90) }), {
    maxLength: 4,
    size: 'max',
  }),
  pageSize: fc.integer({ min: 1, max: 5 }),
  failingPage: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, fc.nat(3)),
});

export interface GeneratedGroup {
  name: string;
  nature: Nature;
  region: string;
  tags: Tags | null;
  managed: boolean;
  locked: boolean;
}

export interface GeneratedResource {
  group: string;
  type: string;
  name: string;
  nature: Nature;
  region: string;
  tags: Tags | null;
  /** undefined: Azure does not record it. */
  createdBy: 'deployer' | 'someone' | undefined;
  locked: boolean;
  /** Resource Manager's cached list does not show it. */
  unseen: boolean;
  /** Its identity has a role on a resource group that no lab contains. */
  hasRole: boolean;
  child: { nature: Nature; tags: Tags | null } | null;
}

export interface GeneratedDeletedVault {
  name: string;
  nature: Nature;
  region: string;
  tags: Tags | null;
  /** The group might not exist any more. */
  group: string;
  retention: number;
}

export interface GeneratedSubscription {
  groups: readonly GeneratedGroup[];
  resources: readonly GeneratedResource[];
  deletedVaults: readonly GeneratedDeletedVault[];
  pageSize: number;
  /** A page of a list of resources that fails, from 0. */
  failingPage: number | undefined;
}

export interface ExpectedDeletion {
  groups: ReadonlySet<GeneratedGroup>;
  resources: ReadonlySet<GeneratedResource>;
  /** Those whose role assignments are deleted: locked resources, too. */
  withoutRoles: ReadonlySet<GeneratedResource>;
  /** Names of deleted vaults that are purged, and of vaults that are deleted and purged. */
  purged: ReadonlySet<string>;
}

export const generatedOwner = { repository: REPOSITORY, createdBy: [] };

export const generatedSubscriptions: fc.Arbitrary<GeneratedSubscription> = plan.map(subscriptionOf);

/**
 * Those that the emulator can express. It has no other types of resources than the lab's, and no children with tags; it records
 * the creators of vaults and registries, and not those of clusters and identities.
 */
export const emulatedSubscriptions: fc.Arbitrary<GeneratedSubscription> = plan.map(planned =>
  subscriptionOf({
    ...planned,
    resources: planned.resources.map(resource => {
      const another = !resource.nature.ours && resource.nature.disguise.startsWith('tags of the lab');
      const type = another ? 1 + (resource.type % 2) : resource.type;
      return {
        ...resource,
        ...(another && { nature: { ours: false, disguise: 'tags of the lab, another creator' } as const }),
        type,
        recorded: [REGISTRY, VAULT].includes(TYPES[type]!),
        child: null,
      };
    }),
    failingPage: undefined,
  }),
);

function subscriptionOf(planned: Plan): GeneratedSubscription {
  const groups = planned.groups.map((group, index) => ({
    ...group,
    name: `group${index}`,
    tags: tagsOf(group.nature),
  }));
  const resources: GeneratedResource[] = [];
  for (const { nature, child, recorded, ...resource } of planned.resources) {
    const disguise = nature.ours ? undefined : nature.disguise;
    const otherCreator = disguise === 'tags of the lab, another creator';
    const type =
      disguise === 'tags of the lab, another type'
        ? 'Microsoft.Storage/storageAccounts'
        : TYPES[resource.type]!;
    const group = groups[resource.group % groups.length]!.name;
    const name = `name${resource.name}`;
    // Names of vaults and registries are unique in Azure, other names in their resource group.
    const isGlobal = type === VAULT || type === REGISTRY;
    const isTaken = resources.some(
      each => each.type === type && each.name === name && (isGlobal || each.group === group),
    );
    if (isTaken) continue;
    resources.push({
      ...{ ...resource, group, type, name, nature, tags: tagsOf(nature) },
      createdBy: otherCreator ? 'someone' : recorded ? 'deployer' : undefined,
      hasRole: resource.hasRole && type === IDENTITY,
      child: child && { nature: child, tags: tagsOf(child) },
    });
  }
  // The cache of Resource Manager misses resources by name; lists of other types have no second source.
  const unseen = new Set(resources.filter(each => each.unseen).map(({ name }) => name));
  for (const { type, name } of resources) if (!TYPES.includes(type)) unseen.delete(name);
  return {
    groups,
    resources: resources.map(resource => ({ ...resource, unseen: unseen.has(resource.name) })),
    deletedVaults: planned.vaults.map(({ group, ...vault }, index) => ({
      ...vault,
      ...{ name: `old${index}`, group: `group${group}`, tags: tagsOf(vault.nature) },
    })),
    pageSize: planned.pageSize,
    failingPage: planned.failingPage,
  };
}

function tagsOf(nature: Nature): Tags | null {
  const own = { 'managed-by': 'workload-identity-lab', repository: REPOSITORY, 'expires-on': PAST };
  if (nature.ours) {
    const expiresOn = EXPIRES_ON[nature.expires];
    return nature.otherCase
      ? {
          ...{ 'Managed-By': own['managed-by'], REPOSITORY: 'Owner/Labs' },
          ...(expiresOn && { 'Expires-On': expiresOn }),
        }
      : {
          ...{ 'managed-by': own['managed-by'], repository: REPOSITORY },
          ...(expiresOn && { 'expires-on': expiresOn }),
        };
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

/** A group has one type, and Azure records no creator: its tags decide. */
function isOursAsGroup(nature: Nature): boolean {
  return nature.ours || nature.disguise.startsWith('tags of the lab');
}

function isDue(nature: Nature): boolean {
  return nature.ours ? nature.expires === 'past' : true;
}

/**
 * What delete-lab or sweep-labs deletes when no list fails.
 * @param target the resource group for delete-lab; undefined for sweep-labs
 */
export function expectedDeletion(
  { groups, resources, deletedVaults }: GeneratedSubscription,
  target: string | undefined,
): ExpectedDeletion {
  const sweeping = target === undefined;
  const isTagged = ({ tags }: { tags: Tags | null }) =>
    Object.values(tags ?? {}).includes('workload-identity-lab');
  const isDoomed = ({ nature, managed }: GeneratedGroup) =>
    isOursAsGroup(nature) && !managed && (!sweeping || isDue(nature));
  const isInReach = ({ name, managed }: GeneratedGroup) => !managed && (sweeping || target === name);
  const groupOf = (resource: GeneratedResource) => groups.find(({ name }) => name === resource.group)!;

  const isProven = (resource: GeneratedResource) => {
    const group = groupOf(resource);
    const groupIsOurs = isOursAsGroup(group.nature) && !group.managed;
    return (
      resource.nature.ours &&
      isInReach(group) &&
      (!sweeping || (isDue(resource.nature) && (!groupIsOurs || isDue(group.nature)))) &&
      (!sweeping || resource.createdBy !== undefined || groupIsOurs)
    );
  };
  const isBlocked = ({ child }: GeneratedResource) => child !== null && !isOursAsGroup(child.nature);

  const acted = groups.filter(group => {
    const inside = resources.filter(each => each.group === group.name);
    const isListed = (each: GeneratedResource) =>
      (isTagged(each) && !each.unseen) || (each.child !== null && isTagged(each.child));
    const found = isTagged(group) || inside.some(isListed);
    return isInReach(group) && (!sweeping || found) && (isDoomed(group) || inside.some(isProven));
  });
  const tried = resources.filter(each => acted.includes(groupOf(each)) && isProven(each) && !isBlocked(each));
  const gone = new Set(tried.filter(each => !each.locked && !groupOf(each).locked));
  const goneGroups = acted.filter(
    group =>
      isDoomed(group) &&
      !group.locked &&
      resources.every(each => each.group !== group.name || gone.has(each)),
  );
  const purged = deletedVaults.filter(vault => {
    const group = groups.find(({ name }) => name === vault.group);
    const wanted = sweeping
      ? isDue(vault.nature) && (group === undefined || isDoomed(group))
      : group !== undefined && acted.includes(group);
    return isOursAsGroup(vault.nature) && vault.retention === 7 && wanted;
  });
  const deletedNow = [...gone].filter(({ type }) => type === VAULT);
  return {
    groups: new Set(goneGroups),
    resources: gone,
    withoutRoles: new Set(tried),
    purged: new Set([...purged, ...deletedNow].map(({ name }) => name)),
  };
}
