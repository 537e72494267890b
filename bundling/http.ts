import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { buffer } from 'node:stream/consumers';

// @actions/http-client and undici were 80 % of each bundle. @actions/core uses them for one
// request, getIDToken, and @actions/github for its fetch.

/** Milliseconds without any data, as in @actions/http-client. */
const IDLE_TIMEOUT = 180_000;

/** The Fetch standard allows 20. */
const MAX_REDIRECTS = 20;

/** The part that @octokit/request and getIDToken set. */
interface RequestOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly redirect?: 'follow' | 'manual' | undefined;
}

/**
 * Uses the proxy of `https_proxy`, `http_proxy`, and `no_proxy`.
 * @throws {Error} if the connection fails, or ends before the whole response has arrived
 */
export async function fetch(url: string | URL, options: RequestOptions = {}): Promise<Response> {
  let address = new URL(url);
  let { method = 'GET', headers = {}, body } = options;
  for (let redirects = 0; ; redirects++) {
    const message = await send(address, method, headers, body);
    const status = message.statusCode ?? 0;
    const { location } = message.headers;
    const follow = options.redirect !== 'manual' && [301, 302, 303, 307, 308].includes(status);
    if (!follow || location === undefined) return toResponse(message);
    if (redirects === MAX_REDIRECTS) throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`);
    message.resume();
    const target = new URL(location, address);
    if (target.protocol !== address.protocol) throw new Error(`${address} redirects to ${target.protocol}`);
    // Another server must not receive the credentials.
    if (target.origin !== address.origin) headers = without(headers, 'authorization');
    if (status < 307 && method !== 'GET' && method !== 'HEAD') [method, body] = ['GET', undefined];
    address = target;
  }
}

function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
  const options = { method, headers: { ...headers, ...length }, timeout: IDLE_TIMEOUT };
  const sent =
    url.protocol === 'https:'
      ? requestHttps(url, { ...options, ...(isLoopback(url) ? {} : { agent: proxyAgent() }) })
      : requestHttp(url, { ...options, ...(isLoopback(url) ? {} : { agent: plainProxyAgent() }) });
  sent.on('timeout', () => sent.destroy(new Error(`${url.host} sent nothing for ${IDLE_TIMEOUT / 1000} s`)));
  sent.on('response', resolve);
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** @throws {Error} if a proxy is set and this Node ignores `proxyEnv` */
function proxyAgent(): Agent {
  checkProxySupport();
  return new Agent({ proxyEnv: process.env });
}

function plainProxyAgent(): HttpAgent {
  checkProxySupport();
  return new HttpAgent({ proxyEnv: process.env });
}

function checkProxySupport(): void {
  const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, HTTP_PROXY, http_proxy = HTTP_PROXY } = process.env;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if ((https_proxy || http_proxy) && (major < 24 || (major === 24 && minor < 5)))
    throw new Error(
      `A proxy is set (https_proxy or http_proxy), and Node.js ${process.versions.node} cannot use it: Node.js 24.5 or later can. Update the runner.`,
    );
}

/** The runner's services are never behind a proxy. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}

async function toResponse(message: IncomingMessage): Promise<Response> {
  const content = await buffer(message);
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let each = 0; each < message.rawHeaders.length; each += 2)
    headers.append(message.rawHeaders[each]!, message.rawHeaders[each + 1]!);
  return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(content), {
    status,
    statusText: message.statusMessage ?? '',
    headers,
  });
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}

export class BearerCredentialHandler {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }
}

/** The members that @actions/core and @actions/github call. */
export class HttpClient {
  readonly #userAgent: string;
  readonly #token: string | undefined;

  constructor(userAgent = '', handlers: readonly BearerCredentialHandler[] = []) {
    this.#userAgent = userAgent;
    this.#token = handlers[0]?.token;
  }

  /**
   * Does not retry: the login of an action does, each time with a new token.
   * @throws {Error} with the property statusCode, if the server answers with an error
   */
  async getJson(url: string): Promise<{ result: unknown }> {
    const response = await fetch(url, {
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
    });
    const text = await response.text();
    const result = parseJson(text);
    if (response.ok) return { result };
    const message = (result as { message?: string } | null)?.message ?? (text || response.statusText);
    throw Object.assign(new Error(message), { statusCode: response.status });
  }

  /** fetch finds the proxy. */
  getAgent(): undefined {}
  getAgentDispatcher(): undefined {}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
