import { join, resolve } from 'node:path';
import { parseInputs } from '../shared/inputs.ts';
import { guid } from '../shared/naming-rules.ts';

export interface Inputs {
  /** Temporary folder of the runner, which has the job's journal. */
  temporaryFolder: string;
  /** Absolute path of a file. */
  jsonFile: string;
  /** Masked by the runner; '' if not given. */
  clientId: string;
  /** '' outside GitHub. */
  run: { id: string; attempt: string };
}

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const { RUNNER_TEMP: temporaryFolder = '', GITHUB_WORKSPACE: workspace } = environment;
    const jsonFile = input.path('json-file');
    if (!temporaryFolder) {
      input.problem(
        'RUNNER_TEMP is required: the temporary folder of the runner, which has the journal of the job',
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
