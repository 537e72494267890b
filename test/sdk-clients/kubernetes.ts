import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { decodeJwt } from 'jose';
import { readKubeconfig, readLab, variable } from './support/client.ts';

// @kubernetes/client-node reads `proxy-url` in the kubeconfig, not HTTPS_PROXY.

const lab = readLab();
const config = new KubeConfig();
config.loadFromString(
  readKubeconfig().replace(/^( *)server: .*$/m, `$&\n$1proxy-url: ${variable('HTTPS_PROXY')}`),
);
const api = config.makeApiClient(CoreV1Api);
const namespace = 'default';
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

/** Checks a condition on every event. */
class Seen {
  readonly events: string[] = [];
  #look = () => {};

  add(event: string): void {
    this.events.push(event);
    this.#look();
  }

  until(event: string): Promise<void> {
    return new Promise(resolve => {
      this.#look = () => {
        if (this.events.includes(event)) resolve();
      };
      this.#look();
    });
  }
}

test('creates, callAndCheck, lists, replaces, and deletes objects', async () => {
  const labels = { made: 'here' };
  const created = await api.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'settings', labels }, data: { a: '1' } },
  });
  assert.ok(created.metadata?.creationTimestamp instanceof Date);
  const read = await api.readNamespacedConfigMap({ namespace, name: 'settings' });
  assert.deepEqual(read, created);
  const { items } = await api.listNamespacedConfigMap({ namespace, labelSelector: 'made=here' });
  assert.deepEqual(
    items.map(({ metadata }) => metadata?.name),
    ['settings'],
  );
  const replaced = await api.replaceNamespacedConfigMap({
    namespace,
    name: 'settings',
    body: { ...read, data: { b: '2' } },
  });
  assert.deepEqual(replaced.data, { b: '2' });
  await assert.rejects(
    api.replaceNamespacedConfigMap({ namespace, name: 'settings', body: { ...read, data: {} } }),
    status(409, 'Conflict', /the object has been modified/),
  );
  await api.deleteNamespacedConfigMap({ namespace, name: 'settings' });
  await assert.rejects(
    api.readNamespacedConfigMap({ namespace, name: 'settings' }),
    status(404, 'NotFound', /^configmaps "settings" not found$/),
  );
});

test('patches objects with each of the three patch types', async () => {
  await api.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'patched' }, data: { a: '1', b: '2' } },
  });
  const patch = async (strategy: PatchStrategy, body: unknown) =>
    (
      await api.patchNamespacedConfigMap(
        { namespace, name: 'patched', body },
        setHeaderOptions('Content-Type', strategy),
      )
    ).data;
  const json = [{ op: 'replace', path: '/data/a', value: '3' }];
  assert.deepEqual(await patch(PatchStrategy.JsonPatch, json), { a: '3', b: '2' });
  assert.deepEqual(await patch(PatchStrategy.MergePatch, { data: { b: null } }), { a: '3' });
  assert.deepEqual(await patch(PatchStrategy.StrategicMergePatch, { data: { c: '4' } }), { a: '3', c: '4' });
  await api.deleteNamespacedConfigMap({ namespace, name: 'patched' });
});

test('watches changes', async () => {
  const { metadata } = await api.listNamespacedConfigMap({ namespace });
  const seen = new Seen();
  const watch = await new Watch(config).watch(
    configMaps,
    { resourceVersion: metadata?.resourceVersion },
    (phase, object) => seen.add(`${phase} ${object.metadata.name}`),
    () => {},
  );
  await api.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' } } });
  await api.deleteNamespacedConfigMap({ namespace, name: 'watched' });
  await seen.until('DELETED watched');
  assert.deepEqual(seen.events, ['ADDED watched', 'DELETED watched']);
  watch.abort();
});

test('keeps an informer up to date', async () => {
  await api.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'before' } } });
  const seen = new Seen();
  const informer = makeInformer<V1ConfigMap>(config, configMaps, () =>
    api.listNamespacedConfigMap({ namespace }),
  );
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, object => seen.add(`${verb} ${object.metadata?.name}`));
  }
  informer.on('error', error => seen.add(`error ${error}`));
  await informer.start();
  await seen.until('add before');
  await api.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'during' } } });
  await seen.until('add during');
  await api.patchNamespacedConfigMap(
    { namespace, name: 'during', body: { data: { a: '1' } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  await seen.until('update during');
  assert.deepEqual(informer.get('during', namespace)?.data, { a: '1' });
  for (const name of ['before', 'during']) await api.deleteNamespacedConfigMap({ namespace, name });
  await seen.until('delete during');
  assert.equal(informer.get('during', namespace), undefined);
  await informer.stop();
  assert.deepEqual(
    seen.events.filter(event => event.startsWith('error')),
    [],
  );
});

test('runs a pod and reads its log during and after the run', async () => {
  const name = 'ticker';
  await api.createNamespacedPod({
    namespace,
    body: {
      metadata: { name },
      spec: { restartPolicy: 'Never', containers: [{ name, image: `${lab.loginServer}/ticker:1` }] },
    },
  });
  const seen = new Seen();
  const watch = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    { fieldSelector: `metadata.name=${name}` },
    (_, pod) => seen.add(pod.status.phase),
    () => {},
  );
  await seen.until('Running');
  const stream = new PassThrough();
  await new Log(config).log(namespace, name, name, stream, { follow: true });
  const followed = await text(stream);
  assert.equal(followed, 'tick 1\ntick 2\ntick 3\ntick 4\ntick 5\n');
  await seen.until('Succeeded');
  watch.abort();
  assert.equal(await api.readNamespacedPodLog({ namespace, name }), followed);
  assert.equal(await api.readNamespacedPodLog({ namespace, name, tailLines: 1 }), 'tick 5\n');
  const pod = await api.readNamespacedPod({ namespace, name });
  assert.ok(pod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt instanceof Date);
  await api.deleteNamespacedPod({ namespace, name });
});

test('creates a token for a service account', async () => {
  const audiences = ['api://AzureADTokenExchange'];
  const { status: made } = await api.createNamespacedServiceAccountToken({
    namespace,
    name: 'wi-demo-sa',
    body: { spec: { audiences, expirationSeconds: 3600 } },
  });
  const claims = decodeJwt(made?.token ?? '');
  assert.equal(claims.iss, lab.issuer);
  assert.equal(claims.sub, 'system:serviceaccount:default:wi-demo-sa');
  assert.deepEqual(claims.aud, audiences);
  assert.ok(made!.expirationTimestamp instanceof Date);
});

test('returns errors as statuses', async () => {
  await assert.rejects(
    api.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'Not_A_Name' } } }),
    status(422, 'Invalid', /^ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value/),
  );
  await assert.rejects(
    api.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'default' } } }),
    status(409, 'AlreadyExists', /^serviceaccounts "default" already exists$/),
  );
  const nobody = new KubeConfig();
  nobody.loadFromString(config.exportConfig());
  nobody.users = nobody.users.map(user => ({ ...user, token: 'no token' }));
  // The library does not return the body of a 401.
  await assert.rejects(nobody.makeApiClient(CoreV1Api).listNamespacedPod({ namespace }), {
    name: 'Error',
    code: 401,
    message: /Unauthorized/,
  });
});

function status(code: number, reason: string, message: RegExp): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof ApiException, String(error));
    assert.equal(error.code, code);
    const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    assert.deepEqual([body.kind, body.code, body.reason], ['Status', code, reason]);
    assert.match(body.message, message);
    return true;
  };
}
