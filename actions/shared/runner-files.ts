import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

// The files of a job are written by the runner, by earlier steps, and by steps that run at the same time. Any of them
// might be missing, not writable, incomplete, or no file at all. Without O_NONBLOCK, opening a named pipe waits forever.

/**
 * The folder in which the actions of this job leave files for each other.
 * @param temporary the runner's temporary folder, which exists as long as the job
 */
export function jobFolder(temporary: string): string {
  return join(temporary, 'workload-identity-lab');
}

/** Creates that folder, readable for this user only. */
export async function makeJobFolder(temporary: string): Promise<string> {
  const folder = jobFolder(temporary);
  await mkdir(folder, { mode: 0o700 }).catch(error => {
    if (error.code !== 'EEXIST') throw error;
  });
  return folder;
}

/** Appends a text as a separate line. Creates the file if it does not exist. */
export async function appendText(file: string, text: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants;
  const handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  try {
    const stats = await handle.stat();
    const isCutOff =
      stats.isFile() &&
      stats.size > 0 &&
      (await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1)).buffer.toString() !== '\n';
    await handle.write(`${isCutOff ? '\n' : ''}${text}`);
  } finally {
    await handle.close();
  }
}

/** The size of a file in bytes; 0 if it does not exist. */
export async function sizeOf(file: string): Promise<number> {
  const { O_NONBLOCK, O_RDONLY } = constants;
  const handle = await open(file, O_RDONLY | O_NONBLOCK).catch(() => undefined);
  try {
    return (await handle?.stat())?.size ?? 0;
  } finally {
    await handle?.close();
  }
}

/** The text of a file; only its last bytes if it is longer than `most`. */
export async function readEnd(file: string, most: number): Promise<string> {
  const { O_NONBLOCK, O_RDONLY } = constants;
  const handle = await open(file, O_RDONLY | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`"${file}" is not a regular file.`);
    const length = Math.min(stats.size, most);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, stats.size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
