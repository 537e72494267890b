import { describe, expect, it, vi } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { type FakeAnswer, type FakeTools, fakeTools } from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import * as log from '../shared/log.ts';
import { deployWorkload } from './deploy-workload.ts';
import { FakeCluster, type FakeClusterOptions, refused, serviceAccount, value } from './fake-cluster.ts';
import { inputsOf } from './test-context.ts';

vi.spyOn(log, 'printUntrusted').mockImplementation(() => {});

/** Runs the action; gives its outputs, or what it failed with. */
async function run(
  inputs: Record<string, string> = {},
  options: FakeClusterOptions = {},
  answers: Record<string, FakeAnswer> = {},
): Promise<{ tools: FakeTools; cluster: FakeCluster; outputs: Record<string, string>; failure: unknown }> {
  const cluster = new FakeCluster(options);
  const tools = fakeTools({ ...cluster.answers, ...answers });
  try {
    const outputs = await deployWorkload(inputsOf(inputs), tools);
    return { tools, cluster, outputs, failure: undefined };
  } catch (failure) {
    return { tools, cluster, outputs: failure instanceof ActionFailed ? failure.outputs : {}, failure };
  }
}

describe('a workload', () => {
  it.each([
    ['pod', 'Pod', 'wi-kv-test'],
    ['deployment', 'Deployment', 'wi-kv-test-1'],
    ['job', 'Job', 'wi-kv-test-1'],
  ])('is created as a %s, and is verified if its log contains the secret', async (kind, what, pod) => {
    const { tools, outputs } = await run({ kind });
    const result = { workload: 'default/wi-demo-sa', pod, verified: true, denial: '', verdict: '' };
    expect(outputs).toEqual({
      'pod-name': pod,
      verified: 'true',
      denial: '',
      results: JSON.stringify([result]),
      verdict: '',
      diagnosis: '',
    });
    expect(tools.outcomes()).toEqual({
      [`${what} default/wi-kv-test`]: 'created',
      'Secret in the log of default/wi-kv-test': 'verified',
    });
    // Parts of the chain that cannot be read are unknown, and do not fail the step.
    expect(tools.report.facts.trustChain).toMatchObject([
      { workload: 'default/wi-demo-sa', identity: { name: null }, issuer: null },
    ]);
  });

  it.each([
    ['service-account-missing', []],
    ['service-account-not-annotated', ['{"metadata":{}}']],
  ])('is not created if its service account has a fault: %s', async (verdict, [account = '']) => {
    const { failure, outputs, tools } = await run({}, {}, { 'kubectl get serviceaccount': () => account });
    expect((failure as Error).message).toMatch(new RegExp(`^${verdict}: `));
    expect(outputs.verdict).toBe(verdict);
    expect(tools.report.rows).toEqual([]);
  });
});

describe('several workloads', () => {
  const names = Array.from({ length: 20 }, (_, index) => [`team-${index % 2}`, `app-${index}`] as const);
  const workloads = names.map(([namespace, account]) => `${namespace}/${account}`).join('\n');
  const existing = names.map(([namespace, account]) => serviceAccount(namespace, account));

  it('are deployed in parallel', async () => {
    const { outputs, tools } = await run({ workloads }, { existing });
    expect(outputs).toMatchObject({ 'pod-name': 'wi-kv-test-app-0', verified: 'true' });
    expect(JSON.parse(outputs.results!)).toHaveLength(20);
    expect(tools.report.facts.trustChain).toHaveLength(20);
    expect(tools.lines).toContain('team-1/wi-kv-test-app-3 | Secret value: ***');
    // The action creates all of them before it follows the first.
    const verbs = tools.commands.map(([, verb]) => verb);
    expect(verbs.indexOf('logs')).toBeGreaterThan(verbs.lastIndexOf('apply'));
  });

  it('read shared Azure resources once', async () => {
    const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/wilab4521';
    const vault = { id, name: 'wilab4521', properties: { enableRbacAuthorization: true } };
    const { tools } = await run(
      { workloads },
      { existing },
      {
        'az keyvault list': () => [vault],
        'az keyvault show': () => vault,
        'az resource show': () => ({ uri: 'https://wilab4521.vault.azure.net/secrets/Secret/0123' }),
      },
    );
    expect(tools.report.facts.trustChain).toContainEqual(
      expect.objectContaining({ workload: 'team-1/app-19', secret: { name: 'Secret', version: '0123' } }),
    );
    const asked = tools.commands.filter(([tool]) => tool === 'az').map(command => command.join(' '));
    expect(asked.length).toBeGreaterThan(3);
    expect(asked).toEqual([...new Set(asked)]);
  });

  it('are listed if they fail, and the others are verified', async () => {
    const logs = ({ metadata: { name } }: Pod) => [
      name === 'wi-kv-test-app-7' ? 'could not be read (ForbiddenByRbac): no' : `Secret value: ${value}`,
    ];
    const { failure, outputs, tools } = await run({ workloads }, { existing, logs });
    expect(tools.report.facts.trustChain).toMatchObject([{ workload: 'team-1/app-7', access: null }]);
    expect((failure as Error).message).toMatch(
      /^1 of 20 workloads failed; 19 succeeded:\n- team-1\/app-7: vault-role: /,
    );
    expect(outputs.verdict).toBe('vault-role');
    const results = JSON.parse(outputs.results!) as { workload: string; verified: boolean }[];
    expect(results.filter(({ verified }) => !verified)).toMatchObject([{ workload: 'team-1/app-7' }]);
    expect(outputs.verified).toBeUndefined();
  });
});

