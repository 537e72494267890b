import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionFailed } from './failures.ts';
import { quote } from './quote.ts';

/**
 * The file exists only during `work`, and only this user can read it.
 * @param folder parent folder; undefined for the system's temporary folder
 */
export async function inPrivateFile<T>(
  content: string,
  folder: string | undefined,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const own = await makePrivateFolder(folder ?? tmpdir());
  try {
    const file = join(own, 'content');
    await writeFile(file, content, { mode: 0o600 });
    return await work(file);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function makePrivateFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'private-'));
  } catch (error) {
    throw new ActionFailed(
      `A private file for a secret could not be created in ${quote(parent)}: ${(error as Error).message}`,
      'set the temporary folder of the runner (RUNNER_TEMP) to an existing folder that this user can write to, on a disk with free space.',
    );
  }
}
