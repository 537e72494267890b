import { createHash, randomBytes } from 'node:crypto';
import { setSecret } from '@actions/core';
import { lookUp } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { inPrivateFile } from '../shared/private-file.ts';
import { MANAGED_BY } from '../shared/resource-group.ts';
import { poll, retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import type { Vault } from './vault.ts';

/** What is known of a secret without its value. */
export interface KnownSecret {
  /** The version's id, 32 hexadecimal digits. */
  version: string;
  /** SHA-256 of the value, in hexadecimal digits. */
  sha256: string;
}

/** A secret's newest version, without its value. */
export interface StandingSecret {
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
  tools: Tools,
): Promise<StandingSecret | 'disabled' | undefined> {
  const query = '{id: id, tags: tags, expires: attributes.expires, notBefore: attributes.notBefore}';
  try {
    return await allowedSoon(vault, tools, () =>
      lookUp<StandingSecret>(tools.az, [
        ...['keyvault', 'secret', 'show', '--vault-name', vaultName, '--name', secretName],
        ...['--query', query],
      ]),
    );
  } catch (error) {
    if (error instanceof CommandFailed && error.stderr.includes('SecretDisabled')) return 'disabled';
    throw error;
  }
}

/** A recovery takes some seconds. */
export function findRecovered(
  inputs: Inputs,
  vault: Vault,
  tools: Tools,
): Promise<StandingSecret | 'disabled'> {
  const { time, log, retrySeconds } = tools;
  const what = `Secret ${inputs.secretName}`;
  return poll<StandingSecret | 'disabled'>({ what, timeoutSeconds: retrySeconds, time, log }, async () => {
    const found = await findSecret(inputs, vault, tools);
    return found ? { value: found } : { state: 'being recovered' };
  });
}

/** The value of this version, for its digest only: it is masked before anything is done with it. */
export async function readValue({ id }: StandingSecret, { az }: Tools): Promise<string> {
  const value = await az<string>(['keyvault', 'secret', 'show', '--id', id, '--query', 'value']);
  setSecret(value);
  return value;
}

/** Writes a new version: of what is given, or of 256 random bits. */
export async function writeVersion(inputs: Inputs, vault: Vault, tools: Tools): Promise<KnownSecret> {
  const { secretName, vaultName, group } = inputs;
  const value = inputs.secretValue || randomBytes(32).toString('base64url');
  setSecret(value);
  const sha256 = digest(value);
  const { run } = group.tags;
  const tags = [`managed-by=${MANAGED_BY}`, `sha256=${sha256}`, ...(run ? [`run=${run}`] : [])];
  const { id } = await inPrivateFile(value, inputs.temporaryFolder, file =>
    allowedSoon(vault, tools, () =>
      tools.az<{ id: string }>([
        ...['keyvault', 'secret', 'set', '--vault-name', vaultName, '--name', secretName],
        ...['--file', file, '--encoding', 'utf-8', '--tags', ...tags],
        // Without it az prints the value.
        ...['--query', '{id: id}'],
      ]),
    ),
  );
  return { sha256, version: versionOf(id) };
}

/** Tries until the right that was just given is seen, a new vault's name is known, and a secret is gone or back. */
function allowedSoon<T>(
  { name, properties }: Vault,
  { time, log, retrySeconds }: Tools,
  work: () => Promise<T>,
): Promise<T> {
  const host = new URL(properties.vaultUri).hostname;
  const transient = (error: unknown): string | undefined => {
    if (!(error instanceof CommandFailed)) return undefined;
    const { stderr } = error;
    if (stderr.includes('ForbiddenByRbac')) return 'the role just assigned is not seen yet (ForbiddenByRbac)';
    if (stderr.includes(`Failed to resolve '${host}'`)) return 'the name of the new vault is not known yet';
    if (/ObjectIsBeing(Deleted|Recovered)/.test(stderr))
      return 'the secret is just being deleted or recovered';
    return undefined;
  };
  const what = `secrets of ${name}`;
  return retry({ what, timeoutSeconds: retrySeconds, firstWaitSeconds: 2, time, log, transient }, work);
}

/** SHA-256, in hexadecimal digits. */
export function digest(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** The version that ends `https://VAULT.vault.azure.net/secrets/NAME/VERSION` */
export function versionOf(id: string): string {
  return id.split('/').at(-1) ?? '';
}
