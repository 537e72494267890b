import { spawnSync } from 'node:child_process';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { container, startTestCluster, type TestCluster } from '../../testing/kubernetes/test-cluster.ts';

const there = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!there)
  console.warn('NOT TESTED: kubectl is not on the PATH, so no restricted workload was driven by it');

const anyMoment = { timeout: 30_000, interval: 50 };
const audience = 'api://AzureADTokenExchange';

/** Prints the claims of its token, becomes ready, and keeps running. */
const client = `
  const fs = require('node:fs');
  const token = fs.readFileSync(process.env.AZURE_FEDERATED_TOKEN_FILE, 'utf8');
  console.log(token.split('.')[1]);
  if (process.env.ONCE) process.exit(Number(process.env.ONCE) - 1);
  fs.writeFileSync(process.env.READY_FILE, '');
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 1000);`;

describe.skipIf(!there)('a workload of the restricted standard', { timeout: 120_000 }, () => {
  let fixture: TestCluster;
  beforeAll(async () => {
    fixture = await startTestCluster({ kubernetesVersion: '1.35.8' });
    await kubectl('create namespace team');
    await kubectl('label namespace team pod-security.kubernetes.io/enforce=restricted');
    await kubectl('create serviceaccount client -n team');
    await kubectl('annotate serviceaccount client -n team azure.workload.identity/client-id=c');
    await kubectl('wait --for=create mutatingwebhookconfiguration --all --timeout=30s');
  });
  afterAll(async () => {
    await fixture.stop();
    expect(fixture.log).toEqual([]);
  });

  async function kubectl(args: string, input?: object): Promise<string> {
    const { code, stdout, stderr } = await fixture.kubectl(args.split(' '), input && JSON.stringify(input));
    expect([args, code, stderr]).toEqual([args, 0, '']);
    return stdout;
  }

  /** A pod that meets the restricted standard. `env` and `probe` are for the client. */
  const template = (
    name: string,
    restartPolicy: string,
    env: Record<string, string>,
    probe: object = {},
  ) => ({
    metadata: { labels: { app: name, 'azure.workload.identity/use': 'true' } },
    spec: {
      restartPolicy,
      serviceAccountName: 'client',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [{ name: 'state', emptyDir: {} }],
      containers: [
        container(client, {
          env: Object.entries({ READY_FILE: '/state/ready', ...env }).map(([key, value]) => ({
            name: key,
            value,
          })),
          volumeMounts: [{ name: 'state', mountPath: '/state' }],
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          ...probe,
        }),
      ],
    },
  });
  const inTeam = (apiVersion: string, kind: string, name: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name, namespace: 'team' },
    spec,
  });
  const deployment = (name: string, pod: object, more: object = {}) =>
    inTeam('apps/v1', 'Deployment', name, {
      selector: { matchLabels: { app: name } },
      template: pod,
      ...more,
    });
  const job = (name: string, pod: object, more: object = {}) =>
    inTeam('batch/v1', 'Job', name, { template: pod, ...more });

  const claims = (log: string) => JSON.parse(Buffer.from(log.trim(), 'base64url').toString('utf8'));

  test('runs as a deployment, and is ready once its probe finds a file', async () => {
    const looks = {
      readinessProbe: {
        exec: { command: ['node', '-e', "require('node:fs').accessSync(process.env.READY_FILE)"] },
        periodSeconds: 1,
        timeoutSeconds: 10,
      },
    };
    await kubectl('apply -f -', deployment('stays', template('stays', 'Always', {}, looks)));
    expect(await kubectl('rollout status deployment/stays -n team --timeout=60s')).toMatch(
      /successfully rolled out\n$/,
    );
    expect(await kubectl('wait --for=condition=Available deployment/stays -n team --timeout=30s')).toBe(
      'deployment.apps/stays condition met\n',
    );
    expect(claims(await kubectl('logs -l app=stays -n team'))).toMatchObject({
      sub: 'system:serviceaccount:team:client',
      aud: [audience],
    });
  });

  test('is not ready while its probe finds nothing', async () => {
    const looks = {
      readinessProbe: {
        exec: { command: ['node', '-e', 'process.exit(1)'] },
        periodSeconds: 1,
        timeoutSeconds: 10,
      },
    };
    const spec = { progressDeadlineSeconds: 3 };
    await kubectl('apply -f -', deployment('never', template('never', 'Always', {}, looks), spec));
    const late = await fixture.kubectl('rollout status deployment/never -n team --timeout=60s'.split(' '));
    expect([late.code, late.stderr]).toEqual([
      1,
      'error: deployment "never" exceeded its progress deadline\n',
    ]);
    expect(await kubectl('get pods -l app=never -n team --no-headers')).toMatch(/ 0\/1 +Running +0 /);
    expect(await kubectl('describe pod -l app=never -n team')).toMatch(/Unhealthy .*Readiness probe failed/);
    await kubectl('delete deployment never -n team');
  });

  test('restarts with growing delays as a deployment whose program ends', async () => {
    await kubectl('apply -f -', deployment('ends', template('ends', 'Always', { ONCE: '2' })));
    const shown = () => kubectl('get pods -l app=ends -n team --no-headers');
    await expect.poll(shown, anyMoment).toMatch(/ 0\/1 +CrashLoopBackOff +[1-9]/);
    const state = '{.items[0].status.containerStatuses[0]';
    await expect
      .poll(
        () => kubectl(`get pods -l app=ends -n team -o jsonpath=${state}.lastState.terminated.exitCode}`),
        anyMoment,
      )
      .toBe('1');
    await expect
      .poll(
        () => kubectl(`get pods -l app=ends -n team -o jsonpath=${state}.state.waiting.message}`),
        anyMoment,
      )
      .toMatch(/^back-off \S+ restarting failed container=app pod=ends-\w+-\w+_team\(/);
    expect(claims(await kubectl('logs deployment/ends -n team --previous')).aud).toEqual([audience]);
    expect(await kubectl('describe pod -l app=ends -n team')).toMatch(
      /Warning +BackOff .* Back-off restarting/,
    );
    // The deployment also restarts a container that succeeded.
    await kubectl('set env deployment/ends -n team ONCE=1');
    await expect.poll(shown, anyMoment).toMatch(/ (Completed|CrashLoopBackOff) /);
    await kubectl('delete deployment ends -n team');
  });

  test('completes as a job, and is deleted after its time to live', async () => {
    const ends = template('once', 'Never', { ONCE: '1' });
    await kubectl('apply -f -', job('once', ends, { backoffLimit: 0, activeDeadlineSeconds: 60 }));
    expect(await kubectl('wait --for=condition=Complete job/once -n team --timeout=60s')).toBe(
      'job.batch/once condition met\n',
    );
    expect(claims(await kubectl('logs job/once -n team')).sub).toBe('system:serviceaccount:team:client');
    expect(await kubectl('get pods -l job-name=once -n team --no-headers')).toMatch(/ 0\/1 +Completed +0 /);
    await kubectl('patch job once -n team -p {"spec":{"ttlSecondsAfterFinished":0}}');
    await kubectl('wait --for=delete job/once -n team --timeout=60s');
  });

  test('fails as a job after its backoff limit', async () => {
    const fails = template('fails', 'Never', { ONCE: '2' });
    await kubectl('apply -f -', job('fails', fails, { backoffLimit: 1 }));
    await kubectl('wait --for=condition=Failed job/fails -n team --timeout=60s');
    const condition = '{.status.conditions[?(@.type=="Failed")].reason}';
    expect(await kubectl(`get job fails -n team -o jsonpath=${condition}`)).toBe('BackoffLimitExceeded');
    expect(await kubectl('get pods -l job-name=fails -n team --no-headers')).toMatch(
      /^(\S+ +0\/1 +Error .*\n){2}$/,
    );
  });

  test('gets the same claims from TokenRequest and from its volume, except for the bound object', async () => {
    const token = await kubectl(`create token client --namespace team --audience ${audience} --duration 10m`);
    const asked = decodeJwt(token.trim());
    const projected = claims(await kubectl('logs -l app=stays -n team'));
    expect(asked).toEqual({
      ...projected,
      iat: expect.any(Number),
      nbf: asked.iat,
      exp: (asked.iat ?? 0) + 600,
      jti: expect.any(String),
      'kubernetes.io': {
        namespace: 'team',
        serviceaccount: projected['kubernetes.io'].serviceaccount,
      },
    });
    expect(Object.keys(asked).sort()).toEqual(Object.keys(projected).sort());
  });

  test('does not start with an image that runs as root', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace: 'team' },
      spec: template('root', 'Never', {}).spec,
    };
    Object.assign(pod.spec.securityContext, { runAsUser: undefined });
    Object.assign(pod.spec.containers[0] as object, { image: 'registry.test/root:1' });
    await kubectl('apply -f -', pod);
    const shown = () => kubectl('get pod root -n team --no-headers');
    await expect.poll(shown, anyMoment).toMatch(/ 0\/1 +CreateContainerConfigError /);
    expect(await kubectl('describe pod root -n team')).toMatch(
      /Error: container has runAsNonRoot and image will run as root \(pod: "root_team\(\S+\)", container: app\)/,
    );
  });
});
