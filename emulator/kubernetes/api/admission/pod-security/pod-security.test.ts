import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  container,
  idleProgram,
  startTestCluster,
  type TestCluster,
} from '../../../../testing/kubernetes/test-cluster.ts';

const there = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!there) console.warn('NOT TESTED: kubectl is not on the PATH, so it saw no Pod Security admission');

const anyMoment = { timeout: 20_000, interval: 20 };

const restrictedPod = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const restricted = {
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

const allViolated = [
  'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
  'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])',
  'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
  'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
].join(', ');

describe.skipIf(!there)('Pod Security admission', { timeout: 120_000 }, () => {
  let fixture: TestCluster;
  beforeAll(async () => {
    fixture = await startTestCluster({ kubernetesVersion: '1.35.8' });
    for (const [name, ...labels] of [
      ['strict', 'enforce=restricted'],
      ['old', 'enforce=baseline', 'enforce-version=v1.33', 'warn=restricted'],
      ['told', 'warn=restricted', 'audit=baseline'],
      ['loose', 'enforce=privileged'],
    ]) {
      await kubectl(`create namespace ${name}`);
      for (const label of labels)
        await kubectl(`label namespace ${name} pod-security.kubernetes.io/${label}`);
    }
  });
  afterAll(async () => {
    await fixture.stop();
    expect(fixture.log).toEqual([]);
  });

  /** Runs kubectl, which must succeed. Returns its output without warnings. */
  async function kubectl(args: string, input?: object): Promise<{ stdout: string; stderr: string }> {
    const { code, stdout, stderr } = await fixture.kubectl(args.split(' '), input && JSON.stringify(input));
    expect([args, code, stderr.replace(/^Warning: .*\n/gm, '')]).toEqual([args, 0, '']);
    return { stdout, stderr };
  }
  const podSpec = (pod: object = {}, app: object = {}) => ({
    ...pod,
    containers: [container(idleProgram, app)],
  });
  const pod = (name: string, spec: object = podSpec()) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec,
  });
  const workload = (kind: string, name: string, spec: object) => ({
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name },
    spec:
      kind === 'Job'
        ? { template: { spec: { restartPolicy: 'Never', ...spec } } }
        : {
            selector: { matchLabels: { app: name } },
            template: { metadata: { labels: { app: name } }, spec },
          },
  });
  const apply = (namespace: string, object: object) => kubectl(`apply -n ${namespace} -f -`, object);
  const refused = async (args: string, input?: object) => {
    const { code, stderr } = await fixture.kubectl(args.split(' '), input && JSON.stringify(input));
    expect(code).toBe(1);
    return stderr;
  };

  test('enforcing the restricted standard rejects a pod without settings, with all its violations', async () => {
    expect(await refused('apply -n strict -f -', pod('bare'))).toBe(
      `Error from server (Forbidden): error when creating "STDIN": pods "bare" is forbidden: violates PodSecurity "restricted:latest": ${allViolated}\n`,
    );
    expect(await refused('apply -n strict --dry-run=server -f -', pod('bare'))).toContain('is forbidden');
    expect((await kubectl('get pods -n strict -o name')).stdout).toBe('');
  });

  test('a pod with all settings runs', async () => {
    const { stderr } = await apply(
      'strict',
      pod('good', podSpec({ securityContext: restrictedPod }, restricted)),
    );
    expect(stderr).toBe('');
    await kubectl('wait -n strict --for=condition=Ready pod/good --timeout=30s');
  });

  test('a deployment is created with a warning, and its pods are rejected', async () => {
    const { stdout, stderr } = await apply('strict', workload('Deployment', 'web', podSpec()));
    expect(stdout).toBe('deployment.apps/web created\n');
    expect(stderr).toBe(`Warning: would violate PodSecurity "restricted:latest": ${allViolated}\n`);
    const events = async () =>
      (await kubectl('get events -n strict --field-selector reason=FailedCreate')).stdout;
    await expect
      .poll(events, anyMoment)
      .toMatch(
        /Warning +FailedCreate +replicaset\/web-\w+ +Error creating: pods "web-\w+-\w{5}" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation/,
      );
    const late = await fixture.kubectl('rollout status -n strict deployment/web --timeout=1s'.split(' '));
    expect([late.code, late.stderr]).toEqual([1, 'error: timed out waiting for the condition\n']);
    expect((await kubectl('describe deployment web -n strict')).stdout).toMatch(
      /ReplicaFailure +True +FailedCreate/,
    );
    // After the fix, the controller continues.
    const right = await apply(
      'strict',
      workload('Deployment', 'web', podSpec({ securityContext: restrictedPod }, restricted)),
    );
    expect(right.stderr).toBe('');
    await kubectl('rollout status -n strict deployment/web --timeout=30s');
  });

  test('a job is created with a warning, and its pods are rejected', async () => {
    const { stderr } = await apply('strict', workload('Job', 'once', podSpec()));
    expect(stderr).toContain('would violate PodSecurity "restricted:latest"');
    const described = async () => (await kubectl('describe job once -n strict')).stdout;
    await expect
      .poll(described, anyMoment)
      .toMatch(
        /Warning +FailedCreate .* Error creating: pods "once-\w{5}" is forbidden: violates PodSecurity/,
      );
    expect((await kubectl('get job once -n strict')).stdout).toMatch(/^once +Running +0\/1 /m);
    await kubectl('delete job once -n strict');
  });

  test('the checks include what the workload identity webhook adds', async () => {
    await kubectl('annotate serviceaccount default -n strict azure.workload.identity/client-id=c');
    const asked = pod('proxied', podSpec({ securityContext: restrictedPod }, restricted));
    Object.assign(asked.metadata, {
      labels: { 'azure.workload.identity/use': 'true' },
      annotations: { 'azure.workload.identity/inject-proxy-sidecar': 'true' },
    });
    expect(await refused('apply -n strict -f -', asked)).toMatch(/violates PodSecurity .*"azwi-proxy-init"/);
    asked.metadata = { name: 'injected', labels: { 'azure.workload.identity/use': 'true' } } as never;
    await apply('strict', asked);
    expect((await kubectl('get pod injected -n strict -o yaml')).stdout).toContain(
      'AZURE_FEDERATED_TOKEN_FILE',
    );
  });

  test('enforces one level and warns about another; a version pins the standard', async () => {
    const { stderr } = await apply('old', pod('plain'));
    expect(stderr).toBe(`Warning: would violate PodSecurity "restricted:latest": ${allViolated}\n`);
    const probe = { livenessProbe: { tcpSocket: { port: 1, host: 'elsewhere' }, initialDelaySeconds: 600 } };
    // v1.34 forbids hosts in probes.
    expect((await apply('old', pod('probed', podSpec({}, probe)))).stderr).toMatch(
      /probe or lifecycle host \(container "app" uses probe or lifecycle host "elsewhere"\)/,
    );
    expect(await refused('apply -n old -f -', pod('host', podSpec({ hostNetwork: true })))).toContain(
      'violates PodSecurity "baseline:v1.33": host namespaces (hostNetwork=true)\n',
    );
  });

  test('a warning does not stop a pod; an update is checked only if the image changes', async () => {
    expect((await apply('told', pod('free'))).stderr).toMatch(/^Warning: would violate/);
    expect((await kubectl('label pod free -n told a=b')).stderr).toBe('');
    expect((await kubectl('set image pod/free -n told app=registry.test/other:1')).stderr).toMatch(
      /^Warning: would violate PodSecurity "restricted:latest"/,
    );
    // In the host network, a container port is a port of the node.
    const ports = { ports: [{ containerPort: 8080 }] };
    expect((await apply('loose', pod('free', podSpec({ hostNetwork: true }, ports)))).stderr).toBe('');
  });

  test('a stricter policy of a namespace warns about existing pods', async () => {
    for (const name of ['one', 'two']) await apply('loose', pod(name));
    const { stderr } = await kubectl(
      'label namespace loose pod-security.kubernetes.io/enforce=restricted --overwrite',
    );
    const reasons =
      'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile';
    expect(stderr.split('\n').slice(0, -1)).toEqual([
      'Warning: existing pods in namespace "loose" violate the new PodSecurity enforce level "restricted:latest"',
      `Warning: free: host namespaces, hostPort, ${reasons}`,
      `Warning: one (and 1 other pod): ${reasons}`,
    ]);
    expect((await kubectl('get pods -n loose')).stdout).toContain('one');
  });

  test('rejects invalid labels', async () => {
    expect(
      await refused(
        'label namespace loose pod-security.kubernetes.io/enforce=strict pod-security.kubernetes.io/warn-version=1.30 --overwrite',
      ),
    ).toBe(
      'The Namespace "loose" is invalid: \n* metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted\n* metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"\n',
    );
  });
});
