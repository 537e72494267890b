import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  container,
  idleProgram,
  startTestCluster,
  type TestCluster,
} from '../testing/kubernetes/test-cluster.ts';
import type { Kubectl } from '../testing/kubernetes/test-kubectl.ts';
import type { ObjectList, Pod } from './objects.ts';

/** The program on the PATH, with links resolved. */
function onPath(name: string): string | undefined {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, name))
    .find(path => existsSync(path));
  return found && realpathSync(found);
}

/** kubectl, and other versions that some installations keep as `kubectl.1.NN`. */
function programs(): string[] {
  const usual = onPath('kubectl');
  if (usual === undefined || spawnSync(usual, ['version', '--client']).status !== 0) return [];
  const beside = readdirSync(dirname(usual)).filter(name => /^kubectl\.1\.\d+$/.test(name));
  return [usual, ...beside.map(name => join(dirname(usual), name))];
}

const [usual, ...others] = programs();
if (usual === undefined)
  console.warn('NOT TESTED: kubectl is not on the PATH, so nothing of what it accepts was checked');
else if (others.length === 0) console.warn('NOT TESTED: no versions of kubectl beside the usual one');

interface Step {
  readonly args: string | readonly string[];
  readonly input?: object;
  readonly code?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

let fixture: TestCluster;
beforeAll(async () => {
  fixture = await startTestCluster();
});
afterAll(async () => {
  await fixture.stop();
  expect(fixture.log).toEqual([]);
});

/** Runs steps in order. A step can depend on the steps before it. */
async function steps(kubectl: Kubectl, list: readonly Step[]): Promise<void> {
  for (const { args, input, code = 0, stdout, stderr = '' } of list) {
    const words = typeof args === 'string' ? args.split(' ') : args;
    const result = await kubectl(words, input && JSON.stringify(input));
    const matches = (wanted: string | RegExp) =>
      typeof wanted === 'string' ? wanted : expect.stringMatching(wanted);
    expect({ args, ...result }).toEqual({
      args,
      code,
      stdout: stdout === undefined ? expect.any(String) : matches(stdout),
      stderr: matches(stderr),
    });
  }
}

const pod = (name: string, program = idleProgram, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [container(program)], ...more },
});
const configMap = (data: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
});

