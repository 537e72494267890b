import { createHash, randomBytes } from 'node:crypto';
import { setSecret } from '@actions/core';
import { findResource } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { maskSecret } from '../shared/mask.ts';
import { MANAGED_BY } from '../shared/ownership.ts';
import { inPrivateFile } from '../shared/private-file.ts';
import { poll, retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import type { Vault } from './vault.ts';
import type { WriteAccess } from './write-access.ts';

/** What is known of a secret without its value. */
export interface KnownSecret {
  /** ID of the version, 32 hexadecimal digits. */
  version: string;
  /** SHA-256 of the value, in hexadecimal digits. */
  sha256: string;
}

/** A secret's newest version, without its value. */
export interface ExistingSecret {
  id: string;
  tags: Record<string, string> | null;
  /** In ISO 8601. */
  expires: string | null;
  notBefore: string | null;
}

/** The secret without its value, which az must not print. */
export async function findSecret(
  { vaultName, secretName }: Inputs,
  vault: Vault,
  access: WriteAccess,
  tools: Tools,
): Promise<ExistingSecret | 'disabled' | undefined> {
  const query = '{id: id, tags: tags, expires: attributes.expires, notBefore: attributes.notBefore}';
  try {
    return await allowedSoon(vault, access, tools, () =>
      findResource<ExistingSecret>(tools.az, [
        ...['keyvault', 'secret', 'show', '--vault-name', vaultName, '--name', secretName],
        ...['--query', query],
      ]),
    );
  } catch (error) {
    if (failedWith(error, 'secret-disabled')) return 'disabled';
    throw error;
  }
}

/** A recovery takes some seconds. */
export function findRecovered(
  inputs: Inputs,
  vault: Vault,
  access: WriteAccess,
  tools: Tools,
): Promise<ExistingSecret | 'disabled'> {
  const { time, log, retrySeconds } = tools;
  const what = `Secret ${inputs.secretName}`;
  return poll<ExistingSecret | 'disabled'>({ what, timeoutSeconds: retrySeconds, time, log }, async () => {
    const found = await findSecret(inputs, vault, access, tools);
    return found ? { value: found } : { state: 'being recovered' };
  });
}

/** The tags of a deleted secret. */
export function showDeletedSecret(
  { vaultName, secretName }: Inputs,
  { az }: Tools,
): Promise<{ tags: Record<string, string> | null }> {
  return az([
    ...['keyvault', 'secret', 'show-deleted', '--vault-name', vaultName, '--name', secretName],
    ...['--query', '{tags: tags}'],
  ]);
}

/** The value of this version. It is masked before anything is done with it, unless it is too short for a mask. */
export async function readValue({ id }: ExistingSecret, { az }: Tools): Promise<string> {
  const value = await az<string>(['keyvault', 'secret', 'show', '--id', id, '--query', 'value']);
  maskSecret(value);
  return value;
}

/** Says that older versions are another owner's: such a secret is never purged. */
export const OVERWRITES = 'overwrites-another-owner';

/**
 * Writes a new version: the given value, or 256 random bits.
 * @param overwrites whether an older version may be another owner's
 */
export async function writeVersion(
  inputs: Inputs,
  vault: Vault,
  access: WriteAccess,
  tools: Tools,
  overwrites = false,
): Promise<KnownSecret> {
  const { secretName, vaultName, group, repository } = inputs;
  const value = inputs.secretValue || randomBytes(32).toString('base64url');
  maskSecret(value);
  const { run } = group.tags;
  const tags = [
    `managed-by=${MANAGED_BY}`,
    ...(repository ? [`repository=${repository}`] : []),
    ...(run ? [`run=${run}`] : []),
    ...(overwrites ? [`${OVERWRITES}=true`] : []),
  ];
  const { id } = await inPrivateFile(value, inputs.temporaryFolder, file =>
    allowedSoon(vault, access, tools, () =>
      tools.az<{ id: string }>([
        ...['keyvault', 'secret', 'set', '--vault-name', vaultName, '--name', secretName],
        ...['--file', file, '--encoding', 'utf-8', '--tags', ...tags],
        // Without it az prints the value.
        ...['--query', '{id: id}'],
      ]),
    ),
  );
  // The digest of 256 random bits says nothing about them.
  const sha256 = inputs.secretValue ? digestOfKnown(value) : digest(value);
  return { sha256, version: versionOf(id) };
}

/** How long the role on the one secret is waited for, before it is assigned on the whole vault of the lab. */
const SECRET_ROLE_SECONDS = 180;

/**
 * Retries until the permission that was just granted is visible, the name of a new vault resolves, and a secret is gone or
 * back.
 */
async function allowedSoon<T>(
  { name, properties }: Vault,
  access: WriteAccess,
  { time, log, retrySeconds }: Tools,
  work: () => Promise<T>,
): Promise<T> {
  const host = new URL(properties.vaultUri).hostname;
  const isDenied = (error: unknown): boolean =>
    failedWith(error, 'vault-role-missing') ||
    (access.model === 'access-policy' && access.granted && failedWith(error, 'vault-access-denied'));
  const transient = (error: unknown): string | undefined => {
    if (!(error instanceof CommandFailed)) return undefined;
    if (error.failedToResolve(host)) return 'the name of the vault does not resolve yet';
    if (isDenied(error))
      return access.model === 'rbac'
        ? 'the role assignment is not visible yet (ForbiddenByRbac)'
        : 'the access policy is not visible yet (AccessDenied)';
    if (error.is('secret-being-deleted')) return 'the secret is just being deleted or recovered';
    return undefined;
  };
  const attempt = async (): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // A permission that another run had granted for a while may have been taken back.
      const refused = failedWith(error, 'vault-role-missing') || failedWith(error, 'vault-access-denied');
      if (refused && !access.granted) await access.ensure();
      throw error;
    }
  };
  const options = { what: `secrets of ${name}`, firstWaitSeconds: 2, time, log, transient };
  if (access.canWiden && retrySeconds > SECRET_ROLE_SECONDS) {
    try {
      return await retry({ ...options, timeoutSeconds: SECRET_ROLE_SECONDS }, attempt);
    } catch (error) {
      if (!isDenied(error)) throw error;
      await access.widen();
    }
  }
  return retry({ ...options, timeoutSeconds: retrySeconds }, attempt);
}

/**
 * The digest of a value that was not drawn at random here. It is masked: from the digest of a weak value, readers of the
 * log could find the value by guessing.
 */
export function digestOfKnown(value: string): string {
  const sha256 = digest(value);
  setSecret(sha256);
  return sha256;
}

function digest(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** The version in `https://VAULT.vault.azure.net/secrets/NAME/VERSION`. */
export function versionOf(id: string): string {
  return id.split('/').at(-1) ?? '';
}
