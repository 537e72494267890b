import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from './statistics.ts';

const root = join(import.meta.dirname, '..');

export interface BundleFigures {
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds from start to exit. Median. */
  readonly start: number;
}

/** Starts without inputs: each bundle loads all modules and exits. */
export async function measureBundles(runs: number): Promise<BundleFigures[]> {
  const files = [...globSync('actions/*/dist/index.js', { cwd: root }).sort(), 'app/dist/main.js'];
  const figures: BundleFigures[] = [];
  for (const file of files) {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(await measureStart(join(root, file)));
    const { size } = await stat(join(root, file));
    figures.push({ file, bytes: size, start: median(times) });
  }
  return figures;
}

/**
 * @returns milliseconds from start to exit.
 * @throws Error if it crashes
 */
async function measureStart(file: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [file], { stdio: 'ignore', env: { PATH: process.env.PATH } });
  const [code] = await once(child, 'exit');
  const took = performance.now() - began;
  // Without inputs, most actions fail with 1.
  if (code !== 0 && code !== 1) throw new Error(`"${file}" exited with ${code}.`);
  return took;
}
