import type { Az } from '../../actions/shared/az.ts';
import { MANAGED_BY } from '../../actions/shared/resource-group.ts';
import type { Wanted } from '../wanted.ts';

/** The labs that are there, by their resource groups. AKS gives a cluster's tags to a group of its own, too, which is none. */
export async function findLabs(az: Az, { subscription }: Wanted): Promise<string[]> {
  const groups = await az<{ name: string; managedBy?: string | null }[]>([
    ...['group', 'list', '--tag', `managed-by=${MANAGED_BY}`, '--subscription', subscription.id],
  ]);
  // The node resource group of a lab's cluster has the lab's tags, and goes with it.
  return groups.filter(({ managedBy }) => !managedBy).map(({ name }) => name);
}
