import type { AccountInputs } from './account.ts';
import type { Az } from './az.ts';
import type { CommandOptions } from './command.ts';
import { CommandFailed } from './command-errors.ts';
import { Report } from './report.ts';
import type { Time } from './time.ts';
import type { Tools } from './tools.ts';

/** Returns the output of a command (az: parsed JSON; others: text), or throws. `args` are without the tool. */
export type FakeAnswer = (args: readonly string[], options: CommandOptions) => unknown;

export interface FakeTools extends Tools {
  /** Every command that was started, the tool first. */
  readonly commands: string[][];
  readonly options: CommandOptions[];
  readonly lines: string[];
  readonly warnings: string[];
  /** The subscriptions that commands were to name from then on. */
  readonly subscriptions: string[];
  /** The report's outcomes, by "what name". */
  outcomes(): Record<string, string>;
}

/** Answers for preflight: recent tools, an account, and all permissions. */
const PREFLIGHT: Readonly<Record<string, FakeAnswer>> = {
  'az version': () => ({ 'azure-cli': '2.91.0' }),
  'az account get-access-token': () => failing('ERROR: The test has no token.'),
  'az account get-access-token --resource': () => '2026-11-28 22:00:00.000000',
  'az cloud show': () => ({ name: 'AzureCloud', suffixes: { keyvaultDns: '.vault.azure.net' } }),
  'az account show': () => ({ id: 'subscription-id', tenantId: 'tenant-id' }),
  'az rest --method get --url /subscriptions': () => ({ value: [{ actions: ['*'], notActions: [] }] }),
  'kubectl version': () => '{"clientVersion":{"gitVersion":"v1.34.1"}}',
};

/**
 * Tools for unit tests: no process starts, and no wait takes time.
 * @param answers by the start of the command, such as 'az group show'; the longest match answers. Another command fails the
 *   test. Commands of preflight have an answer, and are not recorded, unless they are in `answers`.
 */
export function fakeTools(answers: Readonly<Record<string, FakeAnswer>>): FakeTools {
  const commands: string[][] = [];
  const options: CommandOptions[] = [];
  const lines: string[] = [];
  const warnings: string[] = [];
  const subscriptions: string[] = [];

  const run = async (tool: string, args: readonly string[], given: CommandOptions = {}): Promise<unknown> => {
    const command = [tool, ...args];
    const answer = answerFor(command, answers);
    if (!answer) {
      const asked = answerFor(command, PREFLIGHT);
      if (asked) return asked(args, given);
    }
    commands.push(command);
    options.push(given);
    if (!answer) throw new Error(`The test has no answer for: ${command.join(' ')}`);
    try {
      return await answer(args, given);
    } catch (error) {
      if (error instanceof FakeFailure) throw new CommandFailed([tool, '…'], error.exitCode, error.errorText);
      throw error;
    }
  };

  const text = (tool: string) => async (args: readonly string[], given?: CommandOptions) =>
    ((await run(tool, args, given)) as string | undefined) ?? '';

  const time = fakeTime();
  const log = {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void warnings.push(text),
  };
  const report = new Report(time, log);
  return {
    az: ((args, given) => run('az', args, given)) as Az,
    useSubscription: id => void subscriptions.push(id),
    subscriptions,
    kubectl: () => text('kubectl'),
    program: text,
    time,
    log,
    report,
    retrySeconds: 900,
    commands,
    options,
    lines,
    warnings,
    outcomes: () =>
      Object.fromEntries(report.rows.map(({ what, name, outcome }) => [`${what} ${name}`, outcome])),
  };
}

function answerFor(
  command: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
): FakeAnswer | undefined {
  const line = command.join(' ');
  const fitting = Object.keys(answers).filter(
    start => line === start || (/^[ /]/.test(line.slice(start.length)) && line.startsWith(start)),
  );
  const start = fitting.sort((one, other) => other.length - one.length)[0];
  return start === undefined ? undefined : answers[start];
}

export const noAccount: AccountInputs = {
  subscriptionId: '',
  tenantId: '',
  clientId: '',
  retrySeconds: 900,
  temporaryFolder: undefined,
};

/** A clock that only sleeping moves. */
export function fakeTime(): Time {
  let now = 0;
  return {
    now: () => now,
    sleep: async milliseconds => {
      now += milliseconds;
    },
  };
}

/** A failure of az, or of another tool for which the answer is. */
class FakeFailure extends CommandFailed {}

export function failing(stderr: string, exitCode = 1): never {
  throw new FakeFailure(['az', '…'], exitCode, stderr);
}

export function azureError(code: string, message = 'What Azure says about it.'): never {
  failing(`ERROR: (${code}) ${message}\nCode: ${code}\nMessage: ${message}\n`);
}

/** Lets an az command find nothing: az exits with 3. */
export function notFound(code = 'ResourceNotFound'): never {
  failing(`ERROR: (${code}) It was not found.\nCode: ${code}\nMessage: It was not found.\n`, 3);
}
