import { lookUp } from '../az.ts';
import { ActionFailed } from '../failures.ts';
import { deleted } from '../report.ts';
import { poll, TimedOut } from '../retry.ts';
import type { Tools } from '../tools.ts';
import { purgeVaults } from './deleted-vaults.ts';
import { type Doomed, describeResource, findLab, isOfType, type Lab, type Resource } from './find-lab.ts';
import { assignmentsOf, deleteAssignments, leavingWith, reasonOf } from './principals.ts';

const VAULT = 'Microsoft.KeyVault/vaults';

/** How each kind of thing that the lab makes is deleted, where its group stays. */
const DELETIONS: readonly [type: string, command: readonly string[], more: readonly string[]][] = [
  ['Microsoft.ContainerService/managedClusters', ['aks', 'delete'], ['--yes', '--no-wait']],
  ['Microsoft.ContainerRegistry/registries', ['acr', 'delete'], ['--yes']],
  [VAULT, ['keyvault', 'delete'], []],
  ['Microsoft.ManagedIdentity/userAssignedIdentities', ['identity', 'delete'], []],
];

/** How a deletion is to be done. */
export interface Deletion {
  doomed: Doomed;
  timeoutMinutes: number;
  /** '' purges every vault that was deleted with the lab. */
  vaultName?: string;
}

/**
 * Deletes a lab: its principals' role assignments elsewhere, then its group, or where that holds other things, too, what
 * is the lab's in it, and then what Azure keeps of its vaults. Sees that nothing is left.
 * @throws {ActionFailed} with all that could not be removed.
 */
export async function deleteLab(lab: Lab, deletion: Deletion, tools: Tools): Promise<void> {
  const { resourceGroup, whole, resources, others } = lab;
  const { az, report, log } = tools;
  if (!whole && others.length > 0) {
    log.warning(
      `Resource group ${resourceGroup} holds what is not to go (${others.map(describeResource).join(', ')}): only what is goes, and the group stays.`,
    );
  }
  const leaving = await leavingWith(az, lab);
  const left = await deleteAssignments(leaving, tools);

  const missed = (error: unknown) => void left.push(reasonOf(error));
  let vaults = resources.filter(resource => isOfType(resource, VAULT)).map(({ name }) => name);
  if (whole) {
    await report
      .step('Resource group', resourceGroup, () => deleteGroup(lab, deletion, tools))
      .catch(error => {
        missed(error);
        vaults = []; // It cannot be said which went.
      });
  } else left.push(...(await deleteResources(lab, deletion, tools)));

  await report
    .step('Deleted vaults of', resourceGroup, () => purgeLab(resourceGroup, vaults, deletion, tools))
    .catch(missed);
  for (const { id } of await assignmentsOf(az, leaving)) {
    if (!left.some(text => text.includes(id))) left.push(`role assignment ${id}: it is still there`);
  }
  if (left.length > 0) throw notRemoved(resourceGroup, left);
}

/** Purges the deleted vaults of a group: those that went just now, and those that earlier deletions left. */
export function purgeLab(
  resourceGroup: string,
  vaults: readonly string[],
  { doomed, timeoutMinutes, vaultName = '' }: Deletion,
  tools: Tools,
): ReturnType<typeof purgeVaults> {
  const named = (name: string) => vaultName === '' || name.toLowerCase() === vaultName.toLowerCase();
  return purgeVaults(
    ({ name, properties: { vaultId, tags } }) =>
      vaultId.toLowerCase().includes(`/resourcegroups/${resourceGroup.toLowerCase()}/`) &&
      // Those of earlier runs, which are found only now, must show that they are to go.
      (vaults.includes(name) || doomed(tags)) &&
      named(name),
    vaults.filter(named),
    timeoutMinutes,
    tools,
  );
}

async function deleteGroup(
  { resourceGroup }: Lab,
  { timeoutMinutes }: Deletion,
  { az, time, log }: Tools,
): Promise<ReturnType<typeof deleted>> {
  await az(['group', 'delete', '--name', resourceGroup, '--yes', '--no-wait']);
  let deleting = false;
  const wait = { what: `Resource group ${resourceGroup}`, timeoutSeconds: timeoutMinutes * 60, time, log };
  const options = { ...wait, goesOn: 'its deletion goes on in Azure' };
  const show = ['group', 'show', '--name', resourceGroup];
  try {
    await poll(options, async () => {
      const group = await lookUp<{ properties?: { provisioningState?: string } }>(az, show);
      const state = group?.properties?.provisioningState;
      if (state === undefined) return { value: true };
      if (deleting && state !== 'Deleting')
        throw await groupStays(az, resourceGroup, `Azure gave up, and it is in state ${state} again`);
      deleting ||= state === 'Deleting';
      return { state };
    });
  } catch (error) {
    throw error instanceof TimedOut ? await groupStays(az, resourceGroup, error.message) : error;
  }
  return deleted(undefined);
}

async function groupStays(az: Tools['az'], resourceGroup: string, why: string): Promise<Error> {
  const inside = await az<Resource[]>(['resource', 'list', '--resource-group', resourceGroup]);
  return new Error(
    `Resource group ${resourceGroup} was not deleted: ${why}. In it still: ${inside.map(describeResource).join(', ') || 'nothing that is listed'}.`,
  );
}

/** Deletes the lab's resources one by one. @returns what could not be deleted, each as a phrase with the reason. */
async function deleteResources(
  { resourceGroup, resources }: Lab,
  { doomed, timeoutMinutes }: Deletion,
  { az, time, log, report }: Tools,
): Promise<string[]> {
  const left: string[] = [];
  const group = ['--resource-group', resourceGroup];
  const known = DELETIONS.flatMap(([type, command, more]) =>
    resources.filter(resource => isOfType(resource, type)).map(resource => ({ resource, command, more })),
  );
  for (const resource of resources.filter(each => !known.some(({ resource: { id } }) => id === each.id)))
    left.push(`${describeResource(resource)}: the lab makes nothing of this kind, whatever its tags say`);
  const asked = new Set<string>();
  for (const { resource, command, more } of known) {
    await report
      .step('Resource', describeResource(resource), async () => {
        await az([...command, '--name', resource.name, ...group, ...more]);
        asked.add(resource.id);
        return deleted(undefined);
      })
      .catch(error => left.push(`${describeResource(resource)}: ${reasonOf(error)}`));
  }
  const wait = { what: `Resources of ${resourceGroup}`, timeoutSeconds: timeoutMinutes * 60, time, log };
  const options = { ...wait, goesOn: 'their deletion goes on in Azure' };
  const look = async () => {
    const still =
      (await findLab(az, resourceGroup, doomed))?.resources.filter(({ id }) => asked.has(id)) ?? [];
    return still.length === 0
      ? { value: true }
      : { state: `still there: ${still.map(describeResource).join(', ')}` };
  };
  await poll(options, look).catch(error => left.push(reasonOf(error)));
  return left;
}

function notRemoved(resourceGroup: string, left: readonly string[]): ActionFailed {
  return new ActionFailed(
    `Of the lab in ${resourceGroup} this could not be removed:\n${left.map(text => `- ${text}`).join('\n')}`,
    `Mend what each line names, often a missing right (Microsoft.Authorization/roleAssignments/delete) or a lock (az lock list --resource-group ${resourceGroup}), and run this again; it goes on from what is left.`,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
  );
}
