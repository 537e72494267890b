import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  container,
  idleProgram,
  startTestCluster,
  type TestCluster,
} from '../../testing/kubernetes/test-cluster.ts';
import type { ContainerStatus, KubernetesEvent, ObjectList, Pod } from '../objects.ts';

const anyMoment = { timeout: 45_000, interval: 20 };
const pods = '/api/v1/namespaces/default/pods';
let fixture: TestCluster;

beforeAll(async () => {
  fixture = await startTestCluster();
});

afterAll(async () => {
  await fixture.stop();
  expect(fixture.log).toEqual([]);
});

async function run(name: string, spec: object, metadata: object = {}): Promise<void> {
  await fixture.api.create(pods, { metadata: { name, ...metadata }, spec });
}

const getPod = (name: string) => fixture.api.get<Pod>(`${pods}/${name}`);
const statusOf = async (name: string): Promise<ContainerStatus | undefined> =>
  (await getPod(name)).status?.containerStatuses?.[0];
const isReady = async (name: string) =>
  (await getPod(name)).status?.conditions?.find(({ type }) => type === 'Ready')?.status;
const phaseOf = async (name: string) => (await getPod(name)).status?.phase;

async function events(name: string): Promise<string[]> {
  const query = new URLSearchParams({ fieldSelector: `involvedObject.name=${name}` });
  const { items } = await fixture.api.get<ObjectList<KubernetesEvent>>(
    `/api/v1/namespaces/default/events?${query}`,
  );
  return items.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

async function log(name: string, more: readonly string[] = []): Promise<string> {
  return (await fixture.kubectl(['logs', name, ...more])).stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Answers with the status of the last `/set/STATUS`. */
const answers = (port: number, status: number) =>
  `let status = ${status};
   process.on('SIGTERM', () => process.exit(0));
   require('node:http').createServer((request, response) => {
     const set = /^.set.(.+)/.exec(request.url);
     if (set) status = Number(set[1]);
     response.writeHead(set ? 200 : status, { location: 'http://elsewhere.test/' }).end();
   }).listen(${port}, '127.0.0.1');`;

describe('probes', { timeout: 60_000 }, () => {
  it('make a pod ready and unready by HTTP', async () => {
    const port = await freePort();
    const readinessProbe = {
      httpGet: { port: 'web', path: '/healthz' },
      periodSeconds: 1,
      failureThreshold: 1,
    };
    await run('http', {
      containers: [
        container(answers(port, 503), { ports: [{ name: 'web', containerPort: port }], readinessProbe }),
      ],
    });
    const unhealthy = 'Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503';
    await expect.poll(() => events('http'), anyMoment).toContain(unhealthy);
    expect(await isReady('http')).toBe('False');
    expect((await statusOf('http'))?.started).toBe(true);
    await fetch(`http://127.0.0.1:${port}/set/302`);
    await expect.poll(() => isReady('http'), anyMoment).toBe('True');
    await fetch(`http://127.0.0.1:${port}/set/503`);
    await expect.poll(() => isReady('http'), anyMoment).toBe('False');
    expect((await statusOf('http'))?.restartCount).toBe(0);
    await fixture.api.delete(`${pods}/http`);
  });

  it("report the unreachable address with the pod's IP", async () => {
    const port = await freePort();
    const readinessProbe = { tcpSocket: { port }, periodSeconds: 1 };
    await run('refused', { containers: [container(idleProgram, { readinessProbe })] });
    const address = async () => `${(await getPod('refused')).status?.podIP}:${port}`;
    await expect
      .poll(() => events('refused'), anyMoment)
      .toContainEqual(expect.stringContaining('connection refused'));
    expect(await events('refused')).toContain(
      `Warning Unhealthy: Readiness probe failed: dial tcp ${await address()}: connect: connection refused`,
    );
    await fixture.api.delete(`${pods}/refused`);
  });

  it('restart a container that fails its liveness probe', async () => {
    const livenessProbe = {
      exec: { command: ['node', '-e', 'console.log("not today"); process.exit(3)'] },
      periodSeconds: 1,
      timeoutSeconds: 10,
      failureThreshold: 2,
    };
    // It succeeds, and is restarted anyway.
    await run('dead', {
      restartPolicy: 'OnFailure',
      containers: [container(idleProgram, { livenessProbe })],
    });
    await expect.poll(async () => (await statusOf('dead'))?.restartCount, anyMoment).toBe(1);
    const seen = await events('dead');
    expect(seen).toContainEqual('Warning Unhealthy: Liveness probe failed: not today\n');
    expect(seen).toContain('Normal Killing: Container app failed liveness probe, will be restarted');
    await fixture.api.delete(`${pods}/dead`);
  });

  it('run no other probe before a container has started', async () => {
    const [started, ready] = [await freePort(), await freePort()];
    const slow = `setTimeout(() => { for (const port of [${started}, ${ready}])
      require('node:net').createServer(socket => socket.end()).listen(port, '127.0.0.1') }, 500);
      process.on('SIGTERM', () => process.exit(0));`;
    await run('slow', {
      containers: [
        container(slow, {
          startupProbe: { tcpSocket: { port: started }, periodSeconds: 1, failureThreshold: 20 },
          livenessProbe: { tcpSocket: { port: ready }, periodSeconds: 1, failureThreshold: 1 },
        }),
      ],
    });
    await expect
      .poll(() => events('slow'), anyMoment)
      .toContainEqual(expect.stringContaining('Warning Unhealthy: Startup probe failed: dial tcp'));
    expect((await statusOf('slow'))?.started).toBe(false);
    await expect.poll(() => isReady('slow'), anyMoment).toBe('True');
    expect((await statusOf('slow'))?.restartCount).toBe(0);
    expect(await events('slow')).not.toContainEqual(expect.stringContaining('Liveness'));
    await fixture.api.delete(`${pods}/slow`);
  });

  it('end a container that never starts, permanently with restartPolicy Never', async () => {
    const startupProbe = {
      exec: { command: ['node', '-e', 'process.exit(1)'] },
      periodSeconds: 1,
      failureThreshold: 1,
      timeoutSeconds: 10,
    };
    const program = "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000)";
    await run('never', { restartPolicy: 'Never', containers: [container(program, { startupProbe })] });
    await expect.poll(() => phaseOf('never'), anyMoment).toBe('Failed');
    expect(await events('never')).toContain('Normal Killing: Container app failed startup probe');
  });

  it('of an unsupported type prevent the start of a container', async () => {
    await run('grpc', { containers: [container(idleProgram, { livenessProbe: { grpc: { port: 1 } } })] });
    await expect
      .poll(async () => (await statusOf('grpc'))?.state.waiting, anyMoment)
      .toEqual({
        reason: 'CreateContainerConfigError',
        message: 'grpc probes are not supported by this node',
      });
    await fixture.api.delete(`${pods}/grpc`);
  });
});

describe('hooks', { timeout: 60_000 }, () => {
  const writes = (text: string) => ({
    exec: {
      command: ['node', '-e', `require('node:fs').appendFileSync(process.env.FILE, ${JSON.stringify(text)})`],
    },
  });
  const shared = {
    env: [{ name: 'FILE', value: '/shared/file' }],
    volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
  };
  const tells = `const { readFileSync } = require('node:fs');
    const read = () => { try { return readFileSync(process.env.FILE, 'utf8') } catch { return '' } };
    process.on('SIGTERM', () => { console.log(read()); process.exit(0) }); setInterval(() => {}, 1000)`;

  it('run after the start and before the end', async () => {
    const lifecycle = { postStart: writes('hello '), preStop: writes('and goodbye') };
    const spec = {
      volumes: [{ name: 'shared', emptyDir: {} }],
      containers: [container(tells, { ...shared, lifecycle })],
    };
    // Kept after its end, so that its log can be read.
    await run('hooked', spec, { finalizers: ['example.com/kept'] });
    await expect.poll(() => isReady('hooked'), anyMoment).toBe('True');
    await fixture.api.delete(`${pods}/hooked`);
    await expect.poll(() => log('hooked'), anyMoment).toBe('hello and goodbye\n');
    await fixture.api.mergePatch(`${pods}/hooked`, { metadata: { finalizers: null } });
  });

  it('record an event on failure; a failed postStart hook ends the container', async () => {
    const lifecycle = { postStart: { exec: { command: ['node', '-e', 'process.exit(1)'] } } };
    await run('unhooked', { restartPolicy: 'Never', containers: [container(idleProgram, { lifecycle })] });
    await expect
      .poll(() => events('unhooked'), anyMoment)
      .toContain('Warning FailedPostStartHook: PostStartHook failed');
    await expect.poll(() => phaseOf('unhooked'), anyMoment).toMatch(/Failed|Succeeded/);
  });

  it('before the end do not exceed the grace period', async () => {
    const lifecycle = { preStop: { sleep: { seconds: 600 } } };
    const containers = [container(idleProgram, { lifecycle })];
    await run('lingering', { terminationGracePeriodSeconds: 1, containers });
    await expect.poll(() => isReady('lingering'), anyMoment).toBe('True');
    await fixture.api.delete(`${pods}/lingering`);
    const there = () =>
      getPod('lingering').then(
        () => 'there',
        () => 'gone',
      );
    await expect.poll(there, anyMoment).toBe('gone');
  });
});

describe('volumes', { timeout: 60_000 }, () => {
  const collection = '/api/v1/namespaces/default/configmaps';

  it('follow changes of a ConfigMap, but not in a subPath', async () => {
    await fixture.api.create(collection, {
      metadata: { name: 'settings' },
      data: { mode: 'slow', old: '1' },
    });
    const shows = `const fs = require('node:fs'); let last;
      process.on('SIGTERM', () => process.exit(0));
      const look = () => {
        const files = fs.readdirSync(process.env.DIR).filter(name => !name.startsWith('..')).sort();
        const now = files.map(name => name + '=' + fs.readFileSync(process.env.DIR + '/' + name)).join()
          + ' ' + fs.readFileSync(process.env.PART);
        if (now !== last) console.log(last = now);
      };
      // The files can change between listing and reading.
      setInterval(() => { try { look(); } catch {} }, 20)`;
    const volumeMounts = [
      { name: 'settings', mountPath: '/settings' },
      { name: 'settings', mountPath: '/part', subPath: 'mode' },
    ];
    const env = [
      { name: 'DIR', value: '/settings' },
      { name: 'PART', value: '/part' },
    ];
    await run('refreshed', {
      volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
      containers: [container(shows, { env, volumeMounts })],
    });
    await expect.poll(() => log('refreshed'), anyMoment).toBe('mode=slow,old=1 slow\n');
    await fixture.api.replace(`${collection}/settings`, {
      metadata: { name: 'settings' },
      data: { mode: 'fast', new: '2' },
    });
    await expect.poll(() => log('refreshed'), anyMoment).toBe('mode=slow,old=1 slow\nmode=fast,new=2 slow\n');
    // A deleted ConfigMap keeps its files and records an event.
    await fixture.api.delete(`${collection}/settings`);
    const failed =
      'Warning FailedMount: MountVolume.SetUp failed for volume "settings" : configmap "settings" not found';
    await expect.poll(() => events('refreshed'), anyMoment).toContain(failed);
    expect(await log('refreshed')).toBe('mode=slow,old=1 slow\nmode=fast,new=2 slow\n');
    await fixture.api.delete(`${pods}/refreshed`);
  });

  it("show the pod's labels and limits", async () => {
    const items = [
      { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
      { path: 'cpu', resourceFieldRef: { containerName: 'app', resource: 'limits.cpu', divisor: '1m' } },
    ];
    const shows = `let last; process.on('SIGTERM', () => process.exit(0));
      setInterval(() => {
        const now = ['labels', 'cpu'].map(name => require('node:fs').readFileSync(process.env.DIR + '/' + name, 'utf8')).join();
        if (now !== last) console.log(last = now);
      }, 20)`;
    await run(
      'labeled',
      {
        volumes: [{ name: 'info', downwardAPI: { items } }],
        containers: [
          container(shows, {
            env: [{ name: 'DIR', value: '/info' }],
            volumeMounts: [{ name: 'info', mountPath: '/info' }],
            resources: { limits: { cpu: '250m' } },
          }),
        ],
      },
      { labels: { tier: 'web' } },
    );
    await expect.poll(() => log('labeled'), anyMoment).toBe('tier="web",250\n');
    await fixture.api.mergePatch(`${pods}/labeled`, { metadata: { labels: { tier: 'api' } } });
    await expect.poll(() => log('labeled'), anyMoment).toBe('tier="web",250\ntier="api",250\n');
    await fixture.api.delete(`${pods}/labeled`);
  });
});

describe('sidecars', { timeout: 60_000 }, () => {
  it('start before the other containers, run beside them, restart, and do not keep the pod from ending', async () => {
    const port = await freePort();
    const proxy = `const { createServer } = require('node:net');
      process.on('SIGTERM', () => { console.log('over'); process.exit(0) });
      setTimeout(() => createServer(socket => socket.end()).listen(${port}, '127.0.0.1'), 300);`;
    const main = `require('node:net').connect(${port}, '127.0.0.1')
      .on('connect', () => { console.log('reached'); setTimeout(() => process.exit(0), 300) })
      .on('error', () => process.exit(1))`;
    await run('accompanied', {
      restartPolicy: 'Never',
      initContainers: [
        container('console.log("once")', { name: 'first' }),
        container(proxy, {
          name: 'proxy',
          restartPolicy: 'Always',
          startupProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 30 },
        }),
      ],
      containers: [container(main)],
    });
    await expect.poll(() => phaseOf('accompanied'), anyMoment).toBe('Succeeded');
    expect(await log('accompanied', ['-c', 'app'])).toBe('reached\n');
    const { status } = await getPod('accompanied');
    expect(
      status?.initContainerStatuses?.map(({ name, state }) => [name, state.terminated?.exitCode]),
    ).toEqual([
      ['first', 0],
      ['proxy', 0],
    ]);
    expect(await log('accompanied', ['-c', 'proxy'])).toBe('over\n');
  });

  it("restart after a crash even if the pod's containers never restart", async () => {
    await run('crashing', {
      restartPolicy: 'Never',
      initContainers: [container('process.exit(5)', { name: 'proxy', restartPolicy: 'Always' })],
      containers: [container(idleProgram)],
    });
    const restarts = async () =>
      (await getPod('crashing')).status?.initContainerStatuses?.[0]?.restartCount ?? 0;
    await expect.poll(restarts, anyMoment).toBeGreaterThan(1);
    await expect.poll(() => phaseOf('crashing'), anyMoment).toBe('Running');
    expect((await statusOf('crashing'))?.restartCount).toBe(0);
    await fixture.api.delete(`${pods}/crashing`);
  });
});
