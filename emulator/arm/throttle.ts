/** What Resource Manager counts apart. */
type Kind = 'reads' | 'writes' | 'deletes';

interface Bucket {
  /** Requests that it holds when it is full. */
  readonly size: number;
  /** Requests that come back in a second. */
  readonly refill: number;
}

/**
 * Requests that each principal has, within a subscription. The sizes for writes are recorded, in 2026; a subscription
 * as a whole has fifteen times as many, from which the one for reads is inferred. How they refill is documented for
 * smaller buckets.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
const buckets: Readonly<Record<Kind, Bucket>> = {
  reads: { size: 1100, refill: 110 },
  writes: { size: 800, refill: 40 },
  deletes: { size: 800, refill: 40 },
};
const globalFactor = 15;

/** What is left in a bucket, and when that was counted, in milliseconds. */
interface Level {
  left: number;
  at: number;
}

/** Counts the requests of each principal, and tells how many are left. Nobody is refused here for asking too much. */
export class Throttle {
  readonly #levels = new Map<string, Level>();
  readonly #now: () => number;

  /** @param now milliseconds; tests pass their own */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts a request.
   * @param principalId object id of who asks
   * @param path of the request; outside of subscriptions the tenant's requests are counted
   * @returns the headers that tell what is left
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

/** Whether a name is taken is asked with a POST, and counted as a read all the same: so it was recorded. */
function kindOf(method: string, path: string): Kind {
  if (method === 'GET' || method === 'HEAD' || /\/checkNameAvailability$/i.test(path)) return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}
