import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../processes.ts';

const INTERVAL = 200;

/**
 * Takes over the lock of an ended process.
 * @param file contains the ID of the process that has the lock
 * @param onWait receives this ID once
 */
export async function withFileLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let hasReported = false;
  while (!tryLock(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && !isRunning(holder)) takeOver(file, holder);
    else {
      if (!hasReported && holder !== undefined) {
        hasReported = true;
        onWait(holder);
      }
      await sleep(INTERVAL);
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

/** A second lock prevents that two processes remove it, and then each other's. */
function takeOver(file: string, holder: number): void {
  const removal = `${file}.removal`;
  if (!tryLock(removal)) return;
  try {
    if (holderOf(file) === holder) rmSync(file, { force: true });
  } finally {
    rmSync(removal, { force: true });
  }
}
