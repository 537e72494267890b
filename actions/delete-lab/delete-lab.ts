import { lookUp } from '../shared/az.ts';
import { ActionFailed } from '../shared/failures.ts';
import { alreadyGone, type Done, deleted } from '../shared/report.ts';
import { MANAGED_BY } from '../shared/resource-group.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

interface Group {
  tags?: Record<string, string> | null;
  properties?: { provisioningState?: string };
}

interface DeletedVault {
  name: string;
  properties: { vaultId: string; location: string; tags?: Record<string, string> | null };
}

const LISTED_WITHIN = 60_000;

/** Takes away what the lab made: the resource group with all that is in it, and then what Azure keeps of its vaults. */
export async function deleteLab(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { report } = tools;

  const vaults = await report.step('Resource group', inputs.resourceGroup, () => deleteGroup(inputs, tools));
  await report.step('Deleted vaults of', inputs.resourceGroup, () => purgeVaults(vaults, inputs, tools));

  return { deleted: 'true' };
}

/** Deletes the group and sees that it is gone. Gives the names of the vaults that were in it. */
async function deleteGroup(inputs: Inputs, tools: Tools): Promise<Done<string[]>> {
  const { resourceGroup, timeoutMinutes } = inputs;
  const { az, time, log } = tools;

  const group = await lookUp<Group>(az, ['group', 'show', '--name', resourceGroup]);
  if (!group) return alreadyGone([]);
  if (group.tags?.['managed-by'] !== MANAGED_BY) {
    throw new ActionFailed(
      `Resource group ${resourceGroup} has no tag managed-by=${MANAGED_BY}, so the lab did not make it. Nothing was deleted.`,
      `Check the name. If it is to go all the same: az group delete --name ${resourceGroup}`,
    );
  }

  // Without --resource-type az swallows every error of this command and lists nothing.
  const vaults = await az<{ name: string }[]>([
    'keyvault',
    'list',
    '--resource-group',
    resourceGroup,
    '--resource-type',
    'vault',
  ]);
  await az(['group', 'delete', '--name', resourceGroup, '--yes', '--no-wait']);

  let deleting = false;
  await poll(
    { what: `Resource group ${resourceGroup}`, timeoutSeconds: timeoutMinutes * 60, time, log },
    async () => {
      const state = (await lookUp<Group>(az, ['group', 'show', '--name', resourceGroup]))?.properties
        ?.provisioningState;
      if (state === undefined) return { value: true };
      if (deleting && state !== 'Deleting') {
        throw new ActionFailed(
          `Resource group ${resourceGroup} was not deleted: Azure gave up, and it is in state ${state} again.`,
          `Something in it resists, often a lock. What it is: az group delete --name ${resourceGroup}`,
          'https://learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group',
        );
      }
      deleting ||= state === 'Deleting';
      return { state };
    },
  );
  return deleted(vaults.map(vault => vault.name));
}

/** A deleted vault keeps its name, and its secrets, until it is purged. Purges the group's and sees that they are gone. */
async function purgeVaults(vaults: readonly string[], inputs: Inputs, tools: Tools): Promise<Done> {
  const { resourceGroup, vaultName, timeoutMinutes } = inputs;
  const { az, time, log } = tools;

  const ours = async (): Promise<DeletedVault[]> => {
    const all = await az<DeletedVault[]>(['keyvault', 'list-deleted', '--resource-type', 'vault']);
    return all.filter(
      ({ name, properties: { vaultId, tags } }) =>
        vaultId.toLowerCase().includes(`/resourcegroups/${resourceGroup.toLowerCase()}/`) &&
        // Those of earlier runs, which we find only now, must show that they are ours.
        (vaults.includes(name) || tags?.['managed-by'] === MANAGED_BY) &&
        (vaultName === '' || name.toLowerCase() === vaultName.toLowerCase()),
    );
  };

  const start = time.now();
  const asked = new Set<string>();
  await poll({ what: 'Purge', timeoutSeconds: timeoutMinutes * 60, time, log }, async () => {
    const left = await ours();
    for (const { name, properties } of left.filter(vault => !asked.has(vault.name))) {
      await az(['keyvault', 'purge', '--name', name, '--location', properties.location, '--no-wait']);
      asked.add(name);
    }
    if (left.length > 0) return { state: `${left.map(vault => vault.name).join(', ')} being purged` };
    // A vault that is deleted takes a moment to be listed; one that does not come is gone already.
    const unseen = vaults.filter(name => !asked.has(name) && (vaultName === '' || name === vaultName));
    if (unseen.length > 0 && time.now() - start < LISTED_WITHIN)
      return { state: `${unseen.join(', ')} not listed as deleted yet` };
    return { value: true };
  });
  return asked.size === 0 ? alreadyGone(undefined) : deleted(undefined);
}
