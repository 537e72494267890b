import type { Service } from '../http.ts';

/** Which service answers for which host name. What is not in this table does not exist: nothing reaches a real cloud. */
export class HostTable {
  readonly #entries: { readonly pattern: string; readonly matches: RegExp; readonly service: Service }[] = [];

  /**
   * @param pattern a host name in lower case; `*` stands for exactly one label: `*.hcp.*.azmk8s.io`
   * @param service answers for every host that the pattern matches
   */
  add(pattern: string, service: Service): this {
    const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+');
    this.#entries.push({ pattern, matches: new RegExp(`^${expression}$`), service });
    return this;
  }

  /** @param host in lower case, without a port */
  find(host: string): Service | undefined {
    return this.#entries.find(entry => entry.matches.test(host))?.service;
  }

  /** The patterns, for messages. */
  get patterns(): string[] {
    return this.#entries.map(entry => entry.pattern);
  }
}
