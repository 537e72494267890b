import { describe, expect, test } from 'vitest';
import type { ContainerLog, LogLine } from './logs.ts';
import { podLog } from './logs.ts';

const line = (second: number, text: string): LogLine => ({
  time: `2026-01-01T00:00:0${second}.000000000Z`,
  text,
});

function podWith(state: Record<string, unknown>, containers = ['c']) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'u' },
    spec: { containers: containers.map(name => ({ name })) },
    status: { containerStatuses: [{ name: 'c', ...state }] },
  };
}

const running = podWith({ state: { running: {} } });

async function read(query: string, log: ContainerLog | undefined, pod = running): Promise<string> {
  const { signal } = new AbortController();
  let text = '';
  for await (const part of await podLog(pod, new URLSearchParams(query), async () => log, signal))
    text += Buffer.from(part).toString('utf8');
  return text;
}

const written = [line(1, 'one'), line(2, 'two'), line(3, 'drei €')];

describe('a log', () => {
  test.each([
    ['', 'one\ntwo\ndrei €\n'],
    ['tailLines=1', 'drei €\n'],
    ['tailLines=0', ''],
    ['tailLines=9', 'one\ntwo\ndrei €\n'],
    ['timestamps=true&tailLines=1', '2026-01-01T00:00:03.000000000Z drei €\n'],
    ['sinceTime=2026-01-01T00:00:02Z', 'two\ndrei €\n'],
    ['sinceSeconds=1', ''],
    ['limitBytes=5', 'one\nt'],
    ['container=c', 'one\ntwo\ndrei €\n'],
  ])('with %s', async (query, text) => expect(await read(query, { written })).toBe(text));

  test('is followed until the container ends', async () => {
    async function* live() {
      yield line(4, 'four');
      yield line(5, 'five');
    }
    expect(await read('follow=true&tailLines=1', { written, live: live() })).toBe('drei €\nfour\nfive\n');
  });

  test('ends at its byte limit while the container still writes', async () => {
    async function* live() {
      while (true) yield line(4, 'more');
    }
    expect(await read('follow=true&limitBytes=19', { written, live: live() })).toBe('one\ntwo\ndrei €\nmo');
  });

  test('is empty if the container has written nothing', async () =>
    expect(await read('', undefined)).toBe(''));
});

describe('an error', () => {
  test.each([
    [
      'of a container that waits',
      '',
      podWith({ state: { waiting: { reason: 'ContainerCreating' } } }),
      'container "c" in pod "p" is waiting to start: ContainerCreating',
    ],
    [
      'of a container without a status',
      '',
      podWith({}),
      'container "c" in pod "p" is waiting to start: ContainerCreating',
    ],
    [
      'without its image',
      '',
      podWith({ state: { waiting: { reason: 'ErrImagePull' } } }),
      'container "c" in pod "p" is waiting to start: trying and failing to pull image',
    ],
    [
      'during the back-off of a pull',
      '',
      podWith({ state: { waiting: { reason: 'ImagePullBackOff' } } }),
      'container "c" in pod "p" is waiting to start: trying and failing to pull image',
    ],
    [
      'of a missing earlier run',
      'previous=true',
      running,
      'previous terminated container "c" in pod "p" not found',
    ],
    ['of a container that does not exist', 'container=x', running, 'container x is not valid for pod p'],
    [
      'without a container name in a pod with two',
      '',
      podWith({}, ['c', 'd']),
      'a container name must be specified for pod p, choose one of: [c d]',
    ],
    ['of a tail that is not a number', 'tailLines=x', running, 'invalid syntax'],
  ])('%s', async (_, query, pod, message) => {
    await expect(read(query, undefined, pod)).rejects.toMatchObject({
      status: { code: 400, message: expect.stringContaining(message) },
    });
  });

  test('a container that waits for its next run has the log of the last one', async () => {
    const restarting = podWith({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: {} },
    });
    expect(await read('', { written: [line(1, 'one')] }, restarting)).toBe('one\n');
  });
});
