import { delimiter } from 'node:path';
import { inject } from 'vitest';

/** Starts az without the fork server, for test files about the az process itself. */
export function usePlainAz(): void {
  process.env.PATH = [inject('azDirectory'), process.env.PATH].join(delimiter);
}
