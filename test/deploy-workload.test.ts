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

/** In each of these only what the restricted Pod Security Standard accepts is admitted. */
const namespaces = ['team-a', 'team-b'];
/** A service account for each kind, several to be deployed at once, and those whose proof of denial is to fail. */
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
/** The first deployment of each kind. */
let first: Record<Kind, StepEnded>;

const kubectl = (...args: string[]) => chain.kubectl(kubeconfig, args);

/** The inputs for one kind, under the service account that is called like it. */
const inputsFor = (kind: Kind): Record<string, string> => ({
  ...common,
  ...{ kind, namespace: 'team-a', 'service-account': kind, name: `client-${kind}` },
});

const failed = ({ output }: StepEnded): string =>
  (/^::error::(.*)$/m.exec(output)?.[1] ?? output).replaceAll('%0A', '\n');

beforeAll(async () => {
  chain = await Chain.start();
  const cluster = chain.succeed('create-cluster', { ...group, ...registry, 'cluster-name': 'wilab' });
  // It fails on its own, too: whoever fails first is the one to hear of.
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
  // Somebody trusts these by mistake.
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

/** What is there of a proof of denial, once what is being deleted is gone. */
async function leftOf(namespace: string, name: string, account: string): Promise<string> {
  const gone = ['--for=delete', `pod/${name}-denied`, '--timeout=60s'];
  await kubectl('wait', '--namespace', namespace, ...gone);
  const all = await kubectl('get', 'pods,serviceaccounts', '--namespace', namespace, '--output', 'name');
  return all
    .split('\n')
    .filter(line => line.endsWith(`/${name}-denied`) || line.endsWith(`/${account}-unfederated`))
    .join();
}

/** What the action told the job's journal of a workload's chain of trust. */
function trustChainOf(workload: string): unknown {
  const journal = readFileSync(join(chain.directory, 'workload-identity-lab', 'stages.jsonl'), 'utf8');
  return journal
    .trim()
    .split('\n')
    .flatMap(line => JSON.parse(line).facts.trustChain ?? [])
    .find(each => each.workload === workload);
}

describe.concurrent.each(kinds)('a %s in a restricted namespace', kind => {
  test('reads the secret, and its chain of trust is told as it is', () => {
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

  test('comes to its state, is there already the next time, and refused under an unfederated account', async () => {
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

  test('fails where the unfederated account is let in', async () => {
    const account = `open-${kind}`;
    const names = { namespace: 'team-b', 'service-account': account, name: account };
    const ended = await chain.run('deploy-workload', { ...common, ...names, kind, 'prove-denial': 'true' });
    expect(failed(ended)).toContain(
      `deploy-workload: denial-disproven: beside team-b/${account}: system:serviceaccount:team-b:${account}-unfederated was given the secret.`,
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

describe('what passes by itself', () => {
  const late = (name: string) => ({ ...inputsFor('pod'), name });

  /** What the API server says the next time that a pod is made, while it cannot ask the webhook. */
  const withoutWebhook = (why: string) =>
    control(chain.emulator.facts, 'POST /control/faults', {
      ...{ host: '*.hcp.eastus.azmk8s.io', method: 'POST', pathPattern: '/pods\\?', status: 500 },
      body: {
        ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'InternalError', code: 500 },
        message: `Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": failed to call webhook: Post "https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": ${why}`,
      },
    });

  test('is a webhook that is not up yet, as in a cluster that was made or started just now', async () => {
    await withoutWebhook('no endpoints available for service "azure-wi-webhook-webhook-service"');
    const { output, outputs } = await chain.succeed('deploy-workload', late('late'));
    expect(output).toMatch(
      /^kubectl apply: attempt 1 of \d+ failed: a webhook of the cluster does not answer yet\. Trying again in /m,
    );
    expect(outputs).toMatchObject({ verified: 'true' });
  });

  test('is not a webhook that answers with another certificate', async () => {
    await withoutWebhook('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    const ended = await chain.run('deploy-workload', late('never'));
    expect(failed(ended)).toContain('An admission webhook of the cluster does not answer');
    expect(ended.output).not.toContain('Trying again');
  });

  test('is a federated credential that is not seen yet', async () => {
    const notSeen = { failure: 'credential-not-seen', times: 2 };
    await control(chain.emulator.facts, 'POST /control/faults', notSeen);
    const { output, outputs } = await chain.succeed('deploy-workload', late('unseen'));
    expect(output.match(/^\| Trying again in .*\(AADSTS70021\)/gm)).toHaveLength(2);
    expect(outputs).toMatchObject({ verified: 'true' });
  });
});

describe('several workloads', () => {
  test('are deployed at once, and one that fails is named while the others are verified', async () => {
    const list = [...several, 'team-b/nobody'].join('\n');
    const ended = await chain.run('deploy-workload', { ...common, workloads: list });
    expect(failed(ended)).toMatch(
      /1 of 3 workloads failed; 2 ended well:\n- team-b\/nobody: service-account-missing: /,
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

describe('nothing is proven', () => {
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

  /** What goes wrong only for whoever comes anew: the pods that run have their image and their token. */
  async function whileFaulty(fault: object, work: () => Promise<void>): Promise<void> {
    await control(chain.emulator.facts, 'POST /control/faults', { ...fault, times: 1000 });
    try {
      await work();
    } finally {
      await control(chain.emulator.facts, 'DELETE /control/faults');
    }
  }

  test('while Entra answers nobody', async () => {
    const fault = { status: 503, host: 'login.microsoftonline.com', pathPattern: '/oauth2/v2.0/token' };
    await whileFaulty(fault, () => expectInconclusive('pod', /ended otherwise than refused: .*\b503\b/));
    expect(await leftOf('team-a', 'client-pod', 'pod')).toBe('');
  });

  test('while the image is not to be had', async () => {
    const body = { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest is not found' }] };
    const fault = { status: 404, host: '*.azurecr.io', pathPattern: '/manifests/', body };
    await whileFaulty(fault, () => expectInconclusive('deployment', /image-not-found: /));
    expect(await leftOf('team-a', 'client-deployment', 'deployment')).toBe('');
  });

  test("where the service account is somebody else's, which is left alone", async () => {
    await kubectl('create', 'serviceaccount', 'job-unfederated', '--namespace', 'team-a');
    await expectInconclusive(
      'job',
      /service account team-a\/job-unfederated is there, and is somebody else's/,
    );
    await kubectl('get', 'serviceaccount', 'job-unfederated', '--namespace', 'team-a');
  });

  test('when the step is cancelled, and nothing of the proof is left', async () => {
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
