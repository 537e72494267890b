import { currentCloud, exchangeAudience } from '../actions/shared/account.ts';
import { poll, TimedOut } from '../actions/shared/retry.ts';
import { checkAssignPermission } from './azure/accounts.ts';
import { quotaWarnings } from './azure/quotas.ts';
import { listUnregistered, readProviderStates } from './azure/resource-providers.ts';
import { formatSetupCommands } from './github/gh-commands.ts';
import { canRequestIdToken, checkLogin } from './login-check.ts';
import type { SetupSession } from './session.ts';
import type { Settings } from './settings.ts';
import { planSetup } from './setup-steps.ts';
import { readState, type SetupState } from './state.ts';
import { formatSteps, type IdentityIds, pendingSteps, runSteps, type SetupContext } from './steps.ts';
import { confirm, formatManualCommands, print } from './terminal.ts';

/** @returns the exit code */
export async function runSetup({
  options,
  terminal,
  settings,
  context,
  state,
}: SetupSession): Promise<number> {
  const audience = exchangeAudience((await currentCloud(context.az)).name);
  const { steps, notes } = planSetup(state, settings, audience);
  const ids = { ...placeholderIds(settings), ...state.identity.ids };
  const { defaultBranch } = state.repository;
  print(formatSteps(steps, ids, options.dryRun));
  for (const note of notes) print(`! ${note}`);
  if (!context.gitHub) print(formatManualCommands(formatSetupCommands(settings, ids, defaultBranch)));
  const pending = pendingSteps(steps);
  if (pending.some(({ what }) => what.startsWith('Role'))) await checkAssignPermission(context.az, settings);
  if (options.dryRun) {
    print('\nNothing was changed (--dry-run).');
    return 0;
  }

  let known: IdentityIds = ids;
  if (pending.length > 0) {
    const { subscription, repository } = settings;
    const question = `\nApply these changes to the subscription ${subscription.name} and the repository ${repository.fullName}?`;
    if (!(await confirm(terminal, question))) {
      print('Nothing was changed.');
      return 0;
    }
    print();
    known = await runSteps(pending, ids, context, (_, error) => {
      print('Stopped. Completed steps stay. Run the command again to continue.');
      throw error;
    });
    await readBack(context, settings, state, audience);
    await awaitRegistrations(context, settings);
    if (!context.gitHub) print(formatManualCommands(formatSetupCommands(settings, known, defaultBranch)));
  }
  for (const warning of await quotaWarnings(context.az, settings)) print(`! ${warning}`);
  print(
    canRequestIdToken(process.env)
      ? await checkLogin(context, settings, known, state.trusted, audience)
      : LOGIN_NOT_CHECKED,
  );
  print(formatEnding(settings, state, known));
  return 0;
}

/** Azure applies a new role within ten minutes, and lists show new objects late. */
const READ_BACK_SECONDS = 900;

async function readBack(
  context: SetupContext,
  settings: Settings,
  state: SetupState,
  audience: string,
): Promise<void> {
  const options = {
    what: 'Reading back',
    timeoutSeconds: READ_BACK_SECONDS,
    time: context.time,
    log: context.log,
  };
  await poll(options, async () => {
    const { steps } = planSetup(await readState(context, settings, state), settings, audience);
    const left = pendingSteps(steps);
    if (left.length === 0) return { value: undefined };
    return { state: `not visible yet: ${left.map(({ what, name }) => `${what} ${name}`).join(', ')}` };
  });
  print('Read back: Azure and GitHub show every change.');
}

const REGISTRATION_SECONDS = 300;

/**
 * Only warns of a slow registration: a lab works as soon as its region is registered.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types#register-resource-provider
 */
async function awaitRegistrations({ az, time, log }: SetupContext, settings: Settings): Promise<void> {
  const options = { what: 'Resource providers', timeoutSeconds: REGISTRATION_SECONDS, time, log };
  try {
    await poll(options, async () => {
      const left = listUnregistered(await readProviderStates(az, settings));
      return left.length === 0 ? { value: undefined } : { state: `not registered yet: ${left.join(', ')}` };
    });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    print(`! ${error.message}
  Until the registration completes, a lab can fail with MissingSubscriptionRegistration. Show what is still registering:
  az provider list --subscription ${settings.subscription.id} --output table --query "[?registrationState=='Registering'].namespace"`);
  }
}

const LOGIN_NOT_CHECKED = `
Azure lists the identity, its federated credentials, and its roles. The login was not tried, because GitHub issues tokens only to jobs.
Azure can take 10 minutes to apply new roles. The workflows retry their login for 15 minutes, so you can start one now.`;

/** For IDs that Azure assigns later. */
export function placeholderIds({ identity: { name } }: Settings): IdentityIds {
  return {
    clientId: `<client id of ${name}>`,
    principalId: `<principal id of ${name}>`,
    objectId: `<object id of ${name}>`,
  };
}

function formatEnding(
  { repository: { fullName }, environment }: Settings,
  { repository, trusted }: SetupState,
  { clientId }: IdentityIds,
): string {
  return `
Jobs with these subjects can log in as ${clientId}:
${trusted.subjects.map(({ subject }) => `  ${subject}`).join('\n')}
Rules for jobs in ${environment}: https://github.com/${fullName}/settings/environments
Start a lab:
  gh workflow run lab.yml --repo ${fullName} --ref ${repository.defaultBranch} --field delete=true`;
}
