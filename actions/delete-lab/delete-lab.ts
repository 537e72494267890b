import {
  assignmentsOfLab,
  type Deletion,
  deleteLab as deleteAll,
  purgeLab,
  readLab,
} from '../shared/deletion/delete-lab.ts';
import { deletedVaultProblem, listDeletedVaults } from '../shared/deletion/deleted-vaults.ts';
import { describeResource, groupId, isBelow } from '../shared/deletion/inventory.ts';
import { type Lab, proofFor } from '../shared/deletion/ownership.ts';
import { ActionFailed } from '../shared/failures.ts';
import { tagOf } from '../shared/ownership.ts';
import { preflight } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { alreadyGone } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

export async function deleteLab(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { resourceGroup, timeoutMinutes, dryRun, owner } = inputs;
  const { az, report } = tools;
  const { subscriptionId } = await preflight(
    inputs.account,
    { permissions: dryRun ? [] : requiredPermissions(resourceGroup) },
    tools,
  );
  const proof = await proofFor(owner, { notDue: () => undefined, unattended: false }, az);
  const deletion = { subscriptionId, proof, timeoutMinutes };

  const lab = await readLab(resourceGroup, deletion, tools);
  if (lab && lab.groupStays !== undefined && lab.resources.length + lab.blocked.length === 0)
    throw nothingOfLab(lab, owner.repository);
  if (dryRun) return reportDryRun(lab, deletion, inputs, tools);

  if (lab) {
    const kept = await deleteAll(lab, deletion, tools);
    if (kept.length > 0)
      throw new ActionFailed(
        `Resource group ${resourceGroup} changed while the lab in it was deleted:\n${kept.map(text => `- ${text}`).join('\n')}`,
        'if another run uses this lab, wait until it ends. Then run this step again.',
      );
  } else {
    await report.step('Resource group', resourceGroup, async () => alreadyGone(undefined));
    await report.step('Deleted vaults of', resourceGroup, () => purgeLab(resourceGroup, [], deletion, tools));
  }
  return { deleted: 'true', kept: keptIds(lab) };
}

function keptIds(lab: Lab | undefined): string {
  return JSON.stringify((lab?.others ?? []).map(({ resource }) => resource.id));
}

function nothingOfLab({ group, groupStays, others }: Lab, repository: string): ActionFailed {
  const kept = others.map(({ resource, reason }) => `\n- ${describeResource(resource)}: ${reason}`);
  const owner = tagOf(group.tags, 'repository');
  return new ActionFailed(
    `Resource group ${quote(group.name)} is not a lab of ${repository || 'no repository'}: ${groupStays}. Nothing was deleted.${kept.join('')}`,
    owner && groupStays?.includes('repository')
      ? `check the name. To delete the lab of ${owner}, set the input repository: ${owner}`
      : `check the name. If the group is a lab that has lost its tags, restore them: az tag update --resource-id ${group.id} --operation merge --tags managed-by=workload-identity-lab${repository && ` repository=${repository}`}`,
  );
}

function requiredPermissions(resourceGroup: string) {
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

async function reportDryRun(
  lab: Lab | undefined,
  { subscriptionId, proof }: Deletion,
  { resourceGroup }: Inputs,
  { az, report }: Tools,
): Promise<Record<string, string>> {
  const would = (what: string, name: string) =>
    report.step(what, name, async () => ({ outcome: 'would be deleted', value: undefined }));
  if (lab && lab.groupStays === undefined && lab.others.length + lab.blocked.length === 0)
    await would('Resource group', resourceGroup);
  for (const resource of lab?.resources ?? []) await would('Resource', describeResource(resource));
  const assignments = lab ? await assignmentsOfLab(lab, { az }) : [];
  for (const { role, scope } of assignments) await would('Role assignment', `${role} on ${scope}`);
  for (const vault of await listDeletedVaults(az)) {
    const inGroup = isBelow(vault.properties.vaultId, groupId(subscriptionId, resourceGroup));
    if (inGroup && deletedVaultProblem(vault, proof) === undefined) await would('Deleted vault', vault.name);
  }
  return { deleted: 'false', kept: keptIds(lab) };
}
