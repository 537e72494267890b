import { delimiter, dirname, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findTools } from '../../lab/tools/find-tools.ts';
import { printProgress } from '../../lab/tools/python-packages.ts';
import { startAzForkServer } from './az-fork-server/az-fork-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where az is installed. */
    azDirectory: string;
  }
}

/**
 * Finds az and kubectl once before all whole-chain tests: where the lab has to install az, that takes minutes.
 * az is started some thousand times, so that most tests run it through a server that forks.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { az } = await findTools({ progress: printProgress() });
  const server = await startAzForkServer(az);
  const directory = server?.directory ?? dirname(az);
  project.provide('azDirectory', dirname(az));
  process.env.PATH = [directory, process.env.PATH].join(delimiter);
  // The emulator, the lab and the set-up start often, from the same TypeScript.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/compiled');
  return async () => server?.stop();
}
