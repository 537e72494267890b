import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An exchange between a client and Azure. Leaves are names of types (`string`, `guid`, `date-time`, …), or values that
 * matter. `{…}` is a placeholder for a value that differs in every run.
 */
export interface Exchange {
  /** File name of the recording in Azure/azure-cli. */
  readonly source: string;
  /** Commit of Azure/azure-cli. Missing in the first set, whose az-exchanges.md has it. */
  readonly commit?: string;
  /** Index in the recording, from 0. `null` if unknown. */
  readonly n: number | null;
  /** Command of az. `null` for clients that do not send it. */
  readonly command: string | null;
  readonly request: {
    readonly host: string;
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    /** `authorization: absent` if the client sent none. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly remark?: string;
}

/** The first set, which is beside the repository. */
export const recordedFile = join(import.meta.dirname, '../../../shared/data/az-exchanges.json');

/** Reads the first set. @returns `undefined` if this machine does not have it */
export function firstExchanges(): readonly Exchange[] | undefined {
  return existsSync(recordedFile) ? read(recordedFile) : undefined;
}

/** Reads the exchanges of later recordings. */
export function furtherExchanges(): readonly Exchange[] {
  return read(join(import.meta.dirname, 'exchanges.json'));
}

/** Groups exchanges by recording, in order. */
export function bySource(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  return Map.groupBy(exchanges, ({ source }) => source.replace(/\.yaml$/, ''));
}

function read(file: string): readonly Exchange[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
}
