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
