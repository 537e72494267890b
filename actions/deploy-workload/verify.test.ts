import { describe, expect, it, vi } from 'vitest';
import { CommandFailed } from '../shared/command-errors.ts';
import { CONTAINER } from '../shared/diagnosis/pod.ts';
import { type FakeAnswer, failing } from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import * as log from '../shared/log.ts';
import { clientId, mutated, value } from './fake-cluster.ts';
import { findPod } from './find-pod.ts';
import type { WorkloadObject } from './manifest.ts';
import { changes, type TestContext, testContext } from './test-context.ts';
import { verify } from './verify.ts';

vi.spyOn(log, 'printUntrusted').mockImplementation(() => {});

/** The call, with its workload made. */
function made(...options: Parameters<typeof testContext>): TestContext {
  const test = testContext(...options);
  test.cluster.apply(test.workload.desired);
  return test;
}

describe.each(['pod', 'deployment', 'job'])('of a %s', kind => {
  it('returns the pod whose log contains the secret', async () => {
    const { context, workload, tools } = made({ kind });
    const pod = await verify(context, workload, 'its start');
    expect(pod.metadata.name).toBe(kind === 'pod' ? 'wi-kv-test' : 'wi-kv-test-1');
    expect(tools.lines).toContain('| Secret value: ***');
    expect(tools.lines.join()).not.toContain(value);
    expect(tools.commands.at(-1)?.join(' ')).toBe(
      `kubectl logs ${pod.metadata.name} --namespace default --container wi-kv-test --follow --tail 50`,
    );
  });

  it('continues after refusals and restarts', async () => {
    const logs = () => [
      'Trying again in 1.0 s: secret Secret could not be read (AADSTS700213): …',
      () => failing('Error from server (BadRequest): container is waiting to start'),
      `Secret value: an earlier secret\nSecret value: ${value}\nSecret value: ${value}`,
    ];
    const { context, workload, tools } = made({ kind }, { logs });
    await verify(context, workload, 'its start');
    expect(tools.lines.filter(line => line === '| Secret value: ***')).toHaveLength(2);
  });

  it('ignores a container that an admission webhook added', async () => {
    const become = (pod: Pod): Pod => {
      const made = mutated(pod, { terminated: { exitCode: 1 } });
      const status = { name: CONTAINER, ...made.status!.containerStatuses![0]! };
      const sidecar = { name: 'istio-proxy', restartCount: 0, state: { running: {} } };
      return { ...made, status: { containerStatuses: [sidecar, status] } };
    };
    const logs = () => ['Given up after 600 s: secret Secret could not be read (AADSTS700213): …'];
    const { context, workload, tools } = made({ kind }, { become, logs });
    await expect(verify(context, workload, 'its start')).rejects.toThrow(/^federated-subject: /);
    // What has ended is read once.
    expect(tools.lines.filter(line => line.startsWith('| '))).toHaveLength(1);
  });

  it('reads only new lines with now', async () => {
    const { context, workload, tools } = made({ kind });
    await verify(context, workload, 'now');
    expect(tools.commands.at(-1)).toContain('0');
  });

  it('reports immediately that the pod was not mutated', async () => {
    const { context, workload, tools } = made(
      { kind },
      { become: pod => pod },
      { 'kubectl get mutatingwebhookconfigurations': () => '' },
    );
    await expect(verify(context, workload, 'its start')).rejects.toThrow(/^webhook-missing: /);
    expect(tools.time.now()).toBe(0);
  });
});

describe.each([
  ['deployment', { kind: 'ReplicaSet', name: 'wi-kv-test-5d8f7c9b4d' }],
  ['job', { kind: 'Job', name: 'wi-kv-test' }],
])('a %s without a pod', (kind, about) => {
  const message = 'pods "wi-kv-test-x" is forbidden: exceeded quota: small';

  it('is awaited, and then the error quotes its controller', async () => {
    const failedCreate = [{ ...about, message }];
    const { context, workload, tools } = made({ kind }, { failedCreate });
    await expect(verify(context, workload, 'its start')).rejects.toMatchObject({
      message: expect.stringMatching(/^pod-not-created: .*exceeded quota: small\.$/),
      outputs: { verdict: 'pod-not-created', diagnosis: expect.stringContaining('exceeded quota: small') },
    });
    expect(tools.lines[0]).toContain(`has no pod yet: ${message}`);
    expect(tools.time.now()).toBeGreaterThan(290_000);
  });

  it('ignores the events of others', async () => {
    const others = [
      { kind: 'ReplicaSet', name: 'wi-kv-test-other-5d8f7c9b4d' },
      { kind: 'Job', name: 'wi-kv-test-other' },
    ];
    const failedCreate = others.map(other => ({ ...other, message }));
    const { context, workload } = made({ kind }, { failedCreate });
    await expect(verify(context, workload, 'its start')).rejects.toThrow('no event reports why');
  });

  it('is reported without permission to read events', async () => {
    const forbidden = () => failing('Error from server (Forbidden): no');
    const { context, workload } = made(
      { kind },
      { failedCreate: [{ ...about, message }] },
      { 'kubectl get events': forbidden },
    );
    await expect(verify(context, workload, 'its start')).rejects.toThrow(
      /^pod-not-created: .*no event reports why/,
    );
  });
});

