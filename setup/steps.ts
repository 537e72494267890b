import type { Az } from '../actions/shared/az.ts';
import type { Log } from '../actions/shared/log.ts';
import type { Done, Outcome, Report } from '../actions/shared/report.ts';
import type { Time } from '../actions/shared/time.ts';
import type { GitHub } from './github/client.ts';

/** What the steps work with; tests hand in their own. */
export interface Tools {
  readonly az: Az;
  /** Undefined where there is no token: GitHub's half is then left to the reader. */
  readonly gitHub: GitHub | undefined;
  readonly time: Time;
  readonly log: Log;
  readonly report: Report;
}

/** What Azure gives an identity when it makes it. Before that, and in a dry run, words stand for it. */
export interface Ids {
  readonly clientId: string;
  /** Object id of the service principal: who roles are given to. */
  readonly principalId: string;
  /** Object id of an app registration; of no use for a user-assigned identity. */
  readonly objectId: string;
}

/** One command of az, or one request to GitHub: what is shown is what is run. */
export interface Call {
  show(ids: Ids): string;
  /** @returns what it learnt about the identity */
  run(ids: Ids, tools: Tools): Promise<Partial<Ids>>;
}

/** One thing that is to be so, and what makes it so. */
export interface Step {
  /** The kind of thing: "Managed identity". */
  readonly what: string;
  readonly name: string;
  readonly does: 'create' | 'change' | 'delete' | 'nothing';
  /** Why it is changed or deleted. */
  readonly because?: string;
  /** In this order; none where there is nothing to do. */
  readonly calls: readonly Call[];
}

/** A step whose thing is as it should be. */
export function nothingToDo(what: string, name: string): Step {
  return { what, name, does: 'nothing', calls: [] };
}

/** The steps that do something. */
export function work(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ does }) => does !== 'nothing');
}

const signs = { create: '+', change: '~', delete: '-', nothing: '=' } as const;

/**
 * The steps as a list for people.
 * @param withCalls also every command and request that they consist of
 */
export function showSteps(steps: readonly Step[], ids: Ids, withCalls: boolean): string {
  return steps
    .flatMap(({ what, name, does, because, calls }) => [
      `${signs[does]} ${what} ${name}: ${does === 'nothing' ? 'already there' : does}${because ? ` (${because})` : ''}`,
      ...(withCalls ? calls.map(call => `    ${call.show(ids)}`) : []),
    ])
    .join('\n');
}

const outcomes: Readonly<Record<Step['does'], Outcome>> = {
  create: 'created',
  change: 'changed',
  delete: 'deleted',
  nothing: 'already there',
};

/**
 * Does the steps, one after another; each is logged as it ends.
 * @param onFailure decides what a failure means: throws to stop here, returns to go on with the next step
 * @returns the ids with what was learnt
 */
export async function carryOut(
  steps: readonly Step[],
  ids: Ids,
  tools: Tools,
  onFailure: (step: Step, error: unknown) => void,
): Promise<Ids> {
  let known = ids;
  for (const step of steps) {
    const work = async (): Promise<Done> => {
      for (const call of step.calls) known = { ...known, ...(await call.run(known, tools)) };
      return { outcome: outcomes[step.does], value: undefined };
    };
    await tools.report.step(step.what, step.name, work).catch(error => onFailure(step, error));
  }
  return known;
}
