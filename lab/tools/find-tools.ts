import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { folder, makePrivate } from '../paths.ts';
import { installAz, installedAz, pinnedAz } from './install-az.ts';
import { withLock } from './file-lock.ts';
import { MissingTool } from './missing-tool.ts';
import type { Progress } from './python-packages.ts';
import { which } from './find-program.ts';

/** The programs that the lab runs. */
export interface Tools {
  readonly az: string;
  readonly azVersion: string;
  readonly kubectl: string;
}

/** The oldest that the actions take: with an older one on PATH each of them would refuse to begin. */
export const minimumAz = '2.74.0';

export interface FindOptions {
  progress: Progress;
  signal?: AbortSignal;
  /** Where to look, as in PATH. */
  path?: string;
  /** Where az is, or is to be, installed. */
  azDirectory?: string;
}

/**
 * Finds az and kubectl on PATH. An az that is missing or too old is installed into the lab's own folder.
 * @throws MissingTool naming everything that is missing
 */
export async function findTools(options: FindOptions): Promise<Tools> {
  const kubectl = which('kubectl', options.path);
  const missing = [
    !kubectl &&
      'kubectl is not on PATH. Install it: https://kubernetes.io/docs/tasks/tools/ (or: az aks install-cli).',
    !which('bash', options.path) && 'bash is not on PATH: the steps of workflows are bash scripts.',
  ].filter(problem => problem !== false);
  if (!kubectl || missing.length > 0) throw new MissingTool(missing.join('\n'));
  return { ...(await findAz(options)), kubectl };
}

async function findAz(options: FindOptions): Promise<{ az: string; azVersion: string }> {
  const { path, azDirectory = folder.az, progress, signal } = options;
  const found = which('az', path);
  const version = found && (await azVersion(found));
  if (found && version && !isOlder(version, minimumAz)) return { az: found, azVersion: version };

  const installed = installedAz(azDirectory);
  if (installed) return { az: installed, azVersion: pinnedAz };
  progress(
    found
      ? `${found} is ${version ?? 'not working'}; the lab needs ${minimumAz} or newer and installs its own.`
      : 'az is not on PATH; the lab installs its own.',
  );
  makePrivate(folder.root);
  const az = await withLock(
    `${azDirectory}.lock`,
    pid => progress(`Waiting for process ${pid}, which installs the Azure CLI (${azDirectory}.lock)`),
    // The process that was waited for may have installed it.
    async () => installedAz(azDirectory) ?? (await installAz(azDirectory, progress, signal, path)),
  );
  const works = await azVersion(az);
  if (works !== pinnedAz) throw new MissingTool(`${az} does not work. Remove ${azDirectory} and try again.`);
  return { az, azVersion: pinnedAz };
}

async function azVersion(az: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(az, ['version', '--output', 'json'], {
      // Else az writes into the user's own directory, and sends telemetry.
      env: {
        ...process.env,
        AZURE_CONFIG_DIR: makePrivate(folder.azSeed),
        AZURE_CORE_COLLECT_TELEMETRY: '0',
      },
      timeout: 60_000,
    });
    return JSON.parse(stdout)['azure-cli'];
  } catch {
    return undefined;
  }
}

/** Whether a version is older than another, by its numbers. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map(text => text.split('.').map(part => Number.parseInt(part, 10) || 0));
  const at = a!.findIndex((part, index) => part !== (b![index] ?? 0));
  return at >= 0 && a![at]! < (b![at] ?? 0);
}
