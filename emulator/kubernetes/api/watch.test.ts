import { expect, test, vi } from 'vitest';
import { type Fields, fields } from './fields.ts';
import { resource } from './resources.ts';
import { everything, type Selector } from './selectors.ts';
import { Store } from './store.ts';
import { type WatchOptions, watch } from './watch.ts';

const configMaps = resource('configmaps');

function configMap(name: string, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n', labels } };
}

/** Watches during `act`, then reads the events. */
async function events(
  store: Store,
  options: Partial<WatchOptions>,
  act: () => void = () => {},
): Promise<{ type: string; name?: unknown; object: Fields }[]> {
  const hangUp = new AbortController();
  const stream = watch(store, configMaps, {
    selects: everything,
    resourceVersion: '',
    sendInitialEvents: false,
    timeoutSeconds: 60,
    form: 'json',
    encode: object => object,
    signal: hangUp.signal,
    closing: new AbortController().signal,
    ...options,
  });
  act();
  hangUp.abort();
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const { type, object } = JSON.parse(line);
      return { type, name: fields(object.metadata).name, object };
    });
}

const seen = (list: { type: string; name?: unknown }[]) => list.map(({ type, name }) => `${type} ${name}`);

test.each(['', '0'])('version "%s" starts with the existing objects', async resourceVersion => {
  const store = new Store();
  store.put(configMaps, configMap('a'));
  const list = await events(store, { resourceVersion }, () => store.put(configMaps, configMap('b')));
  expect(seen(list)).toEqual(['ADDED a', 'ADDED b']);
});

test('a version starts with the changes after it', async () => {
  const store = new Store();
  const first = store.put(configMaps, configMap('a'));
  store.put(configMaps, configMap('b'));
  store.put(configMaps, configMap('a', { x: '1' }));
  const list = await events(store, { resourceVersion: first.metadata.resourceVersion! }, () => {
    store.remove(configMaps, store.get(configMaps, 'n', 'b')!);
  });
  expect(seen(list)).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
  expect(list.map(({ object }) => Number(fields(object.metadata).resourceVersion))).toEqual([3, 4, 5]);
});

test('a bookmark marks the end of the existing objects on request', async () => {
  const store = new Store();
  store.put(configMaps, configMap('a'));
  const list = await events(store, { sendInitialEvents: true });
  expect(seen(list)).toEqual(['ADDED a', 'BOOKMARK undefined']);
  expect(list[1]?.object).toMatchObject({
    kind: 'ConfigMap',
    metadata: { resourceVersion: '2', annotations: { 'k8s.io/initial-events-end': 'true' } },
  });
});

test('an object that enters a selection is ADDED, one that leaves it is DELETED', async () => {
  const store = new Store();
  const selects: Selector = ({ metadata }) => metadata.labels?.on === 'yes';
  const list = await events(store, { selects }, () => {
    store.put(configMaps, configMap('a'));
    store.put(configMaps, configMap('a', { on: 'yes' }));
    store.put(configMaps, configMap('a', { on: 'yes', more: '1' }));
    store.put(configMaps, configMap('a', { on: 'no' }));
    store.remove(configMaps, store.get(configMaps, 'n', 'a')!);
  });
  expect(seen(list)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  expect(list[2]?.object.metadata).toMatchObject({ labels: { on: 'yes', more: '1' }, resourceVersion: '5' });
});

test('a watch of one namespace has no objects of others', async () => {
  const store = new Store();
  const list = await events(store, { namespace: 'other' }, () => store.put(configMaps, configMap('a')));
  expect(list).toEqual([]);
});

test('a version that is no longer in the history is an error and ends the watch', async () => {
  const store = new Store();
  for (let index = 0; index < 2010; index++) store.put(configMaps, configMap('a', { index: String(index) }));
  const list = await events(store, { resourceVersion: '5', signal: new AbortController().signal });
  expect(list).toEqual([
    { type: 'ERROR', name: undefined, object: expect.objectContaining({ code: 410, reason: 'Expired' }) },
  ]);
});

test('a change is serialized once for all watchers', async () => {
  const store = new Store();
  let encoded = 0;
  const encode: WatchOptions['encode'] = object => {
    encoded += 1;
    return object;
  };
  // The second and third event are shared. The first one is separate for each watcher.
  const change = () => {
    for (const name of ['a', 'b', 'c']) store.put(configMaps, configMap(name));
  };
  const other = events(store, { encode, resourceVersion: '1' }, change);
  const lists = [await other, await events(store, { encode, resourceVersion: '1' })];
  expect(lists.map(seen)).toEqual(Array(2).fill(['ADDED a', 'ADDED b', 'ADDED c']));
  expect(encoded).toBe(4);
});

test('a watch ends after its timeout', async () => {
  const list = await events(new Store(), { timeoutSeconds: 0.01, signal: new AbortController().signal });
  expect(list).toEqual([]);
});

test('a client that disconnects before its first read leaves no listener', () => {
  const store = new Store();
  const hangUp = new AbortController();
  let written = 0;
  const encode: WatchOptions['encode'] = object => {
    written += 1;
    return object;
  };
  const options: WatchOptions = {
    selects: everything,
    resourceVersion: '',
    sendInitialEvents: false,
    timeoutSeconds: 60,
    form: 'json',
    encode,
    signal: hangUp.signal,
    closing: new AbortController().signal,
  };
  watch(store, configMaps, options);
  store.put(configMaps, configMap('a'));
  expect(written).toBe(1);
  hangUp.abort();
  store.put(configMaps, configMap('b'));
  expect(written).toBe(1);
  // A watch whose client is gone does not start.
  watch(store, configMaps, { ...options, resourceVersion: '1' });
  const before = written;
  store.put(configMaps, configMap('c'));
  expect(written).toBe(before);
});

test('the watch of a client that does not read is closed; the existing objects do not count', async () => {
  const store = new Store();
  for (let n = 0; n < 50; n++) store.put(configMaps, configMap(`a${n}`));
  const stream = watch(store, configMaps, {
    selects: everything,
    resourceVersion: '',
    sendInitialEvents: false,
    timeoutSeconds: 1e12,
    form: 'json',
    encode: object => object.metadata.name,
    signal: new AbortController().signal,
    closing: new AbortController().signal,
  });
  for (let n = 0; n < 20_000; n++) store.put(configMaps, configMap('b', { n: String(n) }));
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(text.split('\n').length - 1).toBe(50 + 10_000 + 1);
});

test('the timer has whole seconds and does not overflow', () => {
  const lengths = vi.spyOn(globalThis, 'setTimeout');
  for (const timeoutSeconds of [1800.25, 1e12]) {
    const hangUp = new AbortController();
    watch(new Store(), configMaps, {
      selects: everything,
      resourceVersion: '',
      sendInitialEvents: false,
      timeoutSeconds,
      form: 'json',
      encode: object => object,
      signal: hangUp.signal,
      closing: new AbortController().signal,
    });
    hangUp.abort();
  }
  expect(lengths.mock.calls.map(([, length]) => length)).toEqual([1_801_000, 2 ** 31 - 1]);
  lengths.mockRestore();
});
