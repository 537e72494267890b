import { ActionFailed } from '../failures.ts';
import { permissionsAt } from '../permissions.ts';
import { quote } from '../quote.ts';
import { alreadyGone, type Done, deleted } from '../report.ts';
import { poll, TimedOut } from '../retry.ts';
import type { Tools } from '../tools.ts';
import { deletedVaultProblem, purgeVaults, type VaultDeletedNow } from './deleted-vaults.ts';
import {
  CLUSTER,
  describeResource,
  groupId,
  IDENTITY,
  isBelow,
  isOfType,
  kindOf,
  type Resource,
  readGroup,
  readInventory,
  readResource,
  sameId,
  seesEverything,
} from './inventory.ts';
import { findLab, groupProblem, isVault, type Lab, type Proof, resourceProblem } from './ownership.ts';
import {
  type Assignment,
  assignmentsOf,
  deleteAssignments,
  listAssignments,
  reasonOf,
} from './principals.ts';

export interface Deletion {
  subscriptionId: string;
  proof: Proof;
  timeoutMinutes: number;
}

export async function readLab(
  resourceGroup: string,
  { subscriptionId, proof }: Omit<Deletion, 'timeoutMinutes'>,
  { az }: Pick<Tools, 'az'>,
): Promise<Lab | undefined> {
  const inventory = await readInventory(az, subscriptionId, resourceGroup);
  return inventory && findLab(inventory.group, inventory.resources, proof);
}

/** The role assignments that end with the lab, and that nothing else deletes. */
export async function assignmentsOfLab(lab: Lab, { az }: Pick<Tools, 'az'>): Promise<Assignment[]> {
  if (!hasPrincipals(lab)) return [];
  const all = await listAssignments(az);
  return lab.resources.flatMap(resource => assignmentsOf(resource, lab, all));
}

function hasPrincipals({ resources }: Lab): boolean {
  return resources.some(resource => isOfType(resource, CLUSTER) || isOfType(resource, IDENTITY));
}

/**
 * Deletes the group only if it is empty, because Azure deletes everything in a group, listed or not. Each proof is read
 * again directly before its deletion.
 * @returns why resources stay whose proof did not hold any more, each as a phrase
 * @throws {ActionFailed} with all that could not be deleted.
 */
export async function deleteLab(lab: Lab, deletion: Deletion, tools: Tools): Promise<string[]> {
  const { group, groupStays, others, blocked } = lab;
  const { report, log } = tools;
  if (others.length > 0) {
    const kept = others.map(({ resource, reason }) => `${describeResource(resource)} (${reason})`);
    log.warning(`Resource group ${group.name} stays, and in it: ${kept.join(', ')}.`);
  }
  const left = blocked.map(
    ({ resource, reason }) =>
      `${describeResource(resource)}: ${reason}. Delete or move that resource first: az resource delete --ids ${resource.id}/…`,
  );
  const kept: string[] = [];
  const { deletedNow, allGone } = await deleteResources(lab, deletion, tools, { left, kept });

  if (groupStays === undefined && others.length + blocked.length === 0 && allGone) {
    await report
      .step('Resource group', group.name, () => deleteGroup(lab, deletion, tools))
      .catch(error => {
        if (error instanceof ProofLost) kept.push(error.message);
        else left.push(reasonOf(error));
      });
  }
  await report
    .step('Deleted vaults of', group.name, () =>
      purgeLab(group.name, deletedNow.filter(isVault), deletion, tools, groupStays),
    )
    .catch(error => void left.push(reasonOf(error)));
  if (left.length > 0) throw notDeleted(group.name, [...left, ...kept]);
  return kept;
}

class ProofLost extends Error {}

/** @param groupStays why an existing group is not the lab's, or not due */
export function purgeLab(
  resourceGroup: string,
  deletedNow: readonly Resource[],
  { subscriptionId, proof, timeoutMinutes }: Deletion,
  tools: Tools,
  groupStays?: string,
): Promise<Done> {
  // In a group of another owner, the tags of a vault alone prove nothing. Azure purges it after its retention.
  const tagsCount = !proof.unattended || groupStays === undefined;
  const inGroup = groupId(subscriptionId, resourceGroup);
  const vaults: VaultDeletedNow[] = deletedNow.map(({ id, name, location = '' }) => ({ id, name, location }));
  return purgeVaults(
    vault =>
      tagsCount &&
      isBelow(vault.properties.vaultId, inGroup) &&
      deletedVaultProblem(vault, proof) === undefined,
    vaults,
    timeoutMinutes,
    tools,
  );
}

