import type { Az } from '../../actions/shared/az.ts';
import { MANAGED_BY, type Tags, tagOf } from '../../actions/shared/ownership.ts';
import type { Wanted } from '../settings.ts';

/**
 * The repository's labs, by their resource groups. The group of a cluster's nodes has the cluster's tags, and is no lab of its
 * own.
 */
export async function findLabs(az: Az, { subscription, repository }: Wanted): Promise<string[]> {
  const groups = await az<{ name: string; managedBy?: string | null; tags?: Tags | null }[]>([
    ...['group', 'list', '--tag', `managed-by=${MANAGED_BY}`, '--subscription', subscription.id],
  ]);
  const isOurs = (owner: string | undefined) =>
    owner === undefined || owner.toLowerCase() === repository.fullName.toLowerCase();
  return groups
    .filter(({ managedBy, tags }) => !managedBy && isOurs(tagOf(tags, 'repository')))
    .map(({ name }) => name);
}
