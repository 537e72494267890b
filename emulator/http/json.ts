import type { Request } from './service.ts';

/** Unchecked members. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns `undefined` if it is empty, not JSON, or deeper than .NET reads (64 levels) */
export function parseJson({ body }: Pick<Request, 'body'>): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isDeeperThan(value, 64) ? undefined : value;
  } catch {
    return undefined;
  }
}

export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(each => isDeeperThan(each, levels - 1));
}