it('watches the newest pod with the desired manifest that is not being deleted', async () => {
  const { context, workload, cluster } = made({ kind: 'deployment' });
  cluster.apply(workload.desired);
  const key = (name: string) => `pod default/${name}`;
  const first = cluster.objects.get(key('wi-kv-test-1')) as WorkloadObject & Pod;
  const like = (name: string, born: string, change: Partial<Pod['metadata']> = {}) => {
    const metadata = { ...first.metadata, name, creationTimestamp: born, ...change };
    cluster.objects.set(key(name), { ...first, metadata });
  };
  like('newest', '2026-11-24T00:10:00Z');
  like('older', '2026-11-24T00:05:00Z');
  like('leaving', '2026-11-24T00:20:00Z', { deletionTimestamp: '2026-11-24T00:21:00Z' });
  like('of-another', '2026-11-24T00:30:00Z', { annotations: {} });
  expect((await verify(context, workload, 'its start')).metadata.name).toBe('newest');
});

it('reports that the pod no longer exists', async () => {
  const { context, workload, cluster } = made();
  cluster.objects.delete('pod default/wi-kv-test');
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^pod-gone: /);
});

it('reports a missing image immediately, and a denied pull after the timeout', async () => {
  const become = (message: string) => (pod: Pod) =>
    mutated(pod, { waiting: { reason: 'ErrImagePull', message } });
  const missing = made({}, { become: become('code = NotFound … 401 Unauthorized') });
  await expect(verify(missing.context, missing.workload, 'its start')).rejects.toThrow(/^image-not-found: /);
  expect(missing.tools.time.now()).toBe(0);

  const denied = made({}, { become: become('401 Unauthorized') });
  await expect(verify(denied.context, denied.workload, 'its start')).rejects.toThrow(/^image-pull-denied: /);
  expect(denied.tools.time.now()).toBeGreaterThan(290_000);
});

it('reads the log of an ended container once, and prints the evidence', async () => {
  const line = 'Given up after 600 s: secret Secret could not be read (AADSTS500011): …';
  const become = (pod: Pod) => mutated(pod, { terminated: { exitCode: 1 } });
  const { context, workload, tools } = made({}, { become, logs: () => [line], events: ['Pulled the image'] });
  const print = vi.mocked(log.printUntrusted).mockClear();
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^entra-refused: /);
  expect(tools.commands.filter(command => command[1] === 'logs')).toHaveLength(1);
  expect(print.mock.calls.map(([title]) => title)).toEqual([
    'Pod default/wi-kv-test',
    'Events of default/wi-kv-test',
    'Last log lines of default/wi-kv-test',
  ]);
});

it('does not wait for a secret that does not exist', async () => {
  const logs = () => ['Stopped: secret Secret could not be read (SecretNotFound): …'];
  const { context, workload, tools } = made({}, { logs });
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^secret-not-found: /);
  expect(tools.time.now()).toBe(0);
});

it('does not wait for a client that reports a final refusal', async () => {
  const logs = () => ['Stopped: secret Secret could not be read (ForbiddenByFirewall): …'];
  const { context, workload, tools } = made({}, { logs });
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^vault-network: /);
  expect(tools.time.now()).toBe(0);
});

