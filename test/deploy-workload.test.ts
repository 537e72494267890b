import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain, type StepEnded, type Watch } from './support/chain.ts';

const group = { 'resource-group': 'wilab-workloads', location: 'eastus' };
const registry = { 'registry-name': 'wilabworkloads' };
const identity = { 'identity-name': 'wi-demo-identity' };
const kinds = ['pod', 'deployment', 'job'] as const;
type Kind = (typeof kinds)[number];

/** These enforce the restricted Pod Security Standard. */
const namespaces = ['team-a', 'team-b'];
/** One for each kind, several for one step, and those whose proof of denial fails. */
const several = ['team-a/api', 'team-b/api'];
const open = kinds.map(kind => `open-${kind}`);
const workloads = [
  ...kinds.map(kind => `team-a/${kind}`),
  ...several,
  ...open.map(account => `team-b/${account}`),
].join('\n');

let chain: Chain;
let kubeconfig: string;
let common: Record<string, string>;
let first: Record<Kind, StepEnded>;

const kubectl = (...args: string[]) => chain.kubectl(kubeconfig, args);

/** The service account has the name of the kind. */
const inputsFor = (kind: Kind): Record<string, string> => ({
  ...common,
  ...{ kind, namespace: 'team-a', 'service-account': kind, name: `client-${kind}` },
});

const failed = ({ output }: StepEnded): string =>
  (/^::error::(.*)$/m.exec(output)?.[1] ?? output).replaceAll('%0A', '\n');

beforeAll(async () => {
  chain = await Chain.start();
  const cluster = chain.succeed('create-cluster', { ...group, ...registry, 'cluster-name': 'wilab' });
  // Awaited below. The first failure is the one to report.
  cluster.catch(() => {});
  const { outputs: made } = await chain.succeed('federate-identity', { ...group, ...identity });
  const { outputs: vault } = await chain.succeed('setup-vault', {
    ...group,
    'vault-name': 'wilabworkloads',
    'principal-id': made['principal-id']!,
  });
  const { outputs: built } = await chain.succeed('build-image', { ...group, ...registry });
  const { kubeconfig: file = '', 'oidc-issuer-url': issuer = '' } = (await cluster).outputs;
  kubeconfig = file;
  common = {
    kubeconfig,
    image: built.image!,
    'vault-name': vault['vault-name']!,
    'secret-sha256': vault['secret-sha256']!,
  };

  for (const name of namespaces) {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    await chain.kubectl(kubeconfig, ['create', '--filename', '-'], JSON.stringify(namespace));
  }
  await chain.succeed('federate-identity', { ...group, ...identity, issuer, kubeconfig, workloads });
  // A wrong trust.
  for (const account of open) {
    await chain.az(
      ...['identity', 'federated-credential', 'create', '--name', account, '--issuer', issuer],
      ...['--identity-name', identity['identity-name'], '--resource-group', group['resource-group']],
      ...['--subject', `system:serviceaccount:team-b:${account}-unfederated`],
    );
  }
  const [pod, deployment, job] = await Promise.all(
    kinds.map(kind => chain.succeed('deploy-workload', inputsFor(kind))),
  );
  first = { pod: pod!, deployment: deployment!, job: job! };
});
afterAll(() => chain?.stop());

/** Objects of the proof that still exist after the deletion of its pod. */
async function leftOf(namespace: string, name: string, account: string): Promise<string> {
  const gone = ['--for=delete', `pod/${name}-denied`, '--timeout=60s'];
  await kubectl('wait', '--namespace', namespace, ...gone);
  const all = await kubectl('get', 'pods,serviceaccounts', '--namespace', namespace, '--output', 'name');
  return all
    .split('\n')
    .filter(line => line.endsWith(`/${name}-denied`) || line.endsWith(`/${account}-unfederated`))
    .join();
}

/** As in the job's journal. */
function trustChainOf(workload: string): unknown {
  const journal = readFileSync(join(chain.directory, 'workload-identity-lab', 'stages.jsonl'), 'utf8');
  return journal
    .trim()
    .split('\n')
    .flatMap(line => JSON.parse(line).facts.trustChain ?? [])
    .find(each => each.workload === workload);
}

