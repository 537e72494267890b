import { findResource } from '../shared/az.ts';
import type { Tags } from '../shared/ownership.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

export interface Registry {
  id: string;
  tags?: Tags | null;
  loginServer: string;
  provisioningState: string;
  roleAssignmentMode?: string | null;
}

/**
 * True if only roles for repositories apply to the registry's images. Contributor and AcrPush then have no effect.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export function usesRepositoryPermissions(registry: Registry | undefined): boolean {
  return registry?.roleAssignmentMode === 'AbacRepositoryPermissions';
}

export function registryArguments({ registryName, group }: Inputs): string[] {
  return ['--name', registryName, '--resource-group', group.name];
}

export function readRegistry(inputs: Inputs, { az }: Pick<Tools, 'az'>): Promise<Registry | undefined> {
  return findResource<Registry>(az, ['acr', 'show', ...registryArguments(inputs)]);
}

/** @param existing the registry as read by the preflight. */
export async function ensureRegistry(
  inputs: Inputs,
  tools: Tools,
  existing: Registry | undefined,
): Promise<Done<Registry>> {
  const found = existing && (await waitUntilSettled(inputs, tools, existing));
  const { group } = inputs;
  const { az, report, log } = tools;
  if (found) {
    if (inputs.create) await renewExpiry(az, group, found, log);
    return alreadyThere(found);
  }

  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Registry>([
      ...['acr', 'create', ...registryArguments(inputs), '--location', group.location],
      ...['--sku', 'Standard', ...tagArguments(group.tags)],
      // Explicit, because the default will change, and AcrPull has no effect in the other mode:
      // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
      ...['--role-assignment-mode', 'rbac'],
    ]),
  );
}

/** @returns undefined if the registry was deleted. */
function waitUntilSettled(inputs: Inputs, tools: Tools, existing: Registry): Promise<Registry | undefined> {
  const { time, log, retrySeconds } = tools;
  let next: Registry | undefined = existing;
  return poll<Registry | undefined>(
    { what: `Registry ${inputs.registryName}`, timeoutSeconds: retrySeconds, time, log },
    async () => {
      const registry = next ?? (await readRegistry(inputs, tools));
      next = undefined;
      if (!registry?.provisioningState.endsWith('ing')) return { value: registry };
      return { state: registry.provisioningState };
    },
  );
}
