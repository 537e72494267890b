import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, makePrivate, repository } from './paths.ts';
import { isRunning } from './processes.ts';

/** What the emulator says when it is ready. */
export interface EmulatorFacts {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly control: { readonly url: string; readonly key: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly deployer: { readonly clientId: string };
  readonly user: { readonly userPrincipalName: string };
}

/** What an emulator is started with; the names are the emulator's own. */
export interface EmulatorSettings {
  readonly latency: string;
  /** The API server of its clusters. */
  readonly kubernetes: string;
  /** The cloud that it is, by az's name for it; the public one where missing. */
  readonly cloud?: string;
}

export const defaultSettings: EmulatorSettings = { latency: 'fast', kubernetes: 'embedded' };

/** An emulator that runs. */
export interface EmulatorProcess {
  readonly facts: EmulatorFacts;
  readonly pid: number;
  /** Where its log is. */
  readonly logFile: string;
  /** Ends it and everything it started. */
  stop(): Promise<void>;
}

/** How long the emulator has to start, and to stop, in milliseconds. */
const patience = 20_000;

/** The repository that the emulated GitHub has, and the environment that the emulated Azure trusts (docs: the set-up). */
export const github = { repository: 'local/workload-identity-lab', environment: 'azure-lab' } as const;

/**
 * Starts the emulator and waits until it answers.
 * @param options.directory for its state and its log
 * @param options.repositories those whose workflows may sign in as the deployer, beside this one: `OWNER/REPO`
 * @param options.lasting lets it outlive this process
 * @throws Error with the end of its log where it does not start
 */
export async function startEmulator(options: {
  directory: string;
  settings?: EmulatorSettings;
  repositories?: readonly string[];
  lasting: boolean;
}): Promise<EmulatorProcess> {
  makePrivate(options.directory);
  const [readyFile, logFile] = [
    join(options.directory, 'ready.json'),
    join(options.directory, 'emulator.log'),
  ];
  const [ready, log] = [openSync(readyFile, 'w', 0o600), openSync(logFile, 'w', 0o600)];
  const trusted = new Set([github.repository, ...(options.repositories ?? [])]);
  const subjects = [...trusted].map(name => `repo:${name}:environment:${github.environment}`);
  const { latency, kubernetes, cloud } = options.settings ?? defaultSettings;
  const assets = process.env.KUBEBUILDER_ASSETS;
  const args = [
    ...['--state-dir', join(options.directory, 'state'), '--latency', latency, '--kubernetes', kubernetes],
    ...(cloud ? ['--cloud', cloud] : []),
    ...(assets ? ['--kubernetes-binaries', resolve(assets)] : []),
    ...['--kubernetes-binaries', folder.kubeApiserver],
  ];
  const child = spawn(
    process.execPath,
    [
      join(repository, 'emulator', 'main.ts'),
      ...args,
      ...subjects.flatMap(subject => ['--github-subject', subject]),
      ...(options.lasting ? [] : ['--exit-with-parent']),
    ],
    {
      cwd: repository,
      // It starts the pods' processes: they must not see what this machine has in its environment.
      env: { PATH: process.env.PATH },
      stdio: [options.lasting ? 'ignore' : 'pipe', ready, log],
      // Its own group: a Ctrl-C in the terminal is for the lab, which still needs the emulator to clean up.
      detached: true,
    },
  );
  closeSync(ready);
  closeSync(log);
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const facts = await Promise.race([failed, readiness(() => child.exitCode !== null, readyFile)]).catch(
    error => {
      child.kill('SIGKILL');
      const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
      throw new Error(`The emulator did not start: ${(error as Error).message}\n${end}`);
    },
  );
  if (options.lasting) child.unref();
  return { facts, pid: child.pid!, logFile, stop: () => stopEmulator(child.pid!) };
}

async function readiness(over: () => boolean, file: string): Promise<EmulatorFacts> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const text = readFileSync(file, 'utf8');
    if (text.includes('\n')) return JSON.parse(text);
    if (over()) throw new Error('it ended');
    await sleep(10);
  }
  throw new Error(`it said nothing within ${patience / 1000} s`);
}

/** Ends an emulator: first it may end its pods, then whatever is left of its process group is ended. */
export async function stopEmulator(pid: number): Promise<void> {
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + patience;
  while (isRunning(pid) && Date.now() < deadline) await sleep(10);
  signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

/**
 * Asks the emulator's control address.
 * @param method and path: `GET /control/status`
 * @returns the answer's JSON
 * @throws Error where it does not answer, or refuses
 */
export async function control(facts: EmulatorFacts, request: string, body?: unknown): Promise<unknown> {
  const [method, path = ''] = request.split(' ');
  const response = await fetch(new URL(path, facts.control.url), {
    method,
    headers: { authorization: `Bearer ${facts.control.key}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The emulator refuses ${request}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
