import type { Az } from '../../actions/shared/az.ts';
import { CommandFailed } from '../../actions/shared/command-errors.ts';
import { quote } from '../../actions/shared/quote.ts';
import type { Settings } from '../settings.ts';

/** As `az vm list-usage` prints it, with numbers as text. */
interface Usage {
  readonly name: { readonly value: string; readonly localizedValue?: string };
  readonly currentValue: string | number;
  readonly limit: string | number;
}

/** vCPUs. https://learn.microsoft.com/azure/aks/use-system-pools */
const SMALLEST_NODE = 2;
/** vCPUs of the node size that AKS usually selects. */
const USUAL_NODE = 4;

/** Every kind of subscription allows more clusters per region. */
const FEWEST_CLUSTERS = 3;

/** Each Azure cloud answers only for its own regions. */
const ALTERNATIVES = ['eastus2', 'centralus', 'westus3', 'westeurope', 'northeurope', 'swedencentral'];

const QUOTA_HELP = 'https://learn.microsoft.com/azure/quotas/quickstart-increase-quota-portal';
const CLUSTER_HELP = 'https://learn.microsoft.com/azure/aks/quotas-skus-regions';

/**
 * Warns only, because AKS selects the size of the node. New subscriptions often have no vCPUs in
 * large regions: https://github.com/Azure/AKS/issues/5746
 */
export async function quotaWarnings(az: Az, { subscription, labLocation }: Settings): Promise<string[]> {
  const [vCpus, clusters] = await Promise.all([
    vCpuWarning(az, subscription.id, labLocation),
    clusterWarning(az, subscription.id, labLocation),
  ]);
  return [vCpus, clusters].filter(warning => warning !== undefined);
}

async function vCpuWarning(az: Az, subscriptionId: string, location: string): Promise<string | undefined> {
  const showQuota = `az vm list-usage --location ${location} --subscription ${subscriptionId} --output table`;
  const usages = await readUsages(az, subscriptionId, location);
  if (!usages) return `The vCPU quota in ${quote(location)} could not be read. Show it with: ${showQuota}`;
  const shortage = findShortage(usages);
  if (!shortage) return undefined;
  const alternatives = await Promise.all(
    ALTERNATIVES.filter(each => each !== location).map(async each => {
      const found = await readUsages(az, subscriptionId, each);
      return found && !findShortage(found) ? each : undefined;
    }),
  );
  const enough = alternatives.filter(each => each !== undefined);
  return `A lab in ${quote(location)} might fail: ${shortage}.
  ${enough.length > 0 ? `These regions have enough quota: ${enough.join(', ')}. Start labs there (input location)` : 'Use another region for labs (input location)'}, or request more quota: ${QUOTA_HELP}
  Show the quota: ${showQuota}`;
}

/** Undefined if az fails. */
async function readUsages(az: Az, subscriptionId: string, location: string): Promise<Usage[] | undefined> {
  try {
    return await az<Usage[]>(['vm', 'list-usage', '--location', location, '--subscription', subscriptionId]);
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

function findShortage(usages: readonly Usage[]): string | undefined {
  const free = ({ limit, currentValue }: Usage) => Number(limit) - Number(currentValue);
  const regional = usages.find(({ name }) => name.value.toLowerCase() === 'cores');
  if (regional && free(regional) < USUAL_NODE)
    return `${regional.currentValue} of ${regional.limit} vCPUs (Total Regional vCPUs) are in use, and a node needs ${SMALLEST_NODE} to ${USUAL_NODE}`;
  const families = usages.filter(({ name }) => /^standard.*Family$/i.test(name.value));
  if (families.length > 0 && families.every(family => free(family) < SMALLEST_NODE))
    return `no VM family has ${SMALLEST_NODE} free vCPUs`;
  return undefined;
}

async function clusterWarning(az: Az, subscriptionId: string, location: string): Promise<string | undefined> {
  try {
    const clusters = await az<{ location: string }[]>([
      ...['aks', 'list', '--query', '[].{location: location}', '--subscription', subscriptionId],
    ]);
    const count = clusters.filter(each => each.location.toLowerCase() === location.toLowerCase()).length;
    if (count < FEWEST_CLUSTERS) return undefined;
    return `${quote(location)} has ${count} AKS clusters. Azure limits their number per region and subscription: ${CLUSTER_HELP}`;
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}