/** @returns what was deleted. Appends to `failures` what could not be deleted, and what stays because its proof was lost. */
async function deleteResources(
  lab: Lab,
  deletion: Deletion,
  tools: Tools,
  failures: { left: string[]; kept: string[] },
): Promise<{ deletedNow: Resource[]; allGone: boolean }> {
  const { az, report, time, log } = tools;
  let allGone = true;
  const place = ['--resource-group', lab.group.name];
  const assignments = hasPrincipals(lab) ? await listAssignments(az) : [];
  const ended: Assignment[] = [];
  const asked: Resource[] = [];
  const ordered = [...lab.resources].sort((one, other) => rank(one) - rank(other));
  for (const resource of ordered) {
    const { command, deletion: more } = kindOf(resource)!;
    const name = ['--name', resource.name, ...place];
    const what = describeResource(resource);
    try {
      const current = await readAgain(resource, lab, deletion, tools);
      if (current) {
        const own = assignmentsOf(current, lab, assignments);
        ended.push(...own);
        failures.left.push(...(await deleteAssignments(own, tools)));
      }
      await report.step('Resource', what, async () => {
        if (!current) return alreadyGone(undefined);
        await az([command, 'delete', ...name, ...more]);
        return deleted(undefined);
      });
      if (current) asked.push(current);
    } catch (error) {
      allGone = false;
      if (error instanceof ProofLost) failures.kept.push(error.message);
      else failures.left.push(`${what}: ${reasonOf(error)}`);
    }
  }

  const wait = {
    what: `Resources of ${lab.group.name}`,
    timeoutSeconds: deletion.timeoutMinutes * 60,
    time,
    log,
  };
  let still = asked;
  await poll({ ...wait, goesOn: 'their deletion continues in Azure' }, async () => {
    const shown = await Promise.all(still.map(resource => readResource(az, resource)));
    still = still.filter((_, index) => shown[index] !== undefined);
    return still.length === 0
      ? { value: true }
      : { state: `${still.map(describeResource).join(', ')} being deleted` };
  }).catch(error => failures.left.push(reasonOf(error)));

  if (ended.length > 0) {
    const now = await listAssignments(az);
    for (const { id } of ended.filter(each => now.some(other => sameId(other.id, each.id))))
      if (!failures.left.some(text => text.includes(id)))
        failures.left.push(
          `role assignment ${id}: it still exists. Delete it: az role assignment delete --ids ${id}`,
        );
  }
  return {
    deletedNow: asked.filter(resource => !still.includes(resource)),
    allGone: allGone && still.length === 0,
  };
}

function rank(resource: Resource): number {
  return isOfType(resource, CLUSTER) ? 0 : 1;
}

/**
 * Reads a resource directly before the deletion, and in a sweep its group, whose time a new run renews.
 * @returns undefined when it does not exist any more.
 * @throws {ProofLost} when it is not the lab's, or not due, any more.
 */
async function readAgain(
  resource: Resource,
  lab: Lab,
  { subscriptionId, proof }: Deletion,
  { az }: Tools,
): Promise<Resource | undefined> {
  const [group, current] = await Promise.all([
    proof.unattended ? readGroup(az, subscriptionId, lab.group.name) : lab.group,
    readResource(az, resource),
  ]);
  if (!group || !current) return undefined;
  const problem = sameId(current.id, resource.id)
    ? resourceProblem(current, group, proof)
    : `az shows ${quote(current.id)}`;
  if (problem) throw new ProofLost(`${describeResource(resource)} was not deleted: ${problem}.`);
  return current;
}

async function deleteGroup(
  { group: { name } }: Lab,
  { subscriptionId, proof, timeoutMinutes }: Deletion,
  { az, time, log }: Tools,
): Promise<Done> {
  const inventory = await readInventory(az, subscriptionId, name);
  if (!inventory) return alreadyGone(undefined);
  const inside = inventory.resources;
  if (inside.length > 0)
    throw new ProofLost(
      `Resource group ${name} was not deleted: meanwhile it contains ${inside.map(describeResource).join(', ')}.`,
    );
  const permissions = await permissionsAt(az, groupId(subscriptionId, name));
  if (!seesEverything(permissions))
    throw new Error(
      `Resource group ${name} was not deleted: the identity that az is logged in as is not allowed to read everything in it, so it is not known to be empty. Assign Contributor on the resource group, or delete it: az group delete --name ${name}`,
    );
  const group = await readGroup(az, subscriptionId, name);
  if (!group) return alreadyGone(undefined);
  const problem = groupProblem(group, proof);
  if (problem) throw new ProofLost(`Resource group ${name} was not deleted: ${problem}.`);
  await az(['group', 'delete', '--name', name, '--yes', '--no-wait']);

  let deleting = false;
  const wait = { what: `Resource group ${name}`, timeoutSeconds: timeoutMinutes * 60, time, log };
  try {
    await poll({ ...wait, goesOn: 'its deletion continues in Azure' }, async () => {
      const state = (await readGroup(az, subscriptionId, name))?.properties?.provisioningState;
      if (state === undefined) return { value: true };
      if (deleting && state !== 'Deleting')
        throw new Error(`Azure ended the deletion, and its state is ${state}`);
      deleting ||= state === 'Deleting';
      return { state };
    });
  } catch (error) {
    if (error instanceof TimedOut)
      throw new Error(`Resource group ${name} was not deleted: ${error.message}.`);
    throw error;
  }
  return deleted(undefined);
}

function notDeleted(resourceGroup: string, left: readonly string[]): ActionFailed {
  return new ActionFailed(
    `Of the lab in ${resourceGroup} these parts could not be deleted:\n${left.map(text => `- ${text}`).join('\n')}`,
    `fix what each line reports, often a missing permission (Microsoft.Authorization/roleAssignments/delete) or a lock (az lock list --resource-group ${resourceGroup}). Then run this step again; it continues with what is left.`,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
  );
}
