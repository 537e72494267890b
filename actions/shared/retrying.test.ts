import { describe, expect, it } from 'vitest';
import type { Az } from './az.ts';
import type { CommandOptions } from './command.ts';
import { CommandFailed } from './command-errors.ts';
import { fakeTime } from './fake-tools.ts';
import { azWithRetries, kubectlWithRetries } from './retrying.ts';

/** What a command fails with twice before it succeeds. */
function failingTwice(stderr: string, options?: CommandOptions) {
  const lines: string[] = [];
  const log = { info: (text: string) => void lines.push(text), warning: () => {} };
  let calls = 0;
  const run = (tool: string) => async () => {
    if (++calls <= 2) throw new CommandFailed([tool, 'aks', 'show'], 1, stderr);
    return 'done';
  };
  const context = { time: fakeTime(), log, retrySeconds: 600 };
  return {
    lines,
    az: () => azWithRetries(run('az') as Az, context)(['aks', 'show', '--name', 'secret-free'], options),
    kubectl: () => kubectlWithRetries(run('kubectl'), context)(['get', 'pods', '--watch'], options),
    calls: () => calls,
  };
}

describe('azWithRetries', () => {
  it.each([
    ['throttling', '(TooManyRequests) The request is being throttled.', 'Azure throttles'],
    ['throttling of a subscription', '(SubscriptionRequestsThrottled) Number of …', 'Azure throttles'],
    [
      'throttling by AKS',
      '(Throttled) The PutManagedClusterHandler.PUT request limit has been exceeded, please retry again in 22 seconds.',
      'Azure throttles',
    ],
    ['an operation', '(AnotherOperationInProgress) Another operation on …', 'another operation'],
    [
      'an operation of AKS',
      "(OperationNotAllowed) Operation is not allowed because there's an in progress update managed cluster operation (operation ID: 1) on the managed cluster started on UTC …",
      'another operation',
    ],
    ['a race', '(ConcurrentUpdateError) Concurrent', 'another client writes'],
    [
      'a reset',
      "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
      'the connection was reset',
    ],
    [
      'a reset within TLS',
      "(Caused by SSLError(SSLEOFError(8, '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1016)')))",
      'the connection was reset',
    ],
  ])('retries after %s, and logs it', async (_, stderr, reason) => {
    const attempts = failingTwice(`ERROR: ${stderr}`);
    expect(await attempts.az()).toBe('done');
    expect(attempts.lines).toHaveLength(2);
    expect(attempts.lines[0]).toMatch(/^az aks show: attempt 1 of \d+ failed: .*\. Trying again in \d/);
    expect(attempts.lines[0]).toContain(reason);
  });

  it.each([
    '(AuthorizationFailed) The client does not have authorization.',
    '(QuotaExceeded) Too many cores.',
    '(OperationNotAllowed) There is no operation in progress that could be aborted.',
    '(OperationNotAllowed) managed cluster is in stopped state, please start it.',
    '(ResourceNotFound) It was not found.',
    '(Conflict) A vault with the same name exists in deleted state.',
    'AADSTS700213: No matching federated identity record found.',
  ])('fails immediately on %s', async stderr => {
    const attempts = failingTwice(`ERROR: ${stderr}`);
    await expect(attempts.az()).rejects.toThrow(CommandFailed);
    expect(attempts.calls()).toBe(1);
    expect(attempts.lines).toEqual([]);
  });

  it.each<CommandOptions>([{ onLine: () => {} }, { lastWord: true }])(
    'retries neither streamed commands nor lastWord',
    async options => {
      const attempts = failingTwice('ERROR: (TooManyRequests) slow down', options);
      await expect(attempts.az()).rejects.toThrow(CommandFailed);
      expect(attempts.calls()).toBe(1);
    },
  );
});

