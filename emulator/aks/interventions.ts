export const clusterVerbs = ['create', 'update', 'delete', 'start', 'stop'] as const;
export type ClusterVerb = (typeof clusterVerbs)[number];

/** Changes the next operation of a kind. */
export interface Intervention {
  readonly operation: ClusterVerb;
  /** Default: any cluster. */
  readonly cluster?: string;
  /** Runs until an abort or `release`. */
  readonly held?: boolean;
  /**
   * With an HTTP status, AKS rejects the request. Without one, the operation starts and leaves the cluster `Failed`.
   */
  readonly error?: { readonly status?: number; readonly code: string; readonly message: string };
}

export class Interventions {
  #waiting: Intervention[] = [];
  #released = Promise.withResolvers<void>();

  add(intervention: Intervention): void {
    this.#waiting.push(intervention);
  }

  /** Removes the oldest match. */
  take(operation: ClusterVerb, cluster: string): Intervention | undefined {
    const found = this.#waiting.find(
      each =>
        each.operation === operation && (each.cluster ?? cluster).toLowerCase() === cluster.toLowerCase(),
    );
    this.#waiting = this.#waiting.filter(each => each !== found);
    return found;
  }

  /** Resolves on the next `release`. Rejects if the operation is aborted before. */
  hold(signal: AbortSignal): Promise<void> {
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    this.#released.promise.then(resolve);
    return promise;
  }

  release(): void {
    this.#waiting = [];
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }
}
