export const clusterVerbs = ['create', 'update', 'delete', 'start', 'stop'] as const;
export type ClusterVerb = (typeof clusterVerbs)[number];

/** What happens to the next operation of a kind, so that a test sees how a client reacts. */
export interface Intervention {
  readonly operation: ClusterVerb;
  /** Name of the cluster; without it, any cluster. */
  readonly cluster?: string;
  /** The operation runs until it is aborted or `release` is called. */
  readonly held?: boolean;
  /**
   * The operation fails with this error. With an HTTP status, AKS rejects the request. Without one, the operation
   * starts and leaves the cluster in the state `Failed`.
   */
  readonly error?: { readonly status?: number; readonly code: string; readonly message: string };
}

/** The interventions that wait for an operation, and the operations that they hold. */
export class Interventions {
  #waiting: Intervention[] = [];
  #released = Promise.withResolvers<void>();

  add(intervention: Intervention): void {
    this.#waiting.push(intervention);
  }

  /** Removes and returns the oldest intervention for an operation on a cluster. */
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

  /** Deletes the waiting interventions, and continues the held operations. */
  release(): void {
    this.#waiting = [];
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }
}
