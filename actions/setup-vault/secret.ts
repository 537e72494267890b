import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setSecret } from '@actions/core';
import { lookUp } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

/** What is known of a secret without its value. */
export interface WrittenSecret {
  /** The version's id, 32 hexadecimal digits. */
  version: string;
  /** SHA-256 of the value, in hexadecimal digits. */
  sha256: string;
}

interface StandingSecret {
  id: string;
  tags: Record<string, string> | null;
}

/**
 * Writes the secret, unless this run already has. Its tags say by which run it was written and the digest of its value:
 * so a second call knows it, although a random value is nowhere kept.
 * @param vaultIsNew a vault that was just made holds no secret: nothing is looked for.
 */
export async function ensureSecret(
  inputs: Inputs,
  vaultIsNew: boolean,
  tools: Tools,
): Promise<Done<WrittenSecret>> {
  const { secretName, secretValue, group } = inputs;
  const run = group.tags.run ?? '';

  const standing = vaultIsNew ? undefined : await allowedSoon(inputs, tools, () => look(inputs, tools));
  const sha256 = standing?.tags?.sha256;
  const sameValue = secretValue === '' ? true : sha256 === digest(secretValue);
  if (standing && sha256 && run !== '' && standing.tags?.run === run && sameValue) {
    return alreadyThere({ version: versionOf(standing.id), sha256 });
  }

  const value = secretValue || randomBytes(32).toString('base64url');
  setSecret(value);
  const written = { sha256: digest(value) };
  const tags = [`sha256=${written.sha256}`, ...(run ? [`run=${run}`] : [])];
  const { id } = await inPrivateFile(value, inputs.temporaryFolder, file =>
    allowedSoon(inputs, tools, () =>
      tools.az<StandingSecret>([
        ...['keyvault', 'secret', 'set', '--vault-name', inputs.vaultName, '--name', secretName],
        ...['--file', file, '--encoding', 'utf-8', '--tags', ...tags],
        // Without it az prints the value.
        ...['--query', '{id: id}'],
      ]),
    ),
  );
  const done = { ...written, version: versionOf(id) };
  return standing ? changed(done) : created(done);
}

/** The secret's id and tags; az must not print its value. */
function look({ vaultName, secretName }: Inputs, { az }: Tools): Promise<StandingSecret | undefined> {
  return lookUp<StandingSecret>(az, [
    ...['keyvault', 'secret', 'show', '--vault-name', vaultName, '--name', secretName],
    ...['--query', '{id: id, tags: tags}'],
  ]);
}

/** Tries until the right that was just given is seen, and a new vault's name is known. */
function allowedSoon<T>({ vaultName }: Inputs, { time, log }: Tools, work: () => Promise<T>): Promise<T> {
  return retry(
    {
      what: `secrets of ${vaultName}`,
      timeoutSeconds: 600,
      firstWaitSeconds: 2,
      time,
      log,
      transient: notYet,
    },
    work,
  );
}

function notYet(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  if (error.stderr.includes('ForbiddenByRbac'))
    return 'the role just assigned is not seen yet (ForbiddenByRbac)';
  if (/Failed to resolve '[^']*\.vault\./.test(error.stderr))
    return 'the name of the new vault is not known yet';
  return undefined;
}

/** The way to az for a secret: a file that only this user can read, for as long as it is needed. */
async function inPrivateFile<T>(
  content: string,
  folder = tmpdir(),
  work: (file: string) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(folder, 'setup-vault-'));
  try {
    const file = join(own, 'secret');
    await writeFile(file, content, { mode: 0o600 });
    return await work(file);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** `https://VAULT.vault.azure.net/secrets/NAME/VERSION` */
function versionOf(id: string): string {
  return id.split('/').at(-1) ?? '';
}
