import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import type { World } from '../world.ts';
import { Backups } from './backups.ts';
import { createDataPlane } from './data-plane.ts';
import { createProvider } from './management.ts';
import { Vaults } from './vaults.ts';

/**
 * Key Vault.
 * @returns the resource provider `Microsoft.KeyVault`, what answers for `*.vault.azure.net`, and the vaults themselves
 */
export function createKeyVault(world: World): {
  provider: ResourceProvider;
  service: Service;
  vaults: Vaults;
} {
  const vaults = new Vaults();
  const service = createDataPlane(world, vaults, new Backups());
  return { provider: createProvider(world, vaults), service, vaults };
}