describe('kubectlWithRetries', () => {
  const calling =
    'Error from server (InternalError): Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": failed to call webhook: Post "https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": ';

  it.each([
    ['error: read tcp 10.0.0.1:4->10.0.0.2:443: read: connection reset by peer', 'the connection was reset'],
    ['Unable to connect to the server: net/http: TLS handshake timeout', 'the connection was reset'],
    ['Error from server (TooManyRequests): the server has received too many requests', 'throttles'],
    [
      'Operation cannot be fulfilled on pods "x": the object has been modified; please …',
      'another client writes',
    ],
    [`${calling}no endpoints available for service "azure-wi-webhook-webhook-service"`, 'a webhook'],
    [`${calling}dial tcp 10.0.0.9:443: connect: connection refused`, 'a webhook'],
    [`${calling}context deadline exceeded`, 'a webhook'],
    [`${calling}http: server gave HTTP response to HTTPS client`, 'a webhook'],
    [
      `${calling}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      'a webhook',
    ],
    [`${calling}x509: certificate has expired or is not yet valid: current time 2026-11-28`, 'a webhook'],
    [`${calling}x509: certificate is valid for a.svc, not azure-wi-webhook-webhook-service`, 'a webhook'],
    [`${calling}No agent available`, 'a webhook'],
    [`${calling}service "azure-wi-webhook-webhook-service" not found`, 'a webhook'],
    [`${calling}the server is currently unable to handle the request`, 'a webhook'],
    [`${calling}EOF`, 'a webhook'],
    [`${calling}proxy error from localhost:9443 while dialing 10.0.0.9:9443, code 503: 503`, 'a webhook'],
    [
      `error when creating "STDIN": ${calling.replace('failed to call webhook: ', '')}remote error`,
      'a webhook',
    ],
    [
      'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      'the cluster did not answer in time',
    ],
  ])('retries after %s', async (stderr, reason) => {
    const attempts = failingTwice(stderr);
    expect(await attempts.kubectl()).toBe('done');
    expect(attempts.lines[0]).toMatch(/^kubectl get pods: attempt 1 of /);
    expect(attempts.lines[0]).toContain(reason);
  });

  it.each([
    'Error from server (Forbidden): pods is forbidden',
    'Unable to connect to the server: dial tcp: lookup x.azmk8s.io: no such host',
    'The connection to the server x:443 was refused - did you specify the right host or port?',
    'Error from server (Forbidden): admission webhook "w" denied the request: no',
    'Error from server: admission webhook "w" denied the request: failed calling webhook "x": EOF',
    'Error from server: admission webhook "w" denied the request: too many requests, try later',
  ])('fails immediately on %s', async stderr => {
    const attempts = failingTwice(stderr);
    await expect(attempts.kubectl()).rejects.toThrow(CommandFailed);
    expect(attempts.calls()).toBe(1);
  });
});

describe('a new resource that is not visible everywhere yet', () => {
  const notSeen = [
    "ERROR: (ResourceGroupNotFound) Resource group 'my-lab' could not be found.",
    "ERROR: error retrieving default location: Resource group 'my-lab' could not be found.",
    "ERROR: (ParentResourceNotFound) Failed to perform 'write' on resource(s) of type …",
    "ERROR: (ResourceNotFound) The Resource 'Microsoft.KeyVault/vaults/kv' under resource group 'my-lab' was not found.",
  ];
  const attempt = async (stderr: string, args: string[]) => {
    let calls = 0;
    const run = async () => {
      if (++calls <= 2) throw new CommandFailed(['az', ...args], 3, stderr);
      return 'done';
    };
    const log = { info: () => {}, warning: () => {} };
    const az = azWithRetries(run as Az, { time: fakeTime(), log, retrySeconds: 600 });
    return az(args).catch(() => 'failed');
  };

  it.each([
    'aks create --name wilab',
    'identity create --name id',
    'keyvault create --name kv',
    'acr create --name acr',
    'acr build --registry acr',
    'role assignment create --scope x',
    'identity federated-credential create --name f',
  ])('is awaited by az %s', async command => {
    for (const stderr of notSeen) expect(await attempt(stderr, command.split(' ')), stderr).toBe('done');
  });

  it.each([
    'group show --name my-lab',
    'group create --name my-lab',
    'group delete --name create',
    'aks show --name create',
    'aks delete --name wilab',
    'aks update --name wilab',
    'keyvault purge --name kv',
  ])('is reported as missing by az %s', async command => {
    for (const stderr of notSeen) expect(await attempt(stderr, command.split(' ')), stderr).toBe('failed');
  });
});
