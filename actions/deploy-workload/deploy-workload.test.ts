import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../shared/diagnosis/pod.ts';
import { ActionFailed } from '../shared/failures.ts';
import { type Answer, failing, fakeTools } from '../shared/fake-tools.ts';
import { deployWorkload } from './deploy-workload.ts';
import { type Inputs, parse } from './inputs.ts';
import { differences, manifest as manifestOf, type WorkloadObject } from './manifest.ts';

const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
const value = 'a fresh random secret';
const sha256 = createHash('sha256').update(value).digest('hex');

const given: Record<string, string> = {
  kubeconfig: '/tmp/config',
  image: `wilab4521.azurecr.io/wi-kv-test@sha256:${'ab'.repeat(32)}`,
  'vault-name': 'wilab4521',
  'secret-sha256': sha256,
};
const reading =
  (overrides: Record<string, string> = {}) =>
  (name: string) =>
    ({ ...given, ...overrides })[name] ?? '';
const inputs: Inputs = parse({ GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: 'abc' }, reading());

/** The pod that these inputs ask for. */
function manifest({ image, vaultName, secretName, targets }: Inputs): WorkloadObject & Pod {
  const client = { kind: 'pod' as const, image, vaultName, secretName, vaultDomain: 'vault.azure.net' };
  return manifestOf(targets[0]!, client, clientId) as WorkloadObject & Pod;
}

/** A pod as the webhook leaves it, its container in this state. */
function mutated<T extends Pod>(pod: T, status: object = { state: { running: {} } }): T {
  const made = structuredClone(pod);
  made.spec.containers[0]!.env!.push(
    { name: 'AZURE_CLIENT_ID', value: clientId },
    { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
  );
  return { ...made, status: { containerStatuses: [{ restartCount: 0, ...status }] } };
}

const account = { metadata: { annotations: { 'azure.workload.identity/client-id': clientId } } };

/** A cluster that holds one pod at most, whose log is `logs`; `mutate` is the webhook and the kubelet. */
function cluster({
  logs = [`Retrieving your secret from wilab4521.\nSecret value: ${value}`],
  standing,
  serviceAccount = account,
  mutate = mutated,
  events = [],
}: {
  logs?: (string | Answer)[];
  standing?: Pod;
  serviceAccount?: object | null;
  mutate?: (pod: Pod) => Pod;
  events?: string[];
} = {}): Record<string, Answer> {
  let pod = standing;
  const left = [...logs];
  return {
    'az cloud show': () => ({ suffixes: { keyvaultDns: '.vault.azure.net' } }),
    'kubectl get serviceaccount': () => (serviceAccount ? JSON.stringify(serviceAccount) : ''),
    'kubectl get pod': () => pod && JSON.stringify(pod),
    'kubectl get events': () => JSON.stringify({ items: events.map(message => ({ message })) }),
    'kubectl apply': (_, { input }) => {
      pod = mutate(JSON.parse(input!));
    },
    'kubectl delete pod': () => {
      pod = undefined;
    },
    'kubectl logs': (args, options) => {
      const next = left.length > 1 ? left.shift()! : left[0]!;
      if (typeof next !== 'string') return next(args, options);
      for (const line of next.split('\n')) options.onLine?.(line);
      options.signal?.throwIfAborted();
    },
  };
}

/** The failure that it ends with. */
async function failure(
  answers: Record<string, Answer>,
  overrides: Partial<Inputs> = {},
): Promise<ActionFailed> {
  const error = await deployWorkload({ ...inputs, ...overrides }, fakeTools(answers)).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ActionFailed);
  return error as ActionFailed;
}

