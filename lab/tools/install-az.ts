import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MissingTool } from './missing-tool.ts';
import { areInstalled, installPackages, type Progress, type PythonPackages } from './python-packages.ts';

/** The release that the emulator's answers were tried with. */
export const pinnedAz = '2.91.0';

function azIn(directory: string): PythonPackages {
  return {
    directory,
    name: 'the Azure CLI',
    requirements: [`azure-cli==${pinnedAz}`],
    version: pinnedAz,
  };
}

/** The az that was installed into a directory before, whole and of the pinned release - or `undefined`. */
export function installedAz(directory: string): string | undefined {
  const az = join(directory, 'bin', 'az');
  return areInstalled(azIn(directory)) && existsSync(az) ? az : undefined;
}

/**
 * Installs the Azure CLI from PyPI into a virtual environment, with the machine's own settings for pip, proxy and CA.
 * @param directory replaced whole
 * @param path where to look for Python
 * @returns the path of az
 * @throws MissingTool without a Python that can do it; Error with the end of pip's output where pip fails
 */
export async function installAz(
  directory: string,
  progress: Progress,
  signal?: AbortSignal,
  path?: string,
): Promise<string> {
  try {
    await installPackages(azIn(directory), progress, signal, systemFirst(path));
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error;
    throw new MissingTool(
      `${error.message} Or install az itself: https://learn.microsoft.com/cli/azure/install-azure-cli`,
    );
  }
  return join(directory, 'bin', 'az');
}

/**
 * The same directories, but that of the distribution's own Python before all: it is optimised as those of version managers
 * are not, and az starts a fifth faster on it.
 */
function systemFirst(path = process.env.PATH ?? ''): string {
  const directories = path.split(delimiter);
  return [...directories.filter(directory => directory === '/usr/bin'), ...directories].join(delimiter);
}
