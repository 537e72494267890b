import { type ApiClient, ApiError, type WatchEvent } from '../client.ts';
import type { KubernetesObject } from '../objects.ts';

export interface Source<T extends KubernetesObject = KubernetesObject> {
  /** `/api/v1/pods` */
  readonly path: string;
  /** Keys (`NAMESPACE/NAME`) of the objects that a change affects. */
  readonly affectedKeys: (event: WatchEvent<T>) => readonly string[];
}

/**
 * Brings one object to its desired state. Reads everything that it needs, because a watch can be behind.
 * @returns milliseconds until the next call, if nothing changes before
 */
export type Reconcile = (namespace: string, name: string) => Promise<number | undefined>;

/** First and longest pause after failures, in milliseconds. */
const [shortestPause, longestPause] = [10, 5000];

interface Work {
  again: boolean;
  failures: number;
}

/**
 * Runs a controller: changes become keys, one call at a time works on each key, and failures are retried.
 * @see https://kubernetes.io/docs/concepts/architecture/controller/
 */
export class Reconciler {
  readonly #api: ApiClient;
  readonly #sources: readonly Source[];
  readonly #reconcile: Reconcile;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #working = new Map<string, Work>();
  readonly #calls = new Set<Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #watching: Promise<unknown> | undefined;

  /** @param log receives a line about repeated failures */
  constructor(api: ApiClient, sources: readonly Source[], reconcile: Reconcile, log: (line: string) => void) {
    this.#api = api;
    this.#sources = sources;
    this.#reconcile = reconcile;
    this.#log = log;
  }

  start(): void {
    this.#watching = Promise.all(this.#sources.map(source => this.#watch(source)));
  }

  /** Resolves when no call is running. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#watching;
    await Promise.all(this.#calls);
  }

  async #watch({ path, affectedKeys }: Source): Promise<void> {
    for await (const event of this.#api.follow(path, {}, this.#stopping.signal)) {
      for (const key of affectedKeys(event)) this.#enqueue(key);
    }
  }

  #enqueue(key: string): void {
    if (this.#stopping.signal.aborted) return;
    const work = this.#working.get(key);
    if (work !== undefined) {
      work.again = true;
      return;
    }
    const call = this.#work(key).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #work(key: string, failures = 0): Promise<void> {
    const work: Work = { again: false, failures };
    this.#working.set(key, work);
    const [namespace = '', name = ''] = key.split('/');
    let pause: number | undefined;
    do {
      work.again = false;
      try {
        pause = await this.#reconcile(namespace, name);
        work.failures = 0;
      } catch (error) {
        if (this.#stopping.signal.aborted) break;
        pause = Math.min(shortestPause * 2 ** work.failures, longestPause);
        work.failures += 1;
        // Events and conditions report what the API rejects. A conflict is not a failure.
        const usual = error instanceof ApiError && error.code < 500;
        if (!usual && work.failures % 10 === 0) this.#log(`"${key}" fails repeatedly: ${error}`);
        break;
      }
    } while (work.again && !this.#stopping.signal.aborted);
    this.#working.delete(key);
    this.#enqueueLater(key, pause, work.failures);
  }

  /** The newest pause replaces the one before. */
  #enqueueLater(key: string, pause: number | undefined, failures: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (pause === undefined || this.#stopping.signal.aborted) return;
    const run = () => {
      this.#timers.delete(key);
      if (this.#working.has(key)) return this.#enqueue(key);
      const call = this.#work(key, failures).finally(() => this.#calls.delete(call));
      this.#calls.add(call);
    };
    this.#timers.set(key, setTimeout(run, pause).unref());
  }
}

/** `NAMESPACE/NAME`. */
export function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}