describe('deployWorkload', () => {
  it('makes the pod, follows its log, and passes when the secret is in it', async () => {
    const tools = fakeTools(cluster());
    expect(await deployWorkload(inputs, tools)).toEqual({
      'pod-name': 'wi-kv-test',
      verified: 'true',
      denial: '',
      results: '[{"workload":"default/wi-demo-sa","pod":"wi-kv-test","denial":""}]',
    });
    expect(tools.outcomes()).toEqual({
      'Pod default/wi-kv-test': 'created',
      'Secret in the log of default/wi-kv-test': 'verified',
    });
    expect(tools.lines).toContain('| Secret value: ***');
    expect(tools.lines.join()).not.toContain(value);
    expect(tools.commands.slice(0, 6).map(command => command.slice(1, 3).join(' '))).toEqual([
      'cloud show',
      'get serviceaccount',
      'get pod',
      'apply --filename',
      'get pod',
      'logs wi-kv-test',
    ]);
    // What may not be seen afterwards stays unknown, and fails nothing.
    expect(tools.report.facts.trustChain).toMatchObject([
      { workload: 'default/wi-demo-sa', identity: { clientId, name: null }, issuer: null },
    ]);
  });

  it('takes a pod that is there and the same, and makes nothing', async () => {
    const tools = fakeTools(cluster({ standing: mutated(manifest(inputs)) }));
    await deployWorkload(inputs, tools);
    expect(tools.outcomes()['Pod default/wi-kv-test']).toBe('already there');
    expect(tools.commands.some(command => command[1] === 'apply')).toBe(false);
  });

  it('refuses a pod from an earlier run, and says how it differs', async () => {
    const earlier = mutated(manifest({ ...inputs, vaultName: 'wilab1' }));
    const error = await failure(cluster({ standing: earlier }));
    expect(error.message).toContain('from an earlier run');
    expect(error.message).toContain('KEY_VAULT_NAME is wilab1, not wilab4521');
    expect(error.remedy).toContain('replace: true');
    expect(error.link).toBe(
      'https://github.com/o/r/blob/abc/docs/troubleshooting.md#pod-from-an-earlier-run',
    );
  });

  it('replaces it when told to, and waits for one that is being deleted', async () => {
    const earlier = mutated(manifest({ ...inputs, vaultName: 'wilab1' }));
    const replacing = fakeTools(cluster({ standing: earlier }));
    await deployWorkload({ ...inputs, replace: true }, replacing);
    expect(replacing.outcomes()['Pod default/wi-kv-test']).toBe('changed');

    const leaving = mutated(manifest(inputs));
    leaving.metadata.deletionTimestamp = '2026-11-23T00:00:00Z';
    const waiting = fakeTools(cluster({ standing: leaving }));
    await deployWorkload(inputs, waiting);
    expect(waiting.outcomes()['Pod default/wi-kv-test']).toBe('changed');
  });

  it('goes on through refusals and restarts until the secret is there', async () => {
    const tools = fakeTools(
      cluster({
        logs: [
          'Trying again in 1.0 s: (AADSTS700213): …',
          () => failing('Error from server (BadRequest): container is waiting to start'),
          `Secret value: an earlier secret\nSecret value: ${value}\nSecret value: ${value}`,
        ],
      }),
    );
    expect((await deployWorkload(inputs, tools)).verified).toBe('true');
    expect(tools.lines.filter(line => line === '| Secret value: ***')).toHaveLength(2);
  });

  it('fails before anything is made when the service account is missing or not annotated', async () => {
    expect((await failure(cluster({ serviceAccount: null }))).message).toMatch(/^service-account-missing: /);
    const answers = cluster({ serviceAccount: { metadata: {} } });
    expect((await failure(answers)).message).toMatch(/^service-account-not-annotated: /);
  });

  it('says at once that the pod was not mutated', async () => {
    const tools = fakeTools(cluster({ mutate: pod => pod }));
    await expect(deployWorkload(inputs, tools)).rejects.toThrow(/^webhook-missing: /);
    expect(tools.time.now()).toBe(0);
  });

  it('says at once that the image was never built, and after the bound that the nodes may not pull it', async () => {
    const state = (message: string) => ({ state: { waiting: { reason: 'ErrImagePull', message } } });
    const missing = fakeTools(
      cluster({ mutate: pod => mutated(pod, state('code = NotFound … 401 Unauthorized')) }),
    );
    await expect(deployWorkload(inputs, missing)).rejects.toThrow(/^image-not-found: /);
    expect(missing.time.now()).toBe(0);

    const denied = fakeTools(cluster({ mutate: pod => mutated(pod, state('401 Unauthorized')) }));
    await expect(deployWorkload(inputs, denied)).rejects.toThrow(/^image-pull-denied: /);
    expect(denied.time.now()).toBeGreaterThan(290_000);
  });

  it('reads what an ended container wrote once, and gives the reason in it', async () => {
    const tools = fakeTools(
      cluster({
        mutate: pod => mutated(pod, { state: { terminated: { exitCode: 1 } } }),
        logs: ['Given up after 600 s: secret Secret could not be read (AADSTS500011): …'],
      }),
    );
    await expect(deployWorkload(inputs, tools)).rejects.toThrow(/^entra-refused: /);
    expect(tools.commands.filter(command => command[1] === 'logs')).toHaveLength(1);
  });

  it('does not wait for a secret that does not exist', async () => {
    const tools = fakeTools(
      cluster({ logs: ['Stopped: secret Secret could not be read (SecretNotFound): …'] }),
    );
    await expect(deployWorkload(inputs, tools)).rejects.toThrow(/^secret-not-found: /);
    expect(tools.time.now()).toBe(0);
  });

  it('looks at the credentials when Entra knows none, and shows what they say', async () => {
    const answers = {
      ...cluster({
        logs: ["AADSTS700213: … for presented assertion subject 'system:serviceaccount:default:wi-demo-sa'."],
      }),
      'az identity list': () => [
        { name: 'wi-demo-identity', resourceGroup: 'rg', principalId: 'p', clientId, tenantId: 't' },
      ],
      'az identity federated-credential list': () => [
        {
          name: 'wi-fed',
          issuer: 'i',
          subject: 'system:serviceaccount:default:other',
          audiences: ['api://AzureADTokenExchange'],
        },
      ],
    };
    const error = await failure(answers);
    expect(error.message).toMatch(
      /^federated-subject: .*wi-demo-identity .*wi-fed, differs in the subject:$/m,
    );
    expect(error.message).toContain(
      [
        '  token:      system:serviceaccount:default:wi-demo-sa',
        '  credential: system:serviceaccount:default:other',
        '                                            ^ another service account',
      ].join('\n'),
    );
    expect(error.link).toMatch(/#federated-subject$/);
  });

  it('gives its verdict also where it may not look', async () => {
    const answers = {
      ...cluster({ logs: ['could not be read (ForbiddenByRbac): Caller is not authorized'] }),
      'az identity list': () => failing('ERROR: (AuthorizationFailed) no'),
      'kubectl get events': () => failing('Error from server (Forbidden): no'),
    };
    expect((await failure(answers)).message).toMatch(/^vault-role: /);
  });

  it('does not pass on another value, and does not show it', async () => {
    const tools = fakeTools(cluster({ logs: ['Secret value: an earlier secret'] }));
    await expect(deployWorkload(inputs, tools)).rejects.toThrow(/^other-value: /);
    expect(tools.lines.join()).not.toContain('an earlier secret');
  });

  it('lets a failure of kubectl itself through', async () => {
    const answers = {
      ...cluster(),
      'kubectl get pod': () => failing('Unable to connect to the server: EOF'),
    };
    await expect(deployWorkload(inputs, fakeTools(answers))).rejects.toThrow('Unable to connect');
  });
});

describe('manifest', () => {
  it('is the pod of the walkthrough', () => {
    const pod = manifest(inputs);
    expect(pod.metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'wi-demo-sa',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      containers: [
        {
          image: inputs.image,
          imagePullPolicy: 'Always',
          env: [
            { name: 'KEY_VAULT_NAME', value: 'wilab4521' },
            { name: 'SECRET_NAME', value: 'Secret' },
            { name: 'KEY_VAULT_DNS_SUFFIX', value: 'vault.azure.net' },
            { name: 'READY_FILE', value: '/var/run/wi-kv-test/ready' },
          ],
        },
      ],
    });
  });
});

