import { beforeEach, describe, expect, test } from 'vitest';
import { createTestApiServer, pod, type TestApiServer } from '../../../testing/kubernetes/test-api-server.ts';
import { type Fields, fields, items } from '../fields.ts';
import type { ApiServerOptions } from '../server.ts';

const pods = '/api/v1/namespaces/default/pods';
const url = 'https://hooks.test/mutate';
const use = { 'azure.workload.identity/use': 'true' };

let server: TestApiServer;
let asked: { url: string; review: Fields }[];
let answer: (request: Fields) => Fields;

const fetch: ApiServerOptions['fetch'] = async (address, { body }) => {
  const review = JSON.parse(body);
  asked.push({ url: address, review });
  const response = answer(fields(review.request));
  const reply = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  return { status: 200, text: async () => reply };
};

async function configure(more: Fields = {}): Promise<void> {
  const webhook = {
    name: 'mutation.test',
    clientConfig: { url },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    objectSelector: { matchLabels: use },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    ...more,
  };
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const { code } = await server.admin('POST', path, { metadata: { name: 'hooks' }, webhooks: [webhook] });
  expect(code).toBe(201);
}

const allowing =
  (...operations: Fields[]) =>
  ({ uid }: Fields): Fields => ({
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  });

beforeEach(async () => {
  asked = [];
  answer = allowing({ op: 'add', path: '/metadata/annotations', value: { touched: 'yes' } });
  server = await createTestApiServer({ fetch });
});

describe('a webhook', () => {
  test('receives an AdmissionReview v1, and its patch is applied', async () => {
    await configure();
    const { code, body } = await server.admin('POST', pods, pod('p', { labels: use }));
    expect([code, fields(body.metadata).annotations]).toEqual([201, { touched: 'yes' }]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      url: `${url}?timeout=10s`,
      review: {
        kind: 'AdmissionReview',
        apiVersion: 'admission.k8s.io/v1',
        request: {
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          name: 'p',
          namespace: 'default',
          operation: 'CREATE',
          userInfo: { username: 'clusterAdmin', groups: ['system:masters', 'system:authenticated'] },
          oldObject: null,
          dryRun: false,
        },
      },
    });
    // Defaults and the token volume come before webhooks.
    const spec = fields(fields(fields(asked[0]?.review.request).object).spec);
    expect([spec.restartPolicy, items(spec.volumes).length]).toEqual(['Always', 1]);
  });

  test('runs before defaults are set on what it adds', async () => {
    const projected = { sources: [{ serviceAccountToken: { path: 't', audience: 'a' } }] };
    answer = allowing(
      { op: 'add', path: '/spec/volumes/-', value: { name: 'added', projected } },
      { op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 'proxy:1' } },
    );
    await configure();
    const { body } = await server.admin('POST', pods, pod('p', { labels: use }));
    const { volumes, containers } = fields(body.spec);
    expect(items(volumes)[1]).toMatchObject({
      projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }] },
    });
    const sidecar = items(containers)[1];
    expect(items(sidecar?.volumeMounts)[0]?.name).toBe(items(volumes)[0]?.name);
    expect(sidecar?.imagePullPolicy).toBe('IfNotPresent');
  });

  test('with a Service is called by the name of the Service', async () => {
    await configure({
      clientConfig: { service: { name: 'svc', namespace: 'kube-system', path: '/mutate' } },
    });
    await server.admin('POST', pods, pod('p', { labels: use }));
    expect(asked[0]?.url).toBe('https://svc.kube-system.svc:443/mutate?timeout=10s');
  });

  test.each<[string, Fields, Fields]>([
    ['a pod without the label', {}, {}],
    ['a pod with another value of it', {}, { labels: { 'azure.workload.identity/use': 'yes' } }],
    [
      'other resources',
      {
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      { labels: use },
    ],
    [
      'other operations',
      { rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods'] }] },
      { labels: use },
    ],
    [
      'other groups',
      { rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['*'] }] },
      { labels: use },
    ],
    ['other namespaces', { namespaceSelector: { matchLabels: { a: 'b' } } }, { labels: use }],
  ])('is not called for %s', async (_, configuration, metadata) => {
    await configure(configuration);
    expect((await server.admin('POST', pods, pod('p', metadata))).code).toBe(201);
    expect(asked).toEqual([]);
  });

  test('does not lose concurrent changes', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const merge = { 'content-type': 'application/merge-patch+json' };
    answer = ({ uid }) => ({ uid, allowed: true });
    let first = true;
    server = await createTestApiServer({
      fetch: async (address, init) => {
        if (first) {
          first = false;
          await server.admin('PATCH', `${path}/c`, { data: { other: '1' } }, merge);
        }
        return fetch(address, init);
      },
    });
    await server.admin('POST', path, { metadata: { name: 'c' } });
    await configure({
      objectSelector: {},
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['configmaps'] }],
    });
    const { body } = await server.admin('PATCH', `${path}/c`, { data: { own: '1' } }, merge);
    expect(body.data).toEqual({ own: '1', other: '1' });
  });

  test('cannot create an object in a namespace that is deleted during the call', async () => {
    server = await createTestApiServer({
      fetch: async (address, init) => {
        await server.admin('DELETE', '/api/v1/namespaces/n');
        return fetch(address, init);
      },
    });
    await server.admin('POST', '/api/v1/namespaces', { metadata: { name: 'n' } });
    await configure({
      objectSelector: {},
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    });
    const { code } = await server.admin('POST', '/api/v1/namespaces/n/configmaps', {
      metadata: { name: 'c' },
    });
    expect([403, 404]).toContain(code);
  });

  test('is not called for an update of the pod', async () => {
    await configure();
    await server.admin('POST', pods, pod('p', { labels: use }));
    const merge = { 'content-type': 'application/merge-patch+json' };
    await server.admin('PATCH', `${pods}/p`, { metadata: { labels: { a: 'b' } } }, merge);
    expect(asked).toHaveLength(1);
  });

  test.each<[string, Fields, number, string, string]>([
    [
      'with a status',
      { status: { code: 403, reason: 'Forbidden', message: 'not you' } },
      403,
      'Forbidden',
      'admission webhook "mutation.test" denied the request: not you',
    ],
    [
      'with a code of success',
      { status: { code: 200, message: 'no' } },
      400,
      '',
      'admission webhook "mutation.test" denied the request: no',
    ],
    [
      'without a reason',
      {},
      400,
      '',
      'admission webhook "mutation.test" denied the request without explanation',
    ],
  ])('that denies %s rejects the request', async (_, response, code, reason, message) => {
    answer = ({ uid }) => ({ uid, allowed: false, ...response });
    await configure();
    const denied = await server.admin('POST', pods, pod('p', { labels: use }));
    expect([denied.code, denied.body.reason ?? '', denied.body.message]).toEqual([code, reason, message]);
    expect((await server.admin('GET', `${pods}/p`)).code).toBe(404);
  });
});

