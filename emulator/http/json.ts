import type { Request } from './service.ts';

/** A JSON object whose members nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses the body of a request as JSON.
 * @returns `undefined` if the body is empty, not JSON, or deeper than .NET reads (64 levels)
 */
export function parseJson({ body }: Pick<Request, 'body'>): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isDeeperThan(value, 64) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether objects and lists are nested deeper than a number of levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(each => isDeeperThan(each, levels - 1));
}
