import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Leaves are names of types (`string`, `guid`, `date-time`, …), or values that matter. `{…}` is a value that differs in
 * every run.
 */
export interface Exchange {
  /** Recording in Azure/azure-cli. */
  readonly source: string;
  /** Of Azure/azure-cli. The first set has it in az-exchanges.md. */
  readonly commit?: string;
  /** From 0. `null` if unknown. */
  readonly n: number | null;
  /** `null` for clients that do not send it. */
  readonly command: string | null;
  readonly request: {
    readonly host: string;
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    /** `authorization: absent` without one. */
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

/** Beside the repository. */
export const recordedFile = join(import.meta.dirname, '../../../shared/data/az-exchanges.json');

/** @returns `undefined` without the file */
export function firstExchanges(): readonly Exchange[] | undefined {
  return existsSync(recordedFile) ? read(recordedFile) : undefined;
}

export function furtherExchanges(): readonly Exchange[] {
  return read(join(import.meta.dirname, 'exchanges.json'));
}

/** In order. */
export function bySource(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  return Map.groupBy(exchanges, ({ source }) => source.replace(/\.yaml$/, ''));
}

function read(file: string): readonly Exchange[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
}
