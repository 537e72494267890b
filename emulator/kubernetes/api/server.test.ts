import { beforeEach, describe, expect, test } from 'vitest';
import {
  type ApiResponse,
  createRequester,
  createTestApiServer,
  pod,
  type TestApiServer,
} from '../../testing/kubernetes/test-api-server.ts';
import { type Fields, fields, items } from './fields.ts';

const pods = '/api/v1/namespaces/default/pods';
const configMaps = '/api/v1/namespaces/default/configmaps';
const merge = { 'content-type': 'application/merge-patch+json' };

let server: TestApiServer;

beforeEach(async () => {
  server = await createTestApiServer();
});

const said = ({ code, body }: ApiResponse) => [code, body.reason, body.message];
const metadata = ({ body }: ApiResponse) => fields(body.metadata);
const patch = (path: string, change: Fields, query = '') =>
  server.admin('PATCH', `${path}${query}`, change, merge);

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await check()); tries++) {
    if (tries > 200) throw new Error('it never came true');
    await new Promise(resolve => setImmediate(resolve));
  }
}

const gone = (path: string) => eventually(async () => (await server.admin('GET', path)).code === 404);

describe('a new pod', () => {
  test('gets the identity, defaults, account, and tolerations of a cluster', async () => {
    const answer = await server.admin('POST', pods, pod('p'));
    expect(answer.code).toBe(201);
    expect(metadata(answer)).toEqual({
      name: 'p',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: expect.stringMatching(/^\d+$/),
      generation: 1,
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const { volumes, containers, ...spec } = fields(answer.body.spec);
    expect(spec).toEqual({
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      terminationGracePeriodSeconds: 30,
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: ['not-ready', 'unreachable'].map(key => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    });
    const [volume] = items(volumes);
    expect(volume).toEqual({
      name: expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/),
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    });
    expect(containers).toEqual([
      {
        name: 'main',
        image: 'registry.test/app:1',
        imagePullPolicy: 'IfNotPresent',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        volumeMounts: [
          { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
        ],
      },
    ]);
    expect(answer.body.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test.each([
    ['app', 'Always'],
    ['app:latest', 'Always'],
    ['localhost:5000/app', 'Always'],
    ['app:1', 'IfNotPresent'],
    ['app@sha256:00', 'IfNotPresent'],
  ])('with image %s has the pull policy %s', async (image, policy) => {
    const { body } = await server.admin('POST', pods, pod('p', {}, { containers: [{ name: 'c', image }] }));
    expect(items(fields(body.spec).containers)[0]?.imagePullPolicy).toBe(policy);
  });

  test('gets no token if the pod or its account disables it', async () => {
    const { body } = await server.admin('POST', pods, pod('p', {}, { automountServiceAccountToken: false }));
    expect(fields(body.spec).volumes).toBeUndefined();
  });

  test('is rejected without its service account', async () => {
    const answer = await server.admin('POST', pods, pod('p', {}, { serviceAccountName: 'nope' }));
    const why = 'error looking up service account default/nope: serviceaccount "nope" not found';
    expect(said(answer)).toEqual([403, 'Forbidden', `pods "p" is forbidden: ${why}`]);
  });

  test('can have a generated name', async () => {
    const { body } = await server.admin('POST', pods, pod('', { generateName: 'web-' }));
    expect(fields(body.metadata).name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test.each<[string, Fields, string[]]>([
    ['a name in capitals', pod('BAD_1'), ['metadata.name']],
    ['no name', pod(''), ['metadata.name']],
    ['no containers', { metadata: { name: 'p' }, spec: {} }, ['spec.containers']],
    ['no image', pod('p', {}, { containers: [{ name: 'c' }] }), ['spec.containers[0].image']],
    [
      'a duplicate container',
      pod('p', {}, { containers: [1, 2].map(() => ({ name: 'c', image: 'i' })) }),
      ['spec.containers[1].name'],
    ],
    ['an unknown policy', pod('p', {}, { restartPolicy: 'Sometimes' }), ['spec.restartPolicy']],
    [
      'a mount without its volume',
      pod(
        'p',
        {},
        { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      ),
      ['spec.containers[0].volumeMounts[0].name'],
    ],
    ['an invalid label', pod('p', { labels: { a: 'b c' } }), ['metadata.labels']],
    [
      'a token lifetime that is too short',
      pod(
        'p',
        {},
        {
          volumes: [
            {
              name: 'v',
              projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] },
            },
          ],
        },
      ),
      ['spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds'],
    ],
    ['two errors', pod('', {}, { containers: [] }), ['metadata.name', 'spec.containers']],
  ])('with %s is invalid', async (_, object, wrong) => {
    const answer = await server.admin('POST', pods, object);
    expect([answer.code, answer.body.reason]).toEqual([422, 'Invalid']);
    expect(items(fields(answer.body.details).causes).map(({ field }) => field)).toEqual(wrong);
  });

  test('needs its namespace', async () => {
    const answer = await server.admin('POST', '/api/v1/namespaces/nope/pods', pod('p'));
    expect(said(answer)).toEqual([404, 'NotFound', 'namespaces "nope" not found']);
  });

  test('is not stored by a dry run', async () => {
    expect((await server.admin('POST', `${pods}?dryRun=All`, pod('p'))).code).toBe(201);
    expect((await server.admin('GET', `${pods}/p`)).code).toBe(404);
  });

  test('needs an unused name', async () => {
    await server.admin('POST', pods, pod('p'));
    const answer = await server.admin('POST', pods, pod('p'));
    expect(said(answer)).toEqual([409, 'AlreadyExists', 'pods "p" already exists']);
  });
});

describe('an update', () => {
  beforeEach(async () => {
    await server.admin('POST', configMaps, { metadata: { name: 'c' }, data: { a: '1' } });
    await server.admin('POST', pods, pod('p'));
  });

  test('increments the version, and a request without changes does not', async () => {
    const before = await server.admin('GET', `${configMaps}/c`);
    const same = await patch(`${configMaps}/c`, { data: { a: '1' } });
    const changed = await patch(`${configMaps}/c`, { data: { a: '2' } });
    const tried = await patch(`${configMaps}/c`, { data: { a: '3' } }, '?dryRun=All');
    expect(metadata(same).resourceVersion).toBe(metadata(before).resourceVersion);
    expect(Number(metadata(changed).resourceVersion)).toBeGreaterThan(
      Number(metadata(before).resourceVersion),
    );
    expect(tried.body.data).toEqual({ a: '3' });
    expect((await server.admin('GET', `${configMaps}/c`)).body.data).toEqual({ a: '2' });
  });

  test('of an outdated version is a conflict', async () => {
    const { body } = await server.admin('GET', `${configMaps}/c`);
    await patch(`${configMaps}/c`, { data: { a: '2' } });
    const why =
      'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again';
    expect(said(await server.admin('PUT', `${configMaps}/c`, body))).toEqual([409, 'Conflict', why]);
    const { resourceVersion } = fields(body.metadata);
    expect((await patch(`${configMaps}/c`, { metadata: { resourceVersion } })).code).toBe(409);
  });

  test('does not change the identity', async () => {
    const before = metadata(await server.admin('GET', `${configMaps}/c`));
    const after = metadata(
      await patch(`${configMaps}/c`, {
        metadata: { creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 },
      }),
    );
    expect(after).toEqual(before);
    expect((await patch(`${configMaps}/c`, { metadata: { name: 'd' } })).code).toBe(400);
  });

  test('can change the image of a pod, and no other part of its containers', async () => {
    const refused = await patch(`${pods}/p`, { spec: { nodeSelector: { a: 'b' } } });
    expect([refused.code, refused.body.message]).toEqual([
      422,
      expect.stringContaining(
        'Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
      ),
    ]);
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
    const image = { spec: { containers: [{ name: 'main', image: 'registry.test/app:2' }] } };
    const allowed = await server.admin('PATCH', `${pods}/p`, image, strategic);
    expect([allowed.code, metadata(allowed).generation]).toEqual([200, 2]);
  });

  test('of the status needs /status, which changes nothing else', async () => {
    const whole = await patch(`${pods}/p`, {
      status: { phase: 'Running' },
      metadata: { labels: { a: 'b' } },
    });
    expect([fields(whole.body.status).phase, metadata(whole).labels]).toEqual(['Pending', { a: 'b' }]);
    const status = await patch(`${pods}/p/status`, { status: { phase: 'Running' }, spec: { nodeName: 'x' } });
    expect([fields(status.body.status).phase, fields(status.body.spec).nodeName]).toEqual([
      'Running',
      undefined,
    ]);
    expect(metadata(status).generation).toBe(1);
  });

  test('by a binding sets the node of a pod once', async () => {
    const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-0' } };
    expect((await server.admin('POST', `${pods}/p/binding`, binding)).code).toBe(201);
    const { body } = await server.admin('GET', `${pods}/p`);
    expect(fields(body.spec).nodeName).toBe('node-0');
    expect(items(fields(body.status).conditions)).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    expect((await server.admin('POST', `${pods}/p/binding`, binding)).code).toBe(409);
  });

  test('with an unsupported kind of patch is rejected', async () => {
    const answer = await server.admin(
      'PATCH',
      `${configMaps}/c`,
      {},
      { 'content-type': 'application/apply-patch+yaml' },
    );
    expect(said(answer)).toEqual([
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
    ]);
  });

  test('with an unknown field is rejected, warned about, or accepted', async () => {
    const foo = { foo: { b: ['x', 'y'] } };
    const strict = await patch(`${configMaps}/c`, foo, '?fieldValidation=Strict');
    const message =
      ' "" is invalid: patch: Invalid value: "{\\"foo\\":{\\"b\\":[\\"x\\",\\"y\\"]}}": strict decoding error: unknown field "foo"';
    expect(said(strict)).toEqual([422, 'Invalid', message]);
    expect((await patch(`${configMaps}/c`, foo)).headers.warning).toEqual([
      '299 - "unknown field \\"foo\\""',
    ]);
    const ignored = await patch(`${configMaps}/c`, foo, '?fieldValidation=Ignore');
    expect([ignored.code, ignored.headers.warning, ignored.body.foo]).toEqual([200, undefined, undefined]);
  });

  test('of a secret accepts plain text', async () => {
    const { body } = await server.admin('POST', '/api/v1/namespaces/default/secrets', {
      metadata: { name: 's' },
      stringData: { a: 'b' },
    });
    expect([body.data, body.stringData, body.type]).toEqual([{ a: 'Yg==' }, undefined, 'Opaque']);
  });
});

describe('a deletion', () => {
  const place = async (name: string, more: Fields = {}) => {
    const { body } = await server.admin('POST', pods, pod(name, more));
    await server.admin('POST', `${pods}/${name}/binding`, {
      metadata: { name },
      target: { kind: 'Node', name: 'node-0' },
    });
    return fields(body.metadata);
  };

  test('removes a pod without a node immediately', async () => {
    await server.admin('POST', pods, pod('p'));
    const answer = await server.admin('DELETE', `${pods}/p`, { propagationPolicy: 'Background' });
    expect([answer.code, answer.body.kind]).toEqual([200, 'Pod']);
    expect((await server.admin('GET', `${pods}/p`)).code).toBe(404);
  });

  test('gives a pod on a node its grace period, until the kubelet confirms', async () => {
    const { uid } = await place('p');
    const before = Date.now();
    const answer = metadata(await server.admin('DELETE', `${pods}/p`, { gracePeriodSeconds: 20 }));
    expect(answer.deletionGracePeriodSeconds).toBe(20);
    expect(Math.abs(Date.parse(String(answer.deletionTimestamp)) - before - 20_000)).toBeLessThan(5_000);
    const longer = metadata(await server.admin('DELETE', `${pods}/p`, { gracePeriodSeconds: 60 }));
    expect(longer.deletionGracePeriodSeconds).toBe(20);
    const node = createRequester(server.api.service, 'node');
    const other = await node('DELETE', `${pods}/p`, {
      gracePeriodSeconds: 0,
      preconditions: { uid: 'another' },
    });
    expect(other.code).toBe(409);
    expect((await node('DELETE', `${pods}/p`, { gracePeriodSeconds: 0, preconditions: { uid } })).code).toBe(
      200,
    );
    expect((await server.admin('GET', `${pods}/p`)).code).toBe(404);
  });

  test('returns a Status for an object', async () => {
    const { body } = await server.admin('POST', configMaps, { metadata: { name: 'c' } });
    const answer = await server.admin('DELETE', `${configMaps}/c`);
    expect(answer.body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'c', kind: 'configmaps', uid: fields(body.metadata).uid },
    });
  });

  test('waits for finalizers', async () => {
    await server.admin('POST', configMaps, { metadata: { name: 'c', finalizers: ['a.test/b'] } });
    expect(metadata(await server.admin('DELETE', `${configMaps}/c`)).deletionTimestamp).toBeDefined();
    await patch(`${configMaps}/c`, { metadata: { finalizers: null } });
    expect((await server.admin('GET', `${configMaps}/c`)).code).toBe(404);
  });

  describe('an owner', () => {
    let ownerReferences: Fields[];
    beforeEach(async () => {
      const { uid } = metadata(await server.admin('POST', configMaps, { metadata: { name: 'owner' } }));
      ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
      await server.admin('POST', configMaps, { metadata: { name: 'owned', ownerReferences } });
      await server.admin('POST', configMaps, { metadata: { name: 'free' } });
    });

    test('deletes its dependents', async () => {
      await server.admin('DELETE', `${configMaps}/owner`);
      await gone(`${configMaps}/owned`);
      expect((await server.admin('GET', `${configMaps}/free`)).code).toBe(200);
    });

    test('is deleted after its dependents on request', async () => {
      await place('worker', { ownerReferences });
      await server.admin('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Foreground' });
      await gone(`${configMaps}/owned`);
      expect(metadata(await server.admin('GET', `${configMaps}/owner`)).finalizers).toEqual([
        'foregroundDeletion',
      ]);
      await server.admin('DELETE', `${pods}/worker`, { gracePeriodSeconds: 0 });
      await gone(`${configMaps}/owner`);
    });

    test('leaves its dependents on request', async () => {
      await server.admin('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Orphan' });
      expect(metadata(await server.admin('GET', `${configMaps}/owned`)).ownerReferences).toBeUndefined();
    });

    test('that does not exist causes the deletion of a new dependent', async () => {
      await server.admin('DELETE', `${configMaps}/owner`);
      await server.admin('POST', configMaps, { metadata: { name: 'late', ownerReferences } });
      await gone(`${configMaps}/late`);
    });
  });

  describe('a namespace', () => {
    test('deletes its contents, and rejects new objects', async () => {
      await server.admin('POST', '/api/v1/namespaces', { metadata: { name: 'n' } });
      await server.admin('POST', '/api/v1/namespaces/n/pods', pod('p'));
      const at = '/api/v1/namespaces/n/pods/p';
      await server.admin('POST', `${at}/binding`, {
        metadata: { name: 'p' },
        target: { kind: 'Node', name: 'node-0' },
      });
      const { body } = await server.admin('DELETE', '/api/v1/namespaces/n');
      expect(fields(body.status).phase).toBe('Terminating');
      await gone('/api/v1/namespaces/n/serviceaccounts/default');
      const late = await server.admin('POST', '/api/v1/namespaces/n/configmaps', { metadata: { name: 'c' } });
      const why = 'unable to create new content in namespace n because it is being terminated';
      expect(said(late)).toEqual([403, 'Forbidden', `configmaps "c" is forbidden: ${why}`]);
      expect((await server.admin('GET', '/api/v1/namespaces/n')).code).toBe(200);
      await server.admin('DELETE', at, { gracePeriodSeconds: 0 });
      await gone('/api/v1/namespaces/n');
    });

    test('of the system cannot be deleted', async () => {
      expect((await server.admin('DELETE', '/api/v1/namespaces/default')).code).toBe(403);
    });
  });

  test('a deleted default account of a namespace is recreated', async () => {
    const at = '/api/v1/namespaces/default/serviceaccounts/default';
    const { uid } = metadata(await server.admin('GET', at));
    await server.admin('DELETE', at);
    await eventually(
      async () => ![undefined, uid].includes(metadata(await server.admin('GET', at)).uid as string),
    );
  });
});

describe('a list', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) {
      await server.admin('POST', configMaps, { metadata: { name, labels: { is: name } } });
    }
  });
  const names = ({ body }: ApiResponse) => items(body.items).map(({ metadata }) => fields(metadata).name);

  test('is selected by labels and fields', async () => {
    expect(names(await server.admin('GET', `${configMaps}?labelSelector=is%20in%20(a,c)`))).toEqual([
      'a',
      'c',
    ]);
    expect(names(await server.admin('GET', '/api/v1/configmaps?fieldSelector=metadata.name%3Db'))).toEqual([
      'b',
    ]);
  });

  test('is returned in pages', async () => {
    const first = await server.admin('GET', `${configMaps}?limit=3`);
    expect([names(first), metadata(first).remainingItemCount]).toEqual([['a', 'b', 'c'], 1]);
    const second = await server.admin('GET', `${configMaps}?limit=3&continue=${metadata(first).continue}`);
    expect([names(second), metadata(second).continue]).toEqual([['kube-root-ca.crt'], undefined]);
    expect((await server.admin('GET', `${configMaps}?continue=nonsense`)).code).toBe(400);
  });

  test('is a table on request', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    await server.admin('POST', pods, pod('p'));
    const { body } = await server.admin('GET', pods, undefined, { accept });
    expect(items(body.columnDefinitions).map(({ name, priority }) => `${name} ${priority}`)).toEqual([
      'Name 0',
      'Ready 0',
      'Status 0',
      'Restarts 0',
      'Age 0',
      'IP 1',
      'Node 1',
      'Nominated Node 1',
      'Readiness Gates 1',
    ]);
    expect(body.rows).toEqual([
      {
        cells: [
          'p',
          '0/1',
          'Pending',
          '0',
          expect.stringMatching(/^\d+s$/),
          '<none>',
          '<none>',
          '<none>',
          '<none>',
        ],
        object: expect.objectContaining({ kind: 'PartialObjectMetadata' }),
      },
    ]);
  });
});