describe.skipIf(usual === undefined)('a whole cluster answers kubectl', { timeout: 120_000 }, () => {
  const play = (list: readonly Step[]) => steps(fixture.kubectl, list);

  test('apply, diff, replace, and patch', () =>
    play([
      {
        args: 'apply -f - --dry-run=server',
        input: configMap({ a: '1' }),
        stdout: 'configmap/settings created (server dry run)\n',
      },
      { args: 'get configmap settings', code: 1, stderr: /NotFound/ },
      { args: 'apply -f -', input: configMap({ a: '1' }), stdout: 'configmap/settings created\n' },
      { args: 'apply -f -', input: configMap({ a: '1' }), stdout: 'configmap/settings unchanged\n' },
      { args: 'diff -f -', input: configMap({ a: '1' }), stdout: '' },
      { args: 'diff -f -', input: configMap({ a: '2' }), code: 1, stdout: /- {2}a: "1"\n\+ {2}a: "2"/ },
      {
        args: 'apply -f - --dry-run=server',
        input: configMap({ a: '2' }),
        stdout: 'configmap/settings configured (server dry run)\n',
      },
      { args: 'apply -f -', input: configMap({ b: '2' }), stdout: 'configmap/settings configured\n' },
      { args: 'get configmap settings -o jsonpath={.data}', stdout: '{"b":"2"}' },
      { args: 'replace -f -', input: configMap({ c: '3' }), stdout: 'configmap/settings replaced\n' },
      {
        args: 'replace -f -',
        input: { ...configMap({}), metadata: { name: 'settings', resourceVersion: '1' } },
        code: 1,
        stderr:
          /^Error from server \(Conflict\): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "settings": the object has been modified/,
      },
      { args: 'patch configmap settings -p {"data":{"d":"4"}}', stdout: 'configmap/settings patched\n' },
      {
        args: 'patch configmap settings --type=merge -p {"data":{"c":null}}',
        stdout: 'configmap/settings patched\n',
      },
      {
        args: 'patch configmap settings --type=json -p [{"op":"add","path":"/data/e","value":"5"}]',
        stdout: 'configmap/settings patched\n',
      },
      { args: 'get configmap settings -o jsonpath={.data}', stdout: '{"d":"4","e":"5"}' },
      {
        args: 'patch configmap settings --type=json -p [{"op":"remove","path":"/data/none"}]',
        code: 1,
        stderr: /^The request is invalid/,
      },
      {
        args: 'patch configmap settings -p {"foo":1}',
        stdout: 'configmap/settings patched (no change)\n',
        stderr: 'Warning: unknown field "foo"\n',
      },
      { args: 'label configmap settings x=y', stdout: 'configmap/settings labeled\n' },
      { args: 'label configmap settings x=y', stdout: 'configmap/settings not labeled\n' },
      {
        args: 'label configmap settings x=z',
        code: 1,
        stderr: "error: 'x' already has a value (y), and --overwrite is false\n",
      },
      { args: 'label configmap settings x-', stdout: 'configmap/settings unlabeled\n' },
      { args: 'annotate configmap settings x=y', stdout: 'configmap/settings annotated\n' },
      {
        args: 'apply --server-side -f -',
        input: configMap({}),
        code: 1,
        stderr:
          /^error: Server-side apply not available on the server: \(the body of the request was in an unknown format/,
      },
      { args: 'delete configmap settings', stdout: 'configmap "settings" deleted\n' },
    ]));

  test('imperative commands with protobuf bodies', () =>
    play([
      { args: 'create namespace made', stdout: 'namespace/made created\n' },
      { args: 'create serviceaccount made', stdout: 'serviceaccount/made created\n' },
      { args: 'create configmap made --from-literal=a=b', stdout: 'configmap/made created\n' },
      { args: 'create secret generic made --from-literal=a=b', stdout: 'secret/made created\n' },
      { args: 'get secret made -o jsonpath={.data.a}', stdout: 'Yg==' },
      {
        args: 'create deployment made --image=registry.test/node:1 --replicas=0 --port=80 -- node -e 1',
        stdout: 'deployment.apps/made created\n',
      },
      {
        args: 'get deployment made -o jsonpath={.spec.replicas}{.spec.template.spec.containers[0].command}',
        stdout: '0["node","-e","1"]',
      },
      {
        args: 'create job made --image=registry.test/node:1 -- node -e 1',
        stdout: 'job.batch/made created\n',
      },
      {
        args: 'wait --for=condition=complete job/made --timeout=30s',
        stdout: 'job.batch/made condition met\n',
      },
      {
        args: 'run made --image=registry.test/node:1 --restart=Never --command -- node -e 1',
        stdout: 'pod/made created\n',
      },
      {
        args: 'wait --for=jsonpath={.status.phase}=Succeeded pod/made --timeout=30s',
        stdout: 'pod/made condition met\n',
      },
      {
        args: 'create deployment made --image=a:1',
        code: 1,
        stderr: 'error: failed to create deployment: deployments.apps "made" already exists\n',
      },
      { args: 'delete namespace made', stdout: 'namespace "made" deleted\n' },
      {
        args: 'delete deployment,job,pod,configmap,secret,serviceaccount made',
        stdout: /deployment\.apps "made" deleted\njob\.batch "made" deleted\npod "made" deleted/,
      },
    ]));

  test('get in all its forms', () =>
    play([
      { args: 'apply -f -', input: pod('one') },
      { args: 'apply -f -', input: pod('two') },
      {
        args: 'wait --for=condition=Ready pod --all --timeout=30s',
        stdout: 'pod/one condition met\npod/two condition met\n',
      },
      {
        args: 'get pods',
        stdout:
          /^NAME +READY +STATUS +RESTARTS +AGE\none +1\/1 +Running +0 +\d+s\ntwo +1\/1 +Running +0 +\d+s\n$/,
      },
      {
        args: 'get pods -o wide',
        stdout: /^one .*Running +0 +\d+s +10\.244\.\d+\.\d+ +aks-nodepool1-\d+-vmss000000 +<none> +<none>$/m,
      },
      { args: 'get pods -o name --sort-by=.metadata.creationTimestamp', stdout: 'pod/one\npod/two\n' },
      { args: 'get pods -o name --sort-by=.metadata.name --chunk-size=1', stdout: 'pod/one\npod/two\n' },
      { args: 'get pod one -o json', stdout: /"kind": "Pod"/ },
      { args: 'get pod one -o yaml', stdout: /^apiVersion: v1\nkind: Pod\n/ },
      { args: 'get pods -o jsonpath={.items[*].metadata.name}', stdout: 'one two' },
      { args: 'get pods -o custom-columns=N:.metadata.name --no-headers', stdout: 'one\ntwo\n' },
      { args: 'get pods -l app=one -o name', stdout: 'pod/one\n' },
      { args: ['get', 'pods', '-l', 'app in (one,three)', '-o', 'name'], stdout: 'pod/one\n' },
      { args: 'get pods -l app!=one -o name', stdout: 'pod/two\n' },
      { args: 'get pods -l !app', stderr: 'No resources found in default namespace.\n' },
      {
        args: 'get pods --field-selector=metadata.name=two,status.phase=Running -o name',
        stdout: 'pod/two\n',
      },
      { args: 'get pods --field-selector=spec.x=1', code: 1, stderr: /field label not supported: spec\.x/ },
      { args: 'get pods --show-labels', stdout: /app=one\n.*app=two\n$/ },
      { args: 'get pods -A -o name', stdout: 'pod/one\npod/two\n' },
      {
        args: 'get all',
        stdout: /^NAME[^\n]*\npod\/one[\s\S]*\nservice\/kubernetes +ClusterIP +10\.0\.0\.1 +<none> +443\/TCP/,
      },
      { args: 'get nothing', code: 1, stderr: 'error: the server doesn\'t have a resource type "nothing"\n' },
      { args: 'get pod none', code: 1, stderr: 'Error from server (NotFound): pods "none" not found\n' },
      { args: 'get pods,serviceaccounts -o name', stdout: 'pod/one\npod/two\nserviceaccount/default\n' },
      { args: 'delete pod -l app=two --now', stdout: 'pod "two" deleted\n', stderr: '' },
      {
        args: 'delete pod one two',
        code: 1,
        stdout: 'pod "one" deleted\n',
        stderr: 'Error from server (NotFound): pods "two" not found\n',
      },
      { args: 'delete pod two --ignore-not-found', stdout: '' },
      { args: 'delete pod --all', stdout: 'No resources found\n' },
    ]));

  test('watches', async () => {
    // kubectl ends if the object does not exist yet.
    expect(await fixture.kubectl(['get', 'pod', 'seen', '-w', '--no-headers'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): pods "seen" not found\n',
    });
    const watching = fixture.kubectl([
      'get',
      'pods',
      '-w',
      '--output-watch-events',
      '--request-timeout=12s',
      '--no-headers',
    ]);
    const events = fixture.kubectl(['events', '-w', '--request-timeout=12s']);
    await play([
      { args: 'apply -f -', input: pod('seen', 'setTimeout(() => {}, 500)', { restartPolicy: 'Never' }) },
      { args: 'wait --for=create pod/seen --timeout=30s', stdout: 'pod/seen condition met\n' },
      { args: 'wait --for=jsonpath={.status.phase}=Succeeded pod/seen --timeout=30s' },
    ]);
    const waiting = fixture.kubectl(['wait', '--for=delete', 'pod/seen', '--timeout=30s']);
    await play([{ args: 'delete pod seen', stdout: 'pod "seen" deleted\n' }]);
    expect(await waiting).toMatchObject({ code: 0, stderr: '' });
    expect((await watching).stdout).toMatch(
      /^ADDED +seen [^\n]+\n(MODIFIED +seen [^\n]+\n)+DELETED +seen [^\n]+\n$/,
    );
    expect((await events).stdout).toMatch(/Pod\/seen +Successfully assigned default\/seen/);
    expect(
      await fixture.kubectl(['wait', '--for=condition=Ready', 'pod/seen', '--timeout=1s']),
    ).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): pods "seen" not found\n',
    });
  });

  test('logs', async () => {
    const twice =
      "const { existsSync, writeFileSync } = require('node:fs'); const run = existsSync(process.env.MARK) ? 2 : 1;" +
      "console.log('run ' + run); writeFileSync(process.env.MARK, ''); if (run === 1) process.exit(1); setInterval(() => {}, 1000)";
    const app = {
      env: [{ name: 'MARK', value: '/kept/mark' }],
      volumeMounts: [{ name: 'kept', mountPath: '/kept' }],
    };
    const spec = { containers: [container(twice, app)], volumes: [{ name: 'kept', emptyDir: {} }] };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'talks' },
      spec: {
        selector: { matchLabels: { app: 'talks' } },
        template: { metadata: { labels: { app: 'talks' } }, spec },
      },
    };
    const two = {
      initContainers: [container('console.log("init")', { name: 'init' })],
      containers: [container('console.log("app")'), container(idleProgram, { name: 'side' })],
    };
    await play([
      { args: 'apply -f -', input: deployment },
      {
        args: [
          'wait',
          '--for=jsonpath={.items[0].status.containerStatuses[0].restartCount}=1',
          'pod',
          '-l',
          'app=talks',
          '--timeout=1s',
        ],
        code: 1,
        stderr: /./,
      },
    ]);
    await vi.waitFor(
      async () => {
        const { items } = await fixture.api.get<ObjectList<Pod>>(
          '/api/v1/namespaces/default/pods?labelSelector=app=talks',
        );
        expect(items[0]?.status?.containerStatuses?.[0]).toMatchObject({
          restartCount: 1,
          state: { running: {} },
        });
      },
      { timeout: 20_000, interval: 50 },
    );
    await vi.waitFor(
      async () => expect((await fixture.kubectl(['logs', 'deploy/talks'])).stdout).toBe('run 2\n'),
      { timeout: 20_000 },
    );
    await play([
      { args: 'logs deploy/talks --previous', stdout: 'run 1\n' },
      { args: 'logs deploy/talks --timestamps', stdout: /^\d{4}-\d\d-\d\dT[\d:]+\.\d{9}Z run 2\n$/ },
      { args: 'logs deploy/talks --since=1h', stdout: 'run 2\n' },
      { args: 'logs deploy/talks --since-time=2099-01-01T00:00:00Z', stdout: '' },
      { args: 'logs -l app=talks --prefix', stdout: /^\[pod\/talks-\w+-\w+\/app\] run 2\n$/ },
      { args: 'delete deployment talks', stdout: 'deployment.apps "talks" deleted\n' },
      { args: 'apply -f -', input: pod('pair', idleProgram, two) },
      { args: 'wait --for=condition=Initialized pod/pair --timeout=30s' },
      { args: 'logs pair -c init', stdout: 'init\n' },
      { args: 'logs pair -c none', code: 1, stderr: /^error: container none is not valid for pod pair/ },
      { args: 'logs none', code: 1, stderr: /pods "none" not found/ },
      {
        args: 'logs pair -c side --previous',
        code: 1,
        stderr:
          'Error from server (BadRequest): previous terminated container "side" in pod "pair" not found\n',
      },
      { args: 'delete pod pair', stdout: 'pod "pair" deleted\n' },
    ]);
  });

  test('describe of every kind', async () => {
    const { items } = await fixture.api.get<ObjectList<Pod>>('/api/v1/nodes');
    const node = items[0]?.metadata.name ?? '';
    await play([
      { args: 'apply -f -', input: pod('shown') },
      { args: 'create job shown --image=registry.test/node:1 -- node -e 1' },
      { args: 'create deployment shown --image=registry.test/node:1 -- node -e 1' },
      { args: 'create configmap shown --from-literal=a=b' },
      { args: 'create secret generic shown --from-literal=a=b' },
      { args: 'wait --for=condition=Ready pod/shown --timeout=30s' },
      {
        args: 'describe pod shown',
        stdout:
          /Name: +shown[\s\S]*Status: +Running[\s\S]*QoS Class: +BestEffort[\s\S]*Normal +Started .* Container started/,
      },
      { args: 'describe deployment shown', stdout: /StrategyType: +RollingUpdate/ },
      { args: 'describe replicaset -l app=shown', stdout: /Controlled By: +Deployment\/shown/ },
      { args: 'describe job shown', stdout: /Completions: +1/ },
      { args: 'describe configmap shown', stdout: /a:\n----\nb/ },
      { args: 'describe secret shown', stdout: /Type: +Opaque[\s\S]*a: +1 bytes/ },
      { args: 'describe serviceaccount default', stdout: /Name: +default/ },
      { args: 'describe namespace default', stdout: /Status: +Active/ },
      { args: 'describe service kubernetes', stdout: /IP: +10\.0\.0\.1/ },
      {
        args: `describe node ${node}`,
        stdout: /Ready +True[\s\S]*Non-terminated Pods:[\s\S]*default +shown/,
      },
      { args: 'describe pod none', code: 1, stderr: 'Error from server (NotFound): pods "none" not found\n' },
      { args: 'events --for pod/shown', stdout: /Normal +Started +Pod\/shown +Container started/ },
      { args: 'get events --sort-by=.lastTimestamp', stdout: /Started +pod\/shown/ },
      { args: 'delete pod,deployment,job,configmap,secret shown', stdout: /pod "shown" deleted/ },
    ]);
  });

  test('api-resources, explain, and auth', () =>
    play([
      { args: 'cluster-info', stdout: /Kubernetes control plane.* is running at .*https:\/\/localhost:\d+/ },
      {
        args: 'api-versions',
        stdout:
          'admissionregistration.k8s.io/v1\napps/v1\nauthentication.k8s.io/v1\nauthorization.k8s.io/v1\nbatch/v1\ncoordination.k8s.io/v1\nv1\n',
      },
      { args: 'api-resources --namespaced=false -o name', stdout: /^namespaces\nnodes\n/ },
      {
        args: 'explain pod.spec',
        stdout:
          /^KIND: +Pod\nVERSION: +v1\n\nFIELD: spec <PodSpec>[\s\S]*automountServiceAccountToken\t<boolean>/,
      },
      { args: 'explain deployment.spec.strategy.rollingUpdate', stdout: /maxSurge\t<IntOrString>/ },
      { args: 'explain pod.none', code: 1, stderr: /field "none" does not exist/ },
      { args: 'get --raw /version', stdout: /"gitVersion":"v1\.33\.4"/ },
      {
        args: 'get --raw /none',
        code: 1,
        stderr: 'Error from server (NotFound): the server could not find the requested resource\n',
      },
      { args: 'auth whoami', stdout: /Username +masterclient/ },
      { args: 'auth can-i delete deployments.apps', stdout: 'yes\n' },
      { args: 'auth can-i --list', stdout: /^\*\.\* +\[\] +\[\] +\[\*\]$/m },
      {
        args: 'create -f -',
        input: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'no token' } },
        stdout: 'tokenreview.authentication.k8s.io/<unknown> created\n',
      },
      {
        args: 'create -f -',
        input: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 's' },
          spec: { ports: [{ port: 80 }] },
        },
        code: 1,
        stderr: /the server does not allow this method on the requested resource/,
      },
      { args: 'delete pod none --force --grace-period=0', code: 1, stderr: /pods "none" not found/ },
    ]));

  test('does not wait for a forced deletion', async () => {
    const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    await play([
      { args: 'apply -f -', input: pod('stubborn', stubborn) },
      { args: 'wait --for=condition=Ready pod/stubborn --timeout=30s' },
      { args: 'delete pod stubborn --wait=false', stdout: 'pod "stubborn" deleted\n' },
      { args: 'get pod stubborn --no-headers', stdout: /Terminating/ },
      {
        args: 'delete pod stubborn --force',
        stdout: 'pod "stubborn" force deleted\n',
        stderr: /Immediate deletion does not wait/,
      },
      { args: 'get pod stubborn', code: 1, stderr: /NotFound/ },
    ]);
  });
});

