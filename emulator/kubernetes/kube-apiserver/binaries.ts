import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
export type Program = (typeof programs)[number];
export type Binaries = Readonly<Record<Program, string>>;

export const remedy =
  'Run "npm run kube-apiserver" (needs Go), or set KUBEBUILDER_ASSETS to a directory that has the programs.';

/**
 * Finds each program in the first directory that has it.
 * @param directories KUBEBUILDER_ASSETS, as in envtest of controller-runtime, and the directory of `npm run
 * kube-apiserver`
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

/** @throws Error with the missing programs, the directories, and the fix */
export function requireBinaries(directories: readonly string[]): Binaries {
  const found = findBinaries(directories);
  if (!('missing' in found)) return found;
  throw new Error(`${missingPrograms(found.missing, directories)}\n${remedy}`);
}

export function missingPrograms(missing: readonly Program[], directories: readonly string[]): string {
  const searched = directories.map(directory => JSON.stringify(directory)).join(', ');
  return `Programs not found: ${missing.join(', ')}. Searched in ${searched}.`;
}

/**
 * @throws Error if the controller manager is newer than the API server, or older by more than one minor version
 * @see
 * https://kubernetes.io/releases/version-skew-policy/#kube-controller-manager-kube-scheduler-and-cloud-controller-manager
 */
export async function checkVersions(binaries: Binaries): Promise<void> {
  const versionOf = async (program: Program) => {
    const { stdout } = await promisify(execFile)(binaries[program], ['--version'], { timeout: 60_000 });
    const [version = '', minor] = /v\d+\.(\d+)\.\S+/.exec(stdout) ?? [];
    if (minor === undefined)
      throw new Error(`${JSON.stringify(binaries[program])} does not print its version.`);
    return { version, minor: Number(minor) };
  };
  const [server, controllers] = await Promise.all([
    versionOf('kube-apiserver'),
    versionOf('kube-controller-manager'),
  ]);
  const older = server.minor - controllers.minor;
  if (older === 0 || older === 1) return;
  throw new Error(
    `kube-controller-manager ${controllers.version} does not match kube-apiserver ${server.version}.\n` +
      `Paths: ${JSON.stringify(binaries['kube-controller-manager'])}, ${JSON.stringify(binaries['kube-apiserver'])}\n` +
      'Use a controller manager of the same minor version, or of the one before.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
