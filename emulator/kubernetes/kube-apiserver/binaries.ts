import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
export type Program = (typeof programs)[number];
export type Binaries = Readonly<Record<Program, string>>;

export const remedy =
  'Build them: npm run kube-apiserver (needs Go). Or name a directory that has them in KUBEBUILDER_ASSETS.';

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
  throw new Error(`${found.missing.join(', ')}: not in ${directories.join(', nor in ')}. ${remedy}`);
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
    if (minor === undefined) throw new Error(`${binaries[program]} does not say which version it is.`);
    return { version, minor: Number(minor) };
  };
  const [server, controllers] = await Promise.all([
    versionOf('kube-apiserver'),
    versionOf('kube-controller-manager'),
  ]);
  const older = server.minor - controllers.minor;
  if (older === 0 || older === 1) return;
  throw new Error(
    `kube-controller-manager ${controllers.version} (${binaries['kube-controller-manager']}) does not go with kube-apiserver ${server.version} (${binaries['kube-apiserver']}): it must be of the same minor version, or the one before.`,
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
