import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  const own = await mkdtemp(join(folder ?? tmpdir(), 'private-'));
  try {
    const file = join(own, 'content');
    await writeFile(file, content, { mode: 0o600 });
    return await work(file);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
