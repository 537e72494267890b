import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { type OwnerInputs, ownerInputs } from '../shared/deletion/ownership.ts';
import { parseInputs } from '../shared/inputs.ts';

export interface Inputs {
  account: AccountInputs;
  owner: OwnerInputs;
  dryRun: boolean;
  /** For each lab, and for purging. */
  timeoutMinutes: number;
}

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(
    input => ({
      account: accountInputs(input, environment),
      owner: ownerInputs(input, environment),
      dryRun: input.boolean('dry-run', true),
      timeoutMinutes: input.integer('timeout-minutes', { default: 30, min: 1, max: 360 }),
    }),
    read,
  );
}
