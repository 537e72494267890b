import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { type FakeAnswer, failing, fakeTools } from '../shared/fake-tools.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { diagnoseWorkloads } from './diagnose-workload.ts';
import { parse } from './inputs.ts';
import { secretReference } from './secret-reference.ts';

const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
const USE = { 'azure.workload.identity/use': 'true' };

function pod(
  name: string,
  changes: { account?: string; made?: string; ready?: boolean; owner?: string } = {},
): Pod {
  const { account = 'app', made = '2026-01-01T00:00:00Z', ready = true, owner } = changes;
  return {
    metadata: {
      ...{ name, namespace: 'team', creationTimestamp: made },
      labels: { ...USE, ...(owner && { 'pod-template-hash': 'abc' }) },
      ...(owner && { ownerReferences: [{ kind: 'ReplicaSet', name: `${owner}-abc`, controller: true }] }),
    },
    spec: {
      serviceAccountName: account,
      containers: [
        {
          ...{ name: 'app', image: 'registry/app:1' },
          env: [
            { name: 'AZURE_CLIENT_ID', value: clientId },
            {
              name: 'AZURE_FEDERATED_TOKEN_FILE',
              value: '/var/run/secrets/azure/tokens/azure-identity-token',
            },
          ],
        },
      ],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', restartCount: 0, state: { running: {} } }],
    },
  };
}

const account = (name: string, id = clientId) => ({
  metadata: { name, namespace: 'team', annotations: { 'azure.workload.identity/client-id': id } },
});
const items = (list: readonly unknown[]) => () => JSON.stringify({ items: list });

/** A log line with its time, as kubectl prints it. */
const stamped = (line: string, ago = 0) => `${new Date(Date.now() - ago).toISOString()} ${line}`;

/** A cluster with these pods and service accounts; az is not logged in. */
function cluster(pods: readonly Pod[], accounts: readonly object[], log = ''): Record<string, FakeAnswer> {
  return {
    'kubectl get pods': items(pods),
    'kubectl get serviceaccounts': items(accounts),
    'kubectl get serviceaccount': () => '',
    'kubectl get deployments': items([]),
    'kubectl get statefulsets': items([]),
    'kubectl get daemonsets': items([]),
    'kubectl get jobs': items([]),
    'kubectl get events': items([]),
    'kubectl create token': () => failing('Error from server (Forbidden): no'),
    'kubectl get --raw': () => JSON.stringify({ issuer: 'https://issuer/' }),
    'kubectl logs': (_, options) => {
      for (const line of log.split('\n')) options.onLine?.(stamped(line));
    },
    'az account show': () => failing("ERROR: Please run 'az login' to setup account."),
  };
}

async function run(answers: Record<string, FakeAnswer>, given: Record<string, string> = {}) {
  const tools = fakeTools(answers);
  const inputs = parse({}, name => given[name] ?? '');
  let error: ActionFailed | undefined;
  const outputs = await diagnoseWorkloads(inputs, tools).catch((thrown: unknown) => {
    if (!(thrown instanceof ActionFailed)) throw thrown;
    error = thrown;
    return thrown.outputs;
  });
  const verdicts = JSON.parse(outputs.verdicts ?? '') as Record<string, string>[];
  const states = verdicts.map(each => [each.workload, each.pod, each.link || each.state].join(' '));
  return { tools, error, outputs, verdicts, states, markdown: tools.report.markdown('diagnose-workload') };
}

beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

