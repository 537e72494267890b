import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from './processes.ts';

/** The checkout that contains this file. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const root = join(repositoryRoot, '.lab');

/** The only files that the command writes. */
export const paths = {
  root,
  /** The Azure CLI, if the command installed it. */
  az: join(root, 'az'),
  /** AZURE_CONFIG_DIR of `az version`. */
  azSeed: join(root, 'az-seed'),
  /** Packages of the walkthrough's Python program, for its test. */
  python: join(root, 'python'),
  /** etcd, kube-apiserver, and kube-controller-manager, which `npm run kube-apiserver` builds. */
  kubeApiserver: join(root, 'kube-apiserver'),
  /** Connection to the emulator that `up` started. */
  emulatorFile: join(root, 'emulator.json'),
  /** State of that emulator and of its shells. */
  up: join(root, 'up'),
  runs: join(root, 'runs'),
} as const;

/** Creates a directory that only its owner can read. @returns its path */
export function createPrivateDirectory(directory: string): string {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Number of runs whose logs and summary stay. */
const KEPT_RUNS = 10;

/** Creates the directory of a new run, with the time in its name, and deletes those of the oldest runs. */
export function createRunDirectory(now = new Date()): string {
  const name = `${now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${process.pid}`;
  const directory = createPrivateDirectory(join(paths.runs, name));
  const runs = readdirSync(paths.runs).sort();
  for (const run of runs.slice(0, -KEPT_RUNS)) remove(join(paths.runs, run));
  // A killed run leaves its private files.
  for (const run of runs.slice(-KEPT_RUNS).filter(each => !isRunning(Number(each.split('-').at(-1))))) {
    for (const leftover of ['emulator', 'jobs']) remove(join(paths.runs, run, leftover));
  }
  return directory;
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
