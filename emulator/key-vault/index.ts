import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http.ts';
import type { World } from '../world.ts';
import { Backups } from './backups.ts';
import { createDataPlane } from './data-plane.ts';
import { createProvider } from './management.ts';
import { Vaults } from './vaults.ts';

/**
 * Key Vault.
 * @returns the resource provider `Microsoft.KeyVault`, and what answers for `*.vault.azure.net`
 */
export function createKeyVault(world: World): { provider: ResourceProvider; service: Service } {
  const vaults = new Vaults();
  return { provider: createProvider(world, vaults), service: createDataPlane(world, vaults, new Backups()) };
}
