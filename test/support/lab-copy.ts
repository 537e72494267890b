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

/** What a fresh clone does not have, and what it may share with this one. */
const left = ['.git', '.lab', 'build', 'coverage', 'node_modules'];

/** How long anything may take before a test gives it up, in milliseconds. */
const patience = 120_000;

/** A command of the lab that runs. */
export interface LabProcess {
  readonly child: ChildProcess;
  /** Standard output and standard error so far, as they came. */
  output(): string;
  /** Waits until the output so far satisfies; throws where the command ends first. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ exitCode: number | null; output: string; stdout: string }>;
}

/**
 * A copy of this repository in a directory of its own, with an empty home: an emulator that is `up` elsewhere does not
 * matter, and whatever the lab leaves behind, files or processes, can be told from everything else.
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

  /** A path in the copy. */
  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  /** Starts `node lab/main.js`. */
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

  /** Runs `node lab/main.js` to its end. */
  run(...args: string[]): LabProcess['ended'] {
    return this.start(...args).ended;
  }

  /** Every process of this copy: its command line, environment, working directory or program names the copy. As `PID COMMAND`. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap(pid => {
        const about = (read: () => string) => {
          try {
            return read();
          } catch {
            // It has ended meanwhile, or has no program any more and waits to be reaped.
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

  /** Waits until no process of this copy is left; throws naming those that are. */
  async noProcessLeft(): Promise<void> {
    await until(
      () => `the end of ${this.processes().join('\n')}`,
      () => this.processes().length === 0,
    );
  }

  /** Every file outside the lab's folder, with its size and when it was written. */
  filesOutside(): string[] {
    return globSync('**', { cwd: this.#root, exclude: path => left.includes(basename(String(path))) })
      .map(path => ({ path, ...lstatSync(join(this.#root, path)) }))
      .filter(({ path, mode }) => path !== '' && (mode & 0o170000) !== 0o040000)
      .map(({ path, size, mtimeMs }) => `${path} ${size} ${mtimeMs}`)
      .sort();
  }

  /** The text of every file under a directory of the copy, by path. */
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

  /** Ends what is left and removes the copy. */
  async remove(): Promise<void> {
    for (const line of this.processes()) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    await this.noProcessLeft();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Waits until something holds. Throws, naming it, where that takes too long. */
export async function until(what: string | (() => string), holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + patience; !holds(); await sleep(20)) {
    if (Date.now() > deadline)
      throw new Error(`Waited in vain for ${typeof what === 'string' ? what : what()}`);
  }
}
