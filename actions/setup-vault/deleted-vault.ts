import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { describeOwner, isLabOwned } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import type { Inputs } from './inputs.ts';

/** A soft-deleted vault. It keeps its name until it is purged. */
export interface DeletedVault {
  name: string;
  properties: {
    vaultId: string;
    location: string;
    deletionDate: string;
    scheduledPurgeDate: string;
    purgeProtectionEnabled?: boolean | null;
    tags?: Record<string, string> | null;
  };
}

export const RECOVERY_LINK = 'https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery';

/** @returns undefined also if the login is not allowed to list deleted vaults */
export async function findDeletedVault(vaultName: string, az: Az): Promise<DeletedVault | undefined> {
  try {
    const all = await az<DeletedVault[]>(['keyvault', 'list-deleted', '--resource-type', 'vault']);
    return all.find(({ name }) => name.toLowerCase() === vaultName.toLowerCase());
  } catch (error) {
    if (error instanceof CommandFailed && error.code === 'AuthorizationFailed') return undefined;
    throw error;
  }
}

/**
 * Allows only a vault that this repository's lab created in this resource group.
 * @returns a problem for the user to solve, or undefined
 */
export function problemWithDeletedVault(
  { properties }: DeletedVault,
  {
    vaultName,
    group,
    softDeleted,
    repository,
  }: Pick<Inputs, 'vaultName' | 'group' | 'softDeleted' | 'repository'>,
): string | undefined {
  const { vaultId, location, deletionDate, scheduledPurgeDate, purgeProtectionEnabled, tags } = properties;
  const oldGroup = /\/resourceGroups\/([^/]+)/i.exec(vaultId)?.[1] ?? '';
  const isSameGroup = oldGroup.toLowerCase() === group.name.toLowerCase();
  const place = `--name ${vaultName} --location ${location}`;
  const recover = `az keyvault recover ${place}`;
  const purge = `az keyvault purge ${place}`;
  const observed = `A soft-deleted key vault has the name ${quote(vaultName)}. It was deleted at ${quote(deletionDate)} and keeps its name until ${quote(scheduledPurgeDate)}, or until it is purged.`;
  const protectedFromPurge = 'It has purge protection: nobody can purge it earlier.';

  if (!isLabOwned(tags, repository)) {
    const owner = `It was in resource group ${quote(oldGroup)} and has ${describeOwner(tags)}. That does not prove that the lab of ${quote(repository ?? '')} created it, so the action does not recover or purge it.`;
    return purgeProtectionEnabled
      ? `${observed} ${owner} ${protectedFromPurge} Choose another vault-name. If the vault is yours, you can recover it: ${recover} ${RECOVERY_LINK}`
      : `${observed} ${owner} Choose another vault-name. If the vault is yours, recover it (${recover}), or purge it permanently (${purge}). ${RECOVERY_LINK}`;
  }
  if (softDeleted === 'recover')
    return isSameGroup
      ? undefined
      : `${observed} Azure recovers a vault only into its old resource group. Set resource-group: ${oldGroup}.`;
  if (purgeProtectionEnabled)
    return `${observed} ${protectedFromPurge} Set soft-deleted: recover to recover it with its secrets (${recover}), or choose another vault-name. ${RECOVERY_LINK}`;
  if (softDeleted === 'purge')
    return isSameGroup
      ? undefined
      : `${observed} It was in resource group ${quote(oldGroup)}, not in ${quote(group.name)}. The action purges only vaults of the same resource group. Choose another vault-name, or purge it yourself: ${purge} ${RECOVERY_LINK}`;
  return `${observed} Set soft-deleted: recover to recover it with its secrets (${recover}), set soft-deleted: purge to purge it permanently (${purge}), or choose another vault-name. ${RECOVERY_LINK}`;
}

/** @throws {ActionFailed} unless tags and subscription prove that the lab created it */
export async function confirmDeletedVault(
  deleted: DeletedVault,
  inputs: Inputs,
  subscriptionId: string,
  az: Az,
): Promise<void> {
  const { vaultName } = inputs;
  const place = ['--name', vaultName, '--location', deleted.properties.location];
  const current = await az<DeletedVault>(['keyvault', 'show-deleted', ...place]);
  const problem = problemWithDeletedVault(current, inputs);
  if (problem) throw new ActionFailed(problem, 'Choose another vault-name.', RECOVERY_LINK);
  const { vaultId } = current.properties;
  if (vaultId.toLowerCase().startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`)) return;
  throw new ActionFailed(
    `The soft-deleted key vault ${quote(vaultName)} belongs to another subscription. Its resource ID is ${quote(vaultId)}, and the action works in subscription ${quote(subscriptionId)}.`,
    'Choose another vault-name.',
    RECOVERY_LINK,
  );
}
