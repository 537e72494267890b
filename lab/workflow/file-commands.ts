import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Fails the step. */
export class FileCommandError extends Error {}

/**
 * Reads `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`. The first of `=` and `<<` decides.
 * @throws {FileCommandError} after the entries before the invalid one
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
export function* readEntries(content: string): Generator<[name: string, value: string]> {
  const lines = content.split('\n');
  // The text after the last line break is a line only if it is not empty.
  const terminated = lines.length - 1;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new FileCommandError(`Invalid format '${line}'. Name must not be empty`);
      yield [line.slice(0, equals), line.slice(equals + 1)];
    } else if (heredoc >= 0) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === '' || delimiter === '') {
        throw new FileCommandError(
          `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
        );
      }
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0 || at >= terminated) {
        throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}'`);
      }
      yield [name, lines.slice(at + 1, end).join('\n')];
      at = end;
    } else {
      throw new FileCommandError(`Invalid format '${line}'`);
    }
  }
}

const kinds = ['output', 'env', 'path', 'state', 'step_summary'] as const;
type Kind = (typeof kinds)[number];

/**
 * Bytes.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
const summaryLimit = 1024 * 1024;

export class FileCommands {
  readonly #paths: Readonly<Record<Kind, string>>;

  private constructor(paths: Record<Kind, string>) {
    this.#paths = paths;
  }

  static async create(runnerTemp: string): Promise<FileCommands> {
    const directory = join(runnerTemp, '_runner_file_commands');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const paths = Object.fromEntries(
      kinds.map(kind => [kind, join(directory, `${kind}_${randomUUID()}`)]),
    ) as Record<Kind, string>;
    await Promise.all(Object.values(paths).map(path => writeFile(path, '', { mode: 0o600 })));
    return new FileCommands(paths);
  }

  get environment(): Record<string, string> {
    return Object.fromEntries(kinds.map(kind => [`GITHUB_${kind.toUpperCase()}`, this.#paths[kind]]));
  }

  /** Removes the files. Invalid entries become problems. */
  async collect(): Promise<FileResults> {
    const content = async (kind: Kind) => await readFile(this.#paths[kind], 'utf8').catch(() => '');
    const problems: string[] = [];
    const entries = async (kind: Kind) => {
      const found: [string, string][] = [];
      try {
        for (const entry of readEntries(await content(kind))) found.push(entry);
      } catch (error) {
        if (!(error instanceof FileCommandError)) throw error;
        problems.push(`Unable to process file command '${kind}' successfully.`, error.message);
      }
      return found;
    };
    const notices: string[] = [];
    const env = (await entries('env')).filter(([name]) => {
      // https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs: SetEnvFileCommand
      if (name.toUpperCase() !== 'NODE_OPTIONS') return true;
      notices.push(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      return false;
    });
    let summary = await content('step_summary');
    if (Buffer.byteLength(summary) > summaryLimit) {
      notices.push(
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${summaryLimit / 1024}k`,
      );
      summary = '';
    }
    const results: FileResults = {
      outputs: await entries('output'),
      env,
      path: (await content('path')).split('\n').filter(line => line !== ''),
      state: await entries('state'),
      summary,
      problems,
      notices,
    };
    await Promise.all(Object.values(this.#paths).map(path => rm(path, { force: true })));
    return results;
  }
}

export interface FileResults {
  readonly outputs: readonly (readonly [string, string])[];
  readonly env: readonly (readonly [string, string])[];
  /** In the order in which they were written. */
  readonly path: readonly string[];
  readonly state: readonly (readonly [string, string])[];
  /** Markdown. */
  readonly summary: string;
  readonly problems: readonly string[];
  /** Errors that do not fail the step. */
  readonly notices: readonly string[];
}
