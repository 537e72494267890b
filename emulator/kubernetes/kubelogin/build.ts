import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../child-processes.ts';

const home = join(resolve(import.meta.dirname, '../../..'), '.lab', 'kubelogin');

/** Directory with only kubelogin, or `undefined` if `npm run kubelogin` has not built it. */
export function kubeloginDirectory(): string | undefined {
  return existsSync(join(home, 'kubelogin')) ? home : undefined;
}

/**
 * Builds kubelogin, the exec plugin that gets tokens from Entra, from the Go module proxy. Takes one to two minutes.
 * go.mod and go.sum pin its version and contents.
 * @returns a directory with only kubelogin
 * @throws Error without Go, or with Go's output
 * @see https://azure.github.io/kubelogin/
 */
export async function buildKubelogin(): Promise<string> {
  const built = join(home, 'kubelogin');
  const go = onPath('go');
  if (go === undefined) throw new Error('Go is not on PATH. Install it: https://go.dev/doc/install');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // Parallel builds are safe: each moves a complete file into place.
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
