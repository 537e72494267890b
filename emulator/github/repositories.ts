import type { Deployment } from './rest/routes/deployments.ts';
import type { Environment } from './rest/routes/environments.ts';
import type { Issue } from './rest/routes/issues.ts';
import type { Label } from './rest/routes/labels.ts';
import type { Variable } from './rest/routes/variables.ts';

/** A user, an app's bot or an organization. */
export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** How the subject of a repository's ID tokens is put together. */
export interface SubjectCustomization {
  readonly useDefault: boolean;
  /** The claims that stand in the subject where the default does not. */
  readonly includeClaimKeys: readonly string[];
  /** Whether somebody asked for the ids in it. */
  readonly useImmutableSubject: boolean;
}

/** What GitHub knows of a repository. */
export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly createdAt: Date;
  readonly defaultBranch: string;
  isPrivate: boolean;
  hasIssues: boolean;
  subject: SubjectCustomization;
  readonly variables: Map<string, Variable>;
  /** By name in lower case. */
  readonly environments: Map<string, Environment>;
  readonly deployments: Deployment[];
  readonly issues: Issue[];
  /** By name in lower case. */
  readonly labels: Map<string, Label>;
}

/** What a repository can be made with; all but the name has a default. */
export interface NewRepository {
  /** `OWNER/NAME` */
  readonly fullName: string;
  readonly id?: number;
  readonly ownerId?: number;
  /** Now, where missing: then its subjects hold the ids. */
  readonly createdAt?: Date;
  readonly isPrivate?: boolean;
}

/** The account whose name GITHUB_TOKEN acts under. */
export const actionsBot: Account = { login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' };

/**
 * Repositories made from this moment on have the ids of owner and repository in the subject of their ID tokens.
 * @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
const immutableSince = new Date('2026-07-15T00:00:00Z');

/** Everything that is in the emulated GitHub, by name; upper and lower case are the same, as on GitHub. */
export class Repositories {
  readonly #repositories = new Map<string, Repository>();
  readonly #accounts = new Map<string, Account>([[actionsBot.login, actionsBot]]);
  #lastId = 1_300_000_000;

  /** @param fullName `OWNER/NAME` */
  find(fullName: string): Repository | undefined {
    return this.#repositories.get(fullName.toLowerCase());
  }

  findById(id: number): Repository | undefined {
    return [...this.#repositories.values()].find(repository => repository.id === id);
  }

  /** Makes a repository; one of that name that is there stays as it is. */
  ensure(asked: NewRepository): Repository {
    const found = this.find(asked.fullName);
    if (found) return found;
    const [login = '', name = ''] = asked.fullName.split('/');
    const made: Repository = {
      id: asked.id ?? this.newId(),
      owner: this.account(login, asked.ownerId),
      name,
      createdAt: asked.createdAt ?? new Date(),
      defaultBranch: 'main',
      isPrivate: asked.isPrivate ?? true,
      hasIssues: true,
      subject: { useDefault: true, includeClaimKeys: [], useImmutableSubject: false },
      variables: new Map(),
      environments: new Map(),
      deployments: [],
      issues: [],
      labels: new Map(),
    };
    this.#repositories.set(asked.fullName.toLowerCase(), made);
    return made;
  }

  /**
   * Makes the repository that a subject of ID tokens speaks of, such that it gives out subjects of that form.
   * @param subject `repo:OWNER/REPO:…` or `repo:OWNER@1/REPO@2:…`; any other is passed over
   */
  ensureFor(subject: string): void {
    const [, owner, ownerId, name, id] =
      /^repo:([^@/:]+)(?:@(\d+))?\/([^@/:]+)(?:@(\d+))?(?::|$)/.exec(subject) ?? [];
    if (owner === undefined || name === undefined) return;
    this.ensure({
      fullName: `${owner}/${name}`,
      ...(id !== undefined && { id: Number(id) }),
      ...(ownerId !== undefined && { ownerId: Number(ownerId) }),
      ...(id === undefined && { createdAt: new Date('2025-01-01T00:00:00Z') }),
    });
  }

  /** The account of a login; a user of that name is there from the first time it is asked for. */
  account(login: string, id?: number): Account {
    const key = login.toLowerCase();
    const account = this.#accounts.get(key) ?? {
      login,
      id: id ?? this.newId(),
      type: login.endsWith('[bot]') ? 'Bot' : 'User',
    };
    this.#accounts.set(key, account);
    return account;
  }

  /** An id that nothing else has. */
  newId(): number {
    this.#lastId += 7;
    return this.#lastId;
  }
}

/** `OWNER/NAME` */
export function fullNameOf({ owner, name }: Repository): string {
  return `${owner.login}/${name}`;
}

/**
 * How the subjects of a repository's ID tokens begin: `repo:OWNER/REPO`, or `repo:OWNER@1/REPO@2` where it was made since
 * the ids came in, or asked for them. That one made since then cannot go back is inferred.
 */
export function subjectPrefix({ owner, name, id, createdAt, subject }: Repository): string {
  const immutable = subject.useImmutableSubject || createdAt >= immutableSince;
  return immutable ? `repo:${owner.login}@${owner.id}/${name}@${id}` : `repo:${owner.login}/${name}`;
}
