import { describe, expect, it, vi } from 'vitest';
import { type FakeAnswer, failing } from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import * as log from '../shared/log.ts';
import { checkDenial, proveDenialOf } from './denial.ts';
import { type FakeClusterOptions, mutated, refused, serviceAccount, value } from './fake-cluster.ts';
import { CREATE, changes, DELETE, testContext } from './test-context.ts';

vi.spyOn(log, 'printUntrusted').mockImplementation(() => {});

const subject = 'system:serviceaccount:default:wi-demo-sa-unfederated';
const pod = '/api/v1/namespaces/default/pods/wi-kv-test-denied';
const account = '/api/v1/namespaces/default/serviceaccounts/wi-demo-sa-unfederated';
const wholeRound = [CREATE, CREATE, DELETE(account), DELETE(pod)];

const ofAProof = {
  'workload-identity-lab/proof-of-denial': 'true',
  'app.kubernetes.io/managed-by': 'workload-identity-lab',
};

describe('checkDenial', () => {
  const given = (values: number, ...lines: string[]) => checkDenial({ values, lines }, subject);

  it('finds the denial proven if the last line is a refusal of this subject by Entra', () => {
    expect(given(0, 'Retrieving …', refused(subject))).toEqual({
      denial: 'proven',
      seen: `Entra refused "${subject}": no federated credential matches its token`,
    });
    const older =
      "Given up after 15 s: secret Secret could not be read (AADSTS70021): No matching federated identity record found for presented assertion. Assertion Subject: '" +
      `${subject}'.`;
    expect(given(0, older).denial).toBe('proven');
  });

  it('finds the denial disproven by any value', () => {
    expect(given(1, 'Secret value: ***', refused(subject)).denial).toBe('disproven');
  });

  it.each([
    ['an unknown issuer', refused(subject).replace('700213', '700211')],
    ['a different case', refused(subject).replace('700213', '7002138')],
    ["another account's token", refused(`${subject}-2`)],
    ['an earlier refusal only', refused(subject).replace('Given up after 15 s', 'Trying again in 2.0 s')],
    ["the vault's refusal", 'Given up after 15 s: secret Secret could not be read (ForbiddenByRbac): no'],
    [
      'a refusal that another service quotes',
      `Given up after 15 s: secret Secret could not be read (HTTP 503): ${refused(subject)}`,
    ],
    ['an empty log', ''],
  ])('finds the denial inconclusive for %s', (_, line) => {
    expect(given(0, line).denial).toBe('inconclusive');
  });
});

