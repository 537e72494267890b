import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ready } from './azure-fixture.ts';
import type { ProcessUsage } from './memory-reporter.ts';

const main = join(import.meta.dirname, '../../emulator/main.ts');
const memoryReporter = join(import.meta.dirname, 'memory-reporter.ts');

/** For tests and measurements: an emulator in a process of its own, that can be asked how much memory it holds. */
export class EmulatorProcess {
  readonly ready: Ready;
  /** Milliseconds from the start of the process to the line that says that it answers. */
  readonly startedIn: number;
  readonly #child: ChildProcess;
  readonly #stateDir: string;

  private constructor(child: ChildProcess, stateDir: string, ready: Ready, startedIn: number) {
    this.#child = child;
    this.#stateDir = stateDir;
    this.ready = ready;
    this.startedIn = startedIn;
  }

  /** @param nodeOptions further options of Node: `--cpu-prof` */
  static async start(nodeOptions: readonly string[] = []): Promise<EmulatorProcess> {
    const stateDir = await mkdtemp(join(tmpdir(), 'emulator-process-'));
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        '--import',
        memoryReporter,
        ...nodeOptions,
        main,
        '--state-dir',
        stateDir,
        '--exit-with-parent',
      ],
      { stdio: ['pipe', 'pipe', 'ignore', 'ipc'] },
    );
    const [line] = await once(createInterface(child.stdout!), 'line');
    const startedIn = performance.now() - began;
    const said = JSON.parse(line);
    const caCertificate = await readFile(said.caFile, 'utf8');
    return new EmulatorProcess(child, stateDir, { ...said, caCertificate }, startedIn);
  }

  async usage(): Promise<ProcessUsage> {
    this.#child.send('sample');
    const [sample] = await once(this.#child, 'message');
    return sample;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
    await rm(this.#stateDir, { recursive: true, force: true });
  }
}
