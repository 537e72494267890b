/** Where a request to Azure Resource Manager points, taken apart. Names keep the spelling they were asked with. */
export interface ResourceId {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  /** Provider namespace: `Microsoft.KeyVault`. */
  readonly provider: string;
  /** Resource type below the provider: `vaults`, `registries/runs`. */
  readonly type: string;
  /** One name per segment of the type; one fewer where the whole collection is meant. */
  readonly names: readonly string[];
  /** The whole id: `/subscriptions/{id}/resourceGroups/{group}/providers/{provider}/{type}/{name}…`. */
  readonly text: string;
}

/**
 * Tells whether a scope lies in another, comparing whole segments and ignoring case as Azure does.
 * @param scope an ARM id: `/subscriptions/x/resourceGroups/rg/providers/…`
 * @param outer an ARM id that may hold it; `/` holds everything
 */
export function isWithin(scope: string, outer: string): boolean {
  const inner = scope.toLowerCase().replace(/\/+$/, '');
  const prefix = outer.toLowerCase().replace(/\/+$/, '');
  return inner === prefix || inner.startsWith(`${prefix}/`);
}

/** Tells whether two ARM ids mean the same thing: Azure ignores case. */
export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The name at the end of an ARM id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** A map whose keys are ARM ids or names: case does not matter. */
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