describe.concurrent.each(kinds)('a %s in a restricted namespace', kind => {
  test('reads the secret, and the report has its trust chain', () => {
    expect(first[kind].outputs).toMatchObject({ verified: 'true', denial: '' });
    expect(first[kind].summary).toMatch(
      new RegExp(`^\\| ${kind} \\| \\S+client\\S+${kind} \\| created \\|`, 'im'),
    );
    expect(trustChainOf(`team-a/${kind}`)).toMatchObject({
      issuer: expect.stringMatching(/^https:\/\/eastus\.oic\.prod-aks\.azure\.com\//),
      subject: `system:serviceaccount:team-a:${kind}`,
      audience: 'api://AzureADTokenExchange',
      credential: expect.any(String),
      identity: { name: identity['identity-name'] },
      access: { kind: 'role', name: 'Key Vault Secrets User' },
      vault: 'wilabworkloads',
      secret: { name: 'Secret', version: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
  });

  test('reaches its final state, is unchanged in the next run, and an unfederated account is refused', async () => {
    const conditions = { pod: 'Ready', deployment: 'Available', job: 'Complete' };
    const wait = [`--for=condition=${conditions[kind]}`, '--timeout=120s'];
    await kubectl('wait', `${kind}/client-${kind}`, '--namespace', 'team-a', ...wait);

    const { outputs, summary } = await chain.succeed('deploy-workload', {
      ...inputsFor(kind),
      'prove-denial': 'true',
    });
    expect(outputs).toMatchObject({ verified: 'true', denial: 'proven' });
    const outcome = kind === 'job' ? 'changed' : 'already there';
    expect(summary).toMatch(new RegExp(`^\\| ${kind} \\| \\S+client\\S+${kind} \\| ${outcome} \\|`, 'im'));
    expect(await leftOf('team-a', `client-${kind}`, kind)).toBe('');
  });

  test('fails if the unfederated account reads the secret', async () => {
    const account = `open-${kind}`;
    const names = { namespace: 'team-b', 'service-account': account, name: account };
    const ended = await chain.run('deploy-workload', { ...common, ...names, kind, 'prove-denial': 'true' });
    expect(failed(ended)).toContain(
      `deploy-workload: denial-disproven: next to "team-b/${account}": "system:serviceaccount:team-b:${account}-unfederated" read the secret.`,
    );
    expect(ended.outputs).toMatchObject({
      verified: 'true',
      denial: 'disproven',
      verdict: 'denial-disproven',
    });
    expect(ended.exitCode).toBe(1);
    expect(await leftOf('team-b', account, account)).toBe('');
  });
});

describe('a transient failure', () => {
  const late = (name: string) => ({ ...inputsFor('pod'), name });

  /** The API server cannot call the webhook for the next pod. */
  const withoutWebhook = (why: string) =>
    control(chain.emulator.facts, 'POST /control/faults', {
      ...{ host: '*.hcp.eastus.azmk8s.io', method: 'POST', pathPattern: '/pods\\?', status: 500 },
      body: {
        ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'InternalError', code: 500 },
        message: `Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": failed to call webhook: Post "https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": ${why}`,
      },
    });

  test.each([
    'no endpoints available for service "azure-wi-webhook-webhook-service"',
    'http: server gave HTTP response to HTTPS client',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'No agent available',
  ])('is a webhook that cannot be called: %s', async why => {
    await withoutWebhook(why);
    const { output, outputs } = await chain.succeed('deploy-workload', late(`late-${why.length}`));
    expect(output).toMatch(
      /^kubectl create: attempt 1 of \d+ failed: a webhook of the cluster does not answer yet\. Trying again in /m,
    );
    expect(outputs).toMatchObject({ verified: 'true' });
  });

  test.each(['deployment', 'job'] as const)(
    'is a webhook that does not answer when a %s creates its pod',
    async kind => {
      const webhookOf = (service: string): Promise<string> =>
        kubectl(
          ...['patch', 'mutatingwebhookconfiguration', 'azure-wi-webhook-mutating-webhook-configuration'],
          ...['--type', 'json', '--patch'],
          `[{"op":"replace","path":"/webhooks/0/clientConfig/service/name","value":"${service}"}]`,
        );
      await webhookOf('not-ready');
      const inputs = { ...inputsFor(kind), name: `late-${kind}` };
      const ended = await chain.run('deploy-workload', inputs, {}, (child, output) => {
        const restore = (): void => {
          if (!/has no pod yet: .*failed calling webhook/.test(output())) return;
          child.stdout?.off('data', restore);
          void webhookOf('azure-wi-webhook-webhook-service');
        };
        child.stdout?.on('data', restore);
      });
      expect(ended.exitCode, ended.output).toBe(0);
      expect(ended.outputs.verified).toBe('true');
    },
  );

  test('is not a webhook that denies the request', async () => {
    await control(chain.emulator.facts, 'POST /control/faults', {
      ...{ host: '*.hcp.eastus.azmk8s.io', method: 'POST', pathPattern: '/pods\\?', status: 400 },
      body: {
        ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 400 },
        message: 'admission webhook "policy.example.com" denied the request: failed calling webhook "x": EOF',
      },
    });
    const ended = await chain.run('deploy-workload', late('denied'));
    expect(failed(ended)).toMatch(/pod-not-created: .*denied the request/);
    expect(ended.output).not.toContain('Trying again');
  });

  test('is a federated credential that Entra does not apply yet', async () => {
    const notSeen = { failure: 'credential-not-seen', times: 2 };
    await control(chain.emulator.facts, 'POST /control/faults', notSeen);
    const { output, outputs } = await chain.succeed('deploy-workload', late('unseen'));
    expect(output.match(/^\| Trying again in .*\(AADSTS70021\)/gm)).toHaveLength(2);
    expect(outputs).toMatchObject({ verified: 'true' });
  });
});

describe('an image that the nodes are not allowed to pull yet', () => {
  test('is pulled by recreated pods of this run', async () => {
    const body = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] };
    const denied = { status: 401, host: '*.azurecr.io', pathPattern: '/manifests/', body, times: 10_000 };
    await control(chain.emulator.facts, 'POST /control/faults', denied);
    let waiting = kinds.length;
    const recreated = /^Pod \S+ cannot pull its image yet\. This action recreates/m;
    const pulling = kinds.map(kind =>
      chain.run('deploy-workload', { ...inputsFor(kind), name: `slow-${kind}` }, {}, (child, output) => {
        const allow = (): void => {
          if (!recreated.test(output())) return;
          child.stdout?.off('data', allow);
          if (--waiting === 0) void control(chain.emulator.facts, 'DELETE /control/faults');
        };
        child.stdout?.on('data', allow);
      }),
    );
    for (const ended of await Promise.all(pulling)) {
      expect(ended.exitCode, ended.output).toBe(0);
      expect(ended.outputs.verified).toBe('true');
    }
  });
});

