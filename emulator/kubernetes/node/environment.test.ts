import { describe, expect, it } from 'vitest';
import { json } from '../../http/service.ts';
import { createTestNetwork } from '../../testing/kubernetes/test-network.ts';
import { ApiClient } from '../client.ts';
import type { Container, Pod } from '../objects.ts';
import { expand, resolveEnvironment } from './environment.ts';

const api = new ApiClient(
  createTestNetwork(() => ({ url }) => {
    if (url.pathname === '/api/v1/namespaces/apps/configmaps/settings') {
      return json(200, { data: { level: 'debug', mode: 'fast' } });
    }
    if (url.pathname === '/api/v1/namespaces/apps/secrets/keys') {
      return json(200, { data: { key: Buffer.from('s3cret').toString('base64') } });
    }
    return json(404, { reason: 'NotFound', message: 'not found' });
  }),
  'https://cluster',
  'token',
  'test',
);

function resolve(container: Partial<Container>): Promise<Record<string, string>> {
  const whole = { name: 'app', image: 'a', ...container };
  const pod: Pod = {
    metadata: { name: 'p1', namespace: 'apps', uid: 'u1', labels: { tier: 'web' } },
    spec: { nodeName: 'n1', serviceAccountName: 'sa1', containers: [whole] },
  };
  const addresses = { podIP: '10.244.0.1', hostIP: '10.0.0.1' };
  return resolveEnvironment(api, pod, whole, addresses, { cpu: '2', memory: '4Gi' });
}

describe('environment', () => {
  it('uses whole ConfigMaps and Secrets, and prefers env', async () => {
    const environment = await resolve({
      envFrom: [{ prefix: 'APP_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }],
      env: [
        { name: 'APP_mode', value: 'slow' },
        { name: 'BOTH', value: '$(APP_level) $(key)' },
      ],
    });
    expect(environment).toEqual({
      APP_level: 'debug',
      APP_mode: 'slow',
      key: 's3cret',
      BOTH: 'debug s3cret',
    });
  });

  it.each([
    ['metadata.name', 'p1'],
    ['metadata.namespace', 'apps'],
    ['metadata.uid', 'u1'],
    ["metadata.labels['tier']", 'web'],
    ["metadata.annotations['none']", ''],
    ['spec.nodeName', 'n1'],
    ['spec.serviceAccountName', 'sa1'],
    ['status.podIP', '10.244.0.1'],
    ['status.hostIP', '10.0.0.1'],
  ])('refers to %s', async (fieldPath, value) => {
    expect(await resolve({ env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath } } }] })).toEqual({
      X: value,
    });
  });

  it.each([
    ['limits.cpu', undefined, '1'],
    ['limits.cpu', '1m', '500'],
    ['requests.cpu', '100m', '3'],
    ['limits.memory', '1Mi', '4096'],
    ['requests.memory', undefined, '67108864'],
    ['requests.memory', '1M', '68'],
    ['limits.ephemeral-storage', undefined, '0'],
  ])('refers to %s in units of %s', async (resource, divisor, value) => {
    const resources = { limits: { cpu: '500m' }, requests: { cpu: '0.25', memory: '64Mi' } };
    const resourceFieldRef = { resource, ...(divisor && { divisor }) };
    expect(await resolve({ resources, env: [{ name: 'X', valueFrom: { resourceFieldRef } }] })).toEqual({
      X: value,
    });
  });

  it.each([
    [{ resource: 'limits.gpu' }, 'unsupported container resource : limits.gpu'],
    [{ resource: 'limits.cpu', containerName: 'none' }, 'container none not found'],
  ])('%j is rejected', async (resourceFieldRef, message) => {
    await expect(resolve({ env: [{ name: 'X', valueFrom: { resourceFieldRef } }] })).rejects.toThrow(message);
  });

  it.each<[NonNullable<Container['env']>[number]['valueFrom'], string]>([
    [{ configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
    [{ secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
    [{ configMapKeyRef: { name: 'settings', key: 'k' } }, "couldn't find key k in ConfigMap apps/settings"],
    [{ secretKeyRef: { name: 'keys', key: 'k' } }, "couldn't find key k in Secret apps/keys"],
  ])('%j is rejected', async (valueFrom, message) => {
    await expect(resolve({ env: [{ name: 'X', valueFrom }] })).rejects.toThrow(message);
  });

  it('omits optional references that do not exist', async () => {
    const optional = { configMapKeyRef: { name: 'none', key: 'k', optional: true } };
    expect(await resolve({ env: [{ name: 'X', valueFrom: optional }] })).toEqual({});
  });
});

it.each([
  ['$(A)-$(B)', 'a-$(B)'],
  ['$$(A)', '$(A)'],
  ['$A $(', '$A $('],
])('expands %s to %s', (text, expected) => {
  expect(expand(text, { A: 'a' })).toBe(expected);
});
