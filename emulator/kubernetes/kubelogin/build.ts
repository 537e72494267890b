import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../child-processes.ts';

/** Where the lab keeps the one that it has built. */
const home = join(resolve(import.meta.dirname, '../../..'), '.lab', 'kubelogin');

/** @returns the directory that the built one is in, alone; `undefined` where it is not built: `npm run kubelogin` does. */
export function kubeloginDirectory(): string | undefined {
  return existsSync(join(home, 'kubelogin')) ? home : undefined;
}

/**
 * Builds kubelogin, which kubectl asks for a token where a cluster signs its users in with Entra, from the Go module
 * proxy. It takes a minute or two; go.mod beside this file says which version, go.sum with which content.
 * @returns the directory that it is in, alone
 * @throws Error where there is no Go, or with what Go said
 * @see https://azure.github.io/kubelogin/
 */
export async function buildKubelogin(): Promise<string> {
  const built = join(home, 'kubelogin');
  const go = onPath('go');
  if (go === undefined) throw new Error('go was not found on PATH: https://go.dev/doc/install');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // Two that build at once do the work twice, and each puts a whole file into place.
  const output = `${built}-${process.pid}`;
  try {
    const args = ['build', '-p', '2', '-mod=readonly', '-trimpath', '-o', output];
    await promisify(execFile)(go, [...args, 'github.com/Azure/kubelogin'], {
      cwd: import.meta.dirname,
      env: { ...process.env, CGO_ENABLED: '0' },
      maxBuffer: 1 << 24,
    });
    renameSync(output, built);
  } finally {
    rmSync(output, { force: true });
  }
  return home;
}
