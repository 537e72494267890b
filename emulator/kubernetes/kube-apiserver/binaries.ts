import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';

/** The programs of a control plane. */
export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
export type Program = (typeof programs)[number];
export type Binaries = Readonly<Record<Program, string>>;

/** What is to be done where a program is missing. */
export const remedy =
  'Build them: npm run kube-apiserver (needs Go). Or name a directory that has them in KUBEBUILDER_ASSETS.';

/**
 * Finds each program in the first directory that has it.
 * @param directories KUBEBUILDER_ASSETS, by the convention of controller-runtime's envtest, and the lab's own
 * @returns the paths of all, or the names of those that are nowhere
 * @see https://book.kubebuilder.io/reference/envtest
 */
export function findBinaries(directories: readonly string[]): Binaries | { missing: Program[] } {
  const paths = programs.map(program =>
    directories.map(directory => join(resolve(directory), program)).find(isExecutable),
  );
  const missing = programs.filter((_, index) => paths[index] === undefined);
  if (missing.length > 0) return { missing };
  return Object.fromEntries(programs.map((program, index) => [program, paths[index]])) as Binaries;
}

/** @throws Error naming what is missing, where it was looked for, and how to get it */
export function requireBinaries(directories: readonly string[]): Binaries {
  const found = findBinaries(directories);
  if (!('missing' in found)) return found;
  throw new Error(`${found.missing.join(', ')}: not in ${directories.join(', nor in ')}. ${remedy}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
