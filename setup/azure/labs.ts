import type { Az } from '../../actions/shared/az.ts';
import { MANAGED_BY, type Tags, tagOf } from '../../actions/shared/ownership.ts';
import type { Settings } from '../settings.ts';

/** Without the node resource groups of clusters, which have the same tags. */
export async function findLabs(az: Az, { subscription, repository }: Settings): Promise<string[]> {
  const groups = await az<{ name: string; managedBy?: string | null; tags?: Tags | null }[]>([
    ...['group', 'list', '--tag', `managed-by=${MANAGED_BY}`, '--subscription', subscription.id],
  ]);
  const isOwned = (owner: string | undefined) =>
    owner === undefined || owner.toLowerCase() === repository.fullName.toLowerCase();
  return groups
    .filter(({ managedBy, tags }) => !managedBy && isOwned(tagOf(tags, 'repository')))
    .map(({ name }) => name);
}
