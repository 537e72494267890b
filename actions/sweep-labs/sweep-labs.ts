import type { Az } from '../shared/az.ts';
import { type Deletion, deleteLab, readLab } from '../shared/deletion/delete-lab.ts';
import {
  type DeletedVault,
  deletedVaultProblem,
  listDeletedVaults,
  purgeVaults,
} from '../shared/deletion/deleted-vaults.ts';
import { type Group, isBelow, listAll, type Resource } from '../shared/deletion/inventory.ts';
import { groupProblem, proofFor } from '../shared/deletion/ownership.ts';
import { reasonOf } from '../shared/deletion/principals.ts';
import { ActionFailed } from '../shared/failures.ts';
import { MANAGED_BY, tagOf } from '../shared/ownership.ts';
import { preflight } from '../shared/preflight.ts';
import { cell } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { notExpired } from './expiry.ts';
import type { Inputs } from './inputs.ts';

interface SweptGroup {
  resourceGroup: string;
  outcome: 'deleted' | 'would be deleted' | 'left';
  reason: string;
}

/** Labs that are deleted at the same time. Each starts several processes of az. */
const PARALLEL_DELETIONS = 4;

export async function sweepLabs(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { az, report } = tools;
  const { subscriptionId } = await preflight(
    inputs.account,
    { permissions: inputs.dryRun ? [] : PERMISSIONS },
    tools,
  );
  const now = Date.now();
  const proof = await proofFor(inputs.owner, { notDue: tags => notExpired(tags, now), unattended: true }, az);
  const deletion = { subscriptionId, proof, timeoutMinutes: inputs.timeoutMinutes };

  const all = await az<Group[]>(['group', 'list']);
  const groups = await groupsWithLabs(all, subscriptionId, az);
  const found: SweptGroup[] = [];
  const queue = [...groups];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = await sweepOne(next, inputs, deletion, tools);
      if (one) found.push(one);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_DELETIONS }, work));
  found.sort((one, other) => one.resourceGroup.localeCompare(other.resourceGroup));
  const failed = found.filter(({ reason }) => reason.startsWith(FAILED));
  const failures = failed.map(({ resourceGroup, reason }) => `${resourceGroup}: ${reason}`);
  await sweepVaults(inputs, deletion, tools).catch(error => failures.push(reasonOf(error)));

  report.add(markdown(found));
  const names = (outcome: SweptGroup['outcome']) =>
    JSON.stringify(found.filter(each => each.outcome === outcome).map(each => each.resourceGroup));
  const outputs = {
    found: JSON.stringify(found.map(({ resourceGroup }) => resourceGroup)),
    deleted: names('deleted'),
    left: names('left'),
  };
  if (failures.length > 0) {
    throw new ActionFailed(
      `Not everything could be deleted:\n${failures.map(text => `- ${text}`).join('\n')}`,
      'fix what each line reports. The next sweep retries.',
      undefined,
      outputs,
    );
  }
  return outputs;
}

const PERMISSIONS = [
  {
    action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    resourceGroup: '',
    remedy: 'Contributor',
  },
  {
    action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
    resourceGroup: '',
    remedy: 'Key Vault Purge Operator',
  },
];

const FAILED = 'failed: ';

/**
 * Excludes groups that a service manages: AKS copies the cluster's tags to its node resource group, and Azure deletes that
 * group with the cluster. https://learn.microsoft.com/azure/aks/use-tags
 */
async function groupsWithLabs(all: readonly Group[], subscriptionId: string, az: Az): Promise<string[]> {
  const filter = encodeURIComponent(`tagName eq 'managed-by' and tagValue eq '${MANAGED_BY}'`);
  const resources = await listAll<Resource>(
    az,
    `/subscriptions/${subscriptionId}/resources?$filter=${filter}&api-version=2021-04-01`,
  );
  const isLabs = ({ tags }: Group) => tagOf(tags, 'managed-by') === MANAGED_BY;
  return all
    .filter(({ managedBy }) => !managedBy)
    .filter(group => isLabs(group) || resources.some(({ id }) => isBelow(id, group.id)))
    .map(({ name }) => name)
    .sort();
}

/** Deletes what has expired in one resource group; undefined if the group does not exist. */
async function sweepOne(
  resourceGroup: string,
  { dryRun }: Inputs,
  deletion: Deletion,
  tools: Tools,
): Promise<SweptGroup | undefined> {
  const { report, log } = tools;
  try {
    const lab = await readLab(resourceGroup, deletion, tools);
    if (!lab) return undefined;
    const { groupStays, resources, others, blocked } = lab;
    const whole = groupStays === undefined && others.length + blocked.length === 0;
    if (!whole && resources.length + blocked.length === 0) {
      const reasons = [groupStays ?? [], ...others.map(({ reason }) => reason)].flat();
      return { resourceGroup, outcome: 'left', reason: [...new Set(reasons)].join('; ') };
    }
    const total = resources.length + others.length + blocked.length;
    const what = whole ? 'the group' : `${resources.length} of ${total} resources`;
    if (!dryRun) {
      const kept = await deleteLab(lab, deletion, tools);
      return kept.length === 0
        ? { resourceGroup, outcome: 'deleted', reason: what }
        : { resourceGroup, outcome: 'left', reason: kept.join(' ') };
    }
    await report.step('Lab', resourceGroup, async () => ({ outcome: 'would be deleted', value: undefined }));
    return { resourceGroup, outcome: 'would be deleted', reason: what };
  } catch (error) {
    const reason = error instanceof ActionFailed ? error.message.replaceAll('\n', ' ') : reasonOf(error);
    log.warning(`${resourceGroup}: ${reason}`);
    return { resourceGroup, outcome: 'left', reason: `${FAILED}${reason}` };
  }
}

async function sweepVaults(
  { dryRun }: Inputs,
  { subscriptionId, proof, timeoutMinutes }: Deletion,
  tools: Tools,
): Promise<void> {
  const { az, report } = tools;
  const groups = await az<Group[]>(['group', 'list']);
  const isLeft = (vault: DeletedVault) => {
    const { vaultId } = vault.properties;
    const group = groups.find(({ id }) => isBelow(vaultId, id));
    return (
      isBelow(vaultId, `/subscriptions/${subscriptionId}`) &&
      deletedVaultProblem(vault, proof) === undefined &&
      // In a group of another owner, the tags of a vault alone prove nothing. Azure purges it after seven days.
      (group === undefined || groupProblem(group, proof) === undefined)
    );
  };
  const left = (await listDeletedVaults(az)).filter(isLeft);
  if (left.length === 0) return;
  const names = left.map(({ name }) => name).join(', ');
  await report.step('Deleted vaults', names, () =>
    dryRun
      ? Promise.resolve({ outcome: 'would be deleted', value: undefined })
      : purgeVaults(isLeft, [], timeoutMinutes, tools),
  );
}

function markdown(found: readonly SweptGroup[]): string {
  if (found.length === 0) return 'No lab was found.';
  const rows = found.map(
    ({ resourceGroup, outcome, reason }) => `| ${cell(resourceGroup)} | ${outcome} | ${cell(reason)} |`,
  );
  return ['| Resource group | Outcome | What, or why |', '|---|---|---|', ...rows].join('\n');
}
