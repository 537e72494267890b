import type { ApiObject } from './fields.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import type { Selector } from './selectors.ts';
import { StatusError } from './status.ts';
import type { Change, Store } from './store.ts';

export interface WatchOptions {
  readonly namespace?: string;
  readonly selects: Selector;
  /** Empty and `0` start with ADDED events for all existing objects. */
  readonly resourceVersion: string;
  /** Start with ADDED events for all existing objects, then a bookmark. */
  readonly sendInitialEvents: boolean;
  readonly timeoutSeconds: number;
  /** Cache key of the serialized format. */
  readonly form: string;
  /** Encodes an object for an event. `first` is true for the first event of this watch. */
  readonly encode: (object: ApiObject, first: boolean) => unknown;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Changes that can wait for a slow client. */
const mostWaiting = 10_000;

/** In milliseconds. Node fires a longer timer immediately. */
const longestTimer = 2 ** 31 - 1;

/**
 * Streams the changes of a resource as JSON lines. The watch starts with the call, not with the first read. It ends
 * with its timeout, the client, or the server.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function watch(store: Store, resource: Resource, options: WatchOptions): AsyncIterable<string> {
  const queue: string[] = [];
  let wake = () => {};
  let first = true;
  let most = Number.POSITIVE_INFINITY;

  const push = (line: string) => {
    queue.push(line);
    wake();
  };
  const write = (type: Change['type'], object: ApiObject) => {
    const line = `${JSON.stringify({ type, object: options.encode(object, first) })}\n`;
    first = false;
    return line;
  };
  const follow = (change: Change) => {
    const event = eventFor(options, change);
    if (!event) return;
    // The first event of a table watch has the column definitions.
    if (first) return push(write(event.type, event.object));
    const form = `${options.form} ${event.type}`;
    const line = change.written.get(form) ?? write(event.type, event.object);
    change.written.set(form, line);
    push(line);
  };
  const followLive = (change: Change) => {
    follow(change);
    // As in a cluster, the server closes the watch of a slow client, which then starts again.
    if (queue.length > most) end();
  };

  let ended = false;
  // Not in the generator only: a client that disconnects before its first read never ends it.
  const end = () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    clearTimeout(timer);
    for (const signal of [options.signal, options.closing]) signal.removeEventListener('abort', end);
    wake();
  };
  // Whole seconds: Node keeps a list for every distinct duration.
  const length = Math.min(Math.ceil(options.timeoutSeconds) * 1000, longestTimer);
  const timer = setTimeout(() => end(), length).unref();
  const fromNow =
    options.sendInitialEvents || options.resourceVersion === '' || options.resourceVersion === '0';
  const unsubscribe = store.subscribe(resource, followLive);
  if (fromNow) {
    for (const object of store.list(resource, options.namespace).filter(options.selects))
      push(write('ADDED', object));
    if (options.sendInitialEvents) push(bookmark(resource, store.version));
  } else {
    try {
      for (const change of store.since(resource, Number(options.resourceVersion))) follow(change);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      push(`${JSON.stringify({ type: 'ERROR', object: error.status })}\n`);
      end();
    }
  }

  // Initial events do not count.
  most = queue.length + mostWaiting;

  for (const signal of [options.signal, options.closing]) {
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }

  return (async function* () {
    try {
      while (true) {
        if (queue.length > 0) yield queue.splice(0).join('');
        else if (ended) return;
        else await new Promise<void>(resolve => (wake = resolve));
      }
    } finally {
      end();
    }
  })();
}

/**
 * A change as a watch with a selector sees it: an object that enters the selection is ADDED, one that leaves is
 * DELETED.
 */
function eventFor(
  { namespace, selects }: WatchOptions,
  { type, object, previous }: Change,
): { type: Change['type']; object: ApiObject } | undefined {
  if (namespace && object.metadata.namespace !== namespace) return undefined;
  const before = previous !== undefined && selects(previous);
  const now = type !== 'DELETED' && selects(object);
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}

/** Marks the end of the initial events. */
function bookmark(resource: Resource, version: number): string {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    annotations: { 'k8s.io/initial-events-end': 'true' },
  };
  const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
  return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
}
