import { type Az, findResource } from '../shared/az.ts';
import type { CommandOptions } from '../shared/command.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { describeOwner, isLabOwned, type Tags } from '../shared/ownership.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

/** What a principal may do in a vault that decides by access policies. */
export interface AccessPolicy {
  objectId: string;
  /** Set where the policy holds only for calls that this application makes for the principal. */
  applicationId?: string | null;
  permissions: {
    secrets?: string[] | null;
    keys?: string[] | null;
    certificates?: string[] | null;
    storage?: string[] | null;
  };
}

/** The vault as `az keyvault` prints it; what is used of it. */
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

/** A vault that was deleted and keeps its name until it is purged. */
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

const SOFT_DELETE = 'https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery';

/** The vault in the resource group, if it exists. */
export function showVault(
  { vaultName, group }: Inputs,
  az: Az,
  options: CommandOptions = {},
): Promise<Vault | undefined> {
  const command = ['keyvault', 'show', '--name', vaultName, '--resource-group', group.name];
  return findResource<Vault>((args, given) => az(args, { ...options, ...given }), command);
}

/** The deleted vault of this name in the subscription; undefined also where the caller may not see deleted vaults. */
export async function showDeletedVault({ vaultName }: Inputs, az: Az): Promise<DeletedVault | undefined> {
  try {
    const all = await az<DeletedVault[]>(['keyvault', 'list-deleted', '--resource-type', 'vault']);
    return all.find(({ name }) => name.toLowerCase() === vaultName.toLowerCase());
  } catch (error) {
    if (error instanceof CommandFailed && error.code === 'AuthorizationFailed') return undefined;
    throw error;
  }
}

/**
 * What a person must decide about a deleted vault that keeps the name; nothing, where the inputs decide it. Only a vault
 * that this repository's lab created in this resource group is recovered or purged.
 */
export function decisionOn(deleted: DeletedVault, inputs: Inputs): string[] {
  const { vaultName, group, softDeleted, repository } = inputs;
  const { vaultId, location, deletionDate, scheduledPurgeDate, purgeProtectionEnabled, tags } =
    deleted.properties;
  const home = groupOf(vaultId);
  const what = `Key vault ${vaultName} was deleted at ${deletionDate} and keeps its name until ${scheduledPurgeDate}, or until it is purged.`;
  const place = `--name ${vaultName} --location ${location}`;
  const recover = `az keyvault recover ${place}`;
  const purge = `az keyvault purge ${place}`;
  if (!isLabOwned(tags, repository))
    return [
      `${what} It was in resource group "${home}" and has ${describeOwner(tags)}, which do not prove that the lab of "${repository ?? ''}" created it: the action neither recovers nor purges it. ${purgeProtectionEnabled ? 'It has purge protection: nobody can purge it before. ' : ''}Choose another vault-name. If the vault is yours, recover it by hand (${recover})${purgeProtectionEnabled ? '' : `, or destroy it for good (${purge})`}. ${SOFT_DELETE}`,
    ];
  const isHere = home.toLowerCase() === group.name.toLowerCase();
  if (softDeleted === 'recover') {
    if (isHere) return [];
    return [`${what} It can be recovered into its own resource group only: set resource-group: ${home}.`];
  }
  if (purgeProtectionEnabled)
    return [
      `${what} It has purge protection: nobody can purge it before. Set soft-deleted: recover to bring it back with its secrets (${recover}), or choose another vault-name. ${SOFT_DELETE}`,
    ];
  if (softDeleted === 'purge') {
    if (isHere) return [];
    return [
      `${what} It was in resource group "${home}", not in "${group.name}": the action purges only a vault of the same resource group. Purge it by hand (${purge}), or choose another vault-name. ${SOFT_DELETE}`,
    ];
  }
  return [
    `${what} Set soft-deleted: recover to bring it back with its secrets (${recover}), or soft-deleted: purge to destroy it for good (${purge}), or choose another vault-name. ${SOFT_DELETE}`,
  ];
}

/**
 * Reads the deleted vault again, just before it is recovered or purged.
 * @throws {ActionFailed} unless it is proven the lab's, in this subscription.
 */
