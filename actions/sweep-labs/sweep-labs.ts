import type { Az } from '../shared/az.ts';
import { deleteLab } from '../shared/deletion/delete-lab.ts';
import { listDeletedVaults, purgeVaults } from '../shared/deletion/deleted-vaults.ts';
import { findLab, madeByLab } from '../shared/deletion/find-lab.ts';
import { reasonOf } from '../shared/deletion/principals.ts';
import { ActionFailed } from '../shared/failures.ts';
import { preflight } from '../shared/preflight.ts';
import { cell } from '../shared/report.ts';
import { MANAGED_BY, type Tags } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { expiry } from './expiry.ts';
import type { Inputs } from './inputs.ts';

/** What became of a resource group with something of a lab in it. */
interface Found {
  resourceGroup: string;
  /** The word for the summary. */
  outcome: 'deleted' | 'would be deleted' | 'left';
  reason: string;
}

/** How many labs are deleted at once: each is a few processes of az, again and again. */
const AT_ONCE = 4;

/** Finds labs whose time is over, in any resource group of the subscription, and deletes and purges them. */
export async function sweepLabs(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { az, report } = tools;
  await preflight(inputs.account, { rights: inputs.dryRun ? [] : RIGHTS }, tools);
  const now = Date.now();
  const doomed = (tags: Tags | null | undefined) => expiry(tags, now).over;

  const groups = await groupsWithLabs(az);
  const found: Found[] = [];
  const queue = [...groups];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = await sweepOne(next, inputs, doomed, now, tools);
      if (one) found.push(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  found.sort((one, other) => one.resourceGroup.localeCompare(other.resourceGroup));
  const failed = found.filter(({ reason }) => reason.startsWith(FAILED));
  const failures = failed.map(({ resourceGroup, reason }) => `${resourceGroup}: ${reason}`);
  await sweepVaults(doomed, inputs, tools).catch(error => failures.push(reasonOf(error)));

  report.add(markdown(found));
  const names = (outcome: Found['outcome']) =>
    JSON.stringify(found.filter(each => each.outcome === outcome).map(each => each.resourceGroup));
  const outputs = {
    found: JSON.stringify(found.map(({ resourceGroup }) => resourceGroup)),
    deleted: names('deleted'),
    left: names('left'),
  };
  if (failures.length > 0) {
    throw new ActionFailed(
      `Not everything could be deleted:\n${failures.map(text => `- ${text}`).join('\n')}`,
      'Mend what each line names; the next sweep tries again.',
      undefined,
      outputs,
    );
  }
  return outputs;
}

const RIGHTS = [
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
 * The resource groups that are a lab's, or in which something is; but not those that a service keeps for itself: AKS gives
 * a cluster's tags to its node resource group and to what is in it, which go with the cluster.
 * https://learn.microsoft.com/azure/aks/use-tags
 */
async function groupsWithLabs(az: Az): Promise<string[]> {
  const [groups, resources] = await Promise.all([
    az<{ name: string; managedBy?: string | null; tags?: Tags | null }[]>(['group', 'list']),
    az<{ resourceGroup: string }[]>(['resource', 'list', '--tag', `managed-by=${MANAGED_BY}`]),
  ]);
  const withResources = new Set(resources.map(({ resourceGroup }) => resourceGroup.toLowerCase()));
  return groups
    .filter(({ managedBy }) => !managedBy)
    .filter(({ name, tags }) => madeByLab(tags) || withResources.has(name.toLowerCase()))
    .map(({ name }) => name)
    .sort();
}

/** Deletes what has expired in one resource group; undefined where the group is gone. */
async function sweepOne(
  resourceGroup: string,
  { dryRun, timeoutMinutes }: Inputs,
  doomed: (tags: Tags | null | undefined) => boolean,
  now: number,
  tools: Tools,
): Promise<Found | undefined> {
  const { az, report, log } = tools;
  try {
    const lab = await findLab(az, resourceGroup, doomed);
    if (!lab) return undefined;
    const { whole, tags, resources, others } = lab;
    if (!whole && resources.length === 0) {
      const reasons = [tags, ...others.map(other => other.tags)].map(each => expiry(each, now).reason);
      return { resourceGroup, outcome: 'left', reason: [...new Set(reasons)].join('; ') };
    }
    const what = whole ? 'the group' : `${resources.length} of ${resources.length + others.length} resources`;
    if (!dryRun) {
      await deleteLab(lab, { doomed, timeoutMinutes }, tools);
      return { resourceGroup, outcome: 'deleted', reason: what };
    }
    await report.step('Lab', resourceGroup, async () => ({ outcome: 'would be deleted', value: undefined }));
    return { resourceGroup, outcome: 'would be deleted', reason: what };
  } catch (error) {
    const reason = error instanceof ActionFailed ? error.message.replaceAll('\n', ' ') : reasonOf(error);
    log.warning(`${resourceGroup}: ${reason}`);
    return { resourceGroup, outcome: 'left', reason: `${FAILED}${reason}` };
  }
}

/** Purges the vaults that earlier deletions left and whose time is over, too. */
async function sweepVaults(
  doomed: (tags: Tags | null | undefined) => boolean,
  { dryRun, timeoutMinutes }: Inputs,
  tools: Tools,
): Promise<void> {
  const { az, report } = tools;
  const left = (await listDeletedVaults(az)).filter(({ properties }) => doomed(properties.tags));
  if (left.length === 0) return;
  const names = left.map(({ name }) => name).join(', ');
  await report.step('Deleted vaults', names, () =>
    dryRun
      ? Promise.resolve({ outcome: 'would be deleted', value: undefined })
      : purgeVaults(vault => doomed(vault.properties.tags), [], timeoutMinutes, tools),
  );
}

function markdown(found: readonly Found[]): string {
  if (found.length === 0) return 'No lab was found.';
  const rows = found.map(
    ({ resourceGroup, outcome, reason }) => `| ${cell(resourceGroup)} | ${outcome} | ${cell(reason)} |`,
  );
  return ['| Resource group | Outcome | What, or why |', '|---|---|---|', ...rows].join('\n');
}
