import { azureErrorFormat, type ErrorFormat } from '../http/error-format.ts';
import type { Host } from '../http/serve-request.ts';
import type { Service } from '../http/service.ts';

/** RFC 1035 allows 63 characters. */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** @param pattern in lower case; `*` is exactly one label: `*.hcp.*.azmk8s.io` */
export function hostExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', label)}$`);
}

/** The proxy rejects other hosts. */
export class HostTable {
  readonly #entries: (Host & { readonly pattern: string; readonly matches: RegExp })[] = [];
  readonly #private: RegExp[] = [];

  /** @param pattern see {@link hostExpression} */
  add(pattern: string, service: Service, errorFormat: ErrorFormat = azureErrorFormat): this {
    this.#entries.push({ pattern, matches: hostExpression(pattern), service, errorFormat });
    return this;
  }

  /** Names that exist in Azure, but not in public DNS. */
  addPrivate(pattern: string): this {
    this.#private.push(hostExpression(pattern));
    return this;
  }

  /** @param host in lower case, without port */
  isPrivate(host: string): boolean {
    return this.#private.some(expression => expression.test(host));
  }

  /** @param host in lower case, without port */
  find(host: string): Host | undefined {
    return this.#entries.find(entry => entry.matches.test(host));
  }

  get patterns(): string[] {
    return this.#entries.map(entry => entry.pattern);
  }
}
