import type { IncomingHttpHeaders } from 'node:http';

/** A request as a service of the emulator receives it: TLS ended, host resolved, body read whole. */
export interface Request {
  /** Upper case. */
  readonly method: string;
  /** The address the client meant, with the production host name: `https://management.azure.com/…`. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted when the client hangs up: a stream that is still open ends there. */
  readonly signal: AbortSignal;
}

/** An answer. A body that is an async iterable is streamed: every chunk is sent as soon as it is there. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** What answers for one or more host names. It may throw only for a defect of the emulator. */
export type Service = (request: Request) => Reply | Promise<Reply>;

/**
 * An answer with a JSON body.
 * @param status HTTP status code
 * @param value anything JSON can hold
 * @param headers further headers; they win over the content type
 */
export function json(status: number, value: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/**
 * The body of a request as JSON.
 * @returns the parsed value, or `undefined` where there is no body, it is not JSON, or it is deeper than .NET reads
 */
export function parseJson(request: Request): unknown {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    return isDeeperThan(value, 64) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Tells whether objects and lists lie deeper in a JSON value than a number of levels: too deep to walk through. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(each => isDeeperThan(each, levels - 1));
}
