import { quote } from './quote.ts';

/** The value of the tag `managed-by` on everything that the lab creates. delete-lab deletes nothing without it. */
export const MANAGED_BY = 'workload-identity-lab';

export type Tags = Readonly<Record<string, string>>;

/** Azure ignores the case of tag names. */
export function tagOf(tags: Tags | null | undefined, name: string): string | undefined {
  return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

/**
 * Why these tags are not those of a lab of this repository; undefined if they are.
 * @param repository OWNER/NAME; '' for a lab that was created outside GitHub, which has no such tag.
 */
export function labTagsProblem(tags: Tags | null | undefined, repository: string): string | undefined {
  if (tagOf(tags, 'managed-by') !== MANAGED_BY) return `it has no tag managed-by=${MANAGED_BY}`;
  const owner = tagOf(tags, 'repository') ?? '';
  // GitHub compares names of owners and repositories without case.
  if (owner.toLowerCase() === repository.toLowerCase()) return undefined;
  const found = owner === '' ? 'it has no tag repository' : `its tag repository is ${quote(owner)}`;
  return `${found}, not ${quote(repository)}`;
}

/**
 * Proof that the lab of this repository created something, by its tags.
 * Without it nothing is deleted, purged, recovered, or overwritten. Without a repository, tags prove nothing.
 * @param tags as Azure shows them now; null and undefined prove nothing.
 * @param repository `OWNER/NAME` of the workflow's repository, from GITHUB_REPOSITORY.
 */
export function isLabOwned(tags: Tags | null | undefined, repository: string | undefined): boolean {
  return Boolean(repository) && labTagsProblem(tags, repository!) === undefined;
}

/** For a message: `tags managed-by="x", repository="y"`. */
export function describeOwner(tags: Tags | null | undefined): string {
  const entries = Object.entries(tags ?? {}).slice(0, 10);
  if (entries.length === 0) return 'no tags';
  return `tags ${entries.map(([key, value]) => `${key}=${quote(value)}`).join(', ')}`;
}
