import { azureErrorFormat, type ErrorFormat } from '../http/error-format.ts';
import type { Host } from '../http/serve-request.ts';
import type { Service } from '../http/service.ts';

/** One label of a host name: RFC 1035 allows 63 characters. */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/**
 * What a pattern matches.
 * @param pattern a host name in lower case; `*` stands for exactly one label: `*.hcp.*.azmk8s.io`
 */
export function hostExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', label)}$`);
}

/** Which service answers for which host name. What is not in this table does not exist: nothing reaches a real cloud. */
export class HostTable {
  readonly #entries: (Host & { readonly pattern: string; readonly matches: RegExp })[] = [];
  readonly #private: RegExp[] = [];

  /**
   * @param pattern as `hostExpression` takes it
   * @param service answers for every host that the pattern matches
   */
  add(pattern: string, service: Service, errorFormat: ErrorFormat = azureErrorFormat): this {
    this.#entries.push({ pattern, matches: hostExpression(pattern), service, errorFormat });
    return this;
  }

  /** Names that Azure has, and that no public DNS server knows. */
  addPrivate(pattern: string): this {
    this.#private.push(hostExpression(pattern));
    return this;
  }

  /** @param host in lower case, without a port */
  isPrivate(host: string): boolean {
    return this.#private.some(expression => expression.test(host));
  }

  /** @param host in lower case, without a port */
  find(host: string): Host | undefined {
    return this.#entries.find(entry => entry.matches.test(host));
  }

  /** The patterns, for messages. */
  get patterns(): string[] {
    return this.#entries.map(entry => entry.pattern);
  }
}
