/** What is done to a cluster, by whoever asked for it. */
export const clusterVerbs = ['create', 'update', 'delete', 'start', 'stop'] as const;
export type ClusterVerb = (typeof clusterVerbs)[number];

/** What is to become of the next operation of its kind, for tests of what a client does then. */
export interface Intervention {
  readonly operation: ClusterVerb;
  /** Name of the cluster; any where missing. */
  readonly cluster?: string;
  /** It goes on until it is aborted, or until `release` is called. */
  readonly held?: boolean;
  /**
   * It fails with this. With an HTTP status it is refused at once, as for want of quota; without one it begins, and
   * leaves a cluster in the state `Failed`.
   */
  readonly error?: { readonly status?: number; readonly code: string; readonly message: string };
}

/** The interventions that wait for an operation, and the operations that are held by one. */
export class Interventions {
  #waiting: Intervention[] = [];
  #released = Promise.withResolvers<void>();

  add(intervention: Intervention): void {
    this.#waiting.push(intervention);
  }

  /** The oldest intervention that is meant for an operation on a cluster; it is then used up. */
  take(operation: ClusterVerb, cluster: string): Intervention | undefined {
    const found = this.#waiting.find(
      each =>
        each.operation === operation && (each.cluster ?? cluster).toLowerCase() === cluster.toLowerCase(),
    );
    this.#waiting = this.#waiting.filter(each => each !== found);
    return found;
  }

  /** Settles with the next `release`; rejects where the operation is aborted before. */
  hold(signal: AbortSignal): Promise<void> {
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    this.#released.promise.then(resolve);
    return promise;
  }

  /** Forgets the interventions that wait, and lets go on what is held. */
  release(): void {
    this.#waiting = [];
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }
}
