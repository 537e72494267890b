import { az, azInSubscription } from '../actions/shared/az.ts';
import { ActionFailed } from '../actions/shared/failures.ts';
import { log } from '../actions/shared/log.ts';
import { Report } from '../actions/shared/report.ts';
import { azWithRetries } from '../actions/shared/retrying.ts';
import { realTime } from '../actions/shared/time.ts';
import { checkTenant, listAccounts } from './azure/accounts.ts';
import { collectSettings } from './collect-settings.ts';
import type { Options } from './command-line.ts';
import { createGitHubClient, NotFound } from './github/client.ts';
import { originRepository, type Repository, readRepository } from './github/repository.ts';
import { deriveSubjects, type TrustedSubjects } from './github/subjects.ts';
import { findToken } from './github/token.ts';
import type { Settings } from './settings.ts';
import { readState, type SetupState } from './state.ts';
import type { SetupContext } from './steps.ts';
import { print, type Terminal } from './terminal.ts';

export interface SetupSession {
  readonly options: Options;
  readonly terminal: Terminal | undefined;
  readonly settings: Settings;
  readonly context: SetupContext;
  readonly state: SetupState;
}

/** Seconds. */
const RETRY_SECONDS = 300;

/**
 * Changes nothing.
 * @throws {ActionFailed} {UsageError}
 */
export async function openSetupSession(
  options: Options,
  terminal: Terminal | undefined,
): Promise<SetupSession> {
  const accounts = await listAccounts(az);
  const collected = await collectSettings(
    options,
    { subscriptions: accounts, repository: await originRepository() },
    terminal,
  );
  checkTenant(collected, accounts);
  const token = await findToken(options.githubTokenFile, process.env);
  const gitHub = createGitHubClient(token?.token);
  const reading = readRepository(gitHub, collected.repository, token !== undefined);
  // A removal works without the repository: it might be deleted or invisible.
  const found = await (options.remove ? reading.catch(warnNotFound) : reading);
  const details = found ?? { ...collected.repository, ...UNKNOWN };
  // As GitHub spells it: Entra compares subjects exactly.
  const repository = {
    owner: details.owner,
    name: details.name,
    fullName: `${details.owner}/${details.name}`,
  };
  const settings: Settings = { ...collected, repository };
  const trusted = subjectsOf(details, settings, options.remove);
  const context: SetupContext = {
    az: azWithRetries(
      azInSubscription(az, () => settings.subscription.id),
      { time: realTime, log, retrySeconds: RETRY_SECONDS },
    ),
    gitHub: token && found && gitHub,
    time: realTime,
    log,
    report: new Report(realTime, log),
  };
  const { subscription, identity } = settings;
  const user = accounts.find(({ id }) => id === subscription.id)?.user;
  print(`Subscription  ${subscription.name} (${subscription.id})
Tenant        ${subscription.tenantId}
az login      ${user?.name ?? ''} (${user?.type ?? ''})
Repository    ${repository.fullName}, ${token ? `token from ${token.from}` : 'no token for GitHub'}
Identity      ${identity.name} (${identity.kind})
`);
  const state = await readState(context, settings, { repository: details, trusted });
  return { options, terminal, settings, context, state };
}

const UNKNOWN = {
  ...{ id: 0, ownerId: 0, defaultBranch: 'main', visibility: '' },
  ...{ isFork: false, hasIssues: true, template: undefined },
};

function warnNotFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
  print(`! ${error.message}`);
}

/** A removal works even if the subjects can no longer be derived. */
function subjectsOf(repository: Repository, settings: Settings, forRemoval: boolean): TrustedSubjects {
  try {
    return deriveSubjects(repository, settings);
  } catch (error) {
    if (!forRemoval || !(error instanceof ActionFailed)) throw error;
    return { subjects: [], obsolete: [] };
  }
}
