import { parseInputs } from '../shared/inputs.ts';
import { resourceGroupName, vaultName } from '../shared/names.ts';
import { runAction } from '../shared/run.ts';
import { deleteLab, type Inputs } from './delete-lab.ts';

function parse(): Inputs {
  return parseInputs(input => ({
    resourceGroup: input.required('resource-group', resourceGroupName),
    vaultName: input.optional('vault-name', vaultName),
    timeoutMinutes: input.integer('timeout-minutes', { whenEmpty: 30, least: 1, most: 360 }),
  }));
}

await runAction({ name: 'delete-lab', parse, main: deleteLab });
