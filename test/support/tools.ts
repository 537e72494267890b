import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { progressReport } from '../../lab/tools/progress-report.ts';
import { findTools } from '../../lab/tools/tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the az that the lab chose is, for the front of PATH. */
    azDirectory: string;
  }
}

/** Finds az and kubectl once before all whole-chain tests: where the lab has to install az, that takes minutes. */
export default async function setup(project: TestProject): Promise<void> {
  const { az } = await findTools({ progress: progressReport() });
  project.provide('azDirectory', dirname(az));
}
