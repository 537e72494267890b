import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Progress } from '../../lab/tools/python-packages.ts';
import { findTools } from '../../lab/tools/tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the az that the lab chose is, for the front of PATH. */
    azDirectory: string;
  }
}

/** While nothing but numbers changes, a line of progress is shown this often, in milliseconds. */
const interval = 10_000;

/** Shows the progress of an installation, not every second of it. */
export function progressReport(): Progress {
  let shown = { text: '', at: 0 };
  return line => {
    const text = line.replaceAll(/\d+/g, '');
    if (text === shown.text && Date.now() - shown.at < interval) return;
    shown = { text, at: Date.now() };
    console.log(line);
  };
}

/** Finds az and kubectl once before all whole-chain tests: where the lab has to install az, that takes minutes. */
export default async function setup(project: TestProject): Promise<void> {
  const { az } = await findTools({ progress: progressReport() });
  project.provide('azDirectory', dirname(az));
}
