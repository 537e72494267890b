import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { resourceGroupName, vaultName } from '../shared/names.ts';

export interface Inputs {
  account: AccountInputs;
  resourceGroup: string;
  /** '' means every vault of the group. */
  vaultName: string;
  timeoutMinutes: number;
  /** Says what would be deleted, and deletes nothing. */
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
      resourceGroup: input.required('resource-group', resourceGroupName),
      vaultName: input.optional('vault-name', vaultName),
      timeoutMinutes: input.integer('timeout-minutes', { whenEmpty: 30, least: 1, most: 360 }),
      dryRun: input.boolean('dry-run', false),
    }),
    read,
  );
}