describe('diagnoseWorkloads', () => {
  it('checks only pods with the label and service accounts with the annotation', async () => {
    const plain = pod('plain', { account: 'other' });
    plain.metadata.labels = {};
    const leaving = pod('leaving');
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const done = pod('done');
    done.status = { phase: 'Succeeded' };
    const answers = cluster(
      [pod('app-1'), plain, leaving, done],
      [account('app'), account('idle'), { metadata: { name: 'other', namespace: 'team' } }],
    );
    const { states, error, outputs, tools, verdicts } = await run(answers);
    expect(states).toEqual(['team/app app-1 no fault found', 'team/idle  not in use']);
    expect(error).toBeUndefined();
    expect(outputs.broken).toBe('0');
    expect(verdicts[0]?.unseen).toEqual(['Azure (az is not logged in)']);
    expect(tools.commands[0]?.slice(0, 4)).toEqual(['kubectl', 'get', 'pods', '--all-namespaces']);
    expect(tools.report.facts.trustChain).toHaveLength(1);
  });

  it('checks one pod per deployment: the newest of those that are not ready', async () => {
    const answers = cluster(
      [
        pod('web-abc-1', { owner: 'web', made: '2026-01-03T00:00:00Z' }),
        pod('web-abc-2', { owner: 'web', made: '2026-01-01T00:00:00Z', ready: false }),
        pod('web-abc-3', { owner: 'web', made: '2026-01-02T00:00:00Z', ready: false }),
        pod('api-abc-1', { owner: 'api' }),
      ],
      [account('app')],
    );
    expect((await run(answers)).states.map(state => state.split(' ')[1])).toEqual(['web-abc-3', 'api-abc-1']);
  });

  it('ignores an evicted pod of a deployment that has a successor', async () => {
    const evicted = pod('web-abc-1', { owner: 'web', made: '2026-01-09T00:00:00Z', ready: false });
    evicted.status = { phase: 'Failed', containerStatuses: [] };
    const answers = cluster([evicted, pod('web-abc-2', { owner: 'web' })], [account('app')]);
    expect((await run(answers)).states).toEqual(['team/app web-abc-2 no fault found']);
  });

  describe('a job', () => {
    const attempt = (name: string, job: string, phase: 'Failed' | 'Succeeded', made: string) => {
      const attempted = pod(name, { made, ready: false });
      attempted.metadata.ownerReferences = [{ kind: 'Job', name: job, controller: true }];
      const exitCode = phase === 'Failed' ? 1 : 0;
      attempted.status = {
        phase,
        containerStatuses: [{ name: 'app', restartCount: 0, state: { terminated: { exitCode } } }],
      };
      return attempted;
    };
    const failed = attempt('sync-1-a', 'sync-1', 'Failed', '2026-01-01T00:00:00Z');
    const template = { metadata: { labels: USE }, spec: { serviceAccountName: 'app' } };
    const jobOf = (name: string, cronJob: string) => ({
      metadata: {
        ...{ name, namespace: 'team' },
        ownerReferences: [{ kind: 'CronJob', name: cronJob, controller: true }],
      },
      spec: { template },
      status: { succeeded: 1 },
    });

    it('is checked by its last attempt', async () => {
      const done = attempt('sync-1-b', 'sync-1', 'Succeeded', '2026-01-02T00:00:00Z');
      expect((await run(cluster([failed, done], [account('app')]))).states).toEqual(['team/app  not in use']);
      const again = attempt('sync-1-c', 'sync-1', 'Failed', '2026-01-03T00:00:00Z');
      expect((await run(cluster([again, failed, done], [account('app')]))).states).toEqual([
        'team/app sync-1-c container-crashed',
      ]);
    });

    it('of a cron job is checked by the last run of this cron job', async () => {
      const done = attempt('sync-2-a', 'sync-2', 'Succeeded', '2026-01-02T00:00:00Z');
      const other = attempt('tidy-1-a', 'tidy-1', 'Failed', '2026-01-01T00:00:00Z');
      const answers = {
        ...cluster([failed, done, other], [account('app')]),
        'kubectl get jobs': items([
          jobOf('sync-1', 'sync'),
          jobOf('sync-2', 'sync'),
          jobOf('tidy-1', 'tidy'),
        ]),
      };
      expect((await run(answers)).states).toEqual(['team/app tidy-1-a container-crashed']);
    });
  });

  it('ignores refusals older than an hour in the log of a ready pod', async () => {
    const refused = 'AADSTS90002: no tenant, https://kv1.vault.azure.net';
    const saidAgo = async (minutes: number, ready: boolean) => {
      const answers = cluster([pod('app-1', { ready })], [account('app')]);
      const logs: FakeAnswer = (_, options) => options.onLine?.(stamped(refused, minutes * 60_000));
      return run({ ...answers, 'kubectl logs': logs });
    };
    expect((await saidAgo(59, true)).states).toEqual(['team/app app-1 tenant-mismatch']);
    expect((await saidAgo(61, false)).states).toEqual(['team/app app-1 tenant-mismatch']);
    const passed = await saidAgo(61, true);
    expect(passed.states).toEqual(['team/app app-1 no fault found']);
    // The vault is still known from the log.
    expect(passed.tools.report.facts.trustChain).toMatchObject([{ vault: 'kv1' }]);
  });

  it('reports why a controller has no pods', async () => {
    const template = { metadata: { labels: USE }, spec: { serviceAccountName: 'app' } };
    const controller = (name: string, more: object = {}, status: object = {}) => ({
      metadata: { name, namespace: 'team' },
      spec: { template, ...more },
      status,
    });
    const answers = {
      ...cluster([pod('api-abc-1', { owner: 'api' })], [account('app')]),
      'kubectl get deployments': items([
        controller('api'),
        controller('web'),
        controller('off', { replicas: 0 }),
      ]),
      'kubectl get daemonsets': items([controller('nowhere', {}, { desiredNumberScheduled: 0 })]),
      'kubectl get jobs': items([
        controller('done', {}, { succeeded: 1 }),
        controller('over', {}, { failed: 1 }),
        controller('held', { suspend: true }),
      ]),
      'kubectl get statefulsets': () => failing("error: the server doesn't have a resource type"),
      'kubectl get events': items([
        {
          reason: 'FailedCreate',
          message: 'exceeded quota',
          involvedObject: { namespace: 'team', name: 'web-abc' },
        },
        {
          reason: 'FailedCreate',
          message: 'another',
          involvedObject: { namespace: 'team', name: 'webs-abc' },
        },
      ]),
    };
    const { states, error, tools } = await run(answers);
    expect(states).toEqual(['team/app api-abc-1 no fault found', 'team/app  pod-not-created']);
    expect(error?.message).toMatch(
      /^pod-not-created: Service account "team\/app" has no pod: exceeded quota\./,
    );
    expect(error?.link).toMatch(/#pod-not-created$/);
    expect(tools.lines.join()).toContain('Could not read: statefulsets of the cluster');
  });

  it('checks listed workloads, even if they do not use workload identity', async () => {
    const answers = cluster([pod('app-1')], [account('app')]);
    const { states } = await run(answers, { workloads: 'team/app\nteam/nobody' });
    expect(states).toEqual(['team/app app-1 no fault found', 'team/nobody  service-account-missing']);
  });

  it('lists only the namespaces of listed workloads', async () => {
    const answers = cluster([pod('app-1')], [account('app')]);
    const { tools } = await run(answers, { workloads: 'team/app\nother/app\nteam/worker' });
    const lists = tools.commands.filter(([, , kind]) => kind === 'pods').map(command => command.slice(3, 5));
    expect(lists).toEqual([
      ['--namespace', 'team'],
      ['--namespace', 'other'],
    ]);
    expect(() => parse({}, name => ({ workloads: 'team/app', namespace: 'other' })[name] ?? '')).toThrow(
      /workloads lists "team\/app", which is not in namespace "other"/,
    );
  });

  it('explains that the caller is not allowed to list pods', async () => {
    const forbidden =
      'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods" in API group "" at the cluster scope';
    const answers = { ...cluster([], []), 'kubectl get pods': () => failing(forbidden) };
    await expect(
      diagnoseWorkloads(
        parse({}, () => ''),
        fakeTools(answers),
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('at the cluster scope'),
      remedy: expect.stringContaining('input namespace'),
    });
  });

  it('reports a broken link in the log, the summary, and the outputs', async () => {
    const log =
      "AADSTS700213: No matching … for presented assertion subject 'system:serviceaccount:team:app'.";
    const { error, markdown, verdicts, tools, outputs } = await run(
      cluster([pod('app-1')], [account('app')], log),
    );
    expect(error?.message).toMatch(/^federated-subject: /);
    expect(error?.message).toContain('Could not read: Azure (az is not logged in).');
    expect(verdicts[0]).toMatchObject({ state: 'broken', link: 'federated-subject' });
    expect(outputs.broken).toBe('1');
    expect(markdown).toContain(
      '| **broken** | [federated-subject](docs/troubleshooting.md#federated-subject) |',
    );
    expect(markdown).toContain('```mermaid');
    expect(tools.lines.join('\n')).toContain('team/app (pod app-1): broken at federated-subject: ');
  });

  it('retries for retry-minutes while Entra does not apply a credential', async () => {
    const refused = 'AADSTS70021: No matching federated identity record found for presented assertion.';
    const logs = [refused, refused, 'Secret value: ***'];
    const answers = cluster([pod('app-1')], [account('app')]);
    const reading: FakeAnswer = (_, options) =>
      options.onLine?.(stamped(logs.length > 1 ? logs.shift()! : logs[0]!));
    const { states, tools } = await run({ ...answers, 'kubectl logs': reading });
    expect(states).toEqual(['team/app app-1 works']);
    expect(
      tools.lines.filter(line => line.startsWith('Federated credential of team/app: attempt')),
    ).toHaveLength(2);

    const never = await run({
      ...answers,
      'kubectl logs': (_, options) => options.onLine?.(stamped(refused)),
    });
    expect(never.states).toEqual(['team/app app-1 federated-credential-not-seen']);
    expect(never.tools.time.now()).toBeGreaterThan(500_000);
    expect(never.tools.time.now()).toBeLessThanOrEqual(900_000);
  });

  it('lists several broken workloads, or warns about each with fail-on-broken: false', async () => {
    const answers = cluster([pod('a', { account: 'one' }), pod('b', { account: 'two' })], []);
    const { error } = await run(answers);
    expect(error?.message).toMatch(
      /^2 of 2 workloads are broken:\n- team\/one \(pod a\): service-account-missing: .*\n {2}What to do: Run federate-identity .*\n {2}docs\/troubleshooting\.md#service-account-missing\n- team\/two/,
    );
    const warned = await run(answers, { 'fail-on-broken': 'false' });
    expect(warned.error).toBeUndefined();
    expect(warned.tools.warnings).toHaveLength(2);
  });

  it('prints the log of a broken workload without values, unless show-logs is false', async () => {
    const written = vi.mocked(process.stdout.write);
    const log = 'Secret value: correct horse\nAADSTS90002: no tenant';
    const shown = () =>
      written.mock.calls.map(([text]) => String(text)).filter(text => !text.startsWith('::add-mask'));
    await run(cluster([pod('app-1')], [account('app')], log));
    expect(shown().join('')).toContain('| AADSTS90002: no tenant');
    expect(shown().join('')).not.toContain('correct horse');
    written.mockClear();
    await run(cluster([pod('app-1')], [account('app')], log), { 'show-logs': 'false' });
    expect(shown().join('')).toContain('::group::Pod team/app-1');
    expect(shown().join('')).not.toContain('AADSTS90002: no tenant');
  });

  it('reads the previous log of a restarted container', async () => {
    const restarted = pod('app-1', { ready: false });
    restarted.status!.containerStatuses = [{ name: 'app', restartCount: 2, state: { running: {} } }];
    const answers: Record<string, FakeAnswer> = {
      ...cluster([restarted], [account('app')]),
      'kubectl logs': (args, options) => {
        if (args.includes('--previous')) options.onLine?.(stamped('AADSTS90002: no tenant'));
      },
    };
    expect((await run(answers)).states).toEqual(['team/app app-1 tenant-mismatch']);
    answers['kubectl logs'] = args => {
      if (args.includes('--previous'))
        failing('Error from server (BadRequest): previous terminated container');
    };
    expect((await run(answers)).states).toEqual(['team/app app-1 no fault found']);
  });

  it('escapes the text of other programs in the summary', async () => {
    const log = 'AADSTS50000: <img src=x> | [x](http://x) @team';
    const { markdown } = await run(cluster([pod('app-1')], [account('app')], log));
    expect(markdown).not.toMatch(/<img|\[x\]\(http|[^\\]@team/);
  });

  it('checks the requested account', async () => {
    const answers = cluster([], []);
    await expect(run(answers, { 'subscription-id': clientId })).rejects.toThrow(/az is not logged in/);
  });

  it('reports that no workload uses workload identity', async () => {
    const { outputs, markdown, tools } = await run(cluster([], []));
    expect(outputs).toEqual({ broken: '0', verdicts: '[]' });
    expect(markdown).toContain('No workload uses workload identity');
    expect(tools.lines.join()).toContain('No workload uses workload identity');
  });
});

describe('secretReference', () => {
  const withEnv = (...env: { name: string; value: string }[]): Pod => ({
    ...pod('x'),
    spec: { containers: [{ name: 'c', image: 'i', env }] },
  });
  it.each<[string, Pod, string[], string, string]>([
    [
      "the lab's client",
      withEnv({ name: 'KEY_VAULT_NAME', value: 'kv' }, { name: 'SECRET_NAME', value: 'S' }),
      [],
      'kv',
      'S',
    ],
    [
      'an address in a variable',
      withEnv({ name: 'VAULT_URI', value: 'https://kv1.vault.azure.net/' }),
      [],
      'kv1',
      '',
    ],
    ['an address in the log', withEnv(), ['GET https://kv2.vault.azure.net:443/secrets/S?api'], 'kv2', 'S'],
    ['another cloud', withEnv(), ['https://kv3.vault.usgovcloudapi.net/secrets/S/abc'], 'kv3', 'S'],
    ['nothing', withEnv({ name: 'A', value: 'https://example.com' }), ['https://vault.azure.net'], '', ''],
  ])('finds vault and secret in %s', (_, each, log, vaultName, secretName) => {
    expect(secretReference(each, log)).toEqual({ vaultName, secretName });
  });
});