async function confirmDeleted(
  deleted: DeletedVault,
  inputs: Inputs,
  subscriptionId: string,
  az: Az,
): Promise<void> {
  const { vaultName } = inputs;
  const place = ['--name', vaultName, '--location', deleted.properties.location];
  const now = await az<DeletedVault>(['keyvault', 'show-deleted', ...place]);
  const [problem] = decisionOn(now, inputs);
  if (problem)
    throw new ActionFailed(problem, 'Choose another vault-name, or do by hand what is said above.');
  const { vaultId } = now.properties;
  if (vaultId.toLowerCase().startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`)) return;
  throw new ActionFailed(
    `The deleted key vault ${vaultName} was "${vaultId}", which is not in subscription ${subscriptionId}.`,
    'Choose another vault-name.',
    SOFT_DELETE,
  );
}

/** In which resource group of the subscription a vault of this name is; undefined where it is in none that is seen. */
export async function groupOfVault({ vaultName }: Inputs, az: Az): Promise<string | undefined> {
  const ids = await az<string[]>(['keyvault', 'list', '--resource-type', 'vault', '--query', '[].id']);
  const id = ids.find(each => each.toLowerCase().endsWith(`/vaults/${vaultName.toLowerCase()}`));
  return id && groupOf(id);
}

function groupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '';
}

/**
 * Creates the vault, unless it exists.
 * @param found the existing vault
 * @param deleted the one that keeps the name; the inputs say what to do with it
 * @returns whether it is new, and so holds no secret
 */
export async function ensureVault(
  inputs: Inputs,
  { vault: found, deleted }: { vault: Vault | undefined; deleted: DeletedVault | undefined },
  subscriptionId: string,
  tools: Tools,
): Promise<Done<{ vault: Vault; isNew: boolean }>> {
  const { az, report } = tools;
  const { group, vaultName, softDeleted } = inputs;
  if (found) {
    if (inputs.create) await renewExpiry(az, group, found, tools.log);
    return alreadyThere({ vault: found, isNew: false });
  }

  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  if (deleted) {
    await confirmDeleted(deleted, inputs, subscriptionId, az);
    const place = ['--name', vaultName, '--location', deleted.properties.location];
    if (softDeleted === 'recover') {
      await az(['keyvault', 'recover', ...place, '--resource-group', group.name, '--query', 'id']);
      return changed({ vault: await shown(inputs, az), isNew: false });
    }
    await report.step('Deleted key vault', vaultName, async () => {
      await az(['keyvault', 'purge', ...place]);
      return { outcome: 'deleted', value: undefined };
    });
  }
  return create(inputs, deleted !== undefined, tools);
}

async function shown(inputs: Inputs, az: Az): Promise<Vault> {
  const vault = await showVault(inputs, az);
  if (vault) return vault;
  throw new Error(`Key vault ${inputs.vaultName} existed a moment ago and does not exist any more.`);
}

/** @param purged whether a vault of this name was purged just now, which is not seen everywhere at once */
async function create(
  inputs: Inputs,
  purged: boolean,
  { az, time, log, retrySeconds }: Tools,
): Promise<Done<{ vault: Vault; isNew: boolean }>> {
  const { vaultName, group, accessModel } = inputs;
  const command = [
    ...['keyvault', 'create', '--name', vaultName, '--resource-group', group.name],
    ...['--location', group.location, ...tagArguments(group.tags)],
    ...['--enable-rbac-authorization', String(accessModel === 'rbac')],
    // Nobody gets everything: the policies that are needed are added one by one.
    ...(accessModel === 'access-policy' ? ['--no-self-perms', 'true'] : []),
    // The shortest retention there is, and no purge protection: what cannot be purged keeps its name.
    ...['--retention-days', '7'],
  ];
  const transient = (error: unknown): string | undefined => {
    if (!(error instanceof CommandFailed)) return undefined;
    if (error.is('vault-write-conflict')) return 'something else writes the vault at the same time';
    return purged && isHeldByDeleted(error) ? 'the purge is not seen yet' : undefined;
  };
  const options = { what: `Key vault ${vaultName}`, timeoutSeconds: retrySeconds, time, log, transient };
  try {
    return created({ vault: await retry(options, () => az<Vault>(command)), isNew: true });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // az looks before it writes. Another run was faster.
    if (error.is('vault-exists')) return alreadyThere({ vault: await shown(inputs, az), isNew: false });
    if (isHeldByDeleted(error))
      throw new ActionFailed(
        `A deleted key vault keeps the name ${vaultName}, and it is not among those that this login can see.`,
        `Have it purged by somebody who sees it (az keyvault purge --name ${vaultName}), or take another vault-name.`,
        SOFT_DELETE,
      );
    if (error.is('vault-name-taken')) throw await nameTaken(inputs, az);
    throw error;
  }
}

function isHeldByDeleted(error: CommandFailed): boolean {
  return error.is('vault-soft-deleted');
}

async function nameTaken(inputs: Inputs, az: Az): Promise<ActionFailed> {
  const { vaultName, group } = inputs;
  const home = await groupOfVault(inputs, az);
  return home
    ? new ActionFailed(
        `Key vault ${vaultName} is there already, in resource group ${home}, not in ${group.name}.`,
        `Set resource-group: ${home} to use it, or take another vault-name.`,
      )
    : new ActionFailed(
        `The name ${vaultName} is taken: vault names are unique in all of Azure, and somebody else has a vault of this name, or deleted one that is kept for some days.`,
        'Take another vault-name.',
        'https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name',
      );
}
