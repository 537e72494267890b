import { execFile, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { MissingTool } from './missing-tool.ts';
import { which } from './find-program.ts';

/** The oldest Python that the pinned Azure CLI runs on, as its package says. */
const minimumPython = [3, 10] as const;

const pythons = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** Says how far an installation is: one line, given again and again. */
export type Progress = (line: string) => void;

/** Packages of PyPI in a virtual environment of their own. */
export interface PythonPackages {
  /** Replaced whole when they are installed. */
  readonly directory: string;
  /** What they are called in messages: `the Azure CLI`. */
  readonly name: string;
  /** Pinned: `azure-cli==2.91.0`. */
  readonly requirements: readonly string[];
  /** Tells one installation from another. */
  readonly version: string;
}

// Written last: a directory without it is an installation that was interrupted, and is made anew. (It cannot be made
// elsewhere and moved: a virtual environment holds its own path.)
const marker = 'installed.json';

/** Whether they were installed before, whole and in this version. */
export function areInstalled({ directory, version }: PythonPackages): boolean {
  try {
    return JSON.parse(readFileSync(join(directory, marker), 'utf8')).version === version;
  } catch {
    return false;
  }
}

/**
 * Installs packages from PyPI, with the machine's own settings for pip, proxy and CA.
 * @param path where to look for Python
 * @throws MissingTool without a Python that can do it; Error with the end of pip's output where pip fails
 */
export async function installPackages(
  packages: PythonPackages,
  progress: Progress,
  signal?: AbortSignal,
  path?: string,
): Promise<void> {
  const { directory, name, requirements, version } = packages;
  const python = await findPython(name, path);
  rmSync(directory, { recursive: true, force: true });
  const started = Date.now();
  let phase = 'making a virtual environment';
  const show = () => progress(`Installing ${name} ${version}: ${phase} (${seconds(started)})`);
  show();
  const timer = setInterval(show, 1000);
  try {
    await run(python, ['-m', 'venv', directory], () => {}, signal);
    let count = 0;
    const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-cache-dir'];
    await run(
      join(directory, 'bin', 'python'),
      [...pip, '--progress-bar', 'off', ...requirements],
      line => {
        if (line.startsWith('Collecting ')) phase = `downloading, ${++count} packages`;
        if (line.startsWith('Installing collected packages')) phase = `installing ${count} packages`;
      },
      signal,
    );
    writeFileSync(join(directory, marker), JSON.stringify({ version, python }));
  } finally {
    clearInterval(timer);
  }
  progress(`Installed ${name} ${version} (${seconds(started)})`);
}

async function findPython(what: string, path?: string): Promise<string> {
  const [major, minor] = minimumPython;
  const old: string[] = [];
  let bare: string | undefined;
  for (const name of pythons) {
    const python = which(name, path);
    if (!python) continue;
    const version = await probe(python, 'import sys; print(*sys.version_info[:2])');
    const [foundMajor = 0, foundMinor = 0] = (version ?? '').trim().split(' ').map(Number);
    if (foundMajor !== major || foundMinor < minor) {
      if (version) old.push(`${python} is ${foundMajor}.${foundMinor}`);
      continue;
    }
    if ((await probe(python, 'import venv, ensurepip')) !== undefined) return python;
    bare ??= python;
  }
  if (bare) {
    throw new MissingTool(
      `${bare} cannot make virtual environments: its modules venv and ensurepip are missing. Install them (Debian, Ubuntu: apt install python3-venv).`,
    );
  }
  throw new MissingTool(
    `Python ${major}.${minor} or newer is needed to install ${what}${old.length ? ` (${old.join(', ')})` : ''}. Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python).`,
  );
}

async function probe(python: string, code: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(python, ['-c', code])).stdout;
  } catch {
    return undefined;
  }
}

async function run(
  file: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGINT' });
  const last: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', line => {
      last.push(line);
      if (last.length > 20) last.shift();
      onLine(line);
    });
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new Error(`${file} ${args.slice(0, 3).join(' ')} failed (${code}):\n${last.join('\n')}`);
}

function seconds(since: number): string {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