describe.skipIf(usual === undefined)('tokens', { timeout: 120_000 }, () => {
  test("a pod's token allows nothing that was not granted, and nothing after the pod is gone", async () => {
    const tells = `console.log(require('node:fs').readFileSync(process.env.TOKEN, 'utf8')); ${idleProgram}`;
    const app = container(tells, {
      env: [{ name: 'TOKEN', value: '/var/run/secrets/kubernetes.io/serviceaccount/token' }],
    });
    await steps(fixture.kubectl, [
      { args: 'create serviceaccount bound' },
      {
        args: 'apply -f -',
        input: { ...pod('bound'), spec: { serviceAccountName: 'bound', containers: [app] } },
      },
      { args: 'wait --for=condition=Ready pod/bound --timeout=30s' },
    ]);
    const { uid } = (await fixture.api.get<Pod>('/api/v1/namespaces/default/pods/bound')).metadata;
    const log = async () => (await fixture.kubectl(['logs', 'bound'])).stdout;
    await expect.poll(log, { timeout: 20_000 }).toMatch(/^ey/);
    const token = (await log()).split('\n')[0] ?? '';
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: 'https://eastus.oic.prod-aks.azure.com/tenant/guid/',
      aud: ['https://eastus.oic.prod-aks.azure.com/tenant/guid/'],
      sub: 'system:serviceaccount:default:bound',
      'kubernetes.io': {
        namespace: 'default',
        node: { name: expect.stringMatching(/^aks-nodepool1-/), uid: expect.any(String) },
        pod: { name: 'bound', uid },
        serviceaccount: { name: 'bound', uid: expect.any(String) },
      },
    });
    const asPod = await fixture.kubectlWith({ token });
    const denied = (verb: string, resource: string) =>
      `Error from server (Forbidden): ${resource} is forbidden: User "system:serviceaccount:default:bound" cannot ${verb} resource "${resource.split(' ')[0]}" in API group "" in the namespace "default"\n`;
    await steps(asPod, [
      {
        args: 'auth whoami',
        stdout: /Username +system:serviceaccount:default:bound[\s\S]*pod-name +\[bound\]/,
      },
      { args: 'get pods', code: 1, stderr: denied('list', 'pods') },
      { args: 'get secrets', code: 1, stderr: denied('list', 'secrets') },
      { args: 'get pod bound', code: 1, stderr: denied('get', 'pods "bound"') },
      { args: 'delete pod bound', code: 1, stderr: denied('delete', 'pods "bound"') },
      { args: 'create token bound', code: 1, stderr: /cannot create resource "serviceaccounts\/token"/ },
      { args: 'auth can-i create pods', code: 1, stdout: 'no\n' },
      {
        args: 'get nodes',
        code: 1,
        stderr: /cannot list resource "nodes" in API group "" at the cluster scope/,
      },
      { args: 'get pods --as=system:admin', code: 1, stderr: /cannot impersonate resource "users"/ },
    ]);
    await steps(fixture.kubectl, [{ args: 'delete pod bound', stdout: 'pod "bound" deleted\n' }]);
    await steps(asPod, [{ args: 'get pods', code: 1, stderr: /You must be logged in to the server/ }]);
  });

  test('have the requested account and duration', async () => {
    const made = await fixture.kubectl([
      'create',
      'token',
      'default',
      '--audience=a',
      '--audience=b',
      '--duration=10m',
    ]);
    expect([made.code, made.stderr]).toEqual([0, '']);
    const { aud, exp = 0, iat = 0, nbf } = decodeJwt(made.stdout.trim());
    expect([aud, exp - iat, nbf]).toEqual([['a', 'b'], 600, iat]);
    const foreign = await fixture.kubectlWith({ token: made.stdout.trim() });
    await steps(foreign, [{ args: 'auth whoami', code: 1, stderr: /You must be logged in to the server/ }]);
    await steps(fixture.kubectl, [
      {
        args: 'create token default --duration=1m',
        code: 1,
        stderr: /may not specify a duration less than 10 minutes/,
      },
      {
        args: 'create token none',
        code: 1,
        stderr: 'error: failed to create token: serviceaccounts "none" not found\n',
      },
      {
        args: 'create token default --bound-object-kind=Pod --bound-object-name=none',
        code: 1,
        stderr: 'error: failed to create token: pods "none" not found\n',
      },
    ]);
  });
});

describe.each(others)('%s', { timeout: 60_000 }, program => {
  test('runs a deployment and a pod', async () => {
    const kubectl = await fixture.kubectlWith({ program });
    const name = `by-${program.split('.').at(-1)}`;
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [container(idleProgram)] } },
      },
    };
    await steps(kubectl, [
      { args: 'version', stdout: /Server Version/, stderr: /^/ },
      { args: 'apply -f -', input: deployment, stdout: `deployment.apps/${name} created\n` },
      { args: `rollout status deployment/${name} --timeout=30s`, stdout: /successfully rolled out/ },
      { args: `get deployment ${name}`, stdout: / 1\/1 / },
      { args: `logs deployment/${name} --follow --limit-bytes=3`, stdout: 'up\n' },
      { args: 'create token default', stdout: /^ey/ },
      { args: 'auth can-i get pods', stdout: 'yes\n' },
      { args: 'explain pod.spec', stdout: /serviceAccountName/ },
      { args: `delete deployment ${name}`, stdout: /" deleted/ },
    ]);
  });
});
