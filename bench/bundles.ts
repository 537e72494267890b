import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './statistics.ts';

const root = join(import.meta.dirname, '..');

/** Start times of a bundle, and of the same code as the compiler emits it, with packages in node_modules. */
export interface BundleFigures {
  readonly name: string;
  /** Size of `index.js` or `main.js`. */
  readonly bytes: number;
  /** Milliseconds from start to exit. Median. */
  readonly bundled: number;
  /** Milliseconds from start to exit. Median. */
  readonly unbundled: number;
}

/** Starts every bundle and its unbundled code in turn, without inputs. Each loads all modules and exits. */
export async function measureBundles(runs: number): Promise<BundleFigures[]> {
  // In the project, because Node searches node_modules from there.
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
        bundled.push(await measureStart(join(root, bundle)));
        unbundled.push(await measureStart(join(compiled, entry)));
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

/** @returns milliseconds from start to exit. @throws Error if it crashes */
async function measureStart(file: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [file], { stdio: 'ignore', env: { PATH: process.env.PATH } });
  const [code] = await once(child, 'exit');
  const took = performance.now() - began;
  if (code !== 0 && code !== 1) throw new Error(`"${file}" exited with ${code}.`);
  return took;
}
