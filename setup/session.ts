import { az, azInSubscription } from '../actions/shared/az.ts';
import { ActionFailed } from '../actions/shared/failures.ts';
import { log } from '../actions/shared/log.ts';
import { Report } from '../actions/shared/report.ts';
import { realTime } from '../actions/shared/time.ts';
import { patientAz } from '../actions/shared/transient.ts';
import { gatherAnswers } from './collect-settings.ts';
import { checkTenant, listAccounts } from './azure/accounts.ts';
import type { Flags } from './command-line.ts';
import { gitHubClient, NotFound } from './github/client.ts';
import { askAbout, originRepository, type Repository } from './github/repository.ts';
import { type TrustedSubjects, trustedSubjects } from './github/subjects.ts';
import { findToken } from './github/token.ts';
import type { Tools } from './steps.ts';
import { print } from './print.ts';
import { look, type World } from './setup-steps.ts';
import type { Terminal } from './terminal.ts';
import type { Wanted } from './settings.ts';

/** What both ways need: the answers, and the world as it is. */
export interface Prepared {
  readonly flags: Flags;
  readonly terminal: Terminal | undefined;
  readonly wanted: Wanted;
  readonly tools: Tools;
  readonly world: World;
}

/**
 * Gathers the answers, finds the tools, and looks at Azure and GitHub; changes nothing.
 * @throws {ActionFailed} naming what is missing; {UsageError}
 */
export async function prepare(flags: Flags, terminal: Terminal | undefined): Promise<Prepared> {
  const accounts = await listAccounts(az);
  const answers = await gatherAnswers(
    flags,
    { subscriptions: accounts, repository: await originRepository() },
    terminal,
  );
  checkTenant(answers, accounts);
  const token = await findToken(flags.githubTokenFile, process.env);
  const gitHub = gitHubClient(token?.token);
  const asked = askAbout(gitHub, answers.repository, token !== undefined);
  // What a repository left in Azure can be removed when the repository is gone, or not to be seen.
  const found = await (flags.remove ? asked.catch(withoutRepository) : asked);
  const about = found ?? { ...answers.repository, ...UNKNOWN };
  // As GitHub spells it: the comparison of subjects is exact.
  const repository = { owner: about.owner, name: about.name, fullName: `${about.owner}/${about.name}` };
  const wanted: Wanted = { ...answers, repository };
  const trusted = subjectsOf(about, wanted, flags.remove);

  const patience = { time: realTime, log, retrySeconds: 300 };
  const tools: Tools = {
    az: patientAz(
      azInSubscription(az, () => wanted.subscription.id),
      patience,
    ),
    gitHub: token && found && gitHub,
    time: realTime,
    log,
    report: new Report(realTime, log),
  };
  const { subscription, identity } = wanted;
  const user = accounts.find(({ id }) => id === subscription.id)?.user;
  print(`Subscription  ${subscription.name} (${subscription.id})
Tenant        ${subscription.tenantId}
az login      ${user?.name ?? ''} (${user?.type ?? ''})
Repository    ${repository.fullName}, ${token ? `token from ${token.from}` : 'no token for GitHub'}
Identity      ${identity.name} (${identity.kind})
`);
  return { flags, terminal, wanted, tools, world: await look(tools, wanted, { about, trusted }) };
}

/** Stands for what GitHub did not say. */
const UNKNOWN = {
  ...{ id: 0, ownerId: 0, defaultBranch: 'main', visibility: '' },
  ...{ isFork: false, hasIssues: true, template: undefined },
};

function withoutRepository(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
  print(`! ${error.message}`);
}

/** A removal takes what it finds, also where the repository has a template now that cannot be followed. */
function subjectsOf(about: Repository, wanted: Wanted, forRemoval: boolean): TrustedSubjects {
  try {
    return trustedSubjects(about, wanted);
  } catch (error) {
    if (!forRemoval || !(error instanceof ActionFailed)) throw error;
    return { subjects: [], obsolete: [] };
  }
}
