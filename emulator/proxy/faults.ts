import type { AzureCloud } from '../azure-clouds.ts';
import type { Reply, Request } from '../http/service.ts';
import { hostExpression } from './hosts.ts';

/**
 * A response instead of the service's, for tests of how a client reacts. It has `failure`, `status`, or `reset`:
 * - `{"failure": "throttled", "times": 3}`: the next three requests to Resource Manager;
 * - `{"failure": "principal-not-found", "pathPattern": "/vaults/kv/"}`: the next role assignment on that vault;
 * - `{"reset": true, "host": "*.vault.azure.net"}`: the next request to a vault;
 * - `{"status": 503, "host": "graph.microsoft.com", "body": {"error": {"code": "ServiceUnavailable"}}}`.
 *
 * az itself retries some failed requests (429, 5xx, resets) before it reports them.
 */
export interface Fault {
  /** Host name or pattern: `*.vault.azure.net`. Without it, any host. */
  readonly host?: string;
  /** Regular expression for path and query, case-insensitive. Without it, any path. */
  readonly pathPattern?: string;
  readonly method?: string;
  /** Name of a template (transient-failures.ts). Members of the fault win over those of the template. */
  readonly failure?: string;
  readonly status?: number;
  /** Resets the TCP connection without a response. */
  readonly reset?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, everything else as JSON. */
  readonly body?: unknown;
  /** Number of requests. Default: 1. */
  readonly times?: number;
}

interface Waiting {
  readonly fault: Fault;
  readonly host: RegExp | undefined;
  readonly path: RegExp;
  left: number;
}

export type FaultTemplates = Readonly<Record<string, (cloud: AzureCloud) => Fault>>;

/** The faults that are waiting for a request. */
export class Faults {
  readonly #templates: FaultTemplates;
  readonly #cloud: AzureCloud;
  #waiting: Waiting[] = [];

  /** @param cloud the hosts of the templates' faults */
  constructor(templates: FaultTemplates, cloud: AzureCloud) {
    this.#templates = templates;
    this.#cloud = cloud;
  }

  /** The names that `Fault.failure` accepts. */
  get templateNames(): string[] {
    return Object.keys(this.#templates);
  }

  /** @throws SyntaxError if the path pattern is not a regular expression */
  add(requested: Fault): void {
    const template = requested.failure === undefined ? undefined : this.#templates[requested.failure];
    const fault = { ...template?.(this.#cloud), ...requested };
    const host = fault.host === undefined ? undefined : hostExpression(fault.host.toLowerCase());
    const path = new RegExp(fault.pathPattern ?? '', 'i');
    this.#waiting.push({ fault, host, path, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Uses the oldest fault that matches a request.
   * @returns `'reset'` to reset the connection; `undefined` if no fault matches
   */
  take(request: Request): Reply | 'reset' | undefined {
    const found = this.#waiting.find(
      ({ fault, host, path }) =>
        (host === undefined || host.test(request.url.hostname)) &&
        (fault.method === undefined || fault.method.toUpperCase() === request.method) &&
        path.test(request.url.pathname + request.url.search),
    );
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter(one => one !== found);
    const { reset, status = 500, headers, body } = found.fault;
    if (reset) return 'reset';
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
  }
}
