import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../die-with-parent.ts';

/** Where the lab keeps the one that it has built. */
const home = join(resolve(import.meta.dirname, '../../..'), '.lab', 'kubelogin');

/**
 * For tests: kubelogin, which kubectl asks for a token where a cluster signs its users in with Entra. It is built from
 * the Go module proxy, which takes a minute or two, once; go.mod beside this file says which version, go.sum with which
 * content.
 * @returns the directory that it is in, alone; `undefined` where it is not built and there is no Go to build it
 * @throws Error with what Go said, where it cannot be built
 * @see https://azure.github.io/kubelogin/
 */
export async function kubeloginDirectory(): Promise<string | undefined> {
  const built = join(home, 'kubelogin');
  if (existsSync(built)) return home;
  const go = onPath('go');
  if (go === undefined) return undefined;
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
