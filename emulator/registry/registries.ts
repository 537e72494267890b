import { randomBytes, randomUUID } from 'node:crypto';
import { IdMap } from '../arm/resource-id.ts';
import { Images } from './images.ts';
import type { Run } from './runs.ts';

export type Sku = 'Basic' | 'Standard' | 'Premium';

/** Data roles (Abac) can have conditions on repositories. */
export type RoleAssignmentMode = 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions';

export class Registry {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Host name. */
  readonly loginServer: string;
  readonly creationDate: Date = new Date();
  /** For uploads, logs, and layers. */
  readonly container = `${randomUUID().replaceAll('-', '')}-${randomBytes(5).toString('hex')}`;
  readonly images = new Images();
  /** By ID, oldest first. */
  readonly runs = new Map<string, Run>();
  provisioningState: 'Creating' | 'Succeeded' | 'Failed' = 'Creating';
  tags: Readonly<Record<string, string>> = {};
  sku: Sku = 'Standard';
  adminUserEnabled = false;
  anonymousPullEnabled = false;
  roleAssignmentMode: RoleAssignmentMode = 'LegacyRegistryPermissions';
  /** `enabled`: tokens for Resource Manager can sign in. */
  armTokens: 'enabled' | 'disabled' = 'enabled';
  systemData: Readonly<Record<string, unknown>> = {};

  constructor(options: {
    id: string;
    name: string;
    resourceGroup: string;
    location: string;
    /** `azurecr.io`. */
    suffix: string;
  }) {
    this.loginServer = loginServerOf(options.name, options.suffix);
    this.id = options.id;
    this.name = options.name;
    this.resourceGroup = options.resourceGroup;
    this.location = options.location;
  }
}

export function loginServerOf(name: string, suffix: string): string {
  return `${name.toLowerCase()}.${suffix}`;
}

/** A name is unique in all of Azure. */
export class Registries {
  readonly #registries = new IdMap<Registry>();

  add(registry: Registry): Registry {
    return this.#registries.set(registry.name, registry);
  }

  find(name: string): Registry | undefined {
    return this.#registries.get(name);
  }

  all(): Registry[] {
    return this.#registries.values();
  }

  remove(registry: Registry): void {
    this.#registries.delete(registry.name);
  }
}
