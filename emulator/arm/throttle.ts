type Kind = 'reads' | 'writes' | 'deletes';

interface Bucket {
  /** Requests. */
  readonly size: number;
  /** Requests per second. */
  readonly refill: number;
}

/**
 * Per principal. The write sizes were recorded in 2026. The read size is inferred from the subscription's buckets,
 * which are fifteen times as large. The refill is documented for smaller buckets.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
const buckets: Readonly<Record<Kind, Bucket>> = {
  reads: { size: 1100, refill: 110 },
  writes: { size: 800, refill: 40 },
  deletes: { size: 800, refill: 40 },
};
const globalFactor = 15;

/** `at` is in milliseconds. */
interface Level {
  left: number;
  at: number;
}

/** Counts, but never rejects. */
export class Throttle {
  readonly #levels = new Map<string, Level>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  /**
   * @param principalId object ID
   * @param path outside a subscription, the request counts for the tenant
   * @returns headers with the remaining requests
   */
  count(principalId: string, method: string, path: string): Record<string, string> {
    const kind = kindOf(method, path);
    const { size, refill } = buckets[kind];
    if (!/^\/subscriptions\/[^/]/i.test(path)) {
      const left = this.#take(`${principalId} tenant ${kind}`, { size, refill });
      return { [`x-ms-ratelimit-remaining-tenant-${kind}`]: String(left) };
    }
    const own = this.#take(`${principalId} ${kind}`, { size, refill });
    const all = this.#take(kind, { size: size * globalFactor, refill: refill * globalFactor });
    return {
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(own),
      [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(all),
    };
  }

  #take(key: string, { size, refill }: Bucket): number {
    const now = this.#now();
    const { left, at } = this.#levels.get(key) ?? { left: size, at: now };
    const refilled = Math.min(size, left + ((now - at) / 1000) * refill);
    const level = { left: Math.max(0, refilled - 1), at: now };
    this.#levels.set(key, level);
    return Math.floor(level.left);
  }
}

/** As recorded, a name check (POST) counts as a read. */
function kindOf(method: string, path: string): Kind {
  if (method === 'GET' || method === 'HEAD' || /\/checkNameAvailability$/i.test(path)) return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}
