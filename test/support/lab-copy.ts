import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A new clone does not have these, or can share them. */
const left = ['.git', '.lab', 'build', 'coverage', 'node_modules'];

/** Milliseconds of each wait. */
const patience = 120_000;

export interface LabProcess {
  readonly child: ChildProcess;
  /** Standard output and standard error so far, in order of arrival. */
  output(): string;
  /** Throws if the command ends first. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ exitCode: number | null; output: string; stdout: string }>;
}

/**
 * Has an empty home and ignores an emulator that is `up` elsewhere, so a test can recognize all
 * files and processes that wilab leaves behind.
 */
export class LabCopy {
  readonly #root = mkdtempSync(join(realpathSync(tmpdir()), 'lab-copy-'));
  readonly directory = join(this.#root, 'repository');
  readonly home = join(this.#root, 'home');
  readonly temp = join(this.#root, 'tmp');

  constructor() {
    cpSync(repository, this.directory, {
      recursive: true,
      filter: source => !left.includes(basename(source)) || join(source, '/') === repository,
    });
    symlinkSync(join(repository, 'node_modules'), join(this.directory, 'node_modules'));
    for (const directory of [this.home, this.temp]) mkdirSync(directory);
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  start(...args: string[]): LabProcess {
    const child = spawn(process.execPath, ['lab/main.js', ...args], {
      cwd: this.directory,
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        TMPDIR: this.temp,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, stdout] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      output += text;
    });
    let over = false;
    const ended = new Promise<{ exitCode: number | null; output: string; stdout: string }>(
      (resolve, reject) => {
        child.once('error', reject).once('close', exitCode => {
          over = true;
          resolve({ exitCode, output, stdout });
        });
      },
    );
    return {
      child,
      output: () => output,
      ended,
      says: text =>
        until(`"${text}" in the output of lab ${args.join(' ')}`, () => {
          if (output.includes(text)) return true;
          if (over) throw new Error(`lab ${args.join(' ')} ended without saying "${text}":\n${output}`);
          return false;
        }),
    };
  }

  run(...args: string[]): LabProcess['ended'] {
    return this.start(...args).ended;
  }

  /**
   * Processes whose command line, environment, or working directory contains the copy's path, as
   * `PID COMMAND`.
   */
  processes(): string[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap(pid => {
        const about = (read: () => string) => {
          try {
            return read();
          } catch {
            // It ended meanwhile, or is a zombie.
            return '';
          }
        };
        const command = about(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        const facts = [
          command,
          about(() => readFileSync(`/proc/${pid}/environ`, 'utf8')),
          about(() => readlinkSync(`/proc/${pid}/cwd`)),
        ];
        return facts.some(fact => fact.includes(this.#root))
          ? [`${pid} ${command.replaceAll('\0', ' ')}`]
          : [];
      });
  }

  /** Waits. The error lists the processes that still run. */
  async noProcessLeft(): Promise<void> {
    await until(
      () => `the end of ${this.processes().join('\n')}`,
      () => this.processes().length === 0,
    );
  }

  /** Files outside .lab with size and modification time. */
  filesOutside(): string[] {
    return globSync('**', { cwd: this.#root, exclude: path => left.includes(basename(String(path))) })
      .map(path => ({ path, ...lstatSync(join(this.#root, path)) }))
      .filter(({ path, mode }) => path !== '' && (mode & 0o170000) !== 0o040000)
      .map(({ path, size, mtimeMs }) => `${path} ${size} ${mtimeMs}`)
      .sort();
  }

  /** By path. */
  textsIn(...names: string[]): Map<string, string> {
    const directory = this.path(...names);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    );
    return new Map(
      files.map(({ parentPath, name }) => [
        join(parentPath, name),
        readFileSync(join(parentPath, name), 'utf8'),
      ]),
    );
  }

  /** Also kills the copy's processes. */
  async remove(): Promise<void> {
    for (const line of this.processes()) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    await this.noProcessLeft();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Throws an error with the condition's name after the timeout. */
export async function until(what: string | (() => string), holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + patience; !holds(); await sleep(20)) {
    if (Date.now() > deadline)
      throw new Error(`Waited in vain for ${typeof what === 'string' ? what : what()}`);
  }
}
