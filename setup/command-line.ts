import { parseArgs } from 'node:util';

/** What was said on the command line; what is missing there is asked, or has a default. */
export interface Flags {
  readonly help: boolean;
  readonly dryRun: boolean;
  readonly remove: boolean;
  readonly yes: boolean;
  readonly githubTokenFile?: string;
  /** The answers, by the names of their flags. */
  readonly answers: ReadonlyMap<string, string>;
  /** The workflows that log in, for a repository whose subjects name them. */
  readonly workflows: readonly string[];
}

/** The command line cannot be understood. */
export class UsageError extends Error {}

export const usage = `npm run setup-azure                trust between a GitHub repository and an Azure subscription
npm run setup-azure -- [options]   every question has an option:
  --subscription ID|NAME           where labs are to be made (default: the one az is set to)
  --repository OWNER/NAME          whose jobs are trusted (default: from the git remote origin)
  --environment NAME               the GitHub environment whose jobs are trusted (default: azure-lab)
  --branch NAME                    also trust jobs on this branch that name no environment (default: none)
  --identity user-assigned|app-registration
                                   what those jobs log in as (default: user-assigned)
  --name NAME                      of the identity (default: github-OWNER-NAME)
  --resource-group NAME            for the identity; no lab deletes it (default: lab-trust)
  --location NAME                  of that group and the identity (default: eastus)
  --lab-location NAME              region of the labs, whose quotas are checked (default: eastus, as in lab.yml)
  --workflow FILE                  a workflow that logs in, where the repository's token subjects name it;
                                   repeatable (default: lab.yml, sweep.yml)
  --github-token-file FILE         holds the token for GitHub (default: GH_TOKEN, GITHUB_TOKEN, gh auth token)
  --dry-run                        show what would be done, and do nothing
  --remove                         take back what this command made
  --yes                            ask nothing`;

/** The flags that answer a question. */
export const answerFlags = [
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

/**
 * Reads the command line.
 * @param args without node and the script
 * @throws UsageError saying what is wrong
 */
export function parseCommandLine(args: readonly string[]): Flags {
  const values = parse(args);
  const answers = answerFlags.flatMap((name): [string, string][] => {
    const value = values[name];
    return value === undefined ? [] : [[name, value]];
  });
  const file = values['github-token-file'];
  return {
    help: values.help ?? false,
    dryRun: values['dry-run'] ?? false,
    remove: values.remove ?? false,
    yes: values.yes ?? false,
    ...(file !== undefined && { githubTokenFile: file }),
    answers: new Map(answers),
    workflows: values.workflow ?? ['lab.yml', 'sweep.yml'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
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
      },
    }).values;
  } catch (error) {
    // Node's message goes on with advice about '--', which does not help here.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
