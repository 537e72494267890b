import { spawn } from 'node:child_process';
import { accessSync, existsSync, constants as fsConstants, statSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { dieWithParent, onPath } from '../../child-processes.ts';
import { labels } from '../../oci/manifests.ts';
import {
  type ContainerConfig,
  type Mount,
  type RunningContainer,
  type Runtime,
  StartFailure,
} from './runtime.ts';

/**
 * Runs containers as child processes of the emulator, each in a separate process group, with this machine's language
 * runtime.
 * There is no isolation: no chroot, user, network, or limits. Arguments that are absolute paths, and variables that
 * are paths below a mount, are mapped to paths of this machine. A path inside a program is not mapped: it opens this
 * machine's own file.
 */
export class ProcessRuntime implements Runtime {
  /** Containers share the machine's network. */
  readonly containerHost = '127.0.0.1';

  async start(config: ContainerConfig): Promise<RunningContainer> {
    const root = join(config.directory, 'rootfs');
    await cp(config.image.rootFileSystem, root, { recursive: true, verbatimSymlinks: true });
    const paths = new PathMap(root, config.mounts);
    const [command, ...args] = commandLine(config, paths);
    const workingDirectory = paths.toHost(config.workingDirectory || '/');
    await mkdir(workingDirectory, { recursive: true });

    const [program = '', ...rest] = [...dieWithParent(), command, ...args];
    const child = spawn(program, rest, {
      cwd: workingDirectory,
      env: environment(config, paths),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.on('data', chunk => config.log.append('stdout', chunk));
    child.stderr.on('data', chunk => config.log.append('stderr', chunk));
    const started = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', error => reject(new StartFailure(`exec: "${command}": ${error.message}`)));
    });
    // The first process ends all others, so that none keeps the output open.
    child.once('exit', () => killGroup(child.pid, 'SIGKILL'));
    const exited = new Promise<{ exitCode: number }>(resolve => {
      child.once('close', (code, signal) => {
        releaseGroup(child.pid);
        config.log.end();
        resolve({ exitCode: signal === null ? (code ?? 0) : 128 + constants.signals[signal] });
      });
    });
    await started;
    keepGroup(child.pid);
    return {
      exited,
      kill: signal => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        if (signal === 'SIGKILL') killGroup(child.pid, signal);
        else child.kill(signal);
      },
      exec: (argv, signal) => execute({ ...config, argv }, paths, workingDirectory, signal),
    };
  }
}

/** Runs a further program of a container, in a separate process group. */
async function execute(
  config: ContainerConfig,
  paths: PathMap,
  cwd: string,
  signal: AbortSignal,
): Promise<{ exitCode: number; output: Buffer }> {
  const [command, ...args] = commandLine(config, paths);
  const [program = '', ...rest] = [...dieWithParent(), command, ...args];
  const child = spawn(program, rest, {
    cwd,
    env: environment(config, paths),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: Buffer[] = [];
  child.stdout.on('data', chunk => output.push(chunk));
  child.stderr.on('data', chunk => output.push(chunk));
  const end = () => killGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  keepGroup(child.pid);
  // Remaining processes must not keep the output open.
  child.once('exit', end);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', error => reject(new StartFailure(`exec: "${config.argv[0]}": ${error.message}`)));
      child.once('close', (code, ended) => {
        const exitCode = ended === null ? (code ?? 0) : 128 + constants.signals[ended];
        resolve({ exitCode, output: Buffer.concat(output) });
      });
    });
  } finally {
    signal.removeEventListener('abort', end);
    releaseGroup(child.pid);
  }
}

/** Maps paths of the container to paths of this machine. */
class PathMap {
  readonly root: string;
  readonly #mounts: readonly Mount[];

  constructor(root: string, mounts: readonly Mount[]) {
    this.root = root;
    // The deepest mount wins.
    this.#mounts = mounts.toSorted((one, other) => other.mountPath.length - one.mountPath.length);
  }

