import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ErrorFormat, Rejection } from './error-format.ts';
import type { Reply, Service } from './service.ts';

export interface Host {
  readonly service: Service;
  readonly errorFormat: ErrorFormat;
}

/**
 * If a service throws, the emulator has a defect: the client receives a 500 in the service's format, the log the stack.
 * @param origin `https://management.azure.com`
 * @param log without query and headers, because they contain secrets
 */
export async function serveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  origin: string,
  host: Host,
  log: (line: string) => void,
): Promise<void> {
  const hangUp = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) hangUp.abort();
  });
  const what = `${incoming.method} ${origin}${incoming.url?.split('?')[0]}`;
  try {
    const reply = await replyTo(incoming, response, origin, host, hangUp.signal);
    await send(response, reply);
  } catch (error) {
    if (isHangUp(error)) return;
    log(`${what} failed: ${error instanceof Error ? error.stack : error}`);
    // After the start of a response, only closing the connection tells the client.
    if (response.headersSent) response.destroy();
    else {
      // Of the failed reply.
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      await send(response, rejected(host, 500, 'The emulator failed; its log says why.'));
    }
  }
}

async function replyTo(
  incoming: IncomingMessage,
  response: ServerResponse,
  origin: string,
  host: Host,
  signal: AbortSignal,
): Promise<Reply> {
  // Otherwise a target could change the host.
  if (!incoming.url?.startsWith('/') || !URL.canParse(origin + incoming.url)) {
    return rejected(host, 400, 'The request target is not a path.');
  }
  // RFC 9110, 7.8: an upgrade to HTTP/2 can be ignored. For other protocols the client would wait.
  if (incoming.headers.upgrade !== undefined && incoming.headers.upgrade !== 'h2c') {
    return rejected(host, 501, `The emulator does not upgrade to ${incoming.headers.upgrade}.`);
  }
  const { bodyLimit } = host.errorFormat;
  const body = await read(incoming, bodyLimit);
  if (body === undefined) {
    // The rest of the body stays unread.
    response.setHeader('connection', 'close');
    incoming.resume();
    return rejected(host, 413, `The body is larger than ${bodyLimit} bytes.`);
  }
  return host.service({
    method: (incoming.method ?? 'GET').toUpperCase(),
    url: new URL(origin + incoming.url),
    headers: incoming.headers,
    body,
    signal,
  });
}

/** @returns `undefined` above the limit */
async function read(incoming: IncomingMessage, bodyLimit: number): Promise<Buffer | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > bodyLimit) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Keeps the socket open for the error.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers = {}, body } = reply;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  await pipeline(Readable.from(body), response);
}

/** The client disconnected. */
function isHangUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error.name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET';
}

function rejected({ errorFormat }: Host, status: Rejection['status'], message: string): Reply {
  return errorFormat.toReply({ status, message });
}
