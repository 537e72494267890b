import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { type OwnerInputs, ownerInputs } from '../shared/deletion/ownership.ts';
import { parseInputs } from '../shared/inputs.ts';
import { resourceGroupName } from '../shared/naming-rules.ts';

export interface Inputs {
  account: AccountInputs;
  owner: OwnerInputs;
  resourceGroup: string;
  timeoutMinutes: number;
  dryRun: boolean;
}

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(
    input => ({
      account: accountInputs(input, environment),
      owner: ownerInputs(input, environment),
      resourceGroup: input.required('resource-group', resourceGroupName),
      timeoutMinutes: input.integer('timeout-minutes', { default: 30, min: 1, max: 360 }),
      dryRun: input.boolean('dry-run', false),
    }),
    read,
  );
}
