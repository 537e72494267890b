import { Pool } from 'undici';
import type { Service } from '../../http/service.ts';

/** Headers of one connection (RFC 9110, 7.6.1) and the length, which the body determines. */
const hopByHop = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'content-length', 'expect'],
]);

export interface Upstream {
  readonly service: Service;
  close(): Promise<void>;
}

/**
 * Forwards requests and streams the responses: watches and logs never end.
 * @param origin `https://127.0.0.1:PORT`
 * @param servername name in its certificate
 * @param ca PEM: CA of that certificate
 */
export function reverseProxy(origin: string, servername: string, ca: string): Upstream {
  // A watch can be silent for its whole duration.
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
        // The certificate is checked against this name, not the requested one.
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
