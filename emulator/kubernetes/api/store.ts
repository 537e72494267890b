import type { ApiObject } from './fields.ts';
import type { Resource } from './resources.ts';
import { expired } from './status.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly version: number;
  /** A deleted object is as before its deletion, with the version of the deletion. */
  readonly object: ApiObject;
  readonly previous?: ApiObject;
  /** Serialized forms, so that a change is serialized once for all watchers. */
  readonly written: Map<string, string>;
}

export type Listener = (change: Change) => void;

interface Collection {
  readonly objects: Map<string, ApiObject>;
  /** Oldest first. */
  readonly history: Change[];
  /** The history does not have changes up to this version. */
  forgotten: number;
  readonly listeners: Set<Listener>;
}

/** Changes per resource that a watch can catch up on. */
const historyLength = 2000;

/** All objects in memory, with one version counter as in etcd, and a limited history for watches. */
export class Store {
  #version = 1;
  readonly #collections = new Map<Resource, Collection>();
  readonly #listeners = new Set<Listener>();

  get version(): number {
    return this.#version;
  }

  get(resource: Resource, namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#collectionOf(resource).objects.get(key(namespace, name));
  }

  /** Sorted by namespace and name. */
  list(resource: Resource, namespace?: string): ApiObject[] {
    const all = [...this.#collectionOf(resource).objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return all.filter(([at]) => !namespace || at.startsWith(`${namespace}/`)).map(([, object]) => object);
  }

  /** Stores an object and notifies listeners. Returns it with its new `resourceVersion`. */
  put(resource: Resource, object: ApiObject): ApiObject {
    const collection = this.#collectionOf(resource);
    const at = key(object.metadata.namespace, object.metadata.name!);
    const previous = collection.objects.get(at);
    const stored = this.#next(object);
    collection.objects.set(at, stored);
    this.#publish(collection, { type: previous ? 'MODIFIED' : 'ADDED', resource, object: stored, previous });
    return stored;
  }

  /** Removes an object and notifies listeners. Returns its last state. */
  remove(resource: Resource, object: ApiObject): ApiObject {
    const collection = this.#collectionOf(resource);
    collection.objects.delete(key(object.metadata.namespace, object.metadata.name!));
    const last = this.#next(object);
    this.#publish(collection, { type: 'DELETED', resource, object: last, previous: object });
    return last;
  }

  /** Changes after a version. @throws StatusError 410 if the history does not have all of them */
  since(resource: Resource, version: number): Change[] {
    const { history, forgotten } = this.#collectionOf(resource);
    if (version < forgotten) throw expired(`too old resource version: ${version} (${forgotten})`);
    return history.filter(change => change.version > version);
  }

  /** Calls the listener for later changes of a resource, or of all. @returns a function that unsubscribes */
  subscribe(resource: Resource | undefined, listener: Listener): () => void {
    const listeners = resource ? this.#collectionOf(resource).listeners : this.#listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #collectionOf(resource: Resource): Collection {
    let collection = this.#collections.get(resource);
    if (!collection) {
      collection = { objects: new Map(), history: [], forgotten: 0, listeners: new Set() };
      this.#collections.set(resource, collection);
    }
    return collection;
  }

  #next(object: ApiObject): ApiObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #publish(collection: Collection, change: Omit<Change, 'version' | 'written'>): void {
    const whole: Change = {
      ...change,
      version: Number(change.object.metadata.resourceVersion),
      written: new Map(),
    };
    collection.history.push(whole);
    if (collection.history.length > historyLength) collection.forgotten = collection.history.shift()!.version;
    for (const listener of [...collection.listeners, ...this.#listeners]) listener(whole);
  }
}

function key(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
