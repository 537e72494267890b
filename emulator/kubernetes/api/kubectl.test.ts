import { spawnSync } from 'node:child_process';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApiServer, type TestApiServer } from '../../testing/kubernetes/test-api-server.ts';
import { createKubectl, type Kubectl } from '../../testing/kubernetes/test-kubectl.ts';
import { listenOnLoopback, type TestListener } from '../../testing/kubernetes/test-listener.ts';

const there = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!there) console.warn('NOT TESTED: kubectl is not on the PATH, so nothing of what it accepts was checked');

const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'quick-start', namespace: 'demo', labels: { 'azure.workload.identity/use': 'true' } },
  spec: {
    serviceAccountName: 'wi',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    containers: [{ name: 'oidc', image: 'registry.test/app:1', env: [{ name: 'A', value: 'b' }] }],
  },
});
const account = (value: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'wi', namespace: 'demo', annotations: { 'azure.workload.identity/client-id': value } },
  });

interface Step {
  readonly args: string;
  readonly input?: string;
  readonly code?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

describe.skipIf(!there)('the real kubectl', () => {
  let server: TestApiServer;
  let host: TestListener;
  let kubectl: Kubectl;

  beforeAll(async () => {
    server = await createTestApiServer();
    host = await listenOnLoopback(request =>
      // kubectl does not send a token without TLS.
      server.api.service({ ...request, headers: { authorization: 'Bearer admin', ...request.headers } }),
    );
    kubectl = await createKubectl(host.url);
  });
  afterAll(async () => {
    server.api.close();
    await host.close();
    await kubectl.remove();
  });

  const status = (name: string, change: object) =>
    server.admin(
      'PATCH',
      `/api/v1/namespaces/demo/pods/${name}/status`,
      { status: change },
      {
        'content-type': 'application/merge-patch+json',
      },
    );

  /** Runs steps in order. A step can depend on the steps before it. */
  function steps(what: string, list: readonly Step[]): void {
    test(what, { timeout: 120_000 }, async () => {
      for (const { args, input, code = 0, stdout, stderr = '' } of list) {
        const result = await kubectl(args.split(' '), input);
        const matches = (wanted: string | RegExp) =>
          typeof wanted === 'string' ? wanted : expect.stringMatching(wanted);
        expect({ args, ...result }).toEqual({
          args,
          code,
          stdout: stdout === undefined ? expect.any(String) : matches(stdout),
          stderr: matches(stderr),
        });
      }
    });
  }

  steps('creates a namespace, an account, and a pod, and changes them', [
    { args: 'version', stdout: /Server Version: v1\.33\.4/, stderr: /^/ },
    { args: 'create namespace demo', stdout: 'namespace/demo created\n' },
    {
      args: 'create namespace demo',
      code: 1,
      stderr: 'Error from server (AlreadyExists): namespaces "demo" already exists\n',
    },
    { args: 'apply -f -', input: account('one'), stdout: 'serviceaccount/wi created\n' },
    { args: 'apply -f -', input: account('one'), stdout: 'serviceaccount/wi unchanged\n' },
    { args: 'apply -f -', input: account('two'), stdout: 'serviceaccount/wi configured\n' },
    {
      args: 'diff -f -',
      input: account('three'),
      code: 1,
      stdout: /-\s+azure\.workload\.identity\/client-id: two\n\+\s+azure.*three/,
    },
    { args: 'apply -f -', input: pod, stdout: 'pod/quick-start created\n' },
    { args: 'apply -f -', input: pod, stdout: 'pod/quick-start unchanged\n' },
    {
      args: 'get pods -n demo',
      stdout: /^NAME +READY +STATUS +RESTARTS +AGE\nquick-start +0\/1 +Pending +0 +\d+s\n$/,
    },
    {
      args: 'get pod quick-start -n demo -o wide',
      stdout: /NOMINATED NODE +READINESS GATES\n.*<none> +<none>/,
    },
    { args: 'get pods -A -l azure.workload.identity/use=true -o name', stdout: 'pod/quick-start\n' },
    {
      args: 'get pod quick-start -n demo -o jsonpath={.spec.serviceAccountName}/{.status.phase}',
      stdout: 'wi/Pending',
    },
    { args: 'get sa wi -n demo -o yaml', stdout: /azure\.workload\.identity\/client-id: two/ },
    { args: 'label pod quick-start -n demo a=b', stdout: 'pod/quick-start labeled\n' },
    { args: 'annotate sa wi -n demo c=d', stdout: 'serviceaccount/wi annotated\n' },
    { args: 'describe sa wi -n demo', stdout: /Name: +wi\nNamespace: +demo/ },
    { args: 'get pods', stderr: 'No resources found in default namespace.\n' },
  ]);

  steps('reports errors', [
    { args: 'get pod nope', code: 1, stderr: 'Error from server (NotFound): pods "nope" not found\n' },
    {
      args: 'apply -f -',
      input: pod.replace('quick-start', 'p2').replace('"wi"', '"nosa"'),
      code: 1,
      stderr:
        'Error from server (Forbidden): error when creating "STDIN": pods "p2" is forbidden: error looking up service account demo/nosa: serviceaccount "nosa" not found\n',
    },
    {
      args: 'apply -f -',
      input: pod.replace('quick-start', 'p2').replace('"env"', '"environment"'),
      code: 1,
      stderr:
        'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].environment"\n',
    },
    {
      args: 'apply -f -',
      input: pod.replace('"b"', '"changed"'),
      code: 1,
      stderr:
        /^The Pod "quick-start" is invalid: spec: Forbidden: pod updates may not change fields other than `spec\.containers/,
    },
    {
      args: 'apply -f -',
      input: pod.replace('quick-start', 'BAD_1'),
      code: 1,
      stderr:
        /^The Pod "BAD_1" is invalid: metadata\.name: Invalid value: "BAD_1": a lowercase RFC 1123 subdomain/,
    },
    {
      args: 'apply -f -',
      input: '{"apiVersion":"v1","kind":"Foo","metadata":{"name":"x"}}',
      code: 1,
      stderr: /no matches for kind "Foo" in version "v1"\nensure CRDs are installed first/,
    },
    {
      args: 'apply --server-side -f -',
      input: pod,
      code: 1,
      stderr: /Server-side apply not available on the server/,
    },
    {
      args: 'logs quick-start -n demo',
      code: 1,
      stderr:
        'Error from server (BadRequest): container "oidc" in pod "quick-start" is waiting to start: ContainerCreating\n',
    },
    { args: 'get pods --field-selector foo=bar', code: 1, stderr: /field label not supported: foo/ },
    { args: 'delete namespace default', code: 1, stdout: '', stderr: /this namespace may not be deleted/ },
    {
      args: 'get ingresses',
      code: 1,
      stderr: 'error: the server doesn\'t have a resource type "ingresses"\n',
    },
  ]);

  test('gets tokens', async () => {
    const { code, stdout, stderr } = await kubectl([
      'create',
      'token',
      'wi',
      '-n',
      'demo',
      '--audience',
      'api://AzureADTokenExchange',
      '--duration',
      '15m',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const { sub, aud, exp, iat } = decodeJwt(stdout.trim());
    expect([sub, aud, exp! - iat!]).toEqual([
      'system:serviceaccount:demo:wi',
      ['api://AzureADTokenExchange'],
      900,
    ]);
  });

  steps('reviews its permissions and reads the API', [
    {
      args: 'create token nope -n demo',
      code: 1,
      stderr: 'error: failed to create token: serviceaccounts "nope" not found\n',
    },
    {
      args: 'create token wi -n demo --duration=60s',
      code: 1,
      stderr:
        'error: failed to create token: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes\n',
    },
    { args: 'auth can-i create pods', stdout: 'yes\n' },
    { args: 'auth can-i get secrets --as system:serviceaccount:demo:wi -n demo', code: 1, stdout: 'no\n' },
    { args: 'auth can-i --list', stdout: /\*\.\*/ },
    { args: 'auth whoami', stdout: /Username +clusterAdmin/ },
    { args: 'api-resources', stdout: /mutatingwebhookconfigurations/ },
    { args: 'explain pod.spec.serviceAccountName', stdout: /FIELD: serviceAccountName <string>/ },
    { args: 'get --raw /readyz', stdout: 'ok' },
  ]);

  test('waits for a pod, follows its log, and watches it', { timeout: 60_000 }, async () => {
    const waiting = kubectl([
      'wait',
      '--for=condition=Ready',
      'pod/quick-start',
      '-n',
      'demo',
      '--timeout=30s',
    ]);
    await status('quick-start', {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'oidc', ready: true, restartCount: 0, state: { running: {} } }],
    });
    expect(await waiting).toEqual({ code: 0, stdout: 'pod/quick-start condition met\n', stderr: '' });

    const time = '2026-01-01T00:00:00.000000000Z';
    async function* live() {
      yield { time, text: 'second' };
      await new Promise(resolve => setTimeout(resolve, 50));
      yield { time, text: 'third' };
    }
    server.logs.set('oidc', { written: [{ time, text: 'first' }], live: live() });
    const followed = await kubectl(['logs', '-f', 'quick-start', '-n', 'demo']);
    expect(followed).toEqual({ code: 0, stdout: 'first\nsecond\nthird\n', stderr: '' });
    server.logs.set('oidc', {
      written: [
        { time, text: 'first' },
        { time, text: 'last' },
      ],
    });
    const tail = await kubectl(['logs', 'quick-start', '-n', 'demo', '--tail=1', '--timestamps']);
    expect(tail).toEqual({ code: 0, stdout: `${time} last\n`, stderr: '' });
  });

  test('reads events with their pods', { timeout: 60_000 }, async () => {
    const { uid } = (await server.admin('GET', '/api/v1/namespaces/demo/pods/quick-start')).body.metadata as {
      uid: string;
    };
    await server.admin('POST', '/api/v1/namespaces/demo/events', {
      metadata: { generateName: 'quick-start.' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'quick-start', namespace: 'demo', uid },
      type: 'Normal',
      reason: 'Pulled',
      message: 'Container image "registry.test/app:1" already present on machine',
      lastTimestamp: new Date().toISOString(),
    });
    for (const args of [
      ['describe', 'pod', 'quick-start'],
      ['events', '--for', 'pod/quick-start'],
      ['get', 'events'],
    ]) {
      const { code, stdout } = await kubectl([...args, '-n', 'demo']);
      expect([args, code, stdout]).toEqual([
        args,
        0,
        expect.stringMatching(/Normal +Pulled[\s\S]*already present on machine/),
      ]);
    }
  });

  steps('creates the other kinds and deletes everything', [
    { args: 'create configmap c --from-literal=a=b', stdout: 'configmap/c created\n' },
    { args: 'patch configmap c --type=merge -p {"data":{"a":"c"}}', stdout: 'configmap/c patched\n' },
    {
      args: 'patch configmap c --type=json -p [{"op":"replace","path":"/data/a","value":"c"}]',
      stdout: 'configmap/c patched (no change)\n',
    },
    { args: 'create secret generic s --from-literal=a=b', stdout: 'secret/s created\n' },
    { args: 'create deployment d --image=web:1', stdout: 'deployment.apps/d created\n' },
    { args: 'scale deployment d --replicas=3', stdout: 'deployment.apps/d scaled\n' },
    { args: 'set image deployment/d web=web:2', stdout: 'deployment.apps/d image updated\n' },
    { args: 'get deployment d -o wide', stdout: /d +0\/3 +0 +0 +\d+s +web +web:2 +app=d/ },
    { args: 'create job j --image=web:1', stdout: 'job.batch/j created\n' },
    { args: 'run r --image=web:1', stdout: 'pod/r created\n' },
    { args: 'get all', stdout: /pod\/r[\s\S]*deployment\.apps\/d[\s\S]*job\.batch\/j/ },
    { args: 'delete deployment,job --all', stdout: /"d" deleted[\s\S]*"j" deleted/ },
    { args: 'delete pod quick-start -n demo', stdout: /^pod "quick-start" deleted/ },
    { args: 'delete pod quick-start -n demo --ignore-not-found', stdout: '' },
    { args: 'delete namespace demo', stdout: 'namespace "demo" deleted\n' },
    {
      args: 'get namespace demo',
      code: 1,
      stderr: 'Error from server (NotFound): namespaces "demo" not found\n',
    },
  ]);

  test('waits for a slow deletion, by list and watch, and by a watch alone', {
    timeout: 60_000,
  }, async () => {
    await kubectl(['create', 'namespace', 'demo']);
    for (const watchList of ['false', 'true']) {
      const name = `slow-${watchList}`;
      const at = '/api/v1/namespaces/demo/pods';
      await server.admin('POST', at, {
        metadata: { name },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
      await server.admin('POST', `${at}/${name}/binding`, {
        metadata: { name },
        target: { kind: 'Node', name: 'n' },
      });
      const deleting = kubectl(['delete', 'pod', name, '-n', 'demo', '--timeout=30s'], '', {
        KUBE_FEATURE_WatchListClient: watchList,
      });
      const confirm = async () => {
        const { body } = await server.admin('GET', `${at}/${name}`);
        if (!(body.metadata as { deletionTimestamp?: string }).deletionTimestamp)
          return setTimeout(confirm, 20);
        setTimeout(() => server.admin('DELETE', `${at}/${name}`, { gracePeriodSeconds: 0 }), 300);
      };
      await confirm();
      expect(await deleting).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`pod "${name}" deleted`),
        stderr: '',
      });
    }
  });
});
