import { randomBytes, randomUUID } from 'node:crypto';
import { IdMap } from '../arm/resource-id.ts';
import { Images } from './images.ts';
import type { Run } from './runs.ts';

export type Sku = 'Basic' | 'Standard' | 'Premium';

/** How a registry decides: by roles for the whole of it, or by data roles that can be narrowed to repositories. */
export type RoleAssignmentMode = 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions';

/** A container registry. */
export class Registry {
  /** The whole ARM id. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Its host name. */
  readonly loginServer: string;
  readonly creationDate: Date = new Date();
  /** Name of the storage container that its uploads, logs and layers lie in. */
  readonly container = `${randomUUID().replaceAll('-', '')}-${randomBytes(5).toString('hex')}`;
  readonly images = new Images();
  /** By run id, oldest first. */
  readonly runs = new Map<string, Run>();
  provisioningState: 'Creating' | 'Succeeded' | 'Failed' = 'Creating';
  tags: Readonly<Record<string, string>> = {};
  sku: Sku = 'Standard';
  adminUserEnabled = false;
  anonymousPullEnabled = false;
  roleAssignmentMode: RoleAssignmentMode = 'LegacyRegistryPermissions';
  /** Whether a token for Resource Manager signs in to the registry. */
  armTokens: 'enabled' | 'disabled' = 'enabled';
  systemData: Readonly<Record<string, unknown>> = {};

  constructor(options: {
    id: string;
    name: string;
    resourceGroup: string;
    location: string;
    /** Of the host names of the cloud's registries: `azurecr.io`. */
    suffix: string;
  }) {
    this.loginServer = loginServerOf(options.name, options.suffix);
    this.id = options.id;
    this.name = options.name;
    this.resourceGroup = options.resourceGroup;
    this.location = options.location;
  }
}

/** The host name of the registry of that name. */
export function loginServerOf(name: string, suffix: string): string {
  return `${name.toLowerCase()}.${suffix}`;
}

/** Every registry there is: a name belongs to one of them in all of Azure. */
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
