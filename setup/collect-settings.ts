import { readsFile } from '../actions/shared/az-arguments.ts';
import { identityName, locationName, type Rule, resourceGroupName } from '../actions/shared/names.ts';
import { type Flags, UsageError } from './command-line.ts';
import type { Terminal } from './terminal.ts';
import type { Subscription, Wanted } from './settings.ts';

const repositoryName: Rule = {
  what: 'a repository',
  valid: 'OWNER/NAME',
  link: 'https://docs.github.com/repositories',
  accepts: text => /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/.test(text),
};

const environmentName: Rule = {
  what: 'a name of an environment',
  valid:
    '1–255 visible characters other than quotes, backslashes, commas, semicolons, and "=@", which az reads as a file',
  link: 'https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments',
  accepts: text => /^[^'"`\\,;\p{C}\p{Zl}\p{Zp}]{1,255}$/u.test(text) && !readsFile(`environment:${text}`),
};

const branchName: Rule = {
  what: 'a name of a branch',
  valid:
    'a name that git check-ref-format accepts, without refs/heads/ and without "=@", which az reads as a file; empty is none',
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

/** What the answers default to. */
export interface Defaults {
  readonly subscriptions: readonly (Subscription & { readonly isDefault: boolean })[];
  /** The repository of the folder, where it has one on GitHub. */
  readonly repository: string | undefined;
}

/**
 * Gathers the answers: from flags, then from whoever sits at the terminal, then the defaults.
 * @param terminal undefined where nobody can be asked, or is to be
 * @throws {UsageError} naming the flags that are wrong or missing
 */
export async function gatherAnswers(
  flags: Flags,
  defaults: Defaults,
  terminal: Terminal | undefined,
): Promise<Wanted> {
  const { answers, remove } = flags;
  const answer = async (flag: string, question: string, rule: Rule, whenEmpty: string, asks = true) => {
    const given = answers.get(flag);
    if (given !== undefined) {
      if (!rule.accepts(given)) throw new UsageError(`--${flag}: ${refusal(given, rule)}`);
      return given;
    }
    if (!terminal || !asks) return whenEmpty;
    for (;;) {
      const text = await terminal.ask(question, whenEmpty);
      if (rule.accepts(text)) return text;
      terminal.say(refusal(text, rule));
    }
  };

  for (const workflow of flags.workflows)
    if (!workflowFile.accepts(workflow))
      throw new UsageError(`--workflow: ${refusal(workflow, workflowFile)}`);
  if (!terminal) requireFlags(flags, defaults);
  const subscription = await chooseSubscription(answers.get('subscription'), defaults, terminal);
  const repository = 'GitHub repository whose jobs are trusted (OWNER/NAME)';
  const fullName = await answer('repository', repository, repositoryName, defaults.repository ?? '');
  // The default comes from the git remote, which nobody has checked.
  if (!repositoryName.accepts(fullName))
    throw new UsageError(`--repository: ${refusal(fullName, repositoryName)}`);
  const [owner = '', name = ''] = fullName.split('/');
  const environment = await answer(
    'environment',
    'GitHub environment of those jobs',
    environmentName,
    'azure-lab',
  );
  const branch = 'Branch whose jobs are trusted without an environment, if any';
  const kind = await answer(
    'identity',
    'user-assigned identity or app-registration',
    identityKind,
    'user-assigned',
  );
  const isUserAssigned = kind === 'user-assigned';
  const group = 'Resource group of the identity, which no lab deletes';
  return {
    subscription,
    repository: { owner, name, fullName },
    environment,
    branch: await answer('branch', branch, branchName, '', !remove),
    identity: {
      kind: isUserAssigned ? 'user-assigned' : 'app-registration',
      name: await answer('name', 'Name of the identity', identityName, nameFor(owner, name)),
      resourceGroup: await answer('resource-group', group, resourceGroupName, 'lab-trust', isUserAssigned),
      location: await answer(
        'location',
        'Region of the identity',
        locationName,
        'eastus',
        isUserAssigned && !remove,
      ),
    },
    labLocation: await answer('lab-location', '', locationName, 'eastus', false),
    workflows: flags.workflows,
  };
}

function refusal(text: string, { what, valid }: Rule): string {
  return `'${text}' is not ${what}: ${valid}.`;
}

function requireFlags({ answers, yes, dryRun }: Flags, { repository }: Defaults): void {
  const missing = [
    ...(repository === undefined && !answers.has('repository') ? ['--repository OWNER/NAME'] : []),
    ...(yes || dryRun ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`Nobody can be asked, for this is no terminal. Give ${missing.join(' and ')}.`);
}

async function chooseSubscription(
  given: string | undefined,
  { subscriptions }: Defaults,
  terminal: Terminal | undefined,
): Promise<Subscription> {
  const find = (text: string) =>
    subscriptions.filter(each => [each.id, each.name].some(own => own.toLowerCase() === text.toLowerCase()));
  const known = subscriptions.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  if (given !== undefined) {
    const [found, second] = find(given);
    if (found && !second) return found;
    throw new UsageError(
      `--subscription: az shows ${second ? 'several' : 'no'} enabled subscriptions '${given}'. It shows:\n${known}`,
    );
  }
  const current = subscriptions.find(({ isDefault }) => isDefault);
  if (!terminal || subscriptions.length === 1) {
    if (current) return current;
    throw new UsageError(`az is set to no enabled subscription. Give --subscription. It shows:\n${known}`);
  }
  terminal.say(`Subscriptions:\n${known}`);
  for (;;) {
    const [found, second] = find(await terminal.ask('Subscription (id or name)', current?.id ?? ''));
    if (found && !second) return found;
    terminal.say('That is none of them, or more than one.');
  }
}

/** A name that repositories of one subscription do not share: 3–128 letters, digits, hyphens and underscores. */
function nameFor(owner: string, name: string): string {
  return `github-${owner}-${name}`.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 128);
}
