import { Pool } from 'undici';
import type { Service } from '../../http/service.ts';

/** What belongs to one connection, and is not handed on (RFC 9110, 7.6.1); the length is that of the body. */
const hopByHop = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'content-length', 'expect'],
]);

/** A server that another stands in for. */
export interface Upstream {
  readonly service: Service;
  close(): Promise<void>;
}

/**
 * Hands every request on as it came, and the answer back as it comes: watches and logs are streams.
 * @param origin `https://127.0.0.1:PORT`
 * @param servername whose certificate it must show
 * @param ca PEM, the authority of that certificate
 */
export function reverseProxy(origin: string, servername: string, ca: string): Upstream {
  // A watch may be silent for as long as it lasts.
  const pool = new Pool(origin, {
    connect: { ca, servername },
    bodyTimeout: 0,
    headersTimeout: 0,
    allowH2: false,
  });
  const service: Service = async ({ method, url, headers, body, signal }) => {
    try {
      const {
        statusCode,
        headers: answered,
        body: stream,
      } = await pool.request({
        method,
        path: `${url.pathname}${url.search}`,
        // Whatever name led here, the certificate is checked against the one that is in `host`.
        headers: {
          ...Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name))),
          host: servername,
        },
        body: body.length > 0 ? body : null,
        signal,
      });
      return {
        status: statusCode,
        headers: Object.fromEntries(
          Object.entries(answered).filter(
            (header): header is [string, string | string[]] =>
              header[1] !== undefined && (!hopByHop.has(header[0]) || header[0] === 'content-length'),
          ),
        ),
        body: stream,
      };
    } catch (error) {
      if (signal.aborted) throw error;
      const text = `the API server does not answer: ${error instanceof Error ? error.message : error}\n`;
      return { status: 502, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
    }
  };
  return { service, close: () => pool.destroy() };
}