describe('differences', () => {
  const wanted = manifest(inputs);

  it('finds none in the wanted pod', () => {
    expect(differences(mutated(wanted), wanted, clientId)).toEqual([]);
  });

  it.each<
    [string, (pod: WorkloadObject & Pod, container: Pod['spec']['containers'][number]) => unknown, RegExp]
  >([
    ['label', pod => delete pod.metadata.labels, /label azure.workload.identity\/use is not set/],
    ['service account', pod => delete pod.spec.serviceAccountName, /service account is default/],
    [
      'image',
      (_, container) => Object.assign(container, { image: 'r.azurecr.io/x:1.0' }),
      /image is r.azurecr.io\/x:1.0/,
    ],
    ['secret', (_, { env }) => Object.assign(env![1]!, { value: 'Other' }), /SECRET_NAME is Other/],
    ['mutation', (_, { env }) => env!.splice(4), /did not mutate it/],
    ['identity', (_, { env }) => Object.assign(env![4]!, { value: 'x' }), /AZURE_CLIENT_ID is x/],
    ['maker', pod => delete pod.metadata.annotations, /made by something else/],
  ])('names the %s', (_, change, expected) => {
    const pod = mutated(wanted);
    change(pod, pod.spec.containers[0]!);
    const found = differences(pod, wanted, clientId);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });
});

describe('parse', () => {
  it('fills in the defaults', () => {
    expect(inputs).toMatchObject({
      kind: 'pod',
      targets: [{ namespace: 'default', serviceAccount: 'wi-demo-sa', name: 'wi-kv-test' }],
      proveDenial: false,
      secretName: 'Secret',
      timeoutSeconds: 300,
      replace: false,
    });
  });

  it.each([
    ['kubeconfig', ''],
    ['namespace', 'Capitals'],
    ['service-account', 'a_b'],
    ['name', '-x'],
    ['kind', 'daemonset'],
    ['workloads', 'no-slash'],
    ['prove-denial', 'maybe'],
    ['image', 'wi-kv-test'],
    ['image', 'r.azurecr.io/x:1.0 --rm'],
    ['vault-name', 'my_vault'],
    ['secret-name', 'a\nb'],
    ['secret-sha256', 'ABC'],
    ['timeout-seconds', '0'],
    ['replace', 'yes'],
  ])('refuses %s %j', (name, text) => {
    expect(() => parse({}, reading({ [name]: text }))).toThrow(name);
  });
});
