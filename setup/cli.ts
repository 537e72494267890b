import { currentCloud, exchangeAudience } from '../actions/shared/account.ts';
import type { Az } from '../actions/shared/az.ts';
import { listenForSignals } from '../actions/shared/interruption.ts';
import { harmless } from '../actions/shared/log.ts';
import { poll, TimedOut } from '../actions/shared/retry.ts';
import { checkRightToAssign } from './azure/accounts.ts';
import { findLabs } from './azure/labs.ts';
import { findProviders, unregistered } from './azure/resource-providers.ts';
import { quotaWarnings } from './azure/quotas.ts';
import { parseCommandLine, UsageError, usage } from './command-line.ts';
import { describe } from './failures.ts';
import { byHand, byHandRemoval } from './github/gh-commands.ts';
import { checkLogin, givesIdTokens } from './login-check.ts';
import { carryOut, type Ids, type Step, showSteps, type Tools, work } from './steps.ts';
import { type Prepared, prepare } from './session.ts';
import { print } from './print.ts';
import { removalPlan } from './removal-steps.ts';
import { look, setUpPlan, type World } from './setup-steps.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import type { Wanted } from './settings.ts';

/**
 * Does what the command line says.
 * @param args without node and the script
 * @returns the exit code: 2 where the command line is wrong
 */
export async function run(args: readonly string[]): Promise<number> {
  listenForSignals();
  let terminal: Terminal | undefined;
  try {
    const flags = parseCommandLine(args);
    if (flags.help) {
      print(usage);
      return 0;
    }
    terminal = flags.yes ? undefined : openTerminal();
    return await (flags.remove ? remove : setUp)(await prepare(flags, terminal));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(harmless(`\n${isUsage ? error.message : describe(error)}`));
    if (isUsage) console.error(`\n${usage}`);
    return isUsage ? 2 : 1;
  } finally {
    terminal?.close();
  }
}

async function setUp({ flags, terminal, wanted, tools, world }: Prepared): Promise<number> {
  const audience = await audienceOf(tools.az);
  const { steps, notes } = setUpPlan(world, wanted, audience);
  const ids = { ...placeholders(wanted), ...world.identity.ids };
  print(showSteps(steps, ids, flags.dryRun));
  for (const note of notes) print(`! ${note}`);
  if (!tools.gitHub) print(withoutToken(byHand(wanted, ids, world.about.defaultBranch)));
  if (work(steps).some(({ what }) => what.startsWith('Role'))) await checkRightToAssign(tools.az, wanted);
  if (flags.dryRun) return said('\nNothing was changed: --dry-run.');

  let known: Ids = ids;
  if (work(steps).length > 0) {
    const question = `\nDo this in ${wanted.subscription.name} and ${wanted.repository.fullName}?`;
    if (!(await confirmed(terminal, question))) return said('Nothing was changed.');
    print();
    known = await carryOut(work(steps), ids, tools, (_, error) => {
      print('Stopped here. What was made stays; run it again to go on.');
      throw error;
    });
    await readBack(tools, wanted, world, audience);
    await awaitRegistrations(tools, wanted);
    if (!tools.gitHub) print(withoutToken(byHand(wanted, known, world.about.defaultBranch)));
  }
  for (const warning of await quotaWarnings(tools.az, wanted)) print(`! ${warning}`);
  print(
    givesIdTokens(process.env)
      ? await checkLogin(tools, wanted, known, world.trusted, audience)
      : LOGIN_NOT_CHECKED,
  );
  print(ending(wanted, world, known));
  return 0;
}

/** Azure applies a new role within ten minutes; lists come late too. */
const READ_BACK_SECONDS = 900;

/** Reads everything again until it is as planned: lists come late to what was just written. */
async function readBack(tools: Tools, wanted: Wanted, world: World, audience: string): Promise<void> {
  const options = {
    what: 'Reading back',
    timeoutSeconds: READ_BACK_SECONDS,
    time: tools.time,
    log: tools.log,
  };
  await poll(options, async () => {
    const left = work(setUpPlan(await look(tools, wanted, world), wanted, audience).steps);
    if (left.length === 0) return { value: undefined };
    return { state: `not visible yet: ${left.map(({ what, name }) => `${what} ${name}`).join(', ')}` };
  });
  print('Read back: all is there.');
}

