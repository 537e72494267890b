import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ready } from './azure-fixture.ts';
import type { MemoryUsage } from './memory-reporter.ts';

const main = join(import.meta.dirname, '../../emulator/main.ts');
const memoryReporter = join(import.meta.dirname, 'memory-reporter.ts');

/** Reports its memory use. */
export class EmulatorProcess {
  readonly ready: Ready;
  /** Milliseconds until it is ready. */
  readonly startedIn: number;
  readonly #child: ChildProcess;
  readonly #stateDir: string;

  private constructor(child: ChildProcess, stateDir: string, ready: Ready, startedIn: number) {
    this.#child = child;
    this.#stateDir = stateDir;
    this.ready = ready;
    this.startedIn = startedIn;
  }

  /** @param nodeOptions such as `--cpu-prof` */
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
    const facts = JSON.parse(line);
    const caCertificate = await readFile(facts.caFile, 'utf8');
    return new EmulatorProcess(child, stateDir, { ...facts, caCertificate }, startedIn);
  }

  async usage(): Promise<MemoryUsage> {
    this.#child.send('usage');
    const [usage] = await once(this.#child, 'message');
    return usage;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
    await rm(this.#stateDir, { recursive: true, force: true });
  }
}
