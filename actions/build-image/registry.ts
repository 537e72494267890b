import { findResource } from '../shared/az.ts';
import type { Tags } from '../shared/ownership.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

/** What `az acr show` tells of a registry, as far as it is needed here. */
export interface Registry {
  id: string;
  tags?: Tags | null;
  loginServer: string;
  provisioningState: string;
  roleAssignmentMode?: string | null;
}

/**
 * Whether only roles that are made for repositories count for the registry's images; Contributor and AcrPush then do not.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export function decidesByRepository(registry: Registry | undefined): boolean {
  return registry?.roleAssignmentMode === 'AbacRepositoryPermissions';
}

/** az's arguments that name the registry. */
export function registryOf({ registryName, group }: Inputs): string[] {
  return ['--name', registryName, '--resource-group', group.name];
}

export function showRegistry(inputs: Inputs, { az }: Pick<Tools, 'az'>): Promise<Registry | undefined> {
  return findResource<Registry>(az, ['acr', 'show', ...registryOf(inputs)]);
}

/**
 * Makes the registry, unless it is there; one that is there is never changed.
 * @param seen the registry as it was shown just now; undefined when there is none.
 */
export async function ensureRegistry(
  inputs: Inputs,
  tools: Tools,
  seen: Registry | undefined,
): Promise<Done<Registry>> {
  const found = seen && (await settled(inputs, tools, seen));
  const { group } = inputs;
  const { az, report, log } = tools;
  if (found) {
    if (inputs.create) await renewExpiry(az, group, found, log);
    return alreadyThere(found);
  }

  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Registry>([
      ...['acr', 'create', ...registryOf(inputs), '--location', group.location],
      ...['--sku', 'Standard', ...tagArguments(group.tags)],
      // Said, because the default is about to change, and in the other mode AcrPull lets nobody pull:
      // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
      ...['--role-assignment-mode', 'rbac'],
    ]),
  );
}

/** The registry once nobody makes, changes or deletes it; undefined when it is gone. */
function settled(inputs: Inputs, tools: Tools, seen: Registry): Promise<Registry | undefined> {
  const { time, log, retrySeconds } = tools;
  let next: Registry | undefined = seen;
  return poll<Registry | undefined>(
    { what: `Registry ${inputs.registryName}`, timeoutSeconds: retrySeconds, time, log },
    async () => {
      const registry = next ?? (await showRegistry(inputs, tools));
      next = undefined;
      if (!registry?.provisioningState.endsWith('ing')) return { value: registry };
      return { state: registry.provisioningState };
    },
  );
}
