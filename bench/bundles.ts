import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './statistics.ts';

const root = join(import.meta.dirname, '..');

/** A bundle, against the same code as the compiler leaves it, which loads its packages from node_modules. */
export interface BundleFigures {
  readonly name: string;
  /** Of the bundle's one file. */
  readonly bytes: number;
  /** Milliseconds from start to exit, medians. */
  readonly bundled: number;
  readonly unbundled: number;
}

/**
 * Starts every bundle and its unbundled counterpart in turn, with nothing given: each loads all its modules, says what
 * is missing and exits with 1.
 * @param runs of each
 */
export async function measureBundles(runs: number): Promise<BundleFigures[]> {
  // Inside the project, for the packages to be found.
  await mkdir(join(root, 'build'), { recursive: true });
  const compiled = await mkdtemp(join(root, 'build/bench-'));
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [compiler, '-p', '.', '--outDir', compiled], {
      cwd: root,
    });
    const figures: BundleFigures[] = [];
    for (const { name, bundle, entry } of pairs()) {
      const bundled: number[] = [];
      const unbundled: number[] = [];
      for (let run = 0; run < runs; run++) {
        bundled.push(await startOf(join(root, bundle)));
        unbundled.push(await startOf(join(compiled, entry)));
      }
      const { size: bytes } = await stat(join(root, bundle));
      figures.push({ name, bytes, bundled: median(bundled), unbundled: median(unbundled) });
    }
    return figures;
  } finally {
    await rm(compiled, { recursive: true });
  }
}

function pairs(): { name: string; bundle: string; entry: string }[] {
  const actions = globSync('actions/*/dist/index.js', { cwd: root })
    .sort()
    .map(bundle => {
      const folder = join(bundle, '../..');
      return { name: basename(folder), bundle, entry: join(folder, 'index.js') };
    });
  return [...actions, { name: 'client (app)', bundle: 'app/dist/main.js', entry: 'app/main.js' }];
}

/** Milliseconds. @throws Error where it does not end as it has to */
async function startOf(file: string): Promise<number> {
  const began = performance.now();
  // Without inputs; the time zone and the like do not matter.
  const child = spawn(process.execPath, [file], { stdio: 'ignore', env: { PATH: process.env.PATH } });
  const [code] = await once(child, 'exit');
  const took = performance.now() - began;
  if (code !== 1) throw new Error(`${file} ended with ${code}`);
  return took;
}
