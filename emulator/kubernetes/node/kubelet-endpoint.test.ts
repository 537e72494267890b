import { describe, expect, it } from 'vitest';
import { createRequester } from '../../testing/kubernetes/test-api-server.ts';
import type { Pod } from '../objects.ts';
import { kubeletEndpoint } from './kubelet-endpoint.ts';

const state = (phase: object) => ({
  ...{ name: 'app', state: phase, lastState: {}, ready: true, started: true, restartCount: 0 },
  ...{ image: 'i', imageID: 'i' },
});
const pods: Record<string, Pod> = {
  up: {
    metadata: { name: 'up', namespace: 'demo', uid: '1' },
    spec: { containers: [{ name: 'app', image: 'i' }] },
    status: { containerStatuses: [state({ running: { startedAt: '2026-11-23T10:00:00Z' } })] },
  },
  waits: {
    metadata: { name: 'waits', namespace: 'demo', uid: '2' },
    spec: { containers: [{ name: 'app', image: 'i' }] },
    status: { containerStatuses: [state({ waiting: { reason: 'ImagePullBackOff' } })] },
  },
};
const ask = createRequester(
  kubeletEndpoint(
    (namespace, name) => (namespace === 'demo' ? pods[name] : undefined),
    async ({ podUid, previous }) =>
      previous
        ? undefined
        : { written: ['a', 'b'].map(text => ({ time: '2026-11-23T10:00:00Z', text: `${podUid}${text}` })) },
  ),
  '',
);

describe("the kubelet's API", () => {
  it.each([
    ['/containerLogs/demo/up/app', 200, '1a\n1b\n'],
    ['/containerLogs/demo/up/app?tailLines=1&timestamps=true', 200, '2026-11-23T10:00:00Z 1b\n'],
    [
      '/containerLogs/demo/up/app?previous=true',
      400,
      'previous terminated container "app" in pod "up" not found',
    ],
    [
      '/containerLogs/demo/waits/app',
      400,
      'container "app" in pod "waits" is waiting to start: trying and failing to pull image',
    ],
    ['/containerLogs/demo/up/other', 400, 'container other is not valid for pod up'],
    ['/containerLogs/demo/gone/app', 404, 'pod "gone" does not exist\n'],
    ['/containerLogs/other/up/app', 404, 'pod "up" does not exist\n'],
    ['/containerLogs/demo/up', 404, '404 page not found\n'],
    ['/exec/demo/up/app', 404, '404 page not found\n'],
  ])('answers GET %s with %i', async (path, code, text) => {
    expect(await ask('GET', path)).toMatchObject({ code, text });
  });

  it('allows only GET', async () => {
    expect((await ask('POST', '/containerLogs/demo/up/app')).code).toBe(405);
  });
});
