import { deleteLab as deleteAll, purgeLab } from '../shared/deletion/delete-lab.ts';
import { listDeletedVaults } from '../shared/deletion/deleted-vaults.ts';
import { describeResource, findLab, type Lab, madeByLab } from '../shared/deletion/find-lab.ts';
import { assignmentsOf, leavingWith } from '../shared/deletion/principals.ts';
import { ActionFailed } from '../shared/failures.ts';
import { preflight } from '../shared/preflight.ts';
import { alreadyGone } from '../shared/report.ts';
import { MANAGED_BY } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

/** Takes away what the lab made, and only that: the resource group, what is in it, and what Azure keeps of its vaults. */
export async function deleteLab(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { resourceGroup, vaultName, timeoutMinutes, dryRun } = inputs;
  const { az, report } = tools;
  await preflight(inputs.account, { rights: dryRun ? [] : rights(resourceGroup) }, tools);

  const lab = await findLab(az, resourceGroup, madeByLab);
  if (lab && !madeByLab(lab.tags) && lab.resources.length === 0) {
    throw new ActionFailed(
      `Resource group ${resourceGroup} has nothing with the tag managed-by=${MANAGED_BY}, so the lab did not make it. Nothing was deleted.`,
      `Check the name. If it is to go all the same: az group delete --name ${resourceGroup}`,
      'https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources',
    );
  }
  if (dryRun) return tell(lab, inputs, tools);

  const deletion = { doomed: madeByLab, timeoutMinutes, vaultName };
  if (lab) await deleteAll(lab, deletion, tools);
  else {
    await report.step('Resource group', resourceGroup, async () => alreadyGone(undefined));
    await report.step('Deleted vaults of', resourceGroup, () => purgeLab(resourceGroup, [], deletion, tools));
  }
  return { deleted: 'true', kept: JSON.stringify((lab?.others ?? []).map(({ id }) => id)) };
}

function rights(resourceGroup: string) {
  return [
    {
      action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
      resourceGroup,
      remedy: 'Contributor',
    },
    {
      action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
      resourceGroup: '',
      remedy: 'Key Vault Purge Operator',
    },
  ];
}

/** Says what would be deleted. */
async function tell(
  lab: Lab | undefined,
  { resourceGroup }: Inputs,
  { az, report }: Tools,
): Promise<Record<string, string>> {
  const would = (what: string, name: string) =>
    report.step(what, name, async () => ({ outcome: 'would be deleted', value: undefined }));
  if (lab?.whole) await would('Resource group', resourceGroup);
  for (const resource of lab?.resources ?? []) await would('Resource', describeResource(resource));
  const assignments = lab ? await assignmentsOf(az, await leavingWith(az, lab)) : [];
  for (const { role, scope } of assignments) await would('Role assignment', `${role} on ${scope}`);
  const inGroup = `/resourcegroups/${resourceGroup.toLowerCase()}/`;
  for (const { name, properties } of await listDeletedVaults(az)) {
    if (properties.vaultId.toLowerCase().includes(inGroup) && madeByLab(properties.tags))
      await would('Deleted vault', name);
  }
  return { deleted: 'false', kept: JSON.stringify((lab?.others ?? []).map(({ id }) => id)) };
}
