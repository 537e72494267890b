import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MissingToolError } from './find-program.ts';
import { areInstalled, installPackages, type Progress, type PythonPackages } from './python-packages.ts';

/** The release with which the emulator is tested. */
export const PINNED_AZ = '2.91.0';

function azPackages(directory: string): PythonPackages {
  return {
    directory,
    name: 'the Azure CLI',
    requirements: [`azure-cli==${PINNED_AZ}`],
    version: PINNED_AZ,
  };
}

/** Undefined if the installation is incomplete or has another release. */
export function findInstalledAz(directory: string): string | undefined {
  const az = join(directory, 'bin', 'az');
  return areInstalled(azPackages(directory)) && existsSync(az) ? az : undefined;
}

/**
 * @param directory replaced completely
 * @param path directories to search for Python
 * @throws {MissingToolError} without a suitable Python; Error with the end of pip's output if pip
 * fails
 */
export async function installAz(
  directory: string,
  progress: Progress,
  signal?: AbortSignal,
  path?: string,
): Promise<string> {
  try {
    await installPackages(azPackages(directory), progress, signal, withSystemFirst(path));
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    throw new MissingToolError(
      `${error.message}\nOr install the Azure CLI: https://learn.microsoft.com/cli/azure/install-azure-cli`,
    );
  }
  return join(directory, 'bin', 'az');
}

/**
 * The distribution's Python is optimized: az starts a fifth faster than on Pythons of version
 * managers.
 */
function withSystemFirst(path = process.env.PATH ?? ''): string {
  const directories = path.split(delimiter);
  return [...directories.filter(directory => directory === '/usr/bin'), ...directories].join(delimiter);
}
