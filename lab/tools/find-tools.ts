import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { quote } from '../../actions/shared/quote.ts';
import { isOlder } from '../../actions/shared/versions.ts';
import { createPrivateDirectory, paths } from '../paths.ts';
import { withFileLock } from './file-lock.ts';
import { findProgram, MissingToolError } from './find-program.ts';
import { findInstalledAz, installAz, PINNED_AZ } from './install-az.ts';
import type { Progress } from './python-packages.ts';

export interface ToolPaths {
  readonly az: string;
  readonly azVersion: string;
  readonly kubectl: string;
}

/** The actions reject an older az. */
export const MINIMUM_AZ = '2.74.0';

export interface FindOptions {
  progress: Progress;
  signal?: AbortSignal;
  /** In the format of PATH. */
  path?: string;
  azDirectory?: string;
}

/**
 * Installs az into `.lab/az` if it is missing or too old.
 * @throws {MissingToolError} listing every missing program
 */
export async function findTools(options: FindOptions): Promise<ToolPaths> {
  const kubectl = findProgram('kubectl', options.path);
  const missing = [
    !kubectl &&
      'kubectl is not on PATH. Install it: https://kubernetes.io/docs/tasks/tools/ (or: az aks install-cli).',
    !findProgram('bash', options.path) &&
      'bash is not on PATH. Install it: the steps of workflows are bash scripts.',
  ].filter(problem => problem !== false);
  if (!kubectl || missing.length > 0) throw new MissingToolError(missing.join('\n'));
  return { ...(await findAz(options)), kubectl };
}

async function findAz(options: FindOptions): Promise<{ az: string; azVersion: string }> {
  const { path, azDirectory = paths.az, progress, signal } = options;
  const found = findProgram('az', path);
  const version = found && (await readAzVersion(found));
  if (found && version && !isOlder(version, MINIMUM_AZ)) return { az: found, azVersion: version };

  const installed = findInstalledAz(azDirectory);
  if (installed) return { az: installed, azVersion: PINNED_AZ };
  progress(
    found
      ? `The az on PATH (${quote(found)}) ${version ? `has version ${quote(version)}` : 'does not work'}. Version ${MINIMUM_AZ} or later is needed, and will be installed into ${quote(azDirectory)}.`
      : `az is not on PATH. It will be installed into ${quote(azDirectory)}.`,
  );
  createPrivateDirectory(paths.root);
  const az = await withFileLock(
    `${azDirectory}.lock`,
    pid => progress(`Waiting for process ${pid}, which installs the Azure CLI (${azDirectory}.lock)`),
    async () => findInstalledAz(azDirectory) ?? (await installAz(azDirectory, progress, signal, path)),
  );
  if ((await readAzVersion(az)) !== PINNED_AZ)
    throw new MissingToolError(
      `The installed az does not work: ${quote(az)}\nDelete the directory ${quote(azDirectory)} and try again.`,
    );
  return { az, azVersion: PINNED_AZ };
}

/** Undefined if az does not work. */
async function readAzVersion(az: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(az, ['version', '--output', 'json'], {
      // Otherwise az writes into the user's directory, and sends telemetry.
      env: {
        ...process.env,
        AZURE_CONFIG_DIR: createPrivateDirectory(paths.azSeed),
        AZURE_CORE_COLLECT_TELEMETRY: '0',
      },
      timeout: 60_000,
    });
    return JSON.parse(stdout)['azure-cli'];
  } catch {
    return undefined;
  }
}