/** How long registrations may take before the command goes on without them. */
const REGISTRATION_SECONDS = 300;

/**
 * Waits for the registrations of resource providers, up to a limit. One that takes longer is no failure: a lab works as
 * soon as its region is registered.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types#register-resource-provider
 */
async function awaitRegistrations({ az, time, log }: Tools, wanted: Wanted): Promise<void> {
  const options = { what: 'Resource providers', timeoutSeconds: REGISTRATION_SECONDS, time, log };
  try {
    await poll(options, async () => {
      const left = unregistered(await findProviders(az, wanted));
      return left.length === 0 ? { value: undefined } : { state: `not registered yet: ${left.join(', ')}` };
    });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    print(`! ${error.message}
  A lab that meets this fails with MissingSubscriptionRegistration. See when it has ended:
  az provider list --subscription ${wanted.subscription.id} --output table --query "[?registrationState=='Registering'].namespace"`);
  }
}

async function remove({ flags, terminal, wanted, tools, world }: Prepared): Promise<number> {
  const { steps, stays } = removalPlan(world, wanted);
  const ids = { ...placeholders(wanted), ...world.identity.ids };
  print(steps.length > 0 ? showSteps(steps, ids, flags.dryRun) : 'Nothing is there that this command made.');
  print(['', 'Stays:', ...stays.map(each => `  ${each}`)].join('\n'));
  if (!tools.gitHub) print(withoutToken(byHandRemoval(wanted)));
  const labs = await findLabs(tools.az, wanted);
  if (labs.length > 0) print(`! Labs are still there, which no job can then delete: ${labs.join(', ')}`);
  if (flags.dryRun) return said('\nNothing was changed: --dry-run.');
  if (steps.length === 0) return 0;
  if (!(await confirmed(terminal, '\nRemove this?'))) return said('Nothing was changed.');

  print();
  const failures: string[] = [];
  await carryOut(steps, ids, tools, ({ what, name }: Step, error) => {
    failures.push(`${what} ${name}: ${describe(error)}`);
  });
  if (failures.length === 0) return 0;
  console.error(harmless(['', 'Could not be removed:', ...failures].join('\n')));
  return 1;
}

const LOGIN_NOT_CHECKED = `
Azure lists the identity, its federated credentials, and its roles. A login was not tried: GitHub signs tokens only in jobs.
Azure can take 10 minutes to apply new roles. The workflows retry their login for 15 minutes, so you can start one now.`;

async function audienceOf(own: Az): Promise<string> {
  return exchangeAudience((await currentCloud(own)).name);
}

/** Words for ids that Azure has yet to give. */
function placeholders({ identity: { name } }: Wanted): Ids {
  return {
    clientId: `<client id of ${name}>`,
    principalId: `<principal id of ${name}>`,
    objectId: `<object id of ${name}>`,
  };
}

/** Where nobody can be asked, --yes was given. */
async function confirmed(terminal: Terminal | undefined, question: string): Promise<boolean> {
  return !terminal || /^y(es)?$/i.test(await terminal.ask(`${question} (yes or no)`, 'no'));
}

function said(text: string): number {
  print(text);
  return 0;
}

function withoutToken(commands: string): string {
  return `\nWithout a token for GitHub (gh auth login, GH_TOKEN, --github-token-file) this is left to you:\n${commands}`;
}

function ending({ repository, environment }: Wanted, { about, trusted }: World, { clientId }: Ids): string {
  const { fullName } = repository;
  return `
Jobs with these subjects log in as ${clientId}:
${trusted.subjects.map(({ subject }) => `  ${subject}`).join('\n')}
Rules for jobs in ${environment}: https://github.com/${fullName}/settings/environments
Start a lab:
  gh workflow run lab.yml --repo ${fullName} --ref ${about.defaultBranch} --field delete=true`;
}
