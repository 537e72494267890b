import { randomBytes } from 'node:crypto';
import { type Account, actionsBot, type Repositories, type Repository } from '../repositories.ts';
import { GitHubError } from './errors.ts';

export type Level = 'read' | 'write';

/** By the names of GitHub's API (`issues`, `pull_requests`, `actions_variables`). */
export type Permissions = Readonly<Record<string, Level>>;

/** What a token is made with. */
export interface NewToken {
  /** By the names of the API, or of a workflow's `permissions:`, which have hyphens. */
  readonly permissions: Permissions;
  /** `OWNER/NAME`, the only one that it is for, made where it is not there; any, where missing. */
  readonly repository?: string;
  /**
   * The user whose personal access token it is; the token of a workflow's job, where missing. With a repository the user
   * works on it; without, only on those of its own, and is a stranger to all others.
   */
  readonly login?: string;
}

/** Who calls. */
export interface Caller {
  /** `undefined` for whoever sends no token. */
  readonly account: Account | undefined;
  readonly permissions: Permissions;
  /** The only repository that it is for. */
  readonly repository: Repository | undefined;
  readonly budget: Budget;
}

/** Whether the caller is the repository's own: its workflow, an app that is installed there, its owner, a collaborator. */
export function worksOn({ account, repository: only }: Caller, repository: Repository): boolean {
  if (!account) return false;
  return only ? only === repository : account.type === 'Bot' || account === repository.owner;
}

const hour = 3600;

/**
 * How many requests a caller may make in an hour.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class Budget {
  readonly limit: number;
  #used = 0;
  /** Seconds since the epoch. */
  #reset = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts one request; false where there was none left. */
  spend(): boolean {
    this.#renew();
    if (this.#used >= this.limit) return false;
    this.#used += 1;
    return true;
  }

  /** As GET /rate_limit tells it. */
  get state(): { limit: number; remaining: number; reset: number; used: number; resource: 'core' } {
    this.#renew();
    return {
      limit: this.limit,
      remaining: this.limit - this.#used,
      reset: this.#reset,
      used: this.#used,
      resource: 'core',
    };
  }

  #renew(): void {
    const now = Math.floor(Date.now() / 1000);
    if (now < this.#reset) return;
    this.#used = 0;
    this.#reset = now + hour;
  }
}

/** The tokens that the REST API takes. */
export class Tokens {
  readonly #callers = new Map<string, Caller>();
  readonly #nobody: Caller = {
    account: undefined,
    permissions: {},
    repository: undefined,
    budget: new Budget(60),
  };
  readonly #repositories: Repositories;

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
  }

  /** Makes a token; every one can read the metadata of its repository. */
  issue({ permissions, repository, login }: NewToken): string {
    const token = `${login ? 'github_pat_' : 'ghs_'}${randomBytes(18).toString('hex')}`;
    this.#callers.set(token, {
      account: login ? this.#repositories.account(login) : actionsBot,
      permissions: { metadata: 'read', ...underscored(permissions) },
      repository: repository ? this.#repositories.ensure({ fullName: repository }) : undefined,
      budget: new Budget(login ? 5000 : 1000),
    });
    return token;
  }

  /**
   * Who sends this Authorization header.
   * @throws GitHubError 401 where it is not a token of this emulator
   */
  callerOf(authorization: string | undefined): Caller {
    if (authorization === undefined) return this.#nobody;
    const token = /^(?:token|bearer) +(\S+)$/i.exec(authorization)?.[1];
    const caller = this.#callers.get(token ?? '');
    if (!caller) throw new GitHubError(401, 'Bad credentials');
    return caller;
  }
}

function underscored(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level]),
  );
}
