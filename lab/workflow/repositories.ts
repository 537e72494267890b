/** A checkout on this machine. */
export interface Repository {
  /** `OWNER/REPO` in the `github` context. */
  readonly name: string;
  readonly directory: string;
  /** A full ref: `refs/heads/main`. */
  readonly ref: string;
  readonly sha: string;
}

/** The repositories that a run can refer to, by `OWNER/REPO` in lower case. One can have several names. None is downloaded. */
export type Repositories = ReadonlyMap<string, Repository>;

/** @param name in upper or lower case */
export function findRepository(repositories: Repositories, name: string): Repository | undefined {
  return repositories.get(name.toLowerCase());
}

export interface Reference {
  /** `OWNER/REPO`. Undefined for `./PATH`. */
  readonly repository?: string;
  /** Within the repository; empty for its root. */
  readonly path: string;
}

/**
 * Reads `./PATH`, `OWNER/REPO@REF`, or `OWNER/REPO/PATH@REF`. The ref has no effect: the files on this machine are used.
 * @returns undefined for anything else, such as an image
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
 */
export function parseUses(uses: string): Reference | undefined {
  if (uses.startsWith('./')) return { path: uses.slice(2) };
  const [, repository, path = ''] = /^([\w.-]+\/[\w.-]+)(?:\/([^@]+))?@.+$/.exec(uses) ?? [];
  return repository === undefined ? undefined : { repository, path };
}
