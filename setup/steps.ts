import type { Az } from '../actions/shared/az.ts';
import type { Log } from '../actions/shared/log.ts';
import type { Done, Outcome, Report } from '../actions/shared/report.ts';
import type { Time } from '../actions/shared/time.ts';
import type { GitHubClient } from './github/client.ts';

export interface SetupContext {
  readonly az: Az;
  /** Undefined without a token: the command then prints the commands for GitHub's half. */
  readonly gitHub: GitHubClient | undefined;
  readonly time: Time;
  readonly log: Log;
  readonly report: Report;
}

/** Placeholders until Azure creates the identity, and in a dry run. */
export interface IdentityIds {
  readonly clientId: string;
  /** Object ID of the service principal. */
  readonly principalId: string;
  /** Object ID of an app registration. Empty for a user-assigned identity. */
  readonly objectId: string;
}

/** What is shown is what runs. */
export interface Operation {
  show(ids: IdentityIds): string;
  /** @returns the IDs that the answer contains */
  run(ids: IdentityIds, context: SetupContext): Promise<Partial<IdentityIds>>;
}

export interface Step {
  /** Kind of object: "Managed identity". */
  readonly what: string;
  readonly name: string;
  readonly change: 'create' | 'update' | 'delete' | 'none';
  readonly reason?: string;
  readonly operations: readonly Operation[];
}

export function unchangedStep(what: string, name: string): Step {
  return { what, name, change: 'none', operations: [] };
}

export function pendingSteps(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ change }) => change !== 'none');
}

const signs = { create: '+', update: '~', delete: '-', none: '=' } as const;

/** @param withOperations also shows each command and request */
export function formatSteps(steps: readonly Step[], ids: IdentityIds, withOperations: boolean): string {
  return steps
    .flatMap(({ what, name, change, reason, operations }) => [
      `${signs[change]} ${what} ${name}: ${change === 'none' ? 'exists' : change}${reason ? ` (${reason})` : ''}`,
      ...(withOperations ? operations.map(operation => `    ${operation.show(ids)}`) : []),
    ])
    .join('\n');
}

/** For a POSIX shell. */
export function formatCommand(command: readonly string[]): string {
  return command
    .map(argument =>
      /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ');
}

const outcomes: Readonly<Record<Step['change'], Outcome>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  none: 'already there',
};

/**
 * @param onFailure throws to stop, or returns to continue with the next step
 * @returns the IDs, with those that the answers contained
 */
export async function runSteps(
  steps: readonly Step[],
  ids: IdentityIds,
  context: SetupContext,
  onFailure: (step: Step, error: unknown) => void,
): Promise<IdentityIds> {
  let known = ids;
  for (const step of steps) {
    const runOperations = async (): Promise<Done> => {
      for (const operation of step.operations) known = { ...known, ...(await operation.run(known, context)) };
      return { outcome: outcomes[step.change], value: undefined };
    };
    await context.report.step(step.what, step.name, runOperations).catch(error => onFailure(step, error));
  }
  return known;
}
