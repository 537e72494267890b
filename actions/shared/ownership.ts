import { MANAGED_BY } from './resource-group.ts';

/**
 * Proof that the lab of this repository created something: its tags say that the lab manages it, and for which repository.
 * Without it nothing is deleted, purged, recovered, or overwritten. Where no repository is known, tags cannot prove
 * anything.
 * @param tags as Azure shows them now; null and undefined prove nothing.
 * @param repository `OWNER/NAME` of the workflow's repository, from GITHUB_REPOSITORY.
 */
export function isLabOwned(
  tags: Readonly<Record<string, string>> | null | undefined,
  repository: string | undefined,
): boolean {
  return (
    repository !== undefined &&
    repository !== '' &&
    tags?.['managed-by'] === MANAGED_BY &&
    // GitHub compares names of owners and repositories without case.
    tags.repository?.toLowerCase() === repository.toLowerCase()
  );
}

/** What the tags say about the owner, for a message: `tags managed-by="x", repository="y"`. */
export function describeOwner(tags: Readonly<Record<string, string>> | null | undefined): string {
  const entries = Object.entries(tags ?? {}).slice(0, 10);
  if (entries.length === 0) return 'no tags';
  return `tags ${entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ')}`;
}