describe('refused by Entra', () => {
  const line = "AADSTS700213: … for presented assertion subject 'system:serviceaccount:default:wi-demo-sa'.";
  const identity = { name: 'wi-demo-identity', resourceGroup: 'rg', principalId: 'p', tenantId: 't' };
  const credential = {
    name: 'wi-fed',
    issuer: 'i',
    subject: 'system:serviceaccount:default:other',
    audiences: ['api://AzureADTokenExchange'],
  };
  const trusting = (subject: string, logs: readonly (string | FakeAnswer)[]) =>
    made(
      {},
      { logs: () => logs },
      {
        'az identity list': () => [{ ...identity, clientId: clientId }],
        'az identity federated-credential list': () => [{ ...credential, subject }],
      },
    );

  it('reads the credentials, and fails immediately with a comparison if none matches', async () => {
    const { context, workload, tools } = trusting(credential.subject, [line]);
    await expect(verify(context, workload, 'its start')).rejects.toMatchObject({
      message: expect.stringContaining(
        [
          '  token:      "system:serviceaccount:default:wi-demo-sa"',
          '  credential: "system:serviceaccount:default:other"',
          '                                             ^ different service account',
        ].join('\n'),
      ),
      link: expect.stringMatching(/#federated-subject$/),
      outputs: { verdict: 'federated-subject', diagnosis: expect.stringContaining('wi-fed') },
    });
    expect(tools.time.now()).toBe(0);
  });

  const own = 'system:serviceaccount:default:wi-demo-sa';

  it('waits for a matching credential, and reads it once', async () => {
    const { context, workload, tools } = trusting(own, [line, line, `Secret value: ${value}`]);
    await verify(context, workload, 'its start');
    const lists = tools.commands.filter(command => command.includes('federated-credential'));
    expect(lists).toHaveLength(1);
  });

  it('reports after the timeout that Entra did not apply the credential', async () => {
    const { context, workload, tools } = trusting(own, [line]);
    await expect(verify(context, workload, 'its start')).rejects.toThrow(/^federated-credential-not-seen: /);
    expect(tools.time.now()).toBeGreaterThan(290_000);
  });
});

it('has a verdict without permission to read', async () => {
  const logs = () => ['could not be read (ForbiddenByRbac): Caller is not authorized'];
  const { context, workload } = made(
    {},
    { logs },
    {
      'az identity list': () => failing('ERROR: (AuthorizationFailed) no'),
      'kubectl get events': () => failing('Error from server (Forbidden): no'),
    },
  );
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^vault-role: /);
});

it('does not accept a different value, and does not print it', async () => {
  const { context, workload, tools } = made({}, { logs: () => ['Secret value: an earlier secret'] });
  await expect(verify(context, workload, 'its start')).rejects.toThrow(/^other-value: /);
  expect(tools.lines.join()).not.toContain('an earlier secret');
});

it('passes on failures of kubectl and interruptions', async () => {
  const cut = testContext(
    {},
    {},
    { 'kubectl get pod': () => failing('Unable to connect to the server: EOF') },
  );
  await expect(verify(cut.context, cut.workload, 'its start')).rejects.toBeInstanceOf(CommandFailed);

  const stop = new Interrupted('SIGINT');
  const logs = () => [
    () => {
      throw stop;
    },
  ];
  const stopped = made({}, { logs });
  await expect(verify(stopped.context, stopped.workload, 'its start')).rejects.toBe(stop);
});

describe('an image that the nodes are not allowed to pull yet', () => {
  const denied = (pod: Pod) =>
    mutated(pod, { waiting: { reason: 'ImagePullBackOff', message: '401 Unauthorized' } });
  /** Allows the pull once this many pods were created. */
  const allowedAfter = (pods: number) => {
    let created = 0;
    return (pod: Pod) => (++created > pods ? mutated(pod) : denied(pod));
  };

  it.each(['pod', 'deployment', 'job'] as const)('is pulled by a recreated %s', async kind => {
    const replacing: FakeAnswer = (args, options) => {
      const answer = test.cluster.answers['kubectl delete --raw']!(args, options);
      // A replica set replaces its pod.
      if (kind === 'deployment') test.cluster.makePod(test.workload.desired);
      return answer;
    };
    const test = made({ kind }, { become: allowedAfter(2) }, { 'kubectl delete --raw': replacing });
    await verify(test.context, test.workload, 'its start', new Set());
    expect(test.tools.time.now()).toBeGreaterThan(150_000);
    expect(test.tools.time.now()).toBeLessThan(200_000);
    expect(test.tools.lines.filter(line => /cannot pull its image yet/.test(line))).toHaveLength(2);
  });

  it('is awaited if this run did not create the workload', async () => {
    const { context, workload, tools } = made({}, { become: denied });
    await expect(verify(context, workload, 'its start')).rejects.toThrow(/^image-pull-denied: /);
    expect(changes(tools)).toEqual([]);
  });

  it('is awaited for a pod that existed before', async () => {
    const { context, workload, tools } = made({ 'timeout-seconds': '900' }, { become: denied });
    const before = changes(tools);
    const pod = await findPod(context, workload);
    await expect(verify(context, workload, 'its start', new Set([pod!.metadata.uid]))).rejects.toThrow(
      /^image-pull-denied: /,
    );
    expect(changes(tools)).toEqual(before);
    expect(tools.time.now()).toBeGreaterThan(890_000);
  });

  it('is awaited if the caller is not allowed to delete', async () => {
    const forbidden = { 'kubectl delete --raw': () => failing('Error from server (Forbidden): no') };
    const { context, workload, tools } = made({}, { become: denied }, forbidden);
    await expect(verify(context, workload, 'its start', new Set())).rejects.toThrow(/^image-pull-denied: /);
    expect(tools.lines.filter(line => /cannot pull its image yet/.test(line))).toHaveLength(1);
  });
});
