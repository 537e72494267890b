import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  container,
  idleProgram,
  startTestCluster,
  type TestCluster,
} from '../../testing/kubernetes/test-cluster.ts';
import type { ObjectList, Pod } from '../objects.ts';
import { conditionOf, type Deployment, type Job, type ReplicaSet } from '../objects.ts';
import { annotation } from './deployment/revisions.ts';

const there = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!there) console.warn('NOT TESTED: kubectl is not on the PATH, so no workload was driven by it');

const anyMoment = { timeout: 45_000, interval: 20 };
const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const batch = '/apis/batch/v1/namespaces/default';

describe.skipIf(!there)('workloads', { timeout: 120_000 }, () => {
  let fixture: TestCluster;
  beforeAll(async () => {
    fixture = await startTestCluster();
  });
  afterAll(async () => {
    await fixture.stop();
    expect(fixture.log).toEqual([]);
  });

  /** Runs kubectl, which must succeed. Returns its output. */
  async function kubectl(args: string, input?: object): Promise<string> {
    const { code, stdout, stderr } = await fixture.kubectl(args.split(' '), input && JSON.stringify(input));
    expect([args, code, stderr]).toEqual([args, 0, '']);
    return stdout;
  }
  const apply = (object: object) => kubectl('apply -f -', object);
  const deployment = (name: string, more: object = {}, app: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container(idleProgram, app)] } },
      ...more,
    },
  });
  const job = (name: string, program: string, more: object = {}, pod: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [container(program)], ...pod } },
      ...more,
    },
  });
  const getDeployment = (name: string) => fixture.api.get<Deployment>(`${apps}/deployments/${name}`);
  const getJob = (name: string) => fixture.api.get<Job>(`${batch}/jobs/${name}`);
  const setsOf = async (name: string) =>
    (await fixture.api.get<ObjectList<ReplicaSet>>(`${apps}/replicasets?labelSelector=app=${name}`)).items;
  const podsOf = async (selector: string) =>
    (await fixture.api.get<ObjectList<Pod>>(`${core}/pods?labelSelector=${selector}`)).items;
  const gone = (path: string) =>
    expect
      .poll(
        () =>
          fixture.api.get(path).then(
            () => 'there',
            () => 'gone',
          ),
        anyMoment,
      )
      .toBe('gone');
  const progressing = async (name: string) => conditionOf((await getDeployment(name)).status, 'Progressing');

  test('a deployment rolls out a template, and rolls back', async () => {
    expect(await apply(deployment('web'))).toBe('deployment.apps/web created\n');
    expect(await kubectl('rollout status deployment/web --timeout=30s')).toMatch(
      /successfully rolled out\n$/,
    );
    expect(await kubectl('get deployment web')).toMatch(/^web +2\/2 +2 +2 /m);
    const [first] = await setsOf('web');
    const name = first?.metadata.name ?? '';
    expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/);
    const hash = name.slice('web-'.length);
    expect(first).toMatchObject({
      metadata: {
        labels: { app: 'web', 'pod-template-hash': hash },
        annotations: {
          [annotation.revision]: '1',
          [annotation.desiredReplicas]: '2',
          [annotation.maxReplicas]: '3',
        },
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
      },
      spec: { selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    });
    const [pod] = await podsOf('app=web');
    expect(pod?.metadata.name).toMatch(new RegExp(`^${name}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
    expect(pod?.metadata).toMatchObject({
      generateName: `${name}-`,
      labels: { app: 'web', 'pod-template-hash': hash },
      ownerReferences: [{ kind: 'ReplicaSet', name, controller: true }],
    });

    await kubectl('set image deployment/web app=registry.test/other:1');
    await kubectl('rollout status deployment/web --timeout=30s');
    expect(await kubectl('rollout history deployment/web')).toMatch(/\n1 +<none>\n2 +<none>\n/);
    expect(await kubectl('rollout history deployment/web --revision=2')).toContain('registry.test/other:1');
    expect(await kubectl('rollout undo deployment/web')).toBe('deployment.apps/web rolled back\n');
    await kubectl('rollout status deployment/web --timeout=30s');
    expect(await kubectl('rollout history deployment/web')).toMatch(/\n2 +<none>\n3 +<none>\n/);
    const current = (await setsOf('web')).find(({ metadata }) => metadata.name === name);
    expect(current?.metadata.annotations).toMatchObject({
      [annotation.revision]: '3',
      [annotation.revisionHistory]: '1',
    });
    expect((await getDeployment('web')).metadata.annotations?.[annotation.revision]).toBe('3');
    const described = await kubectl('describe deployment web');
    expect(described).toMatch(
      /Normal +ScalingReplicaSet .* deployment-controller +Scaled up replica set web-\w+ from 0 to 2/,
    );
    expect(described).toMatch(/Scaled down replica set web-\w+ from 2 to 1/);
    expect(described).toMatch(/NewReplicaSet: +web-\w+ \(2\/2 replicas created\)/);
  });

  test('a deployment is restarted, paused, resumed, and scaled', async () => {
    await apply(deployment('turns'));
    await kubectl('rollout status deployment/turns --timeout=30s');
    await kubectl('rollout restart deployment/turns');
    await kubectl('rollout status deployment/turns --timeout=30s');
    expect(await setsOf('turns')).toHaveLength(2);

    await kubectl('rollout pause deployment/turns');
    await expect
      .poll(() => progressing('turns'), anyMoment)
      .toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' });
    await kubectl('set image deployment/turns app=registry.test/other:1');
    await kubectl('scale deployment/turns --replicas=3');
    await expect
      .poll(async () => (await getDeployment('turns')).status?.availableReplicas, anyMoment)
      .toBe(3);
    // Nothing changed except the revision.
    expect(await setsOf('turns')).toHaveLength(2);
    await kubectl('rollout resume deployment/turns');
    await kubectl('rollout status deployment/turns --timeout=30s');
    expect(await setsOf('turns')).toHaveLength(3);
    expect(
      await kubectl('get deployment turns -o jsonpath={.status.updatedReplicas}/{.status.replicas}'),
    ).toBe('3/3');
    await kubectl('scale deployment/turns --replicas=0');
    await expect.poll(() => podsOf('app=turns'), anyMoment).toEqual([]);
    await kubectl('rollout status deployment/turns --timeout=30s');
    await kubectl('delete deployment turns');
  });

  test('a deployment keeps its number of pods within its limits', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    await apply(deployment('steady', { replicas: 3, strategy }));
    await kubectl('rollout status deployment/steady --timeout=30s');
    const seen: { total: number; available: number }[] = [];
    const done = new AbortController();
    const watching = (async () => {
      for await (const { object } of fixture.api.follow<Deployment>(
        `${apps}/deployments`,
        { fieldSelector: 'metadata.name=steady' },
        done.signal,
      )) {
        seen.push({ total: object.status?.replicas ?? 0, available: object.status?.availableReplicas ?? 0 });
      }
    })();
    await kubectl('set image deployment/steady app=registry.test/other:1');
    await kubectl('rollout status deployment/steady --timeout=30s');
    done.abort();
    await watching;
    expect(Math.max(...seen.map(({ total }) => total))).toBe(4);
    expect(Math.min(...seen.map(({ available }) => available))).toBe(3);
    await kubectl('delete deployment steady');
  });

  test('a failing update stops half way, is reported after its deadline, and can be undone', async () => {
    const setDeadline = (seconds: number) =>
      kubectl(`patch deployment stuck --type=merge -p {"spec":{"progressDeadlineSeconds":${seconds}}}`);
    await apply(deployment('stuck'));
    await kubectl('rollout status deployment/stuck --timeout=30s');
    await setDeadline(1);
    await kubectl('set image deployment/stuck app=registry.test/node:none');
    const failed = await fixture.kubectl(['rollout', 'status', 'deployment/stuck', '--timeout=30s']);
    expect([failed.code, failed.stderr]).toEqual([
      1,
      'error: deployment "stuck" exceeded its progress deadline\n',
    ]);
    expect(await progressing('stuck')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringMatching(/^ReplicaSet "stuck-\w+" has timed out progressing\.$/),
    });
    // 25 % of two, rounded down, is zero.
    const { status } = await getDeployment('stuck');
    expect(status).toMatchObject({ availableReplicas: 2, updatedReplicas: 1, unavailableReplicas: 1 });
    expect(conditionOf(status, 'Available')?.status).toBe('True');
    await setDeadline(600);
    await kubectl('rollout undo deployment/stuck');
    await kubectl('rollout status deployment/stuck --timeout=30s');
    expect(await progressing('stuck')).toMatchObject({ reason: 'NewReplicaSetAvailable' });
    await kubectl('delete deployment stuck');
  });

  test('a deployment of type Recreate never has old and new pods together', async () => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300)); setInterval(() => {}, 1000)`;
    const spec = { strategy: { type: 'Recreate' } };
    await apply(deployment('recreate', spec, container(slow)));
    await kubectl('rollout status deployment/recreate --timeout=30s');
    const mixed: string[][] = [];
    const done = new AbortController();
    const images = new Map<string, string>();
    const watching = (async () => {
      for await (const { type, object } of fixture.api.follow<Pod>(
        `${core}/pods`,
        { labelSelector: 'app=recreate' },
        done.signal,
      )) {
        const { uid = '' } = object.metadata;
        if (type === 'DELETED') images.delete(uid);
        else images.set(uid, object.spec.containers[0]?.image ?? '');
        mixed.push([...new Set(images.values())]);
      }
    })();
    await kubectl('set image deployment/recreate app=registry.test/other:1');
    await kubectl('rollout status deployment/recreate --timeout=30s');
    done.abort();
    await watching;
    expect(mixed.some(([only]) => only === 'registry.test/other:1')).toBe(true);
    expect(mixed.filter(seen => seen.length > 1)).toEqual([]);
    await kubectl('delete deployment recreate');
  });

  test('a deployment keeps as many old replica sets as its history limit', async () => {
    await apply(deployment('forgetful', { replicas: 1, revisionHistoryLimit: 1 }));
    for (const turn of ['1', '2', '3']) {
      await kubectl('rollout status deployment/forgetful --timeout=30s');
      await kubectl(`set env deployment/forgetful TURN=${turn}`);
    }
    await kubectl('rollout status deployment/forgetful --timeout=30s');
    await expect.poll(async () => (await setsOf('forgetful')).length, anyMoment).toBe(2);
    expect(await kubectl('rollout history deployment/forgetful')).toMatch(/\n3 +<none>\n4 +<none>\n\n$/);
    await kubectl('delete deployment forgetful');
  });

  test('a replica set replaces deleted pods, adopts matching pods, and releases others', async () => {
    await apply(deployment('kept', { replicas: 1 }));
    await kubectl('rollout status deployment/kept --timeout=30s');
    const [before] = await podsOf('app=kept');
    const name = before?.metadata.name ?? '';
    await kubectl(`label pod ${name} app=elsewhere --overwrite`);
    await expect.poll(async () => (await podsOf('app=kept')).length, anyMoment).toBe(1);
    const released = await fixture.api.get<Pod>(`${core}/pods/${name}`);
    await expect
      .poll(
        async () => (await fixture.api.get<Pod>(`${core}/pods/${name}`)).metadata.ownerReferences,
        anyMoment,
      )
      .toBe(undefined);
    expect(released.metadata.uid).toBe(before?.metadata.uid);
    // With its label restored, it is surplus: the younger one is deleted.
    await kubectl(`label pod ${name} app=kept --overwrite`);
    await expect
      .poll(async () => (await podsOf('app=kept')).map(({ metadata }) => metadata.uid), anyMoment)
      .toHaveLength(1);
    await kubectl('delete deployment kept');
  });

  test('a deployment reports pods that cannot be created', async () => {
    await apply({
      ...deployment('denied'),
      spec: {
        ...deployment('denied').spec,
        template: {
          metadata: { labels: { app: 'denied' } },
          spec: { serviceAccountName: 'nobody', containers: [container(idleProgram)] },
        },
      },
    });
    const failure = async () => conditionOf((await getDeployment('denied')).status, 'ReplicaFailure');
    await expect.poll(failure, anyMoment).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining(
        'error looking up service account default/nobody: serviceaccount "nobody" not found',
      ),
    });
    expect(await kubectl('get events --field-selector reason=FailedCreate')).toMatch(
      /Warning +FailedCreate +replicaset\/denied-\w+ +Error creating: pods "denied-/,
    );
    await kubectl('create serviceaccount nobody');
    await kubectl('rollout status deployment/denied --timeout=30s');
    expect(await failure()).toBe(undefined);
    await kubectl('delete deployment denied');
  });

  test('a deletion deletes dependents in the background, in the foreground, or not at all', async () => {
    for (const cascade of ['background', 'foreground']) {
      await apply(deployment('owner'));
      await kubectl('rollout status deployment/owner --timeout=30s');
      expect(await kubectl(`delete deployment owner --cascade=${cascade}`)).toContain('"owner" deleted');
      if (cascade === 'foreground') {
        expect(await setsOf('owner')).toEqual([]);
        expect(await podsOf('app=owner')).toEqual([]);
      }
      await expect.poll(() => setsOf('owner'), anyMoment).toEqual([]);
      await expect.poll(() => podsOf('app=owner'), anyMoment).toEqual([]);
    }
    await apply(deployment('owner'));
    await kubectl('rollout status deployment/owner --timeout=30s');
    const [set] = await setsOf('owner');
    const before = (await podsOf('app=owner')).map(({ metadata }) => metadata.uid).sort();
    await kubectl('delete deployment owner --cascade=orphan');
    const orphan = (await setsOf('owner'))[0];
    expect([orphan?.metadata.uid, orphan?.metadata.ownerReferences]).toEqual([set?.metadata.uid, undefined]);
    // The recreated set adopts the existing pods.
    await apply(deployment('owner'));
    await kubectl('rollout status deployment/owner --timeout=30s');
    await expect
      .poll(
        async () => (await setsOf('owner')).map(each => each.metadata.ownerReferences?.[0]?.name),
        anyMoment,
      )
      .toEqual(['owner']);
    expect((await podsOf('app=owner')).map(({ metadata }) => metadata.uid).sort()).toEqual(before);
    await kubectl('delete deployment owner');
  });

  test('a job runs pods until its completions', async () => {
    await apply(job('count', 'console.log("done")', { completions: 3, parallelism: 2 }));
    expect(await kubectl('wait --for=condition=Complete job/count --timeout=30s')).toBe(
      'job.batch/count condition met\n',
    );
    const { status, metadata } = await getJob('count');
    expect(status).toEqual({
      startTime: expect.any(String),
      completionTime: expect.any(String),
      conditions: ['SuccessCriteriaMet', 'Complete'].map(type =>
        expect.objectContaining({
          type,
          status: 'True',
          reason: 'CompletionsReached',
          message: 'Reached expected number of succeeded pods',
        }),
      ),
      ready: 0,
      succeeded: 3,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    const pods = await podsOf('batch.kubernetes.io/job-name=count');
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(/^count-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(pod.metadata.labels).toEqual({
        'batch.kubernetes.io/controller-uid': metadata.uid,
        'batch.kubernetes.io/job-name': 'count',
        'controller-uid': metadata.uid,
        'job-name': 'count',
      });
      expect(pod.metadata.finalizers).toBe(undefined);
    }
    expect(await kubectl('get job count')).toMatch(/^count +Complete +3\/3 /m);
    const log = await fixture.kubectl(['logs', 'job/count']);
    expect([log.stdout, log.stderr]).toEqual([
      'done\n',
      expect.stringMatching(/^Found 3 pods, using pod\/count-/),
    ]);
    const described = await kubectl('describe job count');
    expect(described).toMatch(/Pods Statuses: +0 Active \(0 Ready\) \/ 3 Succeeded \/ 0 Failed/);
    expect(described).toMatch(/Normal +Completed .* job-controller +Job completed/);
    await kubectl('delete job count');
    await expect.poll(() => podsOf('job-name=count'), anyMoment).toEqual([]);
  });

  test('a job fails after its backoff limit', async () => {
    await apply(job('fails', 'process.exit(1)', { backoffLimit: 2 }));
    expect(await kubectl('wait --for=condition=Failed job/fails --timeout=30s')).toBe(
      'job.batch/fails condition met\n',
    );
    const { status } = await getJob('fails');
    expect(status).toMatchObject({
      failed: 3,
      conditions: ['FailureTarget', 'Failed'].map(type => ({
        type,
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
      })),
    });
    expect(await podsOf('job-name=fails')).toHaveLength(3);
    expect(await kubectl('describe job fails')).toMatch(
      /Warning +BackoffLimitExceeded .* Job has reached the specified backoff limit/,
    );
    await kubectl('delete job fails');
  });

  test('a job whose containers restart in their pods fails after its backoff limit', async () => {
    await apply(job('again', 'process.exit(1)', { backoffLimit: 1 }, { restartPolicy: 'OnFailure' }));
    await kubectl('wait --for=condition=Failed job/again --timeout=30s');
    expect(conditionOf((await getJob('again')).status, 'Failed')?.reason).toBe('BackoffLimitExceeded');
    await kubectl('delete job again');
  });

  test('a job ends at its deadline, and is deleted after its time to live', async () => {
    await apply(job('late', idleProgram, { activeDeadlineSeconds: 1, ttlSecondsAfterFinished: 1 }));
    await kubectl('wait --for=condition=Failed job/late --timeout=30s');
    const ended = await getJob('late').catch(() => undefined);
    if (ended !== undefined) {
      expect(conditionOf(ended.status, 'Failed')).toMatchObject({
        reason: 'DeadlineExceeded',
        message: 'Job was active longer than specified deadline',
      });
      expect(ended.status?.failed).toBe(1);
    }
    await gone(`${batch}/jobs/late`);
    await expect.poll(() => podsOf('job-name=late'), anyMoment).toEqual([]);
  });

  test('a job can be suspended and resumed', async () => {
    await apply(job('held', idleProgram, { suspend: true }));
    await expect
      .poll(async () => conditionOf((await getJob('held')).status, 'Suspended')?.status, anyMoment)
      .toBe('True');
    expect(await podsOf('job-name=held')).toEqual([]);
    await kubectl('patch job held --type=merge -p {"spec":{"suspend":false}}');
    await expect.poll(async () => (await getJob('held')).status?.ready, anyMoment).toBe(1);
    expect(conditionOf((await getJob('held')).status, 'Suspended')).toMatchObject({
      status: 'False',
      reason: 'JobResumed',
    });
    await kubectl('patch job held --type=merge -p {"spec":{"suspend":true}}');
    await expect.poll(() => podsOf('job-name=held'), anyMoment).toEqual([]);
    const { status } = await getJob('held');
    expect([status?.failed, status?.startTime]).toEqual([undefined, undefined]);
    await kubectl('delete job held');
  });

  test('a job replaces a deleted pod, and releases its pods on deletion', async () => {
    await apply(job('replaced', idleProgram));
    await expect.poll(async () => (await getJob('replaced')).status?.ready, anyMoment).toBe(1);
    const [first] = await podsOf('job-name=replaced');
    await kubectl(`delete pod ${first?.metadata.name}`);
    await expect
      .poll(async () => (await getJob('replaced')).status, anyMoment)
      .toMatchObject({ ready: 1, failed: 1 });
    await kubectl('delete job replaced --cascade=orphan');
    await expect
      .poll(
        async () => (await podsOf('job-name=replaced')).map(({ metadata }) => metadata.finalizers),
        anyMoment,
      )
      .toEqual([undefined]);
    await kubectl('delete pod -l job-name=replaced');
  });

  test.each([
    [
      'completionMode',
      { completionMode: 'Indexed', completions: 1 },
      'spec.completionMode: Unsupported value: "Indexed": supported values: "NonIndexed"',
    ],
    [
      'podFailurePolicy',
      { podFailurePolicy: { rules: [] } },
      'spec.podFailurePolicy: Forbidden: not supported by this server',
    ],
    [
      'parallelism',
      { parallelism: -1 },
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('a job with an invalid %s is rejected', async (_, spec, message) => {
    const refused = await fixture.kubectl(['create', '-f', '-'], JSON.stringify(job('wrong', '', spec)));
    expect([refused.code, refused.stderr]).toEqual([1, `The Job "wrong" is invalid: ${message}\n`]);
  });

  test.each([
    [
      'strategy',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      'deadline',
      { minReadySeconds: 5, progressDeadlineSeconds: 5 },
      'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
    ],
  ])('a deployment with an invalid %s is rejected', async (_, spec, message) => {
    const refused = await fixture.kubectl(['create', '-f', '-'], JSON.stringify(deployment('wrong', spec)));
    expect([refused.code, refused.stderr]).toEqual([1, `The Deployment "wrong" is invalid: ${message}\n`]);
  });
});
