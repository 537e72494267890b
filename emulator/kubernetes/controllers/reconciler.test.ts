import { expect, it, vi } from 'vitest';
import { ApiError } from '../client.ts';
import { Reconciler } from './reconciler.ts';

/** A reconciler whose changes the test sends. */
function started(reconcile: (namespace: string, name: string) => Promise<number | undefined>) {
  const events: string[] = [];
  let wake = () => {};
  const api = {
    async *follow(_path: string, _query: object, signal: AbortSignal) {
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        const name = events.shift();
        if (name === undefined) await new Promise<void>(resolve => (wake = resolve));
        else yield { type: 'MODIFIED', object: { metadata: { name, namespace: 'n' } } };
      }
    },
  };
  const log: string[] = [];
  const source = {
    path: '/',
    affectedKeys: ({ object }: { object: { metadata: { name: string } } }) => [`n/${object.metadata.name}`],
  };
  const reconciler = new Reconciler(api as never, [source as never], reconcile, line => log.push(line));
  reconciler.start();
  const change = (...names: string[]) => {
    events.push(...names);
    wake();
  };
  return { change, log, stop: () => reconciler.stop() };
}

it('runs one call per key, and calls again after a change in between', async () => {
  const calls: string[] = [];
  let atOnce = 0;
  let most = 0;
  let release = () => {};
  const { change, stop } = started(async (_, name) => {
    calls.push(name);
    if (name !== 'a') return undefined;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise<void>(resolve => (release = resolve));
    atOnce -= 1;
    return undefined;
  });
  change('a');
  await vi.waitFor(() => expect(calls).toEqual(['a']));
  change('a', 'a', 'b', 'a');
  await vi.waitFor(() => expect(calls).toEqual(['a', 'b']));
  release();
  await vi.waitFor(() => expect(calls).toEqual(['a', 'b', 'a']));
  release();
  await stop();
  expect([calls.length, most]).toEqual([3, 1]);
});

it('retries failures, and calls again after the requested time', async () => {
  let calls = 0;
  const { change, log, stop } = started(async () => {
    calls += 1;
    if (calls === 1) throw new ApiError(409, 'Conflict', 'somebody was faster');
    return calls < 5 ? 1 : undefined;
  });
  change('a');
  await vi.waitFor(() => expect(calls).toBe(5));
  await stop();
  expect(log).toEqual([]);
});

it('logs repeated failures that the API did not cause', async () => {
  let calls = 0;
  const { change, log, stop } = started(async () => {
    calls += 1;
    if (calls <= 10) throw new Error('broken');
    return undefined;
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    change('a');
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(5000);
      expect(calls).toBe(11);
    });
  } finally {
    vi.useRealTimers();
  }
  await stop();
  expect(log).toEqual(['"n/a" fails repeatedly: Error: broken']);
});
