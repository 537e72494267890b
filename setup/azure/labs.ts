import type { Az } from '../../actions/shared/az.ts';
import { MANAGED_BY } from '../../actions/shared/resource-group.ts';
import type { Wanted } from '../wanted.ts';

/** The labs that are there, by their resource groups. That of a cluster's nodes has the cluster's tags, and is none. */
export async function findLabs(az: Az, { subscription }: Wanted): Promise<string[]> {
  const groups = await az<{ name: string; managedBy?: string | null }[]>([
    ...['group', 'list', '--tag', `managed-by=${MANAGED_BY}`, '--subscription', subscription.id],
  ]);
  return groups.filter(({ managedBy }) => !managedBy).map(({ name }) => name);
}
