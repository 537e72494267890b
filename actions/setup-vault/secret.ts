import { failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { describeOwner, isLabOwned } from '../shared/ownership.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import { namedRefusal } from './refusals.ts';
import {
  digestOfKnown,
  type ExistingSecret,
  findRecovered,
  findSecret,
  type KnownSecret,
  OVERWRITES,
  readValue,
  showDeletedSecret,
  versionOf,
  writeVersion,
} from './stored-secret.ts';
import type { Vault } from './vault.ts';
import type { WriteAccess } from './write-access.ts';

/**
 * What to do with the secret: keep it as this run wrote it, keep it if it has the given value, adopt what another owner
 * wrote, or write a new version.
 */
export type Decision = 'keep' | 'compare' | 'adopt' | 'write';

const LIFETIME = 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes';
const RECOVERY = 'https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery';

/**
 * Decides by the tags of the newest version: whether the lab of this repository wrote it, and in which run. They say
 * nothing about the value, because everyone who can read the vault's resources sees them.
 * @param existing undefined if there is no such secret
 */
export function decide(
  existing: ExistingSecret | undefined,
  {
    secretValue,
    overwriteSecret,
    group,
    repository,
  }: Pick<Inputs, 'secretValue' | 'overwriteSecret' | 'group' | 'repository'>,
): Decision {
  if (!existing) return 'write';
  if (isLabOwned(existing.tags, repository)) {
    if (secretValue !== '') return 'compare';
    const { run } = existing.tags ?? {};
    return run !== undefined && run === group.tags.run ? 'keep' : 'write';
  }
  return overwriteSecret && secretValue === '' ? 'write' : 'adopt';
}

/**
 * Writes the secret, unless it exists. What another owner wrote is overwritten only with `overwrite-secret: true`.
 * @param vaultIsNew a new vault holds no secret, so nothing is looked up.
 * @throws {ActionFailed} where a person must decide.
 */
export async function ensureSecret(
  inputs: Inputs,
  vault: Vault,
  vaultIsNew: boolean,
  access: WriteAccess,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  try {
    const existing = vaultIsNew ? undefined : await findSecret(inputs, vault, access, tools);
    return await bringAbout(inputs, vault, existing, access, tools);
  } catch (error) {
    throw namedRefusal(error, vault);
  }
}

async function bringAbout(
  inputs: Inputs,
  vault: Vault,
  existing: ExistingSecret | 'disabled' | undefined,
  access: WriteAccess,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  const isOurs = (tags: ExistingSecret['tags']) => isLabOwned(tags, inputs.repository) && !tags?.[OVERWRITES];
  const overwrites = existing === 'disabled' || (existing !== undefined && !isOurs(existing.tags));
  const write = async () => changed(await writeVersion(inputs, vault, access, tools, overwrites));
  if (existing === 'disabled') {
    if (inputs.overwriteSecret) return write();
    throw disabled(inputs);
  }
  if (!existing) return writeFirst(inputs, vault, access, tools);
  const decision = decide(existing, inputs);
  if (decision === 'write') return write();

  const value = await readValue(existing, tools);
  const { secretValue, overwriteSecret } = inputs;
  if (secretValue !== '' && value !== secretValue) {
    if (decision === 'compare' || overwriteSecret) return write();
    throw differs(inputs);
  }
  if (decision === 'adopt') refuseOutOfTime(existing, inputs);
  return alreadyThere({ version: versionOf(existing.id), sha256: digestOfKnown(value) });
}

function differs({ secretName, vaultName }: Inputs): ActionFailed {
  return new ActionFailed(
    `Secret ${secretName} in ${vaultName} was not written by the lab, and its value is not that of secret-value.`,
    'Set overwrite-secret: true to write a new version of it (the existing one is kept as an older version), leave secret-value empty to use it as it is, or choose another secret-name.',
  );
}

/** Key Vault returns a secret also outside its validity period; but whoever set the period did not mean it to be used. */
function refuseOutOfTime({ expires, notBefore }: ExistingSecret, { secretName, vaultName }: Inputs): void {
  const now = Date.now();
  const why =
    expires && Date.parse(expires) <= now
      ? `expired at ${expires}`
      : notBefore && Date.parse(notBefore) > now
        ? `is not to be used before ${notBefore}`
        : undefined;
  if (!why) return;
  throw new ActionFailed(
    `Secret ${secretName} in ${vaultName} was not written by the lab, and ${why}.`,
    `Change its validity period (az keyvault secret set-attributes --vault-name ${vaultName} --name ${secretName} --expires … --not-before …), or set overwrite-secret: true to write a new version.`,
    LIFETIME,
  );
}

function disabled({ secretName, vaultName }: Inputs): ActionFailed {
  return new ActionFailed(
    `Secret ${secretName} in ${vaultName} is disabled.`,
    `Enable it (az keyvault secret set-attributes --vault-name ${vaultName} --name ${secretName} --enabled true), or set overwrite-secret: true to write a new version.`,
    LIFETIME,
  );
}

/** Writes a secret that does not exist. A deleted one that keeps the name is recovered or purged only if it is the lab's. */
async function writeFirst(
  inputs: Inputs,
  vault: Vault,
  access: WriteAccess,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  try {
    return created(await writeVersion(inputs, vault, access, tools));
  } catch (error) {
    if (!failedWith(error, 'secret-soft-deleted')) throw error;
  }
  const { secretName, vaultName, softDeleted, repository } = inputs;
  const secret = ['--vault-name', vaultName, '--name', secretName];
  const what = `Secret ${secretName} in ${vaultName} was deleted, and keeps its name until it is purged.`;
  const byHand = {
    recover: `az keyvault secret recover ${secret.join(' ')}`,
    purge: `az keyvault secret purge ${secret.join(' ')}`,
  };
  if (softDeleted === 'fail')
    throw new ActionFailed(
      what,
      `Set soft-deleted: recover to bring back a secret that the lab wrote (any other: ${byHand.recover}), or soft-deleted: purge to destroy it for good (any other: ${byHand.purge}), or choose another secret-name.`,
      RECOVERY,
    );
  const { tags } = await showDeletedSecret(inputs, tools);
  if (!isLabOwned(tags, repository) || tags?.[OVERWRITES])
    throw new ActionFailed(
      `${what} It has ${describeOwner(tags)}, which do not prove that the lab of "${repository ?? ''}" wrote it: the action does not ${softDeleted} it.`,
      `Choose another secret-name. If the secret is yours, do it by hand: ${byHand[softDeleted]}`,
      RECOVERY,
    );
  if (softDeleted === 'purge') {
    await tools.az(['keyvault', 'secret', 'purge', ...secret]);
    return created(await writeVersion(inputs, vault, access, tools));
  }
  await tools.az(['keyvault', 'secret', 'recover', ...secret, '--query', '{id: id}']);
  const recovered = await findRecovered(inputs, vault, access, tools);
  const { value } = await bringAbout(inputs, vault, recovered, access, tools);
  return changed(value);
}
