import { execFile, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { quote } from '../../actions/shared/quote.ts';
import { findProgram, MissingToolError } from './find-program.ts';

/** The oldest Python on which the pinned Azure CLI runs. */
const MINIMUM_PYTHON = [3, 10] as const;

const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

export type Progress = (line: string) => void;

/** Milliseconds between two lines that differ only in numbers. */
const PRINT_INTERVAL = 10_000;

export function printProgress(): Progress {
  let printed = { text: '', at: 0 };
  return line => {
    const text = line.replaceAll(/\d+/g, '');
    if (text === printed.text && Date.now() - printed.at < PRINT_INTERVAL) return;
    printed = { text, at: Date.now() };
    console.log(line);
  };
}

export interface PythonPackages {
  /** Replaced completely by an installation. */
  readonly directory: string;
  /** For messages: `the Azure CLI`. */
  readonly name: string;
  /** Pinned: `azure-cli==2.91.0`. */
  readonly requirements: readonly string[];
  readonly version: string;
}

// Written last: without it, the installation was interrupted. A virtual environment contains its
// own path, so it cannot be moved.
const MARKER = 'installed.json';

export function areInstalled({ directory, version }: PythonPackages): boolean {
  try {
    return JSON.parse(readFileSync(join(directory, MARKER), 'utf8')).version === version;
  } catch {
    return false;
  }
}

/**
 * Uses the machine's settings for pip, proxy, and CA.
 * @param path directories to search for Python
 * @throws {MissingToolError} without a suitable Python; Error with the end of pip's output if pip
 * fails
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
  let phase = 'creating a virtual environment';
  const show = () => progress(`Installing ${name} ${version}: ${phase} (${secondsSince(started)})`);
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
    writeFileSync(join(directory, MARKER), JSON.stringify({ version, python }));
  } finally {
    clearInterval(timer);
  }
  progress(`Installed ${name} ${version} (${secondsSince(started)})`);
}

async function findPython(purpose: string, path?: string): Promise<string> {
  const [major, minor] = MINIMUM_PYTHON;
  const old: string[] = [];
  let withoutVenv: string | undefined;
  for (const name of PYTHONS) {
    const python = findProgram(name, path);
    if (!python) continue;
    const version = await tryPython(python, 'import sys; print(*sys.version_info[:2])');
    const [foundMajor = 0, foundMinor = 0] = (version ?? '').trim().split(' ').map(Number);
    if (foundMajor !== major || foundMinor < minor) {
      if (version) old.push(`${quote(python)} is ${foundMajor}.${foundMinor}`);
      continue;
    }
    if ((await tryPython(python, 'import venv, ensurepip')) !== undefined) return python;
    withoutVenv ??= python;
  }
  if (withoutVenv) {
    throw new MissingToolError(
      `The Python ${quote(withoutVenv)} cannot create virtual environments. Its modules venv and ensurepip are missing.\nInstall them (Debian, Ubuntu: apt install python3-venv).`,
    );
  }
  throw new MissingToolError(
    `Python ${major}.${minor} or later is needed to install ${purpose}${old.length ? ` (${old.join(', ')})` : ''}.\nInstall it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python).`,
  );
}

/** Undefined if the code fails. */
async function tryPython(python: string, code: string): Promise<string | undefined> {
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
    throw new Error(
      `The command ${quote([file, ...args.slice(0, 3)].join(' '))} failed with exit code ${code}.\nEnd of its output:\n${last.join('\n')}`,
    );
}

function secondsSince(start: number): string {
  return `${Math.round((Date.now() - start) / 1000)} s`;
}