describe('proveDenialOf', () => {
  const trying = async (options: FakeClusterOptions = {}, answers: Record<string, FakeAnswer> = {}) => {
    const test = testContext({}, options, answers);
    const before = test.cluster.names();
    const end = await proveDenialOf(test.context, test.workload).catch((error: unknown) => error);
    expect(test.cluster.names()).toEqual(before);
    return { end, ...test };
  };

  it('is proven, and deletes what it created', async () => {
    const { end, tools } = await trying();
    expect(end).toMatchObject({ denial: 'proven' });
    expect(changes(tools)).toEqual(wholeRound);
    expect(tools.lines.some(line => line.startsWith('unfederated| Given up'))).toBe(true);
  });

  it('runs the same client for the same identity once, for a short time', async () => {
    const { tools, workload } = await trying();
    const [account, pod] = tools.options.flatMap(({ input }) => (input ? [JSON.parse(input)] : []));
    expect(account.metadata.annotations['workload-identity-lab/repository']).toBe('o/r');
    expect(account.metadata).toMatchObject({ name: 'wi-demo-sa-unfederated' });
    expect(account.metadata.annotations['azure.workload.identity/client-id']).toBe(
      workload.annotations.clientId,
    );
    const desired = workload.desired.spec as Pod['spec'];
    expect(pod.spec).toMatchObject({ restartPolicy: 'Never', serviceAccountName: 'wi-demo-sa-unfederated' });
    expect(pod.spec.containers[0].env).toEqual([
      ...desired.containers[0]!.env!,
      { name: 'RETRY_SECONDS', value: '15' },
      { name: 'READS', value: '1' },
    ]);
    expect({ ...pod.spec.containers[0], env: [] }).toEqual({ ...desired.containers[0], env: [] });
  });

  it('is disproven if the client reads the secret, and does not print the secret', async () => {
    const { end, tools } = await trying({ logs: () => [`Secret value: ${value}`] });
    expect(end).toEqual({ denial: 'disproven', seen: `"${subject}" read the secret` });
    expect(tools.lines.join()).not.toContain(value);
    expect(changes(tools)).toEqual(wholeRound);
  });

  it('is inconclusive with the diagnosis if the pod does not start, immediately if waiting does not help', async () => {
    const become = (message: string) => (pod: Pod) =>
      mutated(pod, { waiting: { reason: 'ErrImagePull', message } });
    const late = await trying({ become: become('401 Unauthorized') });
    expect(late.end).toMatchObject({
      denial: 'inconclusive',
      seen: expect.stringMatching(/^image-pull-denied: /),
    });
    expect(late.tools.time.now()).toBeGreaterThan(290_000);
    expect(changes(late.tools)).toEqual(wholeRound);

    const soon = await trying({ become: become('code = NotFound') });
    expect(soon.end).toMatchObject({ seen: expect.stringMatching(/^image-not-found: /) });
    expect(soon.tools.time.now()).toBe(0);
  });

  it('is inconclusive if kubectl fails, and cleans up', async () => {
    const { end, tools } = await trying(
      {},
      {
        'kubectl logs': () => failing('Unable to connect to the server: EOF'),
      },
    );
    expect(end).toMatchObject({ denial: 'inconclusive', seen: expect.stringContaining('Unable to connect') });
    expect(changes(tools)).toEqual(wholeRound);
  });

  it('is inconclusive if a quota rejects the pod', async () => {
    const stderr =
      'Error from server (Forbidden): pods "wi-kv-test-denied" is forbidden: exceeded quota: small';
    const { end } = await trying(
      {},
      {
        'kubectl create': (_, { input }) => (JSON.parse(input!).kind === 'Pod' ? failing(stderr) : input),
      },
    );
    expect(end).toMatchObject({
      denial: 'inconclusive',
      seen: expect.stringContaining('exceeded quota: small'),
    });
  });

  it('cleans up if the step is cancelled', async () => {
    const stop = new Interrupted('SIGINT');
    const { end, tools } = await trying(
      {},
      {
        'kubectl logs': () => {
          throw stop;
        },
      },
    );
    expect(end).toBe(stop);
    expect(changes(tools)).toEqual(wholeRound);
    expect(tools.options.at(-1)).toMatchObject({ lastWord: true });
  });

  it('warns about objects that it could not delete', async () => {
    const { context, workload, tools } = testContext(
      {},
      {},
      {
        'kubectl delete --raw': () => failing('Error from server (Forbidden)'),
      },
    );
    expect(await proveDenialOf(context, workload)).toMatchObject({ denial: 'proven' });
    expect(tools.warnings.sort()).toEqual([
      expect.stringMatching(
        /^The pod "default\/wi-kv-test-denied" could not be deleted: .*Forbidden[\s\S]*kubectl delete pod/,
      ),
      expect.stringMatching(/^The serviceaccount "default\/wi-demo-sa-unfederated" could not be deleted: /),
    ]);
  });

  it.each([
    ['serviceaccount', serviceAccount('default', 'wi-demo-sa-unfederated')],
    [
      'serviceaccount',
      serviceAccount('default', 'wi-demo-sa-unfederated', ofAProof, {
        'workload-identity-lab/repository': 'other/repository',
      }),
    ],
    ['pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'wi-kv-test-denied', namespace: 'default' } }],
  ])('does not use or delete the %s of another owner', async (what, object) => {
    const { end, tools } = await trying({ existing: [object] });
    expect(end).toEqual({
      denial: 'inconclusive',
      seen: expect.stringMatching(
        new RegExp(
          `^the ${what} "default/wi-\\S+" exists and belongs to another owner, so this action does not use it$`,
        ),
      ),
    });
    expect(changes(tools)).toEqual([]);
  });

  it('recreates the objects of an earlier proof', async () => {
    const test = testContext(
      {},
      {
        existing: [
          serviceAccount('default', 'wi-demo-sa-unfederated', ofAProof, {
            'workload-identity-lab/repository': 'o/r',
          }),
        ],
      },
    );
    const tried = await proveDenialOf(test.context, test.workload);
    expect(tried, tried.seen).toMatchObject({ denial: 'proven' });
    expect(test.cluster.names()).toEqual(['serviceaccount default/wi-demo-sa']);
  });
});
