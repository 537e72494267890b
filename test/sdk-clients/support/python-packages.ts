import { cpSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateDirectory, paths } from '../../../lab/paths.ts';
import { withFileLock } from '../../../lab/tools/file-lock.ts';
import { areInstalled, installPackages, type Progress } from '../../../lab/tools/python-packages.ts';

const walkthrough = {
  directory: paths.python,
  name: "the walkthrough's packages",
  requirements: ['azure-identity==1.27.0', 'azure-keyvault-secrets==4.12.0'],
  version: 'azure-identity 1.27.0, azure-keyvault-secrets 4.12.0',
};

/**
 * Into a virtual environment, once.
 * @throws Error if Python or a package index is not available
 */
export async function installWalkthroughPackages(progress: Progress): Promise<void> {
  if (areInstalled(walkthrough)) return;
  createPrivateDirectory(paths.root);
  await withFileLock(
    `${paths.python}.lock`,
    pid => progress(`Waiting for process ${pid}, which installs ${walkthrough.name} (${paths.python}.lock)`),
    async () => areInstalled(walkthrough) || installPackages(walkthrough, progress),
  );
}

/** `3.11`. */
export function pythonVersion(): string {
  const settings = readFileSync(join(paths.python, 'pyvenv.cfg'), 'utf8');
  const version = /^version = (\d+\.\d+)/m.exec(settings)?.[1];
  if (!version) throw new Error(`${paths.python} is not a virtual environment.`);
  return version;
}

/** Without pip and setuptools. */
export function copyPackages(to: string): void {
  const [packages] = globSync(join(paths.python, 'lib', 'python*', 'site-packages'));
  cpSync(packages!, to, {
    recursive: true,
    filter: path => !/\/(__pycache__|pip|setuptools|pkg_resources|_distutils_hack|[^/]*\.pth)$/.test(path),
  });
}
