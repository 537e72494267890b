import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from './processes.ts';

/** The repository this command belongs to. */
export const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const root = join(repository, '.lab');

/** Where the lab keeps what it makes. It writes nowhere else. */
export const folder = {
  root,
  /** The Azure CLI, where the lab had to install it. */
  az: join(root, 'az'),
  /** AZURE_CONFIG_DIR of the az that the lab asks for its version. */
  azSeed: join(root, 'az-seed'),
  /** The packages of the walkthrough's Python program, for its test. */
  python: join(root, 'python'),
  /** etcd, kube-apiserver and kube-controller-manager, where `npm run kube-apiserver` built them. */
  kubeApiserver: join(root, 'kube-apiserver'),
  /** How to reach the emulator that `up` started. */
  emulatorFile: join(root, 'emulator.json'),
  /** The state of that emulator, and the shells that use it. */
  up: join(root, 'up'),
  runs: join(root, 'runs'),
} as const;

/** Makes a directory that only its owner can enter. Gives its path. */
export function makePrivate(directory: string): string {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** How many runs keep their logs and summary. */
const keptRuns = 10;

/** Makes the directory of a new run, named for its time, and forgets the oldest runs. */
export function newRun(now = new Date()): string {
  const name = `${now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${process.pid}`;
  const directory = makePrivate(join(folder.runs, name));
  const others = readdirSync(folder.runs).sort();
  for (const other of others.slice(0, -keptRuns)) remove(join(folder.runs, other));
  // A run that was killed could not tidy up: of it, too, only logs and summary stay.
  for (const other of others.slice(-keptRuns).filter(run => !isRunning(Number(run.split('-').at(-1))))) {
    for (const leftover of ['emulator', 'jobs']) remove(join(folder.runs, other, leftover));
  }
  return directory;
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
