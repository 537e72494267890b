import type { Account, Repository } from './repository.ts';

export interface NewRepository {
  /** `OWNER/NAME` */
  readonly fullName: string;
  readonly id?: number;
  readonly ownerId?: number;
  /** Default: now. The subjects of its ID tokens then have IDs. */
  readonly createdAt?: Date;
  /** Default: true. */
  readonly isPrivate?: boolean;
}

export const actionsBot: Account = { login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' };

/** Names ignore case, as on GitHub. */
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

  /** An existing one stays as it is. */
  ensure(settings: NewRepository): Repository {
    const existing = this.find(settings.fullName);
    if (existing) return existing;
    const [login = '', name = ''] = settings.fullName.split('/');
    const repository: Repository = {
      id: settings.id ?? this.newId(),
      owner: this.account(login, settings.ownerId),
      name,
      createdAt: settings.createdAt ?? new Date(),
      defaultBranch: 'main',
      isPrivate: settings.isPrivate ?? true,
      hasIssues: true,
      subject: { useDefault: true, includeClaimKeys: [], useImmutableSubject: false },
      variables: new Map(),
      environments: new Map(),
      deployments: [],
      issues: [],
      labels: new Map(),
    };
    this.#repositories.set(settings.fullName.toLowerCase(), repository);
    return repository;
  }

  /** @param subject `repo:OWNER/REPO:…` or `repo:OWNER@1/REPO@2:…`; others are ignored */
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

  newId(): number {
    this.#lastId += 7;
    return this.#lastId;
  }
}
