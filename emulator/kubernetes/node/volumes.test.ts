import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { json } from '../../http/service.ts';
import { createTestNetwork } from '../../testing/kubernetes/test-network.ts';
import { ApiClient } from '../client.ts';
import type { Pod, TokenRequest, Volume } from '../objects.ts';
import { PodVolumes } from './volumes.ts';

let directory: string;
/** Times of token requests. */
let asked: { at: number; request: TokenRequest }[];
/** Milliseconds. */
let lifetime: number;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'volumes-')), 'volumes');
  asked = [];
  lifetime = 3_600_000;
  refreshInterval = 60_000;
});

afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true });
});

const api = new ApiClient(
  createTestNetwork(() => ({ url, body }) => {
    if (url.pathname.endsWith('/serviceaccounts/sa1/token')) {
      asked.push({ at: Date.now(), request: JSON.parse(body.toString()) });
      const expirationTimestamp = new Date(Date.now() + lifetime).toISOString();
      return json(201, { status: { token: `token ${asked.length}`, expirationTimestamp } });
    }
    if (url.pathname.endsWith('/configmaps/kube-root-ca.crt')) return json(200, { data: { 'ca.crt': 'CA' } });
    return json(404, { reason: 'NotFound', message: 'not found' });
  }),
  'https://cluster',
  'token',
  'test',
);

/** Milliseconds between refreshes of volumes. */
let refreshInterval: number;

function volumesOf(...volumes: Volume[]): PodVolumes {
  const pod: Pod = {
    metadata: { name: 'p1', namespace: 'apps', uid: 'u1' },
    spec: { serviceAccountName: 'sa1', containers: [], volumes },
  };
  return new PodVolumes(pod, {
    api,
    addresses: { podIP: '10.244.0.1', hostIP: '10.0.0.1' },
    allocatable: { cpu: '2', memory: '4Gi' },
    directory,
    refreshInterval,
    failed: () => {},
  });
}

const tokens: Volume = {
  name: 'tokens',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607, audience: 'aud' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};

describe('volumes', () => {
  it('have the projected files, the token for its owner only', async () => {
    const volumes = volumesOf(tokens);
    await volumes.mount();
    const content = (file: string) => readFileSync(join(directory, 'tokens', file), 'utf8');
    expect([content('token'), content('ca.crt'), content('namespace')]).toEqual(['token 1', 'CA', 'apps']);
    expect(statSync(join(directory, 'tokens', 'token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'tokens', 'ca.crt')).mode & 0o777).toBe(0o644);
    expect(asked[0]?.request.spec).toEqual({
      audiences: ['aud'],
      expirationSeconds: 3607,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p1', uid: 'u1' },
    });
    await volumes.unmount();
    expect(existsSync(directory)).toBe(false);
  });

  it('get a new token after four fifths of its lifetime, and none after the pod', async () => {
    lifetime = 1000;
    const volumes = volumesOf(tokens);
    await volumes.mount();
    const token = () => readFileSync(join(directory, 'tokens', 'token'), 'utf8');
    await expect.poll(token, { timeout: 20_000, interval: 10 }).toBe('token 2');
    const waited = (asked[1]?.at ?? 0) - (asked[0]?.at ?? 0);
    expect(waited).toBeGreaterThanOrEqual(780);
    await volumes.unmount();
    const before = asked.length;
    await new Promise(resolve => setTimeout(resolve, 1200));
    expect(asked).toHaveLength(before);
    expect(existsSync(directory)).toBe(false);
  });

  it('get a new token every day, whatever the lifetime', async () => {
    const day = 24 * 3_600_000;
    lifetime = 365 * day;
    refreshInterval = 6 * 3_600_000;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      const volumes = volumesOf(tokens);
      await volumes.mount();
      const token = () => readFileSync(join(directory, 'tokens', 'token'), 'utf8');
      const advance = async (milliseconds: number) => {
        await vi.advanceTimersByTimeAsync(milliseconds);
        // File writes do not use the fake clock, so wait for the next timer.
        while (vi.getTimerCount() === 0) await new Promise(resolve => setImmediate(resolve));
      };
      while (asked.length < 2) await advance(3_600_000);
      const waited = (asked[1]?.at ?? 0) - (asked[0]?.at ?? 0);
      expect(waited / day).toBeGreaterThanOrEqual(1);
      expect(waited / day).toBeLessThan(1.5);
      expect(token()).toBe('token 2');
      await volumes.unmount();
    } finally {
      vi.useRealTimers();
    }
  });

  it('change all files in one step, and only if a file has changed', async () => {
    const volumes = volumesOf(tokens);
    await volumes.mount();
    const data = () => readlinkSync(join(directory, 'tokens', '..data'));
    expect(readlinkSync(join(directory, 'tokens', 'token'))).toBe(join('..data', 'token'));
    expect(data()).toMatch(/^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d{9}$/);
    const before = data();
    await volumes.mount();
    expect(data()).toBe(before);
    await volumes.unmount();
  });

  it.each<[Volume, string]>([
    [{ name: 'v', configMap: { name: 'nothing' } }, 'configmap "nothing" not found'],
    [{ name: 'v', secret: { secretName: 'nothing' } }, 'secret "nothing" not found'],
    [
      { name: 'v', configMap: { name: 'kube-root-ca.crt', items: [{ key: 'x', path: 'x' }] } },
      'references non-existent config key: x',
    ],
    [
      { name: 'v', configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: '../../x' }] } },
      'invalid path: ../../x',
    ],
    [{ name: 'v', hostPath: { path: '/' } } as Volume, 'this node has no volume plugin for hostPath'],
  ])('that cannot be mounted report the reason: %j', async (volume, message) => {
    await expect(volumesOf(volume).mount()).rejects.toMatchObject({ volume: 'v', message });
  });

  it('omit optional sources that do not exist', async () => {
    const volumes = volumesOf({ name: 'v', configMap: { name: 'nothing', optional: true } });
    await volumes.mount();
    expect(existsSync(join(directory, 'v'))).toBe(true);
  });
});
