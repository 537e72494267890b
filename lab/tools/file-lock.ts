import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../processes.ts';

/** How often a waiting process looks again, in milliseconds. */
const interval = 200;

/**
 * Does something while no other process does it.
 * @param file the lock: holds the id of the process that has it; one whose process is gone is taken over
 * @param onWait told once, with the id of the process that is waited for
 * @throws what the work throws
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  while (!tryLock(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && !isRunning(holder)) takeOver(file, holder);
    else {
      if (!told && holder !== undefined) {
        told = true;
        onWait(holder);
      }
      await sleep(interval);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Removes the lock of a process that is gone. A lock on the removal keeps two from removing it, and then each other's. */
function takeOver(file: string, holder: number): void {
  const removal = `${file}.removal`;
  if (!tryLock(removal)) return;
  try {
    if (holderOf(file) === holder) rmSync(file, { force: true });
  } finally {
    rmSync(removal, { force: true });
  }
}
