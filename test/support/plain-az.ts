import { delimiter } from 'node:path';
import { inject } from 'vitest';

/** For a test file in which the process of az itself matters: az is started as it is installed. */
export function usePlainAz(): void {
  process.env.PATH = [inject('azDirectory'), process.env.PATH].join(delimiter);
}
