/** Names keep the spelling of the request. */
export interface ResourceId {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly provider: string;
  readonly type: string;
  /** One per segment of the type, one fewer for a collection. */
  readonly names: readonly string[];
  /** `/subscriptions/{id}/resourceGroups/{group}/providers/{provider}/{type}/{name}…` */
  readonly text: string;
}

/**
 * Compares whole segments and ignores case, as Azure.
 * @param outer `/` contains everything
 */
export function isWithin(scope: string, outer: string): boolean {
  const inner = scope.toLowerCase().replace(/\/+$/, '');
  const prefix = outer.toLowerCase().replace(/\/+$/, '');
  return inner === prefix || inner.startsWith(`${prefix}/`);
}

/** Azure ignores case. */
export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

export function resourceGroupOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)/i.exec(id)?.[1];
}

/** Keys (ARM IDs or names) ignore case. */
export class IdMap<V> {
  readonly #entries = new Map<string, V>();

  get(id: string): V | undefined {
    return this.#entries.get(id.toLowerCase());
  }

  has(id: string): boolean {
    return this.#entries.has(id.toLowerCase());
  }

  set(id: string, value: V): V {
    this.#entries.set(id.toLowerCase(), value);
    return value;
  }

  delete(id: string): boolean {
    return this.#entries.delete(id.toLowerCase());
  }

  values(): V[] {
    return [...this.#entries.values()];
  }
}
