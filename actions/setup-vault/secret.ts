import { CommandFailed } from '../shared/command.ts';
import { ActionFailed } from '../shared/failures.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { MANAGED_BY } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import { namedRefusal } from './refusals.ts';
import {
  digest,
  findRecovered,
  findSecret,
  type KnownSecret,
  readValue,
  type StandingSecret,
  versionOf,
  writeVersion,
} from './stored-secret.ts';
import type { Vault } from './vault.ts';

/** What becomes of the secret: it is as wanted, is taken as somebody else wrote it, or gets a new version. */
export type Decision = 'keep' | 'adopt' | 'write';

const LIFETIME = 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes';
const RECOVERY = 'https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery';

/**
 * What becomes of a secret. Tags say whether the lab wrote this version, in which run, and the digest of its value: so
 * a second call in a run knows its own secret, although a random value is nowhere kept.
 * @param standing undefined is not there
 */
export function decide(
  standing: StandingSecret | undefined,
  { secretValue, overwriteSecret, group }: Pick<Inputs, 'secretValue' | 'overwriteSecret' | 'group'>,
): Decision {
  if (!standing) return 'write';
  const { 'managed-by': owner, sha256, run } = standing.tags ?? {};
  if (owner === MANAGED_BY && sha256) {
    const asWanted =
      secretValue === '' ? run !== undefined && run === group.tags.run : sha256 === digest(secretValue);
    return asWanted ? 'keep' : 'write';
  }
  return overwriteSecret && secretValue === '' ? 'write' : 'adopt';
}

/**
 * Writes the secret, unless it is there; what somebody else wrote is overwritten only when that is asked for.
 * @param vaultIsNew a vault that was just made holds no secret: nothing is looked for.
 * @throws {ActionFailed} where a person must decide.
 */
export async function ensureSecret(
  inputs: Inputs,
  vault: Vault,
  vaultIsNew: boolean,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  try {
    const standing = vaultIsNew ? undefined : await findSecret(inputs, vault, tools);
    return await bringAbout(inputs, vault, standing, tools);
  } catch (error) {
    throw namedRefusal(error, vault);
  }
}

async function bringAbout(
  inputs: Inputs,
  vault: Vault,
  standing: StandingSecret | 'disabled' | undefined,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  if (standing === 'disabled') {
    if (inputs.overwriteSecret) return changed(await writeVersion(inputs, vault, tools));
    throw disabled(inputs);
  }
  switch (decide(standing, inputs)) {
    case 'keep':
      return alreadyThere({ version: versionOf(standing!.id), sha256: standing!.tags!.sha256! });
    case 'adopt':
      return adopt(inputs, vault, standing!, tools);
    case 'write':
      if (standing) return changed(await writeVersion(inputs, vault, tools));
      return writeFirst(inputs, vault, tools);
  }
}

/** Takes a secret that somebody else wrote, as far as it is what is wanted. */
async function adopt(
  inputs: Inputs,
  vault: Vault,
  standing: StandingSecret,
  tools: Tools,
): Promise<Done<KnownSecret>> {
  const { secretName, secretValue, overwriteSecret, vaultName } = inputs;
  const value = await readValue(standing, tools);
  if (secretValue !== '' && value !== secretValue) {
    if (overwriteSecret) return changed(await writeVersion(inputs, vault, tools));
    throw new ActionFailed(
      `Secret ${secretName} in ${vaultName} was not written by the lab, and its value is not that of secret-value.`,
      'Set overwrite-secret: true to write a new version of it (the one that is there is kept as an older version), leave secret-value empty to use it as it is, or take another secret-name.',
    );
  }
  refuseOutOfTime(standing, inputs);
  return alreadyThere({ version: versionOf(standing.id), sha256: digest(value) });
}

/** Key Vault gives a secret also outside its time; but whoever set the time did not mean it to be used. */
function refuseOutOfTime({ expires, notBefore }: StandingSecret, { secretName, vaultName }: Inputs): void {
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
    `Give it another time (az keyvault secret set-attributes --vault-name ${vaultName} --name ${secretName} --expires … --not-before …), or set overwrite-secret: true to write a new version.`,
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

/** Writes a secret that is not there, unless a deleted one keeps its name. */
async function writeFirst(inputs: Inputs, vault: Vault, tools: Tools): Promise<Done<KnownSecret>> {
  try {
    return created(await writeVersion(inputs, vault, tools));
  } catch (error) {
    if (!(error instanceof CommandFailed && error.stderr.includes('ObjectIsDeletedButRecoverable')))
      throw error;
  }
  const { secretName, vaultName, softDeleted } = inputs;
  const secret = ['--vault-name', vaultName, '--name', secretName];
  switch (softDeleted) {
    case 'recover': {
      await tools.az(['keyvault', 'secret', 'recover', ...secret, '--query', '{id: id}']);
      const recovered = await findRecovered(inputs, vault, tools);
      const { value } = await bringAbout(inputs, vault, recovered, tools);
      return changed(value);
    }
    case 'purge':
      await tools.az(['keyvault', 'secret', 'purge', ...secret]);
      return created(await writeVersion(inputs, vault, tools));
    case 'fail':
      throw new ActionFailed(
        `Secret ${secretName} in ${vaultName} was deleted, and keeps its name until it is purged.`,
        `Set soft-deleted: recover to bring it back (az keyvault secret recover ${secret.join(' ')}), or soft-deleted: purge to destroy it for good (az keyvault secret purge ${secret.join(' ')}), or take another secret-name.`,
        RECOVERY,
      );
  }
}
