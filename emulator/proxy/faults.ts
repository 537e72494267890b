import type { AzureCloud } from '../azure-clouds.ts';
import type { Reply, Request } from '../http/service.ts';
import { hostExpression } from './hosts.ts';

/**
 * An answer that takes the place of a service's, for tests of what a client does then. It says what it is by `failure`,
 * `status` or `reset`:
 * - `{"failure": "throttled", "times": 3}`: the next three requests that Resource Manager gets;
 * - `{"failure": "principal-not-found", "pathPattern": "/vaults/kv/"}`: the next role on that vault;
 * - `{"reset": true, "host": "*.vault.azure.net"}`: the next request to a vault;
 * - `{"status": 503, "host": "graph.microsoft.com", "body": {"error": {"code": "ServiceUnavailable"}}}`.
 *
 * az itself repeats some requests that fail (429, 5xx, resets) a few times before it says so.
 */
export interface Fault {
  /** A host name, or a pattern with `*` for one label: `*.vault.azure.net`; without it any host. */
  readonly host?: string;
  /** Regular expression on path and query, case-insensitive; without it any path. */
  readonly pathPattern?: string;
  readonly method?: string;
  /** Name of a template (transient-failures.ts). Members of the fault win over those of the template. */
  readonly failure?: string;
  readonly status?: number;
  /** Cuts the connection with a TCP reset, without any answer. */
  readonly reset?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** How many requests get it; 1 where missing. */
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

  /** How many are waiting. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * The answer of the oldest fault that fits the request, which is then used up once.
   * @returns `'reset'` where the connection is to be reset; `undefined` where none fits
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
