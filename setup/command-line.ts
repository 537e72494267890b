import { parseOptions } from '../cli/usage.ts';

export interface Options {
  readonly help: boolean;
  readonly version: boolean;
  readonly dryRun: boolean;
  readonly remove: boolean;
  readonly yes: boolean;
  readonly githubTokenFile?: string;
  readonly answers: ReadonlyMap<string, string>;
  /** Needed if the repository's token subjects name the workflow. */
  readonly workflows: readonly string[];
}

export const usage = `Usage: npm run setup-azure -- [options]

Sets up the trust between a GitHub repository and an Azure subscription. Asks for each setting without an option.

Azure:
  --subscription ID|NAME     Subscription for the labs (default: az's active subscription)
  --identity KIND            user-assigned or app-registration: what jobs log in as (default: user-assigned)
  --name NAME                Name of the identity (default: github-OWNER-NAME)
  --resource-group NAME      Resource group of the identity. Labs do not delete it (default: lab-trust)
  --location NAME            Region of the resource group and the identity (default: eastus)
  --lab-location NAME        Region of the labs, to check its quotas (default: eastus)

GitHub:
  --repository OWNER/NAME    Repository whose jobs are trusted (default: git remote origin)
  --environment NAME         GitHub environment whose jobs are trusted (default: azure-lab)
  --branch NAME              Branch whose jobs are trusted without an environment (default: none)
  --workflow FILE            Workflow that logs in, if token subjects name it. Repeatable (default: lab.yml, sweep.yml)
  --github-token-file FILE   File with the GitHub token (default: GH_TOKEN, GITHUB_TOKEN, gh auth token)

Run:
  --dry-run                  Print the commands and requests. Change nothing
  --remove                   Remove what this command created
  -y, --yes                  Do not ask. Use the default of each setting without an option
  -h, --help                 Print this help
  --version                  Print the version

Examples:
  npm run setup-azure
  npm run setup-azure -- --dry-run --repository octo-org/lab
  npm run setup-azure -- --yes --subscription Sandbox --repository octo-org/lab
  npm run setup-azure -- --remove

Exit codes:
  0  Done, or nothing to do
  1  Failed or interrupted
  2  Invalid arguments, or Node is too old

Guide: docs/setup-azure.md`;

export const answerOptions = [
  'subscription',
  'repository',
  'environment',
  'branch',
  'identity',
  'name',
  'resource-group',
  'location',
  'lab-location',
] as const;

/** @throws {UsageError} */
export function parseCommandLine(args: readonly string[]): Options {
  const { values } = parseOptions({
    args: [...args],
    options: {
      subscription: { type: 'string' },
      repository: { type: 'string' },
      environment: { type: 'string' },
      branch: { type: 'string' },
      identity: { type: 'string' },
      name: { type: 'string' },
      'resource-group': { type: 'string' },
      location: { type: 'string' },
      'lab-location': { type: 'string' },
      workflow: { type: 'string', multiple: true },
      'github-token-file': { type: 'string' },
      'dry-run': { type: 'boolean' },
      remove: { type: 'boolean' },
      yes: { type: 'boolean', short: 'y' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  const answers = answerOptions.flatMap((name): [string, string][] => {
    const value = values[name];
    return value === undefined ? [] : [[name, value]];
  });
  const file = values['github-token-file'];
  return {
    help: values.help ?? false,
    version: values.version ?? false,
    dryRun: values['dry-run'] ?? false,
    remove: values.remove ?? false,
    yes: values.yes ?? false,
    ...(file !== undefined && { githubTokenFile: file }),
    answers: new Map(answers),
    workflows: values.workflow ?? ['lab.yml', 'sweep.yml'],
  };
}
