import { delimiter, dirname, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findTools } from '../../lab/tools/find-tools.ts';
import { printProgress } from '../../lab/tools/python-packages.ts';
import { startAzForkServer } from './az-fork-server/az-fork-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    azDirectory: string;
  }
}

/**
 * Once for all chain tests, because an installation of az takes minutes. Most tests use the fork
 * server, because they start az several thousand times.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { az } = await findTools({ progress: printProgress() });
  const server = await startAzForkServer(az);
  const directory = server?.directory ?? dirname(az);
  project.provide('azDirectory', dirname(az));
  process.env.PATH = [directory, process.env.PATH].join(delimiter);
  // The emulator, wilab, and the setup share compiled TypeScript.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/compiled');
  return async () => server?.stop();
}
