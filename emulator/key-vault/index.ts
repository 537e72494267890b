import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import { Backups } from './backups.ts';
import type { KeyVaultContext } from './context.ts';
import { createDataPlane } from './data-plane.ts';
import { createProvider } from './management.ts';
import { Vaults } from './vaults.ts';

export function createKeyVault(context: KeyVaultContext): {
  provider: ResourceProvider;
  service: Service;
  vaults: Vaults;
} {
  const vaults = new Vaults();
  const service = createDataPlane(context, vaults, new Backups());
  return { provider: createProvider(context, vaults), service, vaults };
}
