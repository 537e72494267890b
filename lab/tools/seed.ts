import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from '../paths.ts';

// What az finds out again in every new AZURE_CONFIG_DIR: the index of its commands (1.5 s, where a release does not ship
// with it) and its own version (with a request to a host that the emulator refuses). Neither tells who used it.
const files = ['commandIndex.json', 'versionCheck.json'];

/** Makes a new AZURE_CONFIG_DIR with what az wrote when the lab asked it for its version. */
export async function makeAzConfig(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const file of files) {
    const known = join(folder.azSeed, file);
    if (existsSync(known)) await copyFile(known, join(directory, file));
  }
  return directory;
}
