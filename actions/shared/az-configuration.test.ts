import { mkdtempSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { azEnvironment } from './az-configuration.ts';

let own: string;
let temporary: string;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'az-configuration-'));
  own = join(root, '.azure');
  temporary = join(root, 'temp');
});

const environmentFor = async (more: NodeJS.ProcessEnv = {}) => {
  await mkdir(temporary, { recursive: true });
  return azEnvironment({ AZURE_CONFIG_DIR: own, RUNNER_TEMP: temporary, PATH: '/bin', ...more });
};

describe('azEnvironment', () => {
  it('creates a private directory that holds links to the login, and nothing else of the user', async () => {
    await mkdir(own);
    for (const file of ['config', 'azureProfile.json', 'commandIndex.json', '.local_context_me'])
      writeFileSync(join(own, file), '{}');
    const { AZURE_CONFIG_DIR: directory = '' } = await environmentFor();
    expect(directory.startsWith(temporary)).toBe(true);
    expect(basename(directory)).not.toBe('.azure');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readlinkSync(join(directory, 'azureProfile.json'))).toBe(join(own, 'azureProfile.json'));
    expect(readdirSync(directory)).not.toContain('config');
    expect(readdirSync(directory)).not.toContain('commandIndex.json');
  });

  it('uses the same directory for all steps of a job, also if two start at the same time', async () => {
    const all = await Promise.all([environmentFor(), environmentFor()]);
    expect(new Set(all.map(each => each.AZURE_CONFIG_DIR)).size).toBe(1);
  });

  it('removes every AZURE_ variable that az reads as a setting, whatever its name', async () => {
    const found = await environmentFor({
      AZURE_DEFAULTS_LOCATION: 'westus',
      AZURE_DEFAULTS_GROUP: 'theirs',
      AZURE_CORE_OUTPUT: 'table',
      AZURE_EXTENSION_DIR: '/opt/extensions',
      AZURE_EXTENSION_DEV_SOURCES: '/src',
      AZURE_ANYTHING_NEW: 'x',
      AZURE_HTTP_USER_AGENT: 'agent',
    });
    expect(found).toMatchObject({
      AZURE_DEFAULTS_LOCATION: undefined,
      AZURE_DEFAULTS_GROUP: undefined,
      AZURE_CORE_OUTPUT: undefined,
      AZURE_EXTENSION_DIR: undefined,
      AZURE_EXTENSION_DEV_SOURCES: undefined,
      AZURE_ANYTHING_NEW: undefined,
    });
    for (const name of ['AZURE_DEFAULTS_LOCATION', 'AZURE_ANYTHING_NEW']) expect(name in found).toBe(true);
    expect('AZURE_HTTP_USER_AGENT' in found).toBe(false);
    expect('PATH' in found).toBe(false);
  });

  it('keeps the cloud and the storage of the login, and prefers a variable to the file', async () => {
    await mkdir(own);
    writeFileSync(
      join(own, 'config'),
      '# a comment\n[cloud]\nname = AzureUSGovernment\n\n[core]\nEncrypt_Token_Cache: true\noutput = table\n[defaults]\nname = no\n',
    );
    expect(await environmentFor()).toMatchObject({
      AZURE_CLOUD_NAME: 'AzureUSGovernment',
      AZURE_CORE_ENCRYPT_TOKEN_CACHE: 'true',
      AZURE_CORE_INSTANCE_DISCOVERY: undefined,
    });
    expect(await environmentFor({ AZURE_CLOUD_NAME: 'AzureChinaCloud' })).toMatchObject({
      AZURE_CLOUD_NAME: 'AzureChinaCloud',
    });
  });

  it('rejects a directory that it did not create', async () => {
    const { AZURE_CONFIG_DIR: directory = '' } = await environmentFor();
    const other = join(temporary, 'other');
    await mkdir(other);
    writeFileSync(join(other, basename(directory)), 'a file of this name');
    await expect(azEnvironment({ AZURE_CONFIG_DIR: own, RUNNER_TEMP: other })).rejects.toThrow(
      `"${join(other, basename(directory))}", cannot be used: it is not a directory`,
    );
  });
});
