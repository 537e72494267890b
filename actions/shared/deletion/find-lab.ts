import { type Az, lookUp } from '../az.ts';
import { MANAGED_BY, type Tags } from '../resource-group.ts';

/** A resource as `az resource list` prints it; what is used of it. */
export interface Resource {
  id: string;
  name: string;
  type: string;
  tags?: Tags | null;
}

/** What there is of a lab in one resource group. */
export interface Lab {
  resourceGroup: string;
  /** The group's own. */
  tags: Tags | null | undefined;
  /** Whether the group is the lab's and holds nothing that is not: then it goes as a whole. */
  whole: boolean;
  /** What is to go. */
  resources: readonly Resource[];
  /** What stays. */
  others: readonly Resource[];
}

/** Tells by its tags whether something is to go. */
export type Doomed = (tags: Tags | null | undefined) => boolean;

/** Whether the lab made it. */
export const madeByLab: Doomed = tags => tags?.['managed-by'] === MANAGED_BY;

/** Finds what is to go in a resource group; undefined where there is no such group. */
export async function findLab(az: Az, resourceGroup: string, doomed: Doomed): Promise<Lab | undefined> {
  const group = await lookUp<{ tags?: Tags | null }>(az, ['group', 'show', '--name', resourceGroup]);
  if (!group) return undefined;
  const all = await az<Resource[]>(['resource', 'list', '--resource-group', resourceGroup]);
  const resources = all.filter(({ tags }) => doomed(tags));
  const others = all.filter(({ tags }) => !doomed(tags));
  return {
    resourceGroup,
    tags: group.tags,
    whole: doomed(group.tags) && others.length === 0,
    resources,
    others,
  };
}

/** A resource for the log: `vaults wilab4521`. */
export function describeResource({ type, name }: Resource): string {
  return `${type.split('/').slice(1).join('/')} ${name}`;
}

/** Whether a resource is of this type; Azure spells types in more than one case. */
export function isOfType({ type }: Resource, wanted: string): boolean {
  return type.toLowerCase() === wanted.toLowerCase();
}
