import { IdMap } from '../arm/resource-id.ts';
import type { Secrets } from './secrets.ts';

/** Who may do what in a vault that decides by access policies. */
export interface AccessPolicy {
  readonly tenantId: string;
  readonly objectId: string;
  readonly applicationId?: string;
  readonly permissions: {
    readonly keys?: readonly string[];
    readonly secrets?: readonly string[];
    readonly certificates?: readonly string[];
    readonly storage?: readonly string[];
  };
}

/** A vault's properties, by the names that Resource Manager gives them. */
export interface VaultProperties {
  sku: unknown;
  tenantId: string;
  networkAcls?: unknown;
  accessPolicies: readonly AccessPolicy[];
  enabledForDeployment: boolean;
  enabledForDiskEncryption?: boolean;
  enabledForTemplateDeployment?: boolean;
  enableSoftDelete: true;
  softDeleteRetentionInDays: number;
  /** Whether roles decide, and not access policies; missing where nobody has said so. */
  enableRbacAuthorization?: boolean;
  enablePurgeProtection?: true;
  publicNetworkAccess: string;
}

/** A vault, or what is left of it while it is soft-deleted. */
export interface Vault {
  /** The whole ARM id. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  tags: Readonly<Record<string, string>>;
  properties: VaultProperties;
  systemData: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  /** Milliseconds since the epoch from which its host name resolves. */
  registeredAt: number;
}

/** A soft-deleted vault. */
export interface DeletedVault {
  readonly vault: Vault;
  readonly deletionDate: Date;
  readonly scheduledPurgeDate: Date;
}

/** Every vault there is, living and soft-deleted: a name belongs to one of them in all of Azure. */
export class Vaults {
  readonly #live = new IdMap<Vault>();
  readonly #deleted = new IdMap<DeletedVault>();
  readonly #taken = new IdMap<true>();
  /** How long a deleted vault is missing in the list of deleted vaults, in milliseconds. */
  listedAfter = 0;

  add(vault: Vault): void {
    this.#live.set(vault.name, vault);
  }

  find(name: string): Vault | undefined {
    return this.#live.get(name);
  }

  findDeleted(name: string): DeletedVault | undefined {
    return this.#deleted.get(name);
  }

  /** Gives a name to a vault of somebody else's subscription, living or soft-deleted: nothing here tells which. */
  takeName(name: string): void {
    this.#taken.set(name, true);
  }

  /** Whether a vault of another subscription has the name. */
  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }

  all(): Vault[] {
    return this.#live.values();
  }

  /** Those that the list of deleted vaults shows by now. */
  listDeleted(): DeletedVault[] {
    const latest = Date.now() - this.listedAfter;
    return this.#deleted.values().filter(({ deletionDate }) => deletionDate.getTime() <= latest);
  }

  /** Soft-deletes a vault: it keeps its name and its secrets until it is recovered or purged. */
  delete(vault: Vault): void {
    const deletionDate = new Date();
    const retention = vault.properties.softDeleteRetentionInDays * 86_400_000;
    this.#live.delete(vault.name);
    this.#deleted.set(vault.name, {
      vault,
      deletionDate,
      scheduledPurgeDate: new Date(deletionDate.getTime() + retention),
    });
  }

  /** Brings a soft-deleted vault back. */
  recover({ vault }: DeletedVault): Vault {
    this.#deleted.delete(vault.name);
    return this.#live.set(vault.name, vault);
  }

  /** Takes a soft-deleted vault away for good. */
  purge({ vault }: DeletedVault): void {
    this.#deleted.delete(vault.name);
  }
}
