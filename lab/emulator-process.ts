import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../actions/shared/quote.ts';
import { createPrivateDirectory, paths, repositoryRoot } from './paths.ts';
import { isRunning } from './processes.ts';

export interface EmulatorConnection {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly control: { readonly url: string; readonly key: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly deployer: { readonly clientId: string };
  readonly user: { readonly userPrincipalName: string };
}

export interface EmulatorSettings {
  readonly latency: string;
  readonly kubernetes: string;
  /** az's name of the emulated cloud. Default: the public cloud. */
  readonly cloud?: string;
}

export const defaultSettings: EmulatorSettings = { latency: 'fast', kubernetes: 'embedded' };

export interface EmulatorProcess {
  readonly facts: EmulatorConnection;
  readonly pid: number;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Milliseconds. */
const TIMEOUT = 20_000;

/** The environment is the one that the emulated Azure trusts. */
export const emulatedGitHub = {
  repository: 'local/workload-identity-lab',
  environment: 'azure-lab',
} as const;

/**
 * @param options.directory for its state and its log
 * @param options.repositories `OWNER/REPO`: further repositories whose workflows can log in as the
 * deployer
 * @throws Error with the end of its log if it does not start
 */
export async function startEmulator(options: {
  directory: string;
  settings?: EmulatorSettings;
  repositories?: readonly string[];
  outlivesParent: boolean;
}): Promise<EmulatorProcess> {
  createPrivateDirectory(options.directory);
  const [readyFile, logFile] = [
    join(options.directory, 'ready.json'),
    join(options.directory, 'emulator.log'),
  ];
  const [ready, log] = [openSync(readyFile, 'w', 0o600), openSync(logFile, 'w', 0o600)];
  const trusted = new Set([emulatedGitHub.repository, ...(options.repositories ?? [])]);
  const subjects = [...trusted].map(name => `repo:${name}:environment:${emulatedGitHub.environment}`);
  const { latency, kubernetes, cloud } = options.settings ?? defaultSettings;
  const assets = process.env.KUBEBUILDER_ASSETS;
  const args = [
    ...['--state-dir', join(options.directory, 'state'), '--latency', latency, '--kubernetes', kubernetes],
    ...(cloud ? ['--cloud', cloud] : []),
    ...(assets ? ['--kubernetes-binaries', resolve(assets)] : []),
    ...['--kubernetes-binaries', paths.kubeApiserver],
  ];
  const child = spawn(
    process.execPath,
    [
      join(repositoryRoot, 'emulator', 'main.ts'),
      ...args,
      ...subjects.flatMap(subject => ['--github-subject', subject]),
      ...(options.outlivesParent ? [] : ['--exit-with-parent']),
    ],
    {
      cwd: repositoryRoot,
      // Pods inherit it.
      env: { PATH: process.env.PATH, ...compileCache() },
      stdio: [options.outlivesParent ? 'ignore' : 'pipe', ready, log],
      // Ctrl-C must not reach it: the run needs it to clean up.
      detached: true,
    },
  );
  closeSync(ready);
  closeSync(log);
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const facts = await Promise.race([failed, awaitReady(() => child.exitCode !== null, readyFile)]).catch(
    error => {
      child.kill('SIGKILL');
      const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
      throw new Error(`The emulator did not start: ${(error as Error).message}.\nEnd of its log:\n${end}`);
    },
  );
  if (options.outlivesParent) child.unref();
  return { facts, pid: child.pid!, logFile, stop: () => stopEmulator(child.pid!) };
}

async function awaitReady(hasEnded: () => boolean, file: string): Promise<EmulatorConnection> {
  const deadline = Date.now() + TIMEOUT;
  while (Date.now() < deadline) {
    const text = readFileSync(file, 'utf8');
    if (text.includes('\n')) return JSON.parse(text);
    if (hasEnded()) throw new Error('it exited');
    await sleep(10);
  }
  throw new Error(`it was not ready within ${TIMEOUT / 1000} s`);
}

function compileCache(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {};
}

/** Gives the emulator time to end its pods before it kills the process group. */
export async function stopEmulator(pid: number): Promise<void> {
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + TIMEOUT;
  while (isRunning(pid) && Date.now() < deadline) await sleep(10);
  signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/**
 * See docs/emulator.md.
 * @param request method and path: `GET /control/status`
 * @throws Error if it does not answer, or answers with an error
 */
export async function control(facts: EmulatorConnection, request: string, body?: unknown): Promise<unknown> {
  const [method, path = ''] = request.split(' ');
  const response = await fetch(new URL(path, facts.control.url), {
    method,
    headers: { authorization: `Bearer ${facts.control.key}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(
      `The emulator rejected the request ${quote(request)}.\nIt answered ${response.status}: ${text}`,
    );
  return text === '' ? undefined : JSON.parse(text);
}
