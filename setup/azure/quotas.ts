import type { Az } from '../../actions/shared/az.ts';
import { CommandFailed } from '../../actions/shared/command.ts';
import type { Wanted } from '../settings.ts';

/** As `az vm list-usage` prints it. It prints numbers as text. */
interface Usage {
  readonly name: { readonly value: string; readonly localizedValue?: string };
  readonly currentValue: string | number;
  readonly limit: string | number;
}

/** vCPUs of the smallest node that AKS accepts for a system node pool. https://learn.microsoft.com/azure/aks/use-system-pools */
const SMALLEST_NODE = 2;
/** vCPUs of a node of the size that AKS usually chooses. */
const USUAL_NODE = 4;

/** Fewer clusters per region than this are within the limit of every kind of subscription. */
const FEWEST_CLUSTERS = 3;

/** Large regions, to suggest where the chosen one has too little. Each cloud answers only for its own. */
const ALTERNATIVES = ['eastus2', 'centralus', 'westus3', 'westeurope', 'northeurope', 'swedencentral'];

const QUOTA_HELP = 'https://learn.microsoft.com/azure/quotas/quickstart-increase-quota-portal';
const CLUSTER_HELP = 'https://learn.microsoft.com/azure/aks/quotas-skus-regions';

/**
 * What of the subscription's quotas in the labs' region can keep a cluster of one node from being created. A new
 * subscription often has no vCPUs in the large regions: https://github.com/Azure/AKS/issues/5746
 * @returns warnings; none is certain, because AKS chooses the size of the node
 */
export async function quotaWarnings(az: Az, { subscription, labLocation }: Wanted): Promise<string[]> {
  const [vCpus, clusters] = await Promise.all([
    vCpuProblem(az, subscription.id, labLocation),
    clusterProblem(az, subscription.id, labLocation),
  ]);
  return [vCpus, clusters].filter(problem => problem !== undefined);
}

async function vCpuProblem(az: Az, subscriptionId: string, location: string): Promise<string | undefined> {
  const usages = await usagesIn(az, subscriptionId, location);
  if (!usages)
    return `The vCPU quota in ${location} could not be read. See it with: ${showUsages(subscriptionId, location)}`;
  const lack = lackOf(usages);
  if (!lack) return undefined;
  const others = await Promise.all(
    ALTERNATIVES.filter(each => each !== location).map(async each => {
      const found = await usagesIn(az, subscriptionId, each);
      return found && !lackOf(found) ? each : undefined;
    }),
  );
  const enough = others.filter(each => each !== undefined);
  return `A lab in ${location} might fail: ${lack}.
  ${enough.length > 0 ? `Enough is free in ${enough.join(', ')}: start labs there (input location).` : 'Choose another region for labs (input location).'} Or request more quota: ${QUOTA_HELP}
  See the quota with: ${showUsages(subscriptionId, location)}`;
}

function showUsages(subscriptionId: string, location: string): string {
  return `az vm list-usage --location ${location} --subscription ${subscriptionId} --output table`;
}

/** Undefined where they cannot be read. */
async function usagesIn(az: Az, subscriptionId: string, location: string): Promise<Usage[] | undefined> {
  try {
    return await az<Usage[]>(['vm', 'list-usage', '--location', location, '--subscription', subscriptionId]);
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

/** What is too little for one node, with the numbers; undefined where nothing is. */
function lackOf(usages: readonly Usage[]): string | undefined {
  const free = ({ limit, currentValue }: Usage) => Number(limit) - Number(currentValue);
  const all = usages.find(({ name }) => name.value.toLowerCase() === 'cores');
  if (all && free(all) < USUAL_NODE)
    return `of ${all.limit} vCPUs (Total Regional vCPUs), ${all.currentValue} are used, and a node needs ${SMALLEST_NODE} to ${USUAL_NODE}`;
  const families = usages.filter(({ name }) => /^standard.*Family$/i.test(name.value));
  if (families.length > 0 && families.every(family => free(family) < SMALLEST_NODE))
    return `no family of VM sizes has ${SMALLEST_NODE} free vCPUs`;
  return undefined;
}

async function clusterProblem(az: Az, subscriptionId: string, location: string): Promise<string | undefined> {
  try {
    const clusters = await az<{ location: string }[]>([
      ...['aks', 'list', '--query', '[].{location: location}', '--subscription', subscriptionId],
    ]);
    const count = clusters.filter(each => each.location.toLowerCase() === location.toLowerCase()).length;
    if (count < FEWEST_CLUSTERS) return undefined;
    return `${count} AKS clusters exist in ${location}. Azure limits them per region and subscription, depending on its kind: ${CLUSTER_HELP}`;
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}
