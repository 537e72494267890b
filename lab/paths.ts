import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from './processes.ts';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const root = join(repositoryRoot, '.lab');

/** The only files that the command writes. */
export const paths = {
  root,
  az: join(root, 'az'),
  /** AZURE_CONFIG_DIR of `az version`. */
  azSeed: join(root, 'az-seed'),
  python: join(root, 'python'),
  kubeApiserver: join(root, 'kube-apiserver'),
  emulatorFile: join(root, 'emulator.json'),
  up: join(root, 'up'),
  runs: join(root, 'runs'),
} as const;

export function createPrivateDirectory(directory: string): string {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

const KEPT_RUNS = 10;

/** Also deletes the directories of the oldest runs. */
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
