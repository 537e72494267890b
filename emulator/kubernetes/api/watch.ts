import type { ApiObject } from './fields.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import type { Selector } from './selectors.ts';
import { StatusError } from './status.ts';
import type { Change, Store } from './store.ts';

export interface WatchOptions {
  readonly namespace?: string;
  readonly selects: Selector;
  /** As in the query; empty and `0` start with an ADDED for everything that is there. */
  readonly resourceVersion: string;
  /** Start with an ADDED for everything that is there, then say so with a bookmark. */
  readonly sendInitialEvents: boolean;
  readonly timeoutSeconds: number;
  /** Names the form in which objects are written, for what has been written once to be found again. */
  readonly form: string;
  /** An object as it stands in an event. `first` is true once, for the first event of this watch. */
  readonly encode: (object: ApiObject, first: boolean) => unknown;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** How many changes may wait for a client that does not read. */
const mostWaiting = 10_000;

/** A longer one fires at once; milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * Follows a resource: lines of JSON, one event each. The following begins with the call, not with the first line read.
 * Ends when the time is up, or the client or the server goes.
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
    const event = seenBy(options, change);
    if (!event) return;
    // What the first event of a table watch carries is its own.
    if (first) return push(write(event.type, event.object));
    const form = `${options.form} ${event.type}`;
    const line = change.written.get(form) ?? write(event.type, event.object);
    change.written.set(form, line);
    push(line);
  };
  const followLive = (change: Change) => {
    follow(change);
    // As in a cluster, a client that does not keep up has its watch closed, and begins again.
    if (queue.length > most) end();
  };

  let ended = false;
  // Not left to the reader: one that went away before it read the first line will never come to its end.
  const end = () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    clearTimeout(timer);
    for (const signal of [options.signal, options.closing]) signal.removeEventListener('abort', end);
    wake();
  };
  // Whole seconds: Node keeps something for every length of timer there was, for as long as it would have run.
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

  // What there was at the start comes on top.
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

/** A change as a watch with a selector sees it: entering the selection is ADDED, leaving it is DELETED. */
function seenBy(
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

/** What tells a client that it has seen everything that was there when its watch began. */
function bookmark(resource: Resource, version: number): string {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    annotations: { 'k8s.io/initial-events-end': 'true' },
  };
  const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
  return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
}
