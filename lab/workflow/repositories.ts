/** A repository as it is on this machine. */
export interface Repository {
  /** `OWNER/REPO`, as the `github` context names it. */
  readonly name: string;
  readonly directory: string;
  /** A full ref: `refs/heads/main`. */
  readonly ref: string;
  readonly sha: string;
}

/** The repositories that a run may refer to, by `OWNER/REPO` in lower case. One may have several names. Nothing is fetched. */
export type Repositories = ReadonlyMap<string, Repository>;

/** The repository of that name, in any case; `undefined` where this machine does not have it. */
export function findRepository(repositories: Repositories, name: string): Repository | undefined {
  return repositories.get(name.toLowerCase());
}

/** What `uses:` refers to. */
export interface Reference {
  /** `OWNER/REPO`; missing for `./PATH`. */
  readonly repository?: string;
  /** Within the repository; empty for its root. */
  readonly path: string;
}

/**
 * Reads `./PATH`, `OWNER/REPO@REF` or `OWNER/REPO/PATH@REF`. The ref is not looked at: a repository here is as it is on disk.
 * @returns `undefined` for anything else, like an image
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
 */
export function parseUses(uses: string): Reference | undefined {
  if (uses.startsWith('./')) return { path: uses.slice(2) };
  const [, repository, path = ''] = /^([\w.-]+\/[\w.-]+)(?:\/([^@]+))?@.+$/.exec(uses) ?? [];
  return repository === undefined ? undefined : { repository, path };
}