describe('an existing object of the same name', () => {
  const held = { ...{ namespace: 'team-b', 'service-account': 'api', name: 'held' }, kind: 'pod' };
  const uidOf = (kind: string, name: string): Promise<string> =>
    kubectl('get', kind, name, '--namespace', 'team-b', '--output', 'jsonpath={.metadata.uid}');
  /** Runs the first kubectl command of a message. */
  const followRemedy = async (message: string): Promise<void> => {
    const [command] = /kubectl (?:delete|patch) .*$/m.exec(message)!;
    const script = `${command.trim()} --kubeconfig "$0"`;
    const { exitCode, output } = await chain.start('bash', ['-c', script, kubeconfig]);
    expect(exitCode, `${command}\n${output}`).toBe(0);
  };

  test('with a finalizer ends the step within the timeout, and its remedy fixes the next run', async () => {
    await chain.succeed('deploy-workload', { ...common, ...held });
    await kubectl('label', 'pod', 'held', '--namespace', 'team-b', 'azure.workload.identity/use-');
    const hold = '{"metadata":{"finalizers":["example.com/hold"]}}';
    await kubectl('patch', 'pod', 'held', '--namespace', 'team-b', '--type', 'merge', '--patch', hold);

    const again = { ...common, ...held, replace: 'true', 'timeout-seconds': '35' };
    const ended = await chain.run('deploy-workload', again);
    expect(ended.exitCode).toBe(1);
    expect(failed(ended)).toContain(
      'The pod "team-b/held" is being deleted and still exists after 35 s: its finalizers are "example.com/hold".',
    );
    await followRemedy(failed(ended));
    const { outputs } = await chain.succeed('deploy-workload', again);
    expect(outputs.verified).toBe('true');
  });

  test.each(kinds)('of another repository is not changed: a %s', async kind => {
    const name = `foreign-${kind}`;
    const inputs = { ...common, namespace: 'team-b', 'service-account': 'api', name, kind, replace: 'true' };
    await chain.succeed('deploy-workload', inputs, { GITHUB_REPOSITORY: 'another/repository' });
    const uid = await uidOf(kind, name);

    const ended = await chain.run('deploy-workload', inputs);
    expect(failed(ended)).toContain(
      `The ${kind} "team-b/${name}" exists and was created by deploy-workload for repository "another/repository". This action does not change or delete it.`,
    );
    expect(ended.outputs.verdict).toBe('object-of-another-owner');
    expect(await uidOf(kind, name)).toBe(uid);

    await followRemedy(failed(ended));
    const { outputs } = await chain.succeed('deploy-workload', inputs);
    expect(outputs.verified).toBe('true');
    expect(await uidOf(kind, name)).not.toBe(uid);
  });

  test('that was created by hand is not changed', async () => {
    await kubectl('create', 'job', 'by-hand', '--namespace', 'default', '--image', 'example.com/x:1');
    const inputs = { ...inputsFor('job'), namespace: 'default', name: 'by-hand', replace: 'true' };
    const account = ['--namespace', 'default', 'job'];
    await kubectl('create', 'serviceaccount', ...account);
    const clientId = 'azure.workload.identity/client-id=00000000-0000-4000-8000-000000000000';
    await kubectl('annotate', 'serviceaccount', ...account, clientId);
    const ended = await chain.run('deploy-workload', inputs);
    expect(failed(ended)).toContain('The job "default/by-hand" exists and was created by another owner.');
  });
});

