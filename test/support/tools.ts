import { delimiter, dirname, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findTools } from '../../lab/tools/find-tools.ts';
import { printProgress } from '../../lab/tools/python-packages.ts';
import { startAzForkServer } from './az-fork-server/az-fork-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the installed az. */
    azDirectory: string;
  }
}

/**
 * Finds az and kubectl once for all chain tests, because an installation of az takes minutes. The tests start az several
 * thousand times: most of them use the fork server.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { az } = await findTools({ progress: printProgress() });
  const server = await startAzForkServer(az);
  const directory = server?.directory ?? dirname(az);
  project.provide('azDirectory', dirname(az));
  process.env.PATH = [directory, process.env.PATH].join(delimiter);
  // Saves the emulator, wilab, and the set-up from compiling the same TypeScript at each start.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/compiled');
  return async () => server?.stop();
}
