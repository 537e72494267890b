import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An exchange that a client really had with Azure, restated as shapes. Leaves are names of types (`string`, `guid`,
 * `date-time` …) unless the value itself counts; `{…}` stands for what differs from run to run.
 */
export interface Exchange {
  /** File name of the recording in Azure/azure-cli. */
  readonly source: string;
  /** Commit of Azure/azure-cli at which it was read; for the first set, az-exchanges.md says so. */
  readonly commit?: string;
  /** Place in the recording, from 0; `null` where it was not counted. */
  readonly n: number | null;
  /** What az was asked to do; `null` for clients that do not say. */
  readonly command: string | null;
  readonly request: {
    readonly host: string;
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    /** `authorization: absent` where the client sent none. */
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

/** Where the first set is: beside the repository, for it is not part of it. */
export const recordedFile = join(import.meta.dirname, '../../../shared/data/az-exchanges.json');

/** The first set; `undefined` where this machine does not have it. */
export function firstExchanges(): readonly Exchange[] | undefined {
  return existsSync(recordedFile) ? read(recordedFile) : undefined;
}

/** The exchanges that were added to it: of further recordings, in the same form. */
export function furtherExchanges(): readonly Exchange[] {
  return read(join(import.meta.dirname, 'exchanges.json'));
}

/** The exchanges of each recording, in their order. */
export function bySource(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  return Map.groupBy(exchanges, ({ source }) => source.replace(/\.yaml$/, ''));
}

function read(file: string): readonly Exchange[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
}
