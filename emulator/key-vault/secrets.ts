import { randomBytes } from 'node:crypto';
import type { Latency } from '../latency.ts';
import { badParameter, deletedSecretNotFound, KeyVaultError, secretNotFound } from './errors.ts';

/** Times are Unix seconds. */
export interface SecretVersion {
  /** 32 hex digits. */
  readonly version: string;
  readonly value: string;
  contentType?: string;
  tags?: Readonly<Record<string, string>>;
  enabled: boolean;
  nbf?: number;
  exp?: number;
  readonly created: number;
  updated: number;
}

/** Missing members do not change. */
export type SecretChanges = Partial<Pick<SecretVersion, 'contentType' | 'tags' | 'enabled' | 'nbf' | 'exp'>>;

/** At least one version, oldest first. */
export interface Secret {
  readonly name: string;
  readonly versions: SecretVersion[];
}

/** Times are Unix seconds. */
export interface DeletedSecret extends Secret {
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

/** UTF-8: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const maximumBytes = 25 * 1024;

/** Until a time in milliseconds since the epoch. */
interface Transition {
  readonly kind: 'deleting' | 'recovering' | 'purging';
  readonly until: number;
}

interface Entry extends Secret {
  deleted?: { readonly deletedDate: number; readonly scheduledPurgeDate: number };
  transition?: Transition;
}

/**
 * Names ignore case. Methods throw the `KeyVaultError` of the data plane.
 * @see https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
 */
export class Secrets {
  readonly #entries = new Map<string, Entry>();
  readonly #latency: Latency;
  readonly #retentionDays: number;

  constructor(latency: Latency, retentionDays: number) {
    this.#latency = latency;
    this.#retentionDays = retentionDays;
  }

  set(name: string, value: string, changes: SecretChanges): SecretVersion {
    if (Buffer.byteLength(value) > maximumBytes) {
      throw badParameter(`The secret value is larger than the maximum of ${maximumBytes} bytes.`);
    }
    const entry = this.#find(name);
    if (entry) requireNotDeleted(entry);
    const now = unixSeconds();
    const version: SecretVersion = {
      version: randomBytes(16).toString('hex'),
      value,
      enabled: true,
      created: now,
      updated: now,
      ...changes,
    };
    if (entry) entry.versions.push(version);
    else this.#entries.set(name.toLowerCase(), { name, versions: [version] });
    return version;
  }

  /** @param version default: the newest */
  get(name: string, version?: string): { secret: Secret; version: SecretVersion } {
    const secret = this.#find(name);
    if (!secret || !isLive(secret)) throw secretNotFound(name);
    const found = version
      ? secret.versions.find(candidate => candidate.version === version.toLowerCase())
      : newestOf(secret);
    if (!found) throw secretNotFound(`${name}/${version}`);
    return { secret, version: found };
  }

  /** Fails if the version is disabled. Outside `nbf` and `exp` it is readable, as documented. */
  read(name: string, version?: string): { secret: Secret; version: SecretVersion } {
    const found = this.get(name, version);
    if (!found.version.enabled) {
      throw new KeyVaultError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', {
        innerCode: 'SecretDisabled',
      });
    }
    return found;
  }

  update(
    name: string,
    version: string | undefined,
    changes: SecretChanges,
  ): { secret: Secret; version: SecretVersion } {
    const found = this.get(name, version);
    Object.assign(found.version, changes, { updated: unixSeconds() });
    return found;
  }

  list(): Secret[] {
    return this.#all().filter(isLive);
  }

  /** After a moment, the secret can be recovered or purged. */
  delete(name: string): DeletedSecret {
    const entry = this.#find(name);
    if (!entry || entry.deleted) throw secretNotFound(name);
    requireNotDeleted(entry);
    const deletedDate = unixSeconds();
    entry.deleted = { deletedDate, scheduledPurgeDate: deletedDate + this.#retentionDays * 86_400 };
    entry.transition = this.#transition('deleting');
    return { ...entry, ...entry.deleted };
  }

  getDeleted(name: string): DeletedSecret {
    const entry = this.#find(name);
    if (!entry || !isDeleted(entry)) throw deletedSecretNotFound(name);
    return { ...entry, ...entry.deleted };
  }

  listDeleted(): DeletedSecret[] {
    return this.#all()
      .filter(isDeleted)
      .map(entry => ({ ...entry, ...entry.deleted }));
  }

  /** Readable after a moment. */
  recover(name: string): Secret {
    this.getDeleted(name);
    const entry = this.#entries.get(name.toLowerCase())!;
    entry.deleted = undefined;
    entry.transition = this.#transition('recovering');
    return entry;
  }

  /** The name is available after a moment. */
  purge(name: string): void {
    this.getDeleted(name);
    this.#entries.get(name.toLowerCase())!.transition = this.#transition('purging');
  }

  /** @returns false if the name exists, also deleted */
  restore({ name, versions }: Secret): boolean {
    if (this.#find(name)) return false;
    this.#entries.set(name.toLowerCase(), { name, versions });
    return true;
  }

  #all(): Entry[] {
    return [...this.#entries.keys()].map(name => this.#find(name)).filter(entry => entry !== undefined);
  }

  /** Ends a transition whose time is over. */
  #find(name: string): Entry | undefined {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry?.transition && entry.transition.until <= Date.now()) {
      if (entry.transition.kind === 'purging') {
        this.#entries.delete(name.toLowerCase());
        return undefined;
      }
      entry.transition = undefined;
    }
    return entry;
  }

  #transition(kind: Transition['kind']): Transition {
    return { kind, until: Date.now() + this.#latency.of('secret delete') };
  }
}

export function newestOf(secret: Secret): SecretVersion {
  return secret.versions.at(-1)!;
}

function isLive(entry: Entry): boolean {
  return entry.deleted === undefined && entry.transition === undefined;
}

function isDeleted(entry: Entry): entry is Entry & Required<Pick<Entry, 'deleted'>> {
  return entry.deleted !== undefined && entry.transition === undefined;
}

/** @throws KeyVaultError 409 if it is deleted or in a transition */
function requireNotDeleted(entry: Entry): void {
  const { name } = entry;
  if (entry.transition) {
    const doing = { deleting: 'deleted', recovering: 'recovered', purging: 'purged' }[entry.transition.kind];
    const innerCode =
      entry.transition.kind === 'recovering' ? 'ObjectIsBeingRecovered' : 'ObjectIsBeingDeleted';
    throw new KeyVaultError(
      409,
      'Conflict',
      `Secret ${name} is currently being ${doing} and cannot be re-created; retry later.`,
      { innerCode },
    );
  }
  if (entry.deleted) {
    throw new KeyVaultError(
      409,
      'Conflict',
      `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
      { innerCode: 'ObjectIsDeletedButRecoverable' },
    );
  }
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
