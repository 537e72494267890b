import type { IncomingHttpHeaders } from 'node:http';

/** TLS is terminated, and the body is complete. */
export interface Request {
  /** Upper case. */
  readonly method: string;
  /** With the production host name. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted if the client disconnects. */
  readonly signal: AbortSignal;
}

/** An async iterable is streamed. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** Throws only if the emulator has a defect. */
export type Service = (request: Request) => Reply | Promise<Reply>;

/** @param headers override the content type */
export function json(status: number, value: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