describe('several workloads', () => {
  test('are deployed in parallel; a failed one is listed, and the others are verified', async () => {
    const list = [...several, 'team-b/nobody'].join('\n');
    const ended = await chain.run('deploy-workload', { ...common, workloads: list });
    expect(failed(ended)).toMatch(
      /1 of 3 workloads failed; 2 succeeded:\n- team-b\/nobody: service-account-missing: /,
    );
    expect(ended.outputs.verdict).toBe('service-account-missing');
    expect(JSON.parse(ended.outputs.results!)).toMatchObject([
      { workload: 'team-a/api', pod: 'wi-kv-test-api', verified: true, verdict: '' },
      { workload: 'team-b/api', pod: 'wi-kv-test-api', verified: true, verdict: '' },
      { workload: 'team-b/nobody', pod: '', verified: false, verdict: 'service-account-missing' },
    ]);
    expect(ended.exitCode).toBe(1);

    const { outputs } = await chain.succeed('deploy-workload', { ...common, workloads: several.join('\n') });
    expect(outputs).toMatchObject({ verified: 'true', 'pod-name': 'wi-kv-test-api' });
  });
});

describe('an inconclusive proof of denial', () => {
  const trying = (kind: Kind, watch?: Watch) =>
    chain.run('deploy-workload', { ...inputsFor(kind), 'prove-denial': 'true' }, {}, watch);

  async function expectInconclusive(kind: Kind, seen: RegExp): Promise<void> {
    const ended = await trying(kind);
    expect(failed(ended)).toMatch(/^deploy-workload: denial-inconclusive: /);
    expect(failed(ended)).toMatch(seen);
    expect(ended.outputs).toMatchObject({
      verified: 'true',
      denial: 'inconclusive',
      verdict: 'denial-inconclusive',
    });
    expect(ended.exitCode).toBe(1);
  }

  /** Existing pods have their image and their token, so the fault affects only new pods. */
  async function whileFaulty(fault: object, work: () => Promise<void>): Promise<void> {
    await control(chain.emulator.facts, 'POST /control/faults', { ...fault, times: 1000 });
    try {
      await work();
    } finally {
      await control(chain.emulator.facts, 'DELETE /control/faults');
    }
  }

  test('if Entra does not answer', async () => {
    const fault = { status: 503, host: 'login.microsoftonline.com', pathPattern: '/oauth2/v2.0/token' };
    await whileFaulty(fault, () =>
      expectInconclusive('pod', /did not refuse the unfederated client as expected\. .*\b503\b/),
    );
    expect(await leftOf('team-a', 'client-pod', 'pod')).toBe('');
  });

  test('if the image is not available', async () => {
    const body = { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest is not found' }] };
    const fault = { status: 404, host: '*.azurecr.io', pathPattern: '/manifests/', body };
    await whileFaulty(fault, () => expectInconclusive('deployment', /image-not-found: /));
    expect(await leftOf('team-a', 'client-deployment', 'deployment')).toBe('');
  });

  test('if the service account belongs to another owner', async () => {
    await kubectl('create', 'serviceaccount', 'job-unfederated', '--namespace', 'team-a');
    await expectInconclusive(
      'job',
      /serviceaccount "team-a\/job-unfederated" exists and belongs to another owner, so this action does not use it/,
    );
    await kubectl('get', 'serviceaccount', 'job-unfederated', '--namespace', 'team-a');
  });

  test('if the step is cancelled, which deletes the objects of the proof', async () => {
    const ended = await trying('pod', (child, output) => {
      const stop = (): void => {
        if (!output().includes('Unfederated pod team-a/client-pod-denied: ')) return;
        child.stdout?.off('data', stop);
        child.kill('SIGINT');
      };
      child.stdout?.on('data', stop);
    });
    expect(failed(ended)).toContain('The step was cancelled (SIGINT)');
    expect(ended.exitCode).toBe(1);
    expect(await leftOf('team-a', 'client-pod', 'pod')).toBe('');
  });
});
