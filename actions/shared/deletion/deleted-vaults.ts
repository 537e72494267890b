import { ActionFailed } from '../failures.ts';
import { alreadyGone, type Done, deleted } from '../report.ts';
import type { Tags } from '../resource-group.ts';
import { poll } from '../retry.ts';
import type { Tools } from '../tools.ts';
import { reasonOf } from './principals.ts';

/** A vault that was deleted and not purged. */
export interface DeletedVault {
  name: string;
  properties: { vaultId: string; location: string; tags?: Tags | null };
}

const LISTED_WITHIN = 60_000;

/** The deleted vaults of the subscription. */
export function listDeletedVaults(az: Tools['az']): Promise<DeletedVault[]> {
  return az<DeletedVault[]>(['keyvault', 'list-deleted', '--resource-type', 'vault']);
}

/**
 * Purges deleted vaults and sees that they are gone: a deleted vault keeps its name, and its secrets, until then. One
 * that resists does not keep the others.
 * @param wanted which of them.
 * @param expected names of vaults that were deleted just now: they take a moment to be listed.
 * @throws {ActionFailed} once all others are purged, with those that could not be.
 */
export async function purgeVaults(
  wanted: (vault: DeletedVault) => boolean,
  expected: readonly string[],
  timeoutMinutes: number,
  { az, time, log }: Tools,
): Promise<Done> {
  const start = time.now();
  const asked = new Set<string>();
  const refused = new Map<string, string>();
  const wait = { what: 'Purge', timeoutSeconds: timeoutMinutes * 60, time, log };
  await poll({ ...wait, goesOn: 'it goes on in Azure' }, async () => {
    const listed = (await listDeletedVaults(az)).filter(wanted);
    for (const { name, properties } of listed.filter(vault => !asked.has(vault.name))) {
      asked.add(name);
      await az(['keyvault', 'purge', '--name', name, '--location', properties.location, '--no-wait']).catch(
        error => refused.set(name, reasonOf(error)),
      );
    }
    const left = listed.filter(({ name }) => !refused.has(name));
    if (left.length > 0) return { state: `${left.map(vault => vault.name).join(', ')} being purged` };
    // One that does not come is gone already.
    const unseen = expected.filter(name => !asked.has(name));
    if (unseen.length > 0 && time.now() - start < LISTED_WITHIN)
      return { state: `${unseen.join(', ')} not listed as deleted yet` };
    return { value: true };
  });
  if (refused.size > 0)
    throw new ActionFailed(
      [...refused].map(([name, reason]) => `deleted vault ${name}: ${reason}`).join('; '),
      'Mend what is named, and run this again.',
    );
  return asked.size === 0 ? alreadyGone(undefined) : deleted(undefined);
}