describe('a webhook that fails', () => {
  const refused = () =>
    Object.assign(new Error('x'), { code: 'ECONNREFUSED', address: '127.0.0.1', port: 9 });
  const failures: [string, ApiServerOptions['fetch'], string][] = [
    [
      'rejects the connection',
      () => Promise.reject(new TypeError('fetch failed', { cause: refused() })),
      `failed to call webhook: Post "${url}?timeout=10s": dial tcp 127.0.0.1:9: connect: connection refused`,
    ],
    [
      'returns an error',
      async () => ({ status: 500, text: async () => 'boom' }),
      'failed to call webhook: an error on the server ("boom") has prevented the request from succeeding',
    ],
    [
      'returns no review',
      async () => ({ status: 200, text: async () => '{}' }),
      'received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview',
    ],
    [
      'returns another UID',
      async () => ({
        status: 200,
        text: async () =>
          '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"x","allowed":true}}',
      }),
      'received invalid webhook response: expected response.uid=',
    ],
  ];
  test.each(failures)('because it %s rejects the pod', async (_, failing, why) => {
    server = await createTestApiServer({ fetch: failing });
    await configure();
    const { code, body } = await server.admin('POST', pods, pod('p', { labels: use }));
    expect([code, body.reason]).toEqual([500, 'InternalError']);
    expect(body.message).toContain(`Internal error occurred: failed calling webhook "mutation.test": ${why}`);
  });

  test('because of its timeout rejects the pod', async () => {
    server = await createTestApiServer({
      fetch: (_, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await configure({ timeoutSeconds: 1 });
    const { body } = await server.admin('POST', pods, pod('p', { labels: use }));
    expect(body.message).toContain('context deadline exceeded');
  });

  test('is ignored with failurePolicy Ignore', async () => {
    server = await createTestApiServer();
    await configure({ failurePolicy: 'Ignore' });
    expect((await server.admin('POST', pods, pod('p', { labels: use }))).code).toBe(201);
  });
});
