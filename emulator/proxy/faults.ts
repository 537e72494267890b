import type { AzureCloud } from '../azure-clouds.ts';
import type { Reply, Request } from '../http/service.ts';
import { hostExpression } from './hosts.ts';

/**
 * Replaces a response. It has `failure`, `status`, or `reset`:
 * - `{"failure": "throttled", "times": 3}`: the next three requests to Resource Manager;
 * - `{"failure": "principal-not-found", "pathPattern": "/vaults/kv/"}`: the next role assignment on that vault;
 * - `{"reset": true, "host": "*.vault.azure.net"}`;
 * - `{"status": 503, "host": "graph.microsoft.com", "body": {}}`.
 *
 * az itself retries some failures (429, 5xx, resets).
 */
export interface Fault {
  /** Name or pattern: `*.vault.azure.net`. Default: any. */
  readonly host?: string;
  /** Regular expression for path and query, case-insensitive. Default: any. */
  readonly pathPattern?: string;
  readonly method?: string;
  /** Template in transient-failures.ts. The fault's members win. */
  readonly failure?: string;
  readonly status?: number;
  readonly reset?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, others as JSON. */
  readonly body?: unknown;
  /** Default: 1. */
  readonly times?: number;
}

interface Waiting {
  readonly fault: Fault;
  readonly host: RegExp | undefined;
  readonly path: RegExp;
  left: number;
}

export type FaultTemplates = Readonly<Record<string, (cloud: AzureCloud) => Fault>>;

export class Faults {
  readonly #templates: FaultTemplates;
  readonly #cloud: AzureCloud;
  #waiting: Waiting[] = [];

  constructor(templates: FaultTemplates, cloud: AzureCloud) {
    this.#templates = templates;
    this.#cloud = cloud;
  }

  get templateNames(): string[] {
    return Object.keys(this.#templates);
  }

  /** @throws SyntaxError for an invalid path pattern */
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
   * The oldest match.
   * @returns `'reset'` to reset the connection
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
