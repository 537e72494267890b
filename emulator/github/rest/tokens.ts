import { randomBytes } from 'node:crypto';
import { actionsBot, type Repositories } from '../repositories.ts';
import type { Account, Repository } from '../repository.ts';
import { GitHubError } from './errors.ts';

export type Level = 'read' | 'write';

/** Names of GitHub's API: `pull_requests`. */
export type Permissions = Readonly<Record<string, Level>>;

export interface NewToken {
  /** Also with hyphens, as in a workflow's `permissions:`. */
  readonly permissions: Permissions;
  /** `OWNER/NAME`, created if it does not exist. Default: every repository. */
  readonly repository?: string;
  /**
   * Makes it a personal access token instead of a job's. With `repository`, the user is a collaborator there. Without,
   * the user works only on repositories that it owns.
   */
  readonly login?: string;
}

export interface Requester {
  /** `undefined` without a token. */
  readonly account: Account | undefined;
  readonly permissions: Permissions;
  readonly repository: Repository | undefined;
  readonly rateLimit: RateLimit;
}

/** Workflows, installed apps, owner, and collaborators. */
export function worksOn({ account, repository: only }: Requester, repository: Repository): boolean {
  if (!account) return false;
  return only ? only === repository : account.type === 'Bot' || account === repository.owner;
}

const hour = 3600;

/**
 * Per hour.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class RateLimit {
  readonly limit: number;
  #used = 0;
  /** Seconds since the epoch. */
  #reset = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @returns false if the limit is reached */
  spend(): boolean {
    this.#renew();
    if (this.#used >= this.limit) return false;
    this.#used += 1;
    return true;
  }

  /** As `GET /rate_limit` returns it. */
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

export class GitHubTokens {
  readonly #requesters = new Map<string, Requester>();
  readonly #anonymous: Requester = {
    account: undefined,
    permissions: {},
    repository: undefined,
    rateLimit: new RateLimit(60),
  };
  readonly #repositories: Repositories;

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
  }

  /** Every token can read the metadata of its repository. */
  issue({ permissions, repository, login }: NewToken): string {
    const token = `${login ? 'github_pat_' : 'ghs_'}${randomBytes(18).toString('hex')}`;
    this.#requesters.set(token, {
      account: login ? this.#repositories.account(login) : actionsBot,
      permissions: { metadata: 'read', ...underscored(permissions) },
      repository: repository ? this.#repositories.ensure({ fullName: repository }) : undefined,
      rateLimit: new RateLimit(login ? 5000 : 1000),
    });
    return token;
  }

  /** @throws GitHubError 401 if the emulator did not issue the token */
  requesterOf(authorization: string | undefined): Requester {
    if (authorization === undefined) return this.#anonymous;
    const token = /^(?:token|bearer) +(\S+)$/i.exec(authorization)?.[1];
    const requester = this.#requesters.get(token ?? '');
    if (!requester) throw new GitHubError(401, 'Bad credentials');
    return requester;
  }
}

function underscored(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level]),
  );
}