  /** `undefined` if the path is not in a mount. */
  inMount(path: string): string | undefined {
    for (const { mountPath, hostPath } of this.#mounts) {
      const base = mountPath.replace(/\/+$/, '');
      if (path === base || path.startsWith(`${base}/`)) return hostPath + path.slice(base.length);
    }
    return undefined;
  }

  toHost(path: string): string {
    return this.inMount(path) ?? join(this.root, path);
  }

  /** Maps an argument if it is an absolute path that exists in the container. */
  argument(text: string): string {
    if (!isAbsolute(text)) return text;
    const host = this.toHost(text);
    return this.inMount(text) !== undefined || existsSync(host) ? host : text;
  }
}

function environment(config: ContainerConfig, paths: PathMap): Record<string, string> {
  const result: Record<string, string> = { HOME: paths.root };
  for (const [name, value] of Object.entries(config.environment))
    result[name] = paths.inMount(value) ?? value;
  const ownPath = searchPath(config)
    .map(directory => paths.toHost(directory))
    .filter(directory => existsSync(directory));
  result.PATH = [...ownPath, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  return result;
}

function searchPath(config: ContainerConfig): string[] {
  return (config.environment.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(
    ':',
  );
}

function commandLine(config: ContainerConfig, paths: PathMap): [string, ...string[]] {
  const [command, ...args] = withoutEntryPointScript(config, paths);
  if (command === undefined) throw new StartFailure('no command specified');
  return [findProgram(command, config, paths), ...args.map(arg => paths.argument(arg))];
}

/**
 * The entry point of the official images is a script in the base's layers, which do not exist here. It runs its
 * arguments, after `node` if they are options or no command.
 * @see https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh
 */
function withoutEntryPointScript(config: ContainerConfig, paths: PathMap): readonly string[] {
  const [command = '', ...args] = config.argv;
  if (basename(command) !== 'docker-entrypoint.sh' || languageOf(config) !== 'node') return config.argv;
  const [first = ''] = args;
  if (!first.startsWith('-')) {
    try {
      findProgram(first, config, paths);
      return args;
    } catch {}
  }
  return ['node', ...args];
}

/** @throws StartFailure with the text of a container runtime */
function findProgram(command: string, config: ContainerConfig, paths: PathMap): string {
  const candidates = command.includes('/')
    ? [paths.toHost(isAbsolute(command) ? command : join(config.workingDirectory || '/', command))]
    : searchPath(config).map(directory => join(paths.toHost(directory), command));
  const file = candidates.find(path => existsSync(path) && statSync(path).isFile());
  if (file !== undefined) {
    try {
      accessSync(file, fsConstants.X_OK);
      return file;
    } catch {
      throw new StartFailure(`exec: "${command}": permission denied`);
    }
  }
  const interpreter = interpreterFor(command, config);
  if (interpreter !== undefined) return interpreter;
  throw new StartFailure(
    command.includes('/')
      ? `exec: "${command}": stat ${command}: no such file or directory`
      : `exec: "${command}": executable file not found in $PATH`,
  );
}

const binDirectories = new Set(['.', '/usr/bin', '/usr/local/bin', '/bin', '/nodejs/bin']);

/** This machine's runtime for the language of the base image. */
function interpreterFor(command: string, config: ContainerConfig): string | undefined {
  if (!binDirectories.has(dirname(command))) return undefined;
  const name = basename(command);
  const language = languageOf(config);
  if (language === 'node' && (name === 'node' || name === 'nodejs')) return process.execPath;
  if (language === 'python' && /^python(3(\.\d+)?)?$/.test(name)) return onPath('python3');
  return undefined;
}

function languageOf(config: ContainerConfig): string | undefined {
  return config.image.config.Labels?.[labels.runtime];
}

/** Process groups that end with this process. */
const groups = new Set<number>();

function keepGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  if (groups.size === 0) process.once('exit', killAllGroups);
  groups.add(pid);
}

function releaseGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  groups.delete(pid);
  if (groups.size === 0) process.off('exit', killAllGroups);
}

function killAllGroups(): void {
  for (const pid of groups) killGroup(pid, 'SIGKILL');
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has already ended.
  }
}