describe.each(['pod', 'deployment', 'job'])('the proof of denial for a %s', kind => {
  const inputs = { kind, 'prove-denial': 'true' };

  it('checks the secret before and after it', async () => {
    const { outputs, tools } = await run(inputs);
    expect(outputs).toMatchObject({ verified: 'true', denial: 'proven' });
    const again = kind === 'job' ? ['Second run of job default/wi-kv-test'] : [];
    expect(Object.keys(tools.outcomes()).slice(1)).toEqual([
      'Secret in the log of default/wi-kv-test',
      'Denial without federation, next to default/wi-kv-test',
      ...again,
      'Second check of the secret in the log of default/wi-kv-test',
    ]);
    const followed = tools.commands.filter(command => command[1] === 'logs' && command.includes('--follow'));
    expect(followed.map(command => command.at(-1))).toEqual(['50', kind === 'job' ? '50' : '0']);
  });

  it('fails if it is disproven', async () => {
    const { failure, outputs } = await run(inputs, { logs: () => [`Secret value: ${value}`] });
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /^denial-disproven: next to "default\/wi-kv-test": .*read the secret\.$/,
      ),
      link: expect.stringMatching(/#denial-disproven$/),
    });
    expect(outputs).toMatchObject({ verified: 'true', denial: 'disproven', verdict: 'denial-disproven' });
  });

  it('is inconclusive if the workload itself is refused afterwards', async () => {
    let followed = 0;
    const logs = ({ metadata: { name, namespace } }: Pod): (string | FakeAnswer)[] => {
      if (name.endsWith('-denied'))
        return [refused(`system:serviceaccount:${namespace}:wi-demo-sa-unfederated`)];
      const disabled = 'Stopped: secret Secret could not be read (SecretDisabled): disabled';
      // Of the job's second pod, and of the same pod's second reading.
      return followed++ === 0 ? [`Secret value: ${value}`, disabled] : [disabled];
    };
    const { failure, outputs } = await run(inputs, { logs });
    expect((failure as Error).message).toMatch(
      /^denial-inconclusive: next to .*: the federated workload fails now too: secret-disabled: /,
    );
    expect(outputs).toMatchObject({
      verified: 'true',
      denial: 'inconclusive',
      verdict: 'denial-inconclusive',
    });
  });

  it('does not run if the workload does not read the secret', async () => {
    const { outputs, cluster, tools } = await run(inputs, {
      logs: () => ['could not be read (ForbiddenByRbac): no'],
    });
    expect(outputs).toMatchObject({ verdict: 'vault-role' });
    expect(outputs.denial).toBeUndefined();
    expect(cluster.names().join()).not.toContain('denied');
    expect(tools.commands.flat().join()).not.toContain('unfederated');
  });
});

it('ends with the interruption', async () => {
  const stop = new Interrupted('SIGINT');
  const { failure } = await run(
    {},
    {},
    {
      'kubectl logs': () => {
        throw stop;
      },
    },
  );
  expect(failure).toBe(stop);
});
