import { type Az, findResource } from '../shared/az.ts';
import type { CommandOptions } from '../shared/command.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Tags } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { confirmDeletedVault, type DeletedVault, RECOVERY_LINK } from './deleted-vault.ts';
import type { AccessModel, Inputs } from './inputs.ts';

export interface AccessPolicy {
  objectId: string;
  /** If set, the policy applies only to calls through this application. */
  applicationId?: string | null;
  permissions: {
    secrets?: string[] | null;
    keys?: string[] | null;
    certificates?: string[] | null;
    storage?: string[] | null;
  };
}

export interface Vault {
  id: string;
  name: string;
  tags?: Tags | null;
  properties: {
    vaultUri: string;
    tenantId: string;
    enableRbacAuthorization: boolean | null;
    accessPolicies: AccessPolicy[] | null;
  };
}

export function accessModelOf({ properties }: Vault): AccessModel {
  return properties.enableRbacAuthorization ? 'rbac' : 'access-policy';
}

export function findVault(
  { vaultName, group }: Pick<Inputs, 'vaultName' | 'group'>,
  az: Az,
  options: CommandOptions = {},
): Promise<Vault | undefined> {
  const command = ['keyvault', 'show', '--name', vaultName, '--resource-group', group.name];
  return findResource<Vault>((args, given) => az(args, { ...options, ...given }), command);
}

/** Finds the resource group of a vault with this name in the subscription, as far as the login can see it. */
export async function findGroupOfVault(vaultName: string, az: Az): Promise<string | undefined> {
  const ids = await az<string[]>(['keyvault', 'list', '--resource-type', 'vault', '--query', '[].id']);
  const id = ids.find(each => each.toLowerCase().endsWith(`/vaults/${vaultName.toLowerCase()}`));
  return id && /\/resourceGroups\/([^/]+)/i.exec(id)?.[1];
}

/** @returns isNew: a new vault has no secrets */
export async function ensureVault(
  inputs: Inputs,
  { vault: existing, deleted }: { vault: Vault | undefined; deleted: DeletedVault | undefined },
  subscriptionId: string,
  tools: Tools,
): Promise<Done<{ vault: Vault; isNew: boolean }>> {
  const { az, report } = tools;
  const { group, vaultName, softDeleted } = inputs;
  if (existing) {
    if (inputs.create) await renewExpiry(az, group, existing, tools.log);
    return alreadyThere({ vault: existing, isNew: false });
  }

  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  if (deleted) {
    await confirmDeletedVault(deleted, inputs, subscriptionId, az);
    const place = ['--name', vaultName, '--location', deleted.properties.location];
    if (softDeleted === 'recover') {
      await az(['keyvault', 'recover', ...place, '--resource-group', group.name, '--query', 'id']);
      return changed({ vault: await readVault(inputs, az), isNew: false });
    }
    await report.step('Deleted key vault', vaultName, async () => {
      await az(['keyvault', 'purge', ...place]);
      return { outcome: 'deleted', value: undefined };
    });
  }
  return createVault(inputs, deleted !== undefined, tools);
}

async function readVault(inputs: Inputs, az: Az): Promise<Vault> {
  const vault = await findVault(inputs, az);
  if (vault) return vault;
  throw new ActionFailed(
    `Key vault ${quote(inputs.vaultName)} was deleted while this step was running.`,
    'Run the job again. Check the activity log of the resource group for who deleted the vault.',
  );
}

/** @param wasPurged whether this step purged a vault with this name: Azure does not show that everywhere immediately */
async function createVault(
  inputs: Inputs,
  wasPurged: boolean,
  { az, time, log, retrySeconds }: Tools,
): Promise<Done<{ vault: Vault; isNew: boolean }>> {
  const { vaultName, group, accessModel } = inputs;
  const command = [
    ...['keyvault', 'create', '--name', vaultName, '--resource-group', group.name],
    ...['--location', group.location, ...tagArguments(group.tags)],
    ...['--enable-rbac-authorization', String(accessModel === 'rbac')],
    // Without it, az grants the login all permissions.
    ...(accessModel === 'access-policy' ? ['--no-self-perms', 'true'] : []),
    // The shortest retention, and no purge protection: a vault that cannot be purged keeps its name.
    ...['--retention-days', '7'],
  ];
  const transient = (error: unknown): string | undefined => {
    if (!(error instanceof CommandFailed)) return undefined;
    if (error.is('vault-write-conflict')) return 'another client is writing to the vault at the same time';
    return wasPurged && error.is('vault-soft-deleted') ? 'the purge is not visible yet' : undefined;
  };
  const options = { what: `Key vault ${vaultName}`, timeoutSeconds: retrySeconds, time, log, transient };
  try {
    return created({ vault: await retry(options, () => az<Vault>(command)), isNew: true });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // az checks the name before it creates. Another run was faster.
    if (error.is('vault-exists')) return alreadyThere({ vault: await readVault(inputs, az), isNew: false });
    if (error.is('vault-soft-deleted'))
      throw new ActionFailed(
        `A soft-deleted key vault has the name ${quote(vaultName)}. This login cannot see it.`,
        `Choose another vault-name, or ask an owner of the deleted vault to purge it: az keyvault purge --name ${vaultName}`,
        RECOVERY_LINK,
      );
    if (error.is('vault-name-taken')) throw await nameInUse(inputs, az);
    throw error;
  }
}

async function nameInUse({ vaultName, group }: Inputs, az: Az): Promise<ActionFailed> {
  const otherGroup = await findGroupOfVault(vaultName, az);
  return otherGroup
    ? new ActionFailed(
        `Key vault ${quote(vaultName)} already exists in resource group ${quote(otherGroup)}, not in ${quote(group.name)}.`,
        `Set resource-group: ${otherGroup} to use it, or choose another vault-name.`,
      )
    : new ActionFailed(
        `The vault name ${quote(vaultName)} is already in use. Vault names are unique in all of Azure. Another owner has a vault with this name, or deleted one during the last 90 days.`,
        'Choose another vault-name.',
        'https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name',
      );
}
