import { summary } from '@actions/core';
import { harmless, type Log } from './log.ts';
import { duration, type Time } from './time.ts';

export type Outcome =
  | 'created'
  | 'changed'
  | 'already there'
  | 'deleted'
  | 'already gone'
  | 'fetched'
  | 'verified';

/** What a step of an action did, and what it gives to the next. */
export interface Done<T = void> {
  outcome: Outcome;
  value: T;
}

export const created = <T = void>(value: T): Done<T> => ({ outcome: 'created', value });
export const changed = <T = void>(value: T): Done<T> => ({ outcome: 'changed', value });
export const fetched = <T = void>(value: T): Done<T> => ({ outcome: 'fetched', value });
export const deleted = <T = void>(value: T): Done<T> => ({ outcome: 'deleted', value });
export const alreadyGone = <T = void>(value: T): Done<T> => ({ outcome: 'already gone', value });
export const alreadyThere = <T = void>(value: T): Done<T> => ({ outcome: 'already there', value });

interface Row {
  what: string;
  name: string;
  outcome: Outcome | 'failed';
  took: number;
}

/** Keeps account of an action's steps: one log line each as they end, and a table in the job summary. */
export class Report {
  readonly rows: Row[] = [];
  readonly #time: Time;
  readonly #log: Log;

  constructor(time: Time, log: Log) {
    this.#time = time;
    this.#log = log;
  }

  /**
   * Does one step and records how it ended and how long it took.
   * @param what the kind of thing: "AKS cluster".
   * @param name its name.
   * @returns the step's value.
   */
  async step<T>(what: string, name: string, work: () => Promise<Done<T>>): Promise<T> {
    const start = this.#time.now();
    const record = (outcome: Row['outcome']): void => {
      const took = this.#time.now() - start;
      this.rows.push({ what, name, outcome, took });
      this.#log.info(`${what} ${name}: ${outcome} (${duration(took)})`);
    };
    try {
      const { outcome, value } = await work();
      record(outcome);
      return value;
    } catch (error) {
      record('failed');
      throw error;
    }
  }

  /** The steps as a Markdown table under the action's name. */
  markdown(action: string): string {
    const lines = this.rows.map(
      row => `| ${cell(row.what)} | ${cell(row.name)} | ${row.outcome} | ${duration(row.took)} |`,
    );
    return [
      `### ${action}`,
      '',
      '| What | Name | Outcome | Took |',
      '|---|---|---|---:|',
      ...lines,
      '',
      '',
    ].join('\n');
  }

  /** Adds the table to the job summary, where there is one. */
  async write(action: string): Promise<void> {
    if (this.rows.length === 0 || !process.env.GITHUB_STEP_SUMMARY) return;
    await summary.addRaw(this.markdown(action)).write();
  }
}

/** Text as it stands, for a cell of a Markdown table: no markup in it is rendered. */
export function cell(text: string): string {
  return harmless(text)
    .replaceAll('\n', ' ')
    .replace(/[&<>\\`*_{}[\]()#+!|~@:-]/g, character =>
      '&<>'.includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
    );
}
