import { failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { describeOwner, isLabOwned, MANAGED_BY, type Tags } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { RECOVERY_LINK } from './deleted-vault.ts';
import type { Inputs } from './inputs.ts';
import { generateValue, maskValue, type SecretValue } from './secret-value.ts';
import { type ExistingSecret, type StoredSecret, versionOf } from './stored-secret.ts';

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  version: string;
  /** SHA-256 of the value, in hexadecimal digits. */
  sha256: string;
}

export type SecretInputs = Pick<
  Inputs,
  'vaultName' | 'secretName' | 'softDeleted' | 'overwriteSecret' | 'repository'
> & {
  /** Identifies the run: `RUN_ID-ATTEMPT`. */
  run: string | undefined;
};

export type Decision = 'keep' | 'compare' | 'adopt' | 'write';

/** The tag of a secret that has older versions of another owner. The action never purges such a secret. */
const OVERWRITES = 'overwrites-another-owner';

const ATTRIBUTES_LINK = 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes';

/**
 * The tags show whether this repository's lab wrote the newest version, and in which run. They show nothing about the
 * value, because everyone who can read the vault's resources sees them.
 */
export function decide(
  existing: ExistingSecret | undefined,
  { overwriteSecret, repository, run }: Pick<SecretInputs, 'overwriteSecret' | 'repository' | 'run'>,
  hasGivenValue: boolean,
): Decision {
  if (!existing) return 'write';
  if (isLabOwned(existing.tags, repository)) {
    if (hasGivenValue) return 'compare';
    return run !== undefined && run === existing.tags?.run ? 'keep' : 'write';
  }
  return overwriteSecret && !hasGivenValue ? 'write' : 'adopt';
}

/**
 * @param secretValue '' to generate a value
 * @param vaultIsNew a new vault has no secrets, so none is read
 * @throws {ActionFailed} if a person must decide
 */
export async function ensureSecret(
  inputs: SecretInputs,
  secretValue: string,
  stored: StoredSecret,
  vaultIsNew: boolean,
): Promise<Done<SecretVersion>> {
  const given = secretValue === '' ? undefined : maskValue(secretValue);
  const existing = vaultIsNew ? undefined : await stored.find();
  return existing ? updateSecret(inputs, given, existing, stored) : createSecret(inputs, given, stored);
}

async function updateSecret(
  inputs: SecretInputs,
  given: SecretValue | undefined,
  existing: ExistingSecret | 'disabled',
  stored: StoredSecret,
): Promise<Done<SecretVersion>> {
  const isOurs =
    existing !== 'disabled' &&
    isLabOwned(existing.tags, inputs.repository) &&
    existing.tags?.[OVERWRITES] === undefined;
  const write = async () => changed(await writeVersion(inputs, given, stored, !isOurs));
  if (existing === 'disabled') {
    if (inputs.overwriteSecret) return write();
    throw secretDisabled(inputs);
  }
  const decision = decide(existing, inputs, given !== undefined);
  if (decision === 'write') return write();

  const value = await stored.readValue(existing);
  if (given && value.text !== given.text) {
    if (decision === 'compare' || inputs.overwriteSecret) return write();
    throw valueDiffers(inputs);
  }
  if (decision === 'adopt') checkValidityPeriod(existing, inputs);
  return alreadyThere({ version: versionOf(existing.id), sha256: value.sha256 });
}

/** Recovers or purges a soft-deleted secret only if the lab wrote it. */
async function createSecret(
  inputs: SecretInputs,
  given: SecretValue | undefined,
  stored: StoredSecret,
): Promise<Done<SecretVersion>> {
  try {
    return created(await writeVersion(inputs, given, stored));
  } catch (error) {
    if (!failedWith(error, 'secret-soft-deleted')) throw error;
  }
  const { secretName, vaultName, softDeleted, repository } = inputs;
  const place = `--vault-name ${vaultName} --name ${secretName}`;
  const commands = {
    recover: `az keyvault secret recover ${place}`,
    purge: `az keyvault secret purge ${place}`,
  };
  const observed = `A soft-deleted secret in key vault ${quote(vaultName)} has the name ${quote(secretName)}. It keeps its name until it is purged.`;
  if (softDeleted === 'fail')
    throw new ActionFailed(
      observed,
      `If the lab wrote it, set soft-deleted: recover, or soft-deleted: purge (permanent). Otherwise choose another secret-name, or run one of these commands:\n${commands.recover}\n${commands.purge}`,
      RECOVERY_LINK,
    );
  const tags = await stored.readDeletedTags();
  if (!isLabOwned(tags, repository) || tags?.[OVERWRITES])
    throw new ActionFailed(
      `${observed} It has ${describeOwner(tags)}. That does not prove that the lab of ${quote(repository ?? '')} wrote it, so the action does not ${softDeleted} it.`,
      `Choose another secret-name. If the secret is yours, run: ${commands[softDeleted]}`,
      RECOVERY_LINK,
    );
  if (softDeleted === 'purge') {
    await stored.purge();
    return created(await writeVersion(inputs, given, stored));
  }
  const { value } = await updateSecret(inputs, given, await stored.recover(), stored);
  return changed(value);
}

/** @param overwrites whether an older version can be another owner's */
async function writeVersion(
  { repository, run }: SecretInputs,
  given: SecretValue | undefined,
  stored: StoredSecret,
  overwrites = false,
): Promise<SecretVersion> {
  const value = given ?? generateValue();
  const tags: Tags = {
    'managed-by': MANAGED_BY,
    ...(repository && { repository }),
    ...(run && { run }),
    ...(overwrites && { [OVERWRITES]: 'true' }),
  };
  return { version: await stored.write(value, tags), sha256: value.sha256 };
}

function valueDiffers({ secretName, vaultName }: SecretInputs): ActionFailed {
  return new ActionFailed(
    `Secret ${quote(secretName)} in key vault ${quote(vaultName)} belongs to another owner, and its value differs from secret-value.`,
    'Set overwrite-secret: true to write a new version (the current value stays as an older version), leave secret-value empty to use the secret unchanged, or choose another secret-name.',
  );
}

/** Key Vault also returns a secret outside its validity period, but its owner did not intend that use. */
function checkValidityPeriod({ expires, notBefore }: ExistingSecret, inputs: SecretInputs): void {
  const { secretName, vaultName } = inputs;
  const now = Date.now();
  const problem =
    expires && Date.parse(expires) <= now
      ? `It expired at ${quote(expires)}.`
      : notBefore && Date.parse(notBefore) > now
        ? `It is not valid before ${quote(notBefore)}.`
        : undefined;
  if (!problem) return;
  throw new ActionFailed(
    `Secret ${quote(secretName)} in key vault ${quote(vaultName)} belongs to another owner and is not valid now. ${problem}`,
    `Set overwrite-secret: true to write a new version, or change the validity period: az keyvault secret set-attributes --vault-name ${vaultName} --name ${secretName} --expires DATE --not-before DATE`,
    ATTRIBUTES_LINK,
  );
}

function secretDisabled({ secretName, vaultName }: SecretInputs): ActionFailed {
  return new ActionFailed(
    `Secret ${quote(secretName)} in key vault ${quote(vaultName)} is disabled.`,
    `Set overwrite-secret: true to write a new version, or enable it: az keyvault secret set-attributes --vault-name ${vaultName} --name ${secretName} --enabled true`,
    ATTRIBUTES_LINK,
  );
}
