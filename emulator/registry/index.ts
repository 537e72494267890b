import type { ResourceProvider } from '../arm/provider.ts';
import type { Service } from '../http/service.ts';
import { BlobStore, createBlobService } from './blobs.ts';
import type { BuildSwitch } from './build-switch.ts';
import type { RegistryContext } from './context.ts';
import { createDataPlane } from './data-plane.ts';
import { createProvider } from './management.ts';
import { Registries } from './registries.ts';

/** @returns the resource provider, `*.azurecr.io`, and their storage accounts (`*.blob.core.windows.net`) */
export function createRegistries(
  context: RegistryContext,
  builds: BuildSwitch = { allowed: true, throttled: 0 },
): {
  provider: ResourceProvider;
  registryService: Service;
  blobService: Service;
} {
  const registries = new Registries();
  const blobs = new BlobStore(context.cloud.suffixes.storage);
  return {
    provider: createProvider(context, registries, blobs, builds),
    registryService: createDataPlane(context, registries, blobs),
    blobService: createBlobService(blobs),
  };
}
