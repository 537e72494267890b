import { IdMap } from '../arm/resource-id.ts';
import type { Secrets } from './secrets.ts';

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

/** With Resource Manager's names. */
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
  /** True: roles. Otherwise access policies. Undefined if no client has set it. */
  enableRbacAuthorization?: boolean;
  enablePurgeProtection?: true;
  publicNetworkAccess: string;
}

/** Also while it is soft-deleted. */
export interface Vault {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  tags: Readonly<Record<string, string>>;
  properties: VaultProperties;
  systemData: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  /** Its host name resolves from then on. Milliseconds since the epoch. */
  registeredAt: number;
}

export interface DeletedVault {
  readonly vault: Vault;
  readonly deletionDate: Date;
  readonly scheduledPurgeDate: Date;
}

/** A name is unique in all of Azure. */
export class Vaults {
  readonly #live = new IdMap<Vault>();
  readonly #deleted = new IdMap<DeletedVault>();
  readonly #taken = new IdMap<true>();
  /** Milliseconds until the list shows a deleted vault. */
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

  /** For another subscription. */
  takeName(name: string): void {
    this.#taken.set(name, true);
  }

  /** By another subscription. */
  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }

  all(): Vault[] {
    return this.#live.values();
  }

  listDeleted(): DeletedVault[] {
    const latest = Date.now() - this.listedAfter;
    return this.#deleted.values().filter(({ deletionDate }) => deletionDate.getTime() <= latest);
  }

  /** Keeps name and secrets until it is recovered or purged. */
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

  recover({ vault }: DeletedVault): Vault {
    this.#deleted.delete(vault.name);
    return this.#live.set(vault.name, vault);
  }

  purge({ vault }: DeletedVault): void {
    this.#deleted.delete(vault.name);
  }
}
