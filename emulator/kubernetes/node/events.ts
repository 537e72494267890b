import { wholeSeconds } from '../../timestamps.ts';
import { type ApiClient, ApiError } from '../client.ts';
import type { KubernetesEvent, ObjectReference, Pod } from '../objects.ts';

export function podReference(pod: Pod, container?: { name: string; init: boolean }): ObjectReference {
  const reference: ObjectReference = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
  };
  if (container === undefined) return reference;
  const list = container.init ? 'initContainers' : 'containers';
  return { ...reference, fieldPath: `spec.${list}{${container.name}}` };
}

/**
 * Writes events in order. A repeated event increments the count of the first.
 * @see https://github.com/kubernetes/client-go/blob/master/tools/record/events_cache.go
 */
export class EventRecorder {
  readonly #api: ApiClient;
  readonly #source: { component: string; host?: string };
  readonly #log: (line: string) => void;
  readonly #recorded = new Map<string, { path: string; count: number }>();
  #queue = Promise.resolve();
  #closed = false;

  /** @param log receives a line if an event cannot be written */
  constructor(api: ApiClient, source: { component: string; host?: string }, log: (line: string) => void) {
    this.#api = api;
    this.#source = source;
    this.#log = log;
  }

  record(about: ObjectReference, type: KubernetesEvent['type'], reason: string, message: string): void {
    if (this.#closed) return;
    const now = wholeSeconds();
    this.#queue = this.#queue
      .then(() => this.#write(about, type, reason, message, now))
      .catch(error => this.#log(`cannot write event ${reason} of "${about.name}": ${error}`));
  }

  /** Records nothing more. Resolves when all events are written. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#queue;
  }

  async #write(
    about: ObjectReference,
    type: KubernetesEvent['type'],
    reason: string,
    message: string,
    now: string,
  ) {
    const namespace = about.namespace ?? 'default';
    const key = JSON.stringify([about.uid, about.fieldPath, type, reason, message]);
    const before = this.#recorded.get(key);
    if (before !== undefined) {
      before.count += 1;
      try {
        await this.#api.mergePatch(before.path, { count: before.count, lastTimestamp: now });
        return;
      } catch (error) {
        // The namespace or the event is gone: write a new event.
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    }
    const collection = `/api/v1/namespaces/${namespace}/events`;
    const name = `${about.name}.${process.hrtime.bigint().toString(16)}`;
    const event: KubernetesEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: about,
      type,
      reason,
      message,
      source: this.#source,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    };
    await this.#api.create(collection, event);
    this.#recorded.set(key, { path: `${collection}/${name}`, count: 1 });
  }
}
