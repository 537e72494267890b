import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { type OwnerInputs, ownerInputs } from '../shared/deletion/ownership.ts';
import { parseInputs } from '../shared/inputs.ts';
import { resourceGroupName } from '../shared/names.ts';

export interface Inputs {
  account: AccountInputs;
  owner: OwnerInputs;
  resourceGroup: string;
  timeoutMinutes: number;
  /** Reports what would be deleted, and deletes nothing. */
  dryRun: boolean;
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(
    input => ({
      account: accountInputs(input, environment),
      owner: ownerInputs(input, environment),
      resourceGroup: input.required('resource-group', resourceGroupName),
      timeoutMinutes: input.integer('timeout-minutes', { whenEmpty: 30, least: 1, most: 360 }),
      dryRun: input.boolean('dry-run', false),
    }),
    read,
  );
}
