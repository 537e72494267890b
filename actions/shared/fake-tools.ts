import type { Az } from './az.ts';
import { CommandFailed, type CommandOptions } from './command.ts';
import { Report } from './report.ts';
import type { Time } from './time.ts';
import type { Tools } from './tools.ts';

/** A command that was started, as a test sees it. */
export interface Call {
  command: string;
  input?: string;
  lastWord?: boolean;
}

/** Answers a command, given as one line ("az group show --name rg"); throws to let it fail. */
export type Responder = (command: string, call: Call) => unknown;

/** Tools for unit tests: commands are answered by a function and kept, waits take no time. */
export function fakeTools(
  respond: Responder,
): Tools & { calls: Call[]; commands: () => string[]; lines: string[] } {
  const calls: Call[] = [];
  const lines: string[] = [];
  const answer = async (command: string, { input, lastWord }: CommandOptions = {}): Promise<unknown> => {
    const call = { command, ...(input !== undefined && { input }), ...(lastWord && { lastWord }) };
    calls.push(call);
    return respond(command, call);
  };
  const time = fakeTime();
  const log = {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void lines.push(`warning: ${text}`),
  };
  return {
    az: ((args, options) => answer(`az ${args.join(' ')}`, options)) as Az,
    kubectl: () => async (args, options) =>
      ((await answer(`kubectl ${args.join(' ')}`, options)) as string | undefined) ?? '',
    time,
    log,
    report: new Report(time, log),
    calls,
    commands: () => calls.map(call => call.command),
    lines,
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

/** The failure of an az command as az reports one of Azure's errors; it exits with 3 for what is not there. */
export function azureError(code: string, message: string, exitCode = 1): CommandFailed {
  return new CommandFailed(
    ['az', '…'],
    exitCode,
    `ERROR: (${code}) ${message}\nCode: ${code}\nMessage: ${message}\n`,
  );
}

export const notFound = (code = 'ResourceNotFound'): CommandFailed =>
  azureError(code, 'It was not found.', 3);
