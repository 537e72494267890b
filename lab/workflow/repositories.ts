export interface Repository {
  /** `OWNER/REPO` */
  readonly name: string;
  readonly directory: string;
  /** `refs/heads/main` */
  readonly ref: string;
  readonly sha: string;
}

/** By `OWNER/REPO` in lower case. One repository can have several names. */
export type Repositories = ReadonlyMap<string, Repository>;

export function findRepository(repositories: Repositories, name: string): Repository | undefined {
  return repositories.get(name.toLowerCase());
}

export interface Reference {
  /** `OWNER/REPO`. Undefined for `./PATH`. */
  readonly repository?: string;
  /** Empty for the root. */
  readonly path: string;
}

/**
 * Reads `./PATH`, `OWNER/REPO@REF`, or `OWNER/REPO/PATH@REF`. Ignores the ref: the files on this
 * machine are used.
 * @returns undefined for anything else, such as an image
 * @see
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
 */
export function parseUses(uses: string): Reference | undefined {
  if (uses.startsWith('./')) return { path: uses.slice(2) };
  const [, repository, path = ''] = /^([\w.-]+\/[\w.-]+)(?:\/([^@]+))?@.+$/.exec(uses) ?? [];
  return repository === undefined ? undefined : { repository, path };
}
