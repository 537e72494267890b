import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionFailed } from './failures.ts';

/**
 * The way for a secret to a command: a file that only this user can read, for as long as the command needs it.
 * @param folder where it may lie; where none is given, the system's folder for such files.
 * @param work gets the file's path.
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
      `A private file for a secret could not be created in "${parent}": ${(error as Error).message}`,
      'make the temporary folder of the runner (RUNNER_TEMP) an existing folder that this user can write to, on a disk with free space.',
    );
  }
}