describe('authorization', () => {
  test('needs a token', async () => {
    const answer = await createRequester(server.api.service, '')('GET', '/version');
    expect(said(answer)).toEqual([401, 'Unauthorized', 'Unauthorized']);
  });

  test.each([
    [
      'GET',
      `${pods}/p`,
      'pods "p" is forbidden: User "nobody" cannot get resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/pods',
      'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'GET',
      '/api/v1/pods?watch=true',
      'pods is forbidden: User "nobody" cannot watch resource "pods" in API group "" at the cluster scope',
    ],
    [
      'GET',
      `${pods}/p/log`,
      'pods "p" is forbidden: User "nobody" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/n/deployments/d',
      'deployments.apps "d" is forbidden: User "nobody" cannot delete resource "deployments" in API group "apps" in the namespace "n"',
    ],
    ['GET', '/metrics', 'forbidden: User "nobody" cannot get path "/metrics"'],
  ])('does not allow to %s %s', async (method, path, message) => {
    const answer = await createRequester(server.api.service, 'nobody')(method, path);
    expect(said(answer)).toEqual([403, 'Forbidden', message]);
  });

  test('allows discovery for every user', async () => {
    const ask = createRequester(server.api.service, 'nobody');
    for (const path of [
      '/version',
      '/api',
      '/apis',
      '/apis/apps/v1',
      '/openapi/v3',
      '/openapi/v2',
      '/readyz',
    ]) {
      expect([path, (await ask('GET', path)).code]).toEqual([path, 200]);
    }
  });

  test('allows a node what a kubelet does', async () => {
    const node = createRequester(server.api.service, 'node');
    expect((await node('GET', '/api/v1/pods')).code).toBe(200);
    expect((await node('POST', '/api/v1/nodes', { metadata: { name: 'node-0' } })).code).toBe(201);
    expect((await node('POST', configMaps, { metadata: { name: 'c' } })).code).toBe(403);
    expect((await node('GET', '/apis/apps/v1/deployments')).code).toBe(403);
  });

  test('allows impersonation for administrators only', async () => {
    const as = { 'impersonate-user': 'system:serviceaccount:default:default' };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const question = {
      spec: { resourceAttributes: { verb: 'get', resource: 'secrets', namespace: 'default' } },
    };
    expect((await server.admin('POST', path, question)).body.status).toEqual({ allowed: true });
    expect((await server.admin('POST', path, question, as)).body.status).toEqual({ allowed: false });
    expect((await createRequester(server.api.service, 'nobody')('POST', path, question, as)).code).toBe(403);
  });
});

