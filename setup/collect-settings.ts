import { readsFile } from '../actions/shared/az-arguments.ts';
import { identityName, locationName, type Rule, resourceGroupName } from '../actions/shared/naming-rules.ts';
import { quote } from '../actions/shared/quote.ts';
import { UsageError } from '../cli/usage.ts';
import type { Options } from './command-line.ts';
import type { Settings, Subscription } from './settings.ts';
import type { Terminal } from './terminal.ts';

const repositoryName: Rule = {
  what: 'a repository name',
  valid: 'OWNER/NAME',
  link: 'https://docs.github.com/repositories',
  accepts: text => /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/.test(text),
};

const environmentName: Rule = {
  what: 'an environment name',
  valid:
    '1–255 visible characters without quotes, backslashes, commas, semicolons, and "=@", which az reads as a file',
  link: 'https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments',
  accepts: text => /^[^'"`\\,;\p{C}\p{Zl}\p{Zp}]{1,255}$/u.test(text) && !readsFile(`environment:${text}`),
};

const branchName: Rule = {
  what: 'a branch name',
  valid:
    'a name that git check-ref-format accepts, without refs/heads/ and without "=@", which az reads as a file; or empty',
  link: 'https://git-scm.com/docs/git-check-ref-format',
  accepts: text =>
    /^$|^(?!refs\/|[-/.])(?!.*(?:\.\.|@\{|\/\/|\.lock$|[/.]$))[^\s~^:?*[\\\p{C}]+$/u.test(text) &&
    !readsFile(`heads/${text}`),
};

const workflowFile: Rule = {
  what: 'a workflow',
  valid: 'a file name such as lab.yml, or OWNER/NAME/.github/workflows/FILE@REF',
  link: 'https://docs.github.com/actions/reference/security/oidc',
  accepts: text =>
    /^[\w.-]+\.ya?ml$|^[\w-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml@[\w./-]+$/.test(text),
};

const identityKind: Rule = {
  what: 'a kind of identity',
  valid: 'user-assigned or app-registration',
  link: 'docs/setup-azure.md',
  accepts: text => text === 'user-assigned' || text === 'app-registration',
};

export interface Defaults {
  readonly subscriptions: readonly (Subscription & { readonly isDefault: boolean })[];
  /** `OWNER/NAME`, if the repository is on GitHub. */
  readonly repository: string | undefined;
}

/**
 * Order: option, answer, default.
 * @param terminal undefined if the user is not asked
 * @throws {UsageError} for an invalid or missing option
 */
export async function collectSettings(
  options: Options,
  defaults: Defaults,
  terminal: Terminal | undefined,
): Promise<Settings> {
  const { answers, remove } = options;
  const read = async (option: string, question: string, rule: Rule, defaultValue: string, asks = true) => {
    const given = answers.get(option);
    if (given !== undefined) {
      if (!rule.accepts(given)) throw invalidOption(option, given, rule);
      return given;
    }
    if (!terminal || !asks) return defaultValue;
    for (;;) {
      const text = await terminal.ask(question, defaultValue);
      if (rule.accepts(text)) return text;
      terminal.say(describeInvalid(text, rule));
    }
  };

  for (const workflow of options.workflows)
    if (!workflowFile.accepts(workflow)) throw invalidOption('workflow', workflow, workflowFile);
  if (!terminal) requireOptions(options, defaults);
  const subscription = await chooseSubscription(answers.get('subscription'), defaults, terminal);
  const fullName = await read(
    'repository',
    'GitHub repository whose jobs are trusted (OWNER/NAME)',
    repositoryName,
    defaults.repository ?? '',
  );
  // The default comes from the git remote.
  if (!repositoryName.accepts(fullName)) throw invalidOption('repository', fullName, repositoryName);
  const [owner = '', name = ''] = fullName.split('/');
  const environment = await read(
    'environment',
    'GitHub environment whose jobs are trusted',
    environmentName,
    'azure-lab',
  );
  const kind = await read(
    'identity',
    'Kind of identity (user-assigned or app-registration)',
    identityKind,
    'user-assigned',
  );
  const isUserAssigned = kind === 'user-assigned';
  return {
    subscription,
    repository: { owner, name, fullName },
    environment,
    branch: await read(
      'branch',
      'Branch whose jobs are trusted without an environment (empty for none)',
      branchName,
      '',
      !remove,
    ),
    identity: {
      kind: isUserAssigned ? 'user-assigned' : 'app-registration',
      name: await read('name', 'Name of the identity', identityName, defaultIdentityName(owner, name)),
      resourceGroup: await read(
        'resource-group',
        'Resource group of the identity',
        resourceGroupName,
        'lab-trust',
        isUserAssigned,
      ),
      location: await read(
        'location',
        'Region of the identity',
        locationName,
        'eastus',
        isUserAssigned && !remove,
      ),
    },
    labLocation: await read('lab-location', '', locationName, 'eastus', false),
    workflows: options.workflows,
  };
}

function invalidOption(option: string, value: string, rule: Rule): UsageError {
  return new UsageError(`--${option}: ${describeInvalid(value, rule)}`);
}

function describeInvalid(value: string, { what, valid }: Rule): string {
  return `${quote(value)} is not ${what}.\nValid: ${valid}.`;
}

function requireOptions({ answers, yes, dryRun }: Options, { repository }: Defaults): void {
  const missing = [
    ...(repository === undefined && !answers.has('repository') ? ['--repository OWNER/NAME'] : []),
    ...(yes || dryRun ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`Cannot prompt: not running in a terminal.\nPass ${missing.join(' and ')}.`);
}

async function chooseSubscription(
  given: string | undefined,
  { subscriptions }: Defaults,
  terminal: Terminal | undefined,
): Promise<Subscription> {
  const find = (text: string) =>
    subscriptions.filter(each => [each.id, each.name].some(own => own.toLowerCase() === text.toLowerCase()));
  const list = subscriptions.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  if (given !== undefined) {
    const [found, second] = find(given);
    if (found && !second) return found;
    throw new UsageError(
      `--subscription: az has ${second ? 'several' : 'no'} enabled subscriptions with the ID or name ${quote(given)}.\nEnabled subscriptions:\n${list}`,
    );
  }
  const active = subscriptions.find(({ isDefault }) => isDefault);
  if (!terminal || subscriptions.length === 1) {
    if (active) return active;
    throw new UsageError(
      `az has no active subscription. Pass --subscription.\nEnabled subscriptions:\n${list}`,
    );
  }
  terminal.say(`Subscriptions:\n${list}`);
  for (;;) {
    const answer = await terminal.ask('Subscription (ID or name)', active?.id ?? '');
    const [found, second] = find(answer);
    if (found && !second) return found;
    terminal.say(
      `${second ? 'Several subscriptions have' : 'No subscription has'} the ID or name ${quote(answer)}.`,
    );
  }
}

/** Distinct for each repository: 3–128 letters, digits, hyphens, and underscores. */
function defaultIdentityName(owner: string, name: string): string {
  return `github-${owner}-${name}`.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 128);
}
