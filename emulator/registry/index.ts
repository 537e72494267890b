import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import type { World } from '../world.ts';
import { BlobStore, createBlobService } from './blobs.ts';
import type { BuildSwitch } from './build-switch.ts';
import { createDataPlane } from './data-plane.ts';
import { createProvider } from './management.ts';
import { Registries } from './registries.ts';

/**
 * Container registries, with the builds of ACR Tasks.
 * @param builds whether they run builds; they do where it is missing
 * @returns the resource provider `Microsoft.ContainerRegistry`, what answers for `*.azurecr.io`, and what answers for
 * the storage accounts (`*.blob.core.windows.net`) that registries keep uploads, logs and layers in
 */
export function createRegistries(
  world: World,
  builds: BuildSwitch = { allowed: true, throttled: 0 },
): {
  provider: ResourceProvider;
  registryService: Service;
  blobService: Service;
} {
  const registries = new Registries();
  const blobs = new BlobStore(world.cloud.suffixes.storage);
  return {
    provider: createProvider(world, registries, blobs, builds),
    registryService: createDataPlane(world, registries, blobs),
    blobService: createBlobService(blobs),
  };
}
