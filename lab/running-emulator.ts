import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { control, type EmulatorFacts, type EmulatorSettings } from './emulator-process.ts';
import { folder } from './paths.ts';

/** The emulator that `up` started. */
export interface RunningEmulator extends EmulatorSettings {
  readonly facts: EmulatorFacts;
  readonly pid: number;
  /** ISO date. */
  readonly since: string;
}

/** Writes down how to reach it: the control key is in it, so only its owner may read it. */
export function rememberEmulator(emulator: RunningEmulator): void {
  writeFileSync(folder.emulatorFile, JSON.stringify(emulator, null, 2), { mode: 0o600 });
}

/** The emulator that `up` started, if it still answers. What a dead one left behind is removed. */
export async function runningEmulator(): Promise<RunningEmulator | undefined> {
  if (!existsSync(folder.emulatorFile)) return undefined;
  try {
    const emulator: RunningEmulator = JSON.parse(readFileSync(folder.emulatorFile, 'utf8'));
    // Its process id alone proves nothing: after a restart of the machine it may be somebody else's.
    await control(emulator.facts, 'GET /control/status');
    return emulator;
  } catch {
    forgetEmulator();
    return undefined;
  }
}

/** Removes what it kept. */
export function forgetEmulator(): void {
  rmSync(folder.emulatorFile, { force: true });
  rmSync(folder.up, { recursive: true, force: true });
}
