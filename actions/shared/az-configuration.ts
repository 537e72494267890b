import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ActionFailed } from './failures.ts';
import { quote } from './quote.ts';

/**
 * az reads and writes the user's files through links, so that all steps of a job share a login. An `az account clear` here
 * would remove the links, so it must run with the user's own configuration.
 */
const LOGIN_FILES = [
  'azureProfile.json',
  ...['msal_token_cache.json', 'msal_token_cache.bin'],
  ...['service_principal_entries.json', 'service_principal_entries.bin'],
  ...['clouds.config', 'cloudEndpoints.json', 'versionCheck.json'],
];

/** The only settings of the user that say where the login is, and to which cloud it leads. */
const KEPT_SETTINGS = [
  ['cloud', 'name'],
  ['core', 'encrypt_token_cache'],
  ['core', 'instance_discovery'],
] as const;

/**
 * Makes an az command mean the same on every machine: only the login is the user's. These have no effect: `az config`,
 * `az configure --defaults`, a `.azure` folder beside the workflow's files, `AZURE_*` variables, extensions, aliases, and the
 * language of the machine. https://learn.microsoft.com/cli/azure/azure-cli-configuration
 * @returns variables to add to the environment; undefined removes one
 * @throws {ActionFailed} when the directory cannot be created, or belongs to another user
 */
export async function azEnvironment(
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, string | undefined>> {
  const own = resolve(environment.AZURE_CONFIG_DIR || join(homedir(), '.azure'));
  const directory = await privateDirectory(own, environment.RUNNER_TEMP);
  const settings = readSettings(await readFile(join(own, 'config'), 'utf8').catch(() => ''));
  const kept = KEPT_SETTINGS.map(([section, option]) => {
    const name = `AZURE_${section}_${option}`.toUpperCase();
    return [name, environment[name] ?? settings.get(`${section}.${option}`)];
  });
  const overrides = Object.keys(environment).filter(
    name => /^AZURE_/i.test(name) && !KEPT_VARIABLES.includes(name),
  );
  return {
    ...Object.fromEntries(overrides.map(name => [name, undefined])),
    ...Object.fromEntries(kept),
    AZURE_CONFIG_DIR: directory,
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    AZURE_CORE_NO_COLOR: 'yes',
    AZURE_EXTENSION_SYS_DIR: join(directory, 'cliextensions'),
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
    ...ENGLISH,
  };
}

/** It changes the user agent of az, never what a command does. */
const KEPT_VARIABLES: readonly string[] = ['AZURE_HTTP_USER_AGENT'];

export const ENGLISH: Readonly<Record<string, string | undefined>> = {
  LC_ALL: process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8',
  LANGUAGE: undefined,
};

const directories = new Map<string, Promise<string>>();
const exempted = new Set<string>();

export function useAsItIs(directory: string): void {
  exempted.add(resolve(directory));
}

/** @param own the user's configuration directory of az */
function privateDirectory(own: string, temporary: string | undefined): Promise<string> {
  if (exempted.has(own)) return Promise.resolve(own);
  const key = `${temporary ?? ''}\n${own}`;
  const known = directories.get(key) ?? createDirectory(own, temporary);
  directories.set(key, known);
  return known;
}

async function createDirectory(own: string, temporary: string | undefined): Promise<string> {
  const directory = await (temporary ? ofTheJob(own, temporary) : ofThisProcess());
  await mkdir(own, { recursive: true, mode: 0o700 });
  for (const file of LOGIN_FILES) {
    await symlink(join(own, file), join(directory, file)).catch(error => {
      // Another step of the job created it, or is creating it now.
      if (error.code !== 'EEXIST') throw unusable(directory, error.message);
    });
  }
  return directory;
}

/**
 * One directory for all steps of a job: az builds the index of its commands once in each.
 * Its name is not `.azure`, because az looks for a folder of the same name in the working directory and above.
 */
async function ofTheJob(own: string, temporary: string): Promise<string> {
  const directory = join(temporary, `az-${createHash('sha256').update(own).digest('hex').slice(0, 16)}`);
  await mkdir(directory, { mode: 0o700 }).catch(error => {
    if (error.code !== 'EEXIST') throw unusable(directory, error.message);
  });
  const found = await lstat(directory);
  const mine = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory() || !mine)
    throw unusable(directory, found.isDirectory() ? 'another user owns it' : 'it is not a directory');
  return directory;
}

async function ofThisProcess(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'az-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function unusable(directory: string, reason: string): ActionFailed {
  return new ActionFailed(
    `The configuration directory for az, ${quote(directory)}, cannot be used: ${reason}.`,
    'run the job on Linux or macOS with a temporary folder (RUNNER_TEMP) that this user can write to, and remove the file or directory with this name.',
    'https://learn.microsoft.com/cli/azure/azure-cli-configuration',
  );
}

/** Reads az's configuration file as Python's configparser does, as far as az writes it. */
function readSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    const [, option, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (heading === undefined && option) settings.set(`${section}.${option.toLowerCase()}`, value ?? '');
  }
  return settings;
}
