import { delimiter } from 'node:path';
import { inject } from 'vitest';

/** For test files about the az process itself. */
export function usePlainAz(): void {
  process.env.PATH = [inject('azDirectory'), process.env.PATH].join(delimiter);
}
