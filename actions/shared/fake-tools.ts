import type { Az } from './az.ts';
import { CommandFailed, type CommandOptions } from './command.ts';
import { Report } from './report.ts';
import type { Time } from './time.ts';
import type { Tools } from './tools.ts';

/** What a command gives (az: the parsed JSON; kubectl: the text); throws to let it fail. `args` are without the tool. */
export type Answer = (args: readonly string[], options: CommandOptions) => unknown;

export interface FakeTools extends Tools {
  /** Every command that was started, the tool first. */
  readonly commands: string[][];
  /** The options that each of them was started with. */
  readonly options: CommandOptions[];
  /** What was logged. */
  readonly lines: string[];
  readonly warnings: string[];
  /** The report's outcomes, by "what name". */
  outcomes(): Record<string, string>;
}

/**
 * Tools for unit tests: nothing is started and no wait takes time.
 * @param answers by the beginning of the command, as in 'az group show'; the longest that fits answers. A command that
 *   none fits fails the test.
 */
export function fakeTools(answers: Readonly<Record<string, Answer>>): FakeTools {
  const commands: string[][] = [];
  const options: CommandOptions[] = [];
  const lines: string[] = [];
  const warnings: string[] = [];

  const run = async (tool: string, args: readonly string[], given: CommandOptions = {}): Promise<unknown> => {
    const command = [tool, ...args];
    commands.push(command);
    options.push(given);
    const line = command.join(' ');
    const fitting = Object.keys(answers).filter(start => line === start || line.startsWith(`${start} `));
    const start = fitting.sort((one, other) => other.length - one.length)[0];
    if (start === undefined) throw new Error(`The test has no answer for: ${line}`);
    return answers[start]?.(args, given);
  };

  const time = fakeTime();
  const log = {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void warnings.push(text),
  };
  const report = new Report(time, log);
  return {
    az: ((args, given) => run('az', args, given)) as Az,
    kubectl: () => async (args, given) => ((await run('kubectl', args, given)) as string | undefined) ?? '',
    time,
    log,
    report,
    commands,
    options,
    lines,
    warnings,
    outcomes: () =>
      Object.fromEntries(report.rows.map(({ what, name, outcome }) => [`${what} ${name}`, outcome])),
  };
}

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

/** Lets a command fail with this on its standard error. */
export function failing(stderr: string, exitCode = 1): never {
  throw new CommandFailed(['az', '…'], exitCode, stderr);
}

/** Lets an az command fail with one of Azure's errors. */
export function azureError(code: string, message = 'What Azure says about it.'): never {
  failing(`ERROR: (${code}) ${message}\nCode: ${code}\nMessage: ${message}\n`);
}

/** Lets an az command find nothing: az exits with 3. */
export function notFound(code = 'ResourceNotFound'): never {
  failing(`ERROR: (${code}) It was not found.\nCode: ${code}\nMessage: It was not found.\n`, 3);
}
