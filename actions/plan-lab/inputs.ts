import { parseInputs } from '../shared/inputs.ts';
import { labName, locationName, vmSize } from '../shared/naming-rules.ts';

export interface Inputs {
  /** Name of the resource group, the vault, and the registry. */
  name: string;
}

/**
 * Checks by the rules of the actions that use the inputs minutes later. test/workflows.test.ts compares the two.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  const { GITHUB_RUN_ID: run = '', GITHUB_RUN_ATTEMPT: attempt = '1' } = environment;
  return parseInputs(input => {
    const name = input.optional('name', labName, `wilab${run}x${attempt}`);
    input.optional('location', locationName, 'eastus');
    input.integer('node-count', { default: 1, min: 1, max: 1000 });
    input.optional('node-vm-size', vmSize);
    input.oneOf('access-model', ['rbac', 'access-policy']);
    input.oneOf('builder', ['auto', 'acr-tasks', 'docker']);
    input.oneOf('workload-kind', ['pod', 'deployment', 'job']);
    input.boolean('prove-denial', false);
    input.boolean('delete', false);
    input.integer('expires-in-hours', { default: 24, min: 1, max: 8760 });
    return { name };
  }, read);
}
