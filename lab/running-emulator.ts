import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { control, type EmulatorConnection, type EmulatorSettings } from './emulator-process.ts';
import { paths } from './paths.ts';

export interface RunningEmulator extends EmulatorSettings {
  readonly facts: EmulatorConnection;
  readonly pid: number;
  /** ISO date. */
  readonly since: string;
}

/** Private, because it contains the control key. */
export function saveEmulator(emulator: RunningEmulator): void {
  writeFileSync(paths.emulatorFile, JSON.stringify(emulator, null, 2), { mode: 0o600 });
}

/** Removes the files of an emulator that does not answer. */
export async function findRunningEmulator(): Promise<RunningEmulator | undefined> {
  if (!existsSync(paths.emulatorFile)) return undefined;
  try {
    const emulator: RunningEmulator = JSON.parse(readFileSync(paths.emulatorFile, 'utf8'));
    // Another process can have the ID after a restart of the machine.
    await control(emulator.facts, 'GET /control/status');
    return emulator;
  } catch {
    forgetEmulator();
    return undefined;
  }
}

export function forgetEmulator(): void {
  rmSync(paths.emulatorFile, { force: true });
  rmSync(paths.up, { recursive: true, force: true });
}
