import { ActionFailed } from '../failures.ts';
import { labTagsProblem, type Tags } from '../ownership.ts';
import { alreadyGone, type Done, deleted } from '../report.ts';
import { poll, TimedOut } from '../retry.ts';
import type { Tools } from '../tools.ts';
import { sameId } from './inventory.ts';
import type { Proof } from './ownership.ts';
import { reasonOf } from './principals.ts';

export interface DeletedVault {
  name: string;
  properties: {
    vaultId: string;
    location: string;
    tags?: Tags | null;
    deletionDate?: string;
    scheduledPurgeDate?: string;
  };
}

export interface VaultDeletedNow {
  id: string;
  name: string;
  location: string;
}

/** The retention that setup-vault gives to a new vault; it can never be changed. */
const RETENTION_DAYS = 7;

export function listDeletedVaults(az: Tools['az']): Promise<DeletedVault[]> {
  return az<DeletedVault[]>(['keyvault', 'list-deleted', '--resource-type', 'vault']);
}

/**
 * Why a deleted vault that an earlier deletion left is not the lab's, or not due. Azure keeps no record of who created it; in
 * place of that its retention must be the lab's.
 */
export function deletedVaultProblem(
  { properties: { tags, deletionDate, scheduledPurgeDate } }: DeletedVault,
  { repository, notDue }: Proof,
): string | undefined {
  const days = (Date.parse(scheduledPurgeDate ?? '') - Date.parse(deletionDate ?? '')) / 86_400_000;
  return (
    labTagsProblem(tags, repository) ??
    notDue(tags) ??
    (Math.round(days) === RETENTION_DAYS
      ? undefined
      : `its retention is ${Number.isNaN(days) ? 'unknown' : `${Math.round(days)} days`}, and that of the lab's vaults is ${RETENTION_DAYS} days`)
  );
}

/**
 * A deleted vault keeps its name and its secrets until Azure does not list it any more.
 * @param isLeft which of those that earlier deletions left are purged, too.
 * @param deletedNow awaited, because Azure lists a deleted vault late.
 * @throws {ActionFailed} with the vaults that could not be purged, after the purge of all others.
 */
export async function purgeVaults(
  isLeft: (vault: DeletedVault) => boolean,
  deletedNow: readonly VaultDeletedNow[],
  timeoutMinutes: number,
  { az, time, log }: Tools,
): Promise<Done> {
  const asked = new Map<string, string>();
  const refused = new Map<string, string>();
  const isWanted = (vault: DeletedVault) =>
    deletedNow.some(({ id }) => sameId(id, vault.properties.vaultId)) || isLeft(vault);
  let unseen = deletedNow;
  let purging: string[] = [];
  const wait = { what: 'Purge', timeoutSeconds: timeoutMinutes * 60, time, log };
  await poll({ ...wait, goesOn: 'it continues in Azure' }, async () => {
    const listed = (await listDeletedVaults(az)).filter(isWanted);
    for (const { name, properties } of listed.filter(({ name }) => !asked.has(name))) {
      asked.set(name, properties.location);
      await az(['keyvault', 'purge', '--name', name, '--location', properties.location, '--no-wait']).catch(
        error => refused.set(name, reasonOf(error)),
      );
    }
    unseen = unseen.filter(({ id }) => !listed.some(vault => sameId(vault.properties.vaultId, id)));
    purging = listed.map(({ name }) => name).filter(name => !refused.has(name));
    if (purging.length > 0) return { state: `${purging.join(', ')} being purged` };
    if (unseen.length > 0)
      return { state: `${unseen.map(({ name }) => name).join(', ')} not listed as deleted yet` };
    return { value: true };
  }).catch(error => {
    if (!(error instanceof TimedOut)) throw error;
    for (const name of purging) refused.set(name, `its purge did not end within ${timeoutMinutes} minutes.`);
    for (const { name, location } of unseen) {
      asked.set(name, location);
      refused.set(
        name,
        `not purged, because Azure did not list it as deleted within ${timeoutMinutes} minutes.`,
      );
    }
  });
  if (refused.size > 0) {
    const reasons = [...refused].map(
      ([name, reason]) =>
        `deleted vault ${name}: ${reason} Purge it: az keyvault purge --name ${name} --location ${asked.get(name)}`,
    );
    throw new ActionFailed(reasons.join('\n- '), 'fix what each line reports, and run this step again.');
  }
  return asked.size === 0 ? alreadyGone(undefined) : deleted(undefined);
}
