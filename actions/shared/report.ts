import type { Facts } from './facts.ts';
import { bothEnds, harmless, type Log } from './log.ts';
import { appendText, sizeOf } from './runner-files.ts';
import { duration, type Time } from './time.ts';

export type Outcome =
  | 'created'
  | 'changed'
  | 'already there'
  | 'deleted'
  | 'already gone'
  | 'would be deleted'
  | 'fetched'
  | 'verified';

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

export interface Row {
  what: string;
  name: string;
  outcome: Outcome | 'failed';
  /** Milliseconds. */
  took: number;
}

export class Report {
  readonly rows: Row[] = [];
  readonly facts: Facts = {};
  readonly #sections: string[] = [];
  readonly #time: Time;
  readonly #log: Log;

  constructor(time: Time, log: Log) {
    this.#time = time;
    this.#log = log;
  }

  /**
   * Runs a step, and records its outcome and duration.
   * @param what its kind: "AKS cluster"
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

  /** Adds to the action's part of the job summary. @param markdown without unescaped text of others */
  add(markdown: string): void {
    this.#sections.push(markdown);
  }

  /**
   * The steps as a Markdown table, and the added sections. A section that does not fit is left out.
   * @param failure why the action failed, as it appears in the log.
   * @param mostBytes of the whole.
   */
  markdown(action: string, failure?: string, mostBytes = MOST_SUMMARY_BYTES): string {
    const rows = this.rows.map(
      row => `| ${cell(row.what)} | ${cell(row.name)} | ${row.outcome} | ${duration(row.took)} |`,
    );
    const table = ['| What | Name | Outcome | Took |', '|---|---|---|---:|', ...rows].join('\n');
    const heading = `### ${action}\n`;
    const failed = failure ? `**Failed**\n\n${preformatted(failure)}\n` : undefined;
    let left = mostBytes - Buffer.byteLength(heading) - Buffer.byteLength(failed ?? '') - ROOM_FOR_NOTES;
    const fitting = [...(rows.length > 0 ? [table] : []), ...this.#sections].map(section => {
      const bytes = Buffer.byteLength(section) + 2;
      if (bytes > left) return `_Left out: ${bytes} bytes. GitHub accepts 1 MiB of summary per step._\n`;
      left -= bytes;
      return `${section}\n`;
    });
    return [heading, ...fitting, ...(failed ? [failed] : []), ''].join('\n');
  }

  async write(action: string, failure?: string): Promise<void> {
    const { GITHUB_STEP_SUMMARY: file } = process.env;
    if (!file) return;
    if (this.rows.length === 0 && this.#sections.length === 0 && !failure) return;
    await appendText(file, this.markdown(action, failure, MOST_SUMMARY_BYTES - (await sizeOf(file))));
  }
}

/** GitHub drops the whole summary of a step above this. https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits */
const MOST_SUMMARY_BYTES = 1024 * 1024;
const ROOM_FOR_NOTES = 2048;

const LONGEST_TEXT = 16 * 1024;

/** Literal text of several lines for Markdown: it renders no markup and mentions nobody. */
export function preformatted(text: string): string {
  const safe = harmless(bothEnds(text, LONGEST_TEXT));
  return `<pre>${safe.replace(/[&<>@#]/g, character => `&#${character.charCodeAt(0)};`)}</pre>`;
}

/**
 * Literal text for a cell of a Markdown table: it renders no markup, mentions nobody, and links no address. GitHub finds
 * mentions and addresses after it has removed escapes, so a zero-width space breaks them.
 * https://github.github.com/gfm/#autolinks-extension-
 */
export function cell(text: string): string {
  return harmless(text)
    .replaceAll('\n', ' ')
    .replace(/[@#](?!sha256:)|www(?=\.)/gi, '$&\u200b')
    .replace(/[&<>\\`*_{}[\]()#+!|~@:-]/g, character =>
      '&<>'.includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
    );
}