describe('documents', () => {
  test('of OpenAPI are cached by their hash', async () => {
    const { body } = await server.admin('GET', '/openapi/v3');
    const { serverRelativeURL } = fields(fields(body.paths)['apis/apps/v1']);
    const answer = await server.admin('GET', String(serverRelativeURL));
    expect(answer.headers['cache-control']).toBe('public, immutable');
    const path = fields(fields(answer.body.paths)['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']);
    expect(path.patch).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation' })]),
    });
    expect((await server.admin('GET', '/openapi/v3/apis/apps/v1?hash=old')).code).toBe(301);
  });

  test('of OpenAPI have no dangling references', async () => {
    for (const path of ['api/v1', 'apis/apps/v1', 'apis/batch/v1', 'apis/authorization.k8s.io/v1']) {
      const { text, body } = await server.admin('GET', `/openapi/v3/${path}`);
      const there = fields(fields(body.components).schemas);
      const missing = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].filter(
        ([, name]) => !there[name!],
      );
      expect(missing).toEqual([]);
    }
  });

  test.each(['/nope', '/apis/nope', '/api/v2/pods', '/api/v1/nopes', `${pods}/p/nope`])(
    '%s does not exist',
    async path => {
      expect((await server.admin('GET', path)).code).toBe(404);
    },
  );

  test('an unsupported method is a 405', async () => {
    expect(said(await server.admin('POST', '/api/v1/pods', pod('p')))).toEqual([
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ]);
  });
});
