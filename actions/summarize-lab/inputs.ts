import { join, resolve } from 'node:path';
import { parseInputs } from '../shared/inputs.ts';
import { guid } from '../shared/naming-rules.ts';

export interface Inputs {
  /** The runner's temporary folder, where the job's journal is. */
  temporaryFolder: string;
  /** Absolute path of a file. */
  jsonFile: string;
  /** What the runner masks; '' where nothing is said. */
  clientId: string;
  /** Of GitHub; '' outside of it. */
  run: { id: string; attempt: string };
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const { RUNNER_TEMP: temporaryFolder = '', GITHUB_WORKSPACE: workspace } = environment;
    const jsonFile = input.path('json-file');
    if (!temporaryFolder) {
      input.problem(
        'RUNNER_TEMP is required: the runner’s temporary folder, in which the job’s stages are noted',
      );
    }
    const { GITHUB_RUN_ID: id = '', GITHUB_RUN_ATTEMPT: attempt = '' } = environment;
    return {
      temporaryFolder,
      run: { id, attempt },
      jsonFile: jsonFile
        ? resolve(workspace || '.', jsonFile)
        : join(temporaryFolder, 'workload-identity-lab', 'report.json'),
      clientId: input.optional('client-id', guid),
    };
  }, read);
}
