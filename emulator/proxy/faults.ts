import type { Reply, Request } from '../http.ts';

/** An answer that takes the place of a service's, for tests of what a client does then. */
export interface Fault {
  /** Exact host name; without it any host. */
  readonly host?: string;
  /** Regular expression on path and query, case-insensitive; without it any path. */
  readonly pathPattern?: string;
  readonly method?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** How many requests get it; 1 where missing. */
  readonly times?: number;
}

/** The faults that are waiting for a request. */
export class Faults {
  #waiting: { readonly fault: Fault; readonly path: RegExp; left: number }[] = [];

  /** @throws SyntaxError where the path pattern is no regular expression */
  add(fault: Fault): void {
    const path = new RegExp(fault.pathPattern ?? '', 'i');
    this.#waiting.push({ fault, path, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** How many are waiting. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The answer of the oldest fault that fits the request, which is then used up once; `undefined` where none fits. */
  take(request: Request): Reply | undefined {
    const found = this.#waiting.find(
      ({ fault, path }) =>
        (fault.host === undefined || fault.host === request.url.hostname) &&
        (fault.method === undefined || fault.method.toUpperCase() === request.method) &&
        path.test(request.url.pathname + request.url.search),
    );
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter(one => one !== found);
    const { status, headers, body } = found.fault;
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
  }
}
