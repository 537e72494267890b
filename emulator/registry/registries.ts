import { randomBytes, randomUUID } from 'node:crypto';
import { IdMap } from '../arm/resource-id.ts';
import { Images } from './images.ts';
import type { Run } from './runs.ts';

export type Sku = 'Basic' | 'Standard' | 'Premium';

/** Roles for the whole registry, or data roles that conditions can limit to repositories. */
export type RoleAssignmentMode = 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions';

export class Registry {
  /** Resource ID. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Host name. */
  readonly loginServer: string;
  readonly creationDate: Date = new Date();
  /** Storage container for uploads, logs, and layers. */
  readonly container = `${randomUUID().replaceAll('-', '')}-${randomBytes(5).toString('hex')}`;
  readonly images = new Images();
  /** By run ID, oldest first. */
  readonly runs = new Map<string, Run>();
  provisioningState: 'Creating' | 'Succeeded' | 'Failed' = 'Creating';
  tags: Readonly<Record<string, string>> = {};
  sku: Sku = 'Standard';
  adminUserEnabled = false;
  anonymousPullEnabled = false;
  roleAssignmentMode: RoleAssignmentMode = 'LegacyRegistryPermissions';
  /** `enabled`: a client can sign in with a token for Resource Manager. */
  armTokens: 'enabled' | 'disabled' = 'enabled';
  systemData: Readonly<Record<string, unknown>> = {};

  constructor(options: {
    id: string;
    name: string;
    resourceGroup: string;
    location: string;
    /** Host name suffix of registries: `azurecr.io`. */
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

/** All registries. A name is unique in all of Azure. */
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
