import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command.ts';
import { ActionFailed, describeFailure, recognise } from './failures.ts';
import { InvalidInputs } from './inputs.ts';
import { Interrupted } from './interruption.ts';
import { TimedOut } from './retry.ts';

const failed = (stderr: string) =>
  describeFailure(new CommandFailed(['az', 'aks', 'create', '--name', 'wilab'], 1, stderr));

describe('describeFailure', () => {
  it('names cause, remedy and link of a failure it knows, and still shows what az said', () => {
    const text = failed('ERROR: (SkuNotAvailable) The requested VM size is not available in eastus.');
    expect(text).toMatch(/^This VM size is not available to the subscription/);
    expect(text).toMatch(/What to do: .*node-vm-size/);
    expect(text).toContain('https://learn.microsoft.com/');
    expect(text).toContain('`az aks create --name wilab` failed with exit code 1:');
    expect(text).toContain('(SkuNotAvailable) The requested VM size');
  });

  it('shows command, exit code and standard error of one it does not know', () => {
    expect(failed('ERROR: (Weird) odd\n')).toBe(
      '`az aks create --name wilab` failed with exit code 1:\nERROR: (Weird) odd',
    );
    expect(failed('')).toContain('(it printed no error)');
  });

  it('makes what az said harmless', () => {
    expect(failed('x\n::add-mask::y\n##[error]z')).not.toMatch(/^::|##\[/m);
  });

  it('keeps the beginning and the end of a long error', () => {
    const lines = Array.from({ length: 100 }, (_, number) => `line ${number}`);
    const text = failed(lines.join('\n'));
    expect(text).toContain('line 0\n');
    expect(text).toContain('… (70 lines)');
    expect(text).toContain('line 99');
    expect(text.split('\n')).toHaveLength(32);
  });

  it('says what is missing', () => {
    const text = describeFailure(
      new Error('Unable to locate executable file: kubectl. Please verify either the file path exists'),
    );
    expect(text).toMatch(/^kubectl was not found on PATH/);
  });

  it('names what a cancelled step had begun in Azure, and not what only looked', () => {
    const stop = new Interrupted('SIGINT');
    expect(describeFailure(stop)).toBe('The step was cancelled (SIGINT).');
    const commands = [
      'az aks show --name a',
      'az acr task list-runs --registry r',
      'az aks get-credentials --name a',
      'az rest --method get --url /u',
      'az account set --subscription s',
      'az login --service-principal',
      'az acr login --name r',
      'kubectl create --filename -',
      'docker push r',
    ].map(command => command.split(' '));
    stop.cutOff.push(...commands);
    expect(describeFailure(stop)).toBe('The step was cancelled (SIGINT).');
    const begun = [
      'az keyvault purge --name v',
      'az rest --method put --url /u',
      'az keyvault secret set -n s',
    ];
    stop.cutOff.push(...begun.map(command => command.split(' ')));
    const text = describeFailure(stop);
    for (const command of begun) expect(text).toContain(`\n\`${command}\`\n`);
    expect(text.split('\n')).toHaveLength(6);
    expect(text).toContain('What to do: run it again');
  });

  it('describes our own failures', () => {
    expect(describeFailure(new ActionFailed('It broke.', 'Mend it.', 'https://x'))).toBe(
      'It broke.\nWhat to do: Mend it.\nhttps://x',
    );
    expect(describeFailure(new InvalidInputs(['a is required', 'b is wrong']))).toBe(
      '2 inputs are not valid:\n- a is required\n- b is wrong',
    );
    expect(describeFailure(new TimedOut('Thing', 61_000, 'Creating'))).toMatch(
      /^Thing: given up after 1 min 01 s; last seen: Creating/,
    );
    expect(describeFailure('a string')).toBe('a string');
  });
});

describe('recognise', () => {
  it.each([
    ["ERROR: Please run 'az login' to setup account.", /not logged in/],
    ['AADSTS700024: Client assertion is not within its valid time range.', /expired/],
    ['AADSTS700213: No matching federated identity record found', /No federated credential/],
    ['AADSTS70021: No matching', /No federated credential/],
    ['AADSTS700211: No matching … presented assertion issuer', /No federated credential/],
    ['AADSTS700212: No matching … presented assertion audience', /No federated credential/],
    ['AADSTS7002138: case', /upper and lower case/],
    [
      "AADSTS700016: Application with identifier 'x' was not found in the directory",
      /client id in this tenant/,
    ],
    ["AADSTS90002: Tenant 'x' not found.", /no such tenant/],
    ["ERROR: The subscription of 'x' doesn't exist in cloud 'AzureCloud'.", /no such subscription/],
    ['ERROR: No subscriptions found for x.', /no role on any subscription/],
    [
      "(AuthorizationFailed) … does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'",
      /is not allowed to assign roles/,
    ],
    ['(AuthorizationFailed) … does not have authorization to perform action x', /no role that allows/],
    ['(ConflictError) A vault with the same name already exists in deleted state.', /not purged/],
    ["(VaultAlreadyExists) The vault name 'x' is already in use.", /unique in all of Azure/],
    ['Inner error: {"code": "ForbiddenByRbac"}', /checks roles/],
    ['(TasksOperationsNotAllowed) ACR Tasks requests … are not permitted', /ACR Tasks are off/],
    [
      '(AKSCapacityHeavyUsage) AKS is currently experiencing high demand in eastus',
      /no capacity for this cluster in this region/,
    ],
    [
      '(BadRequest) The VM size of Standard_B2s is not allowed in your subscription',
      /VM size is not available/,
    ],
    ['(ErrCode_InsufficientVCPUQuota) Insufficient vcpu quota requested 4, remaining 2.', /quota/],
    ['(K8sVersionNotSupported) Managed cluster x', /Kubernetes version/],
    ['Error from server (Forbidden): pods is forbidden', /own RBAC/],
    ['Unable to connect to the server: dial tcp: lookup x: no such host', /network/],
    [
      'Unable to connect to the server: getting credentials: exec: executable kubelogin not found',
      /not on PATH/,
    ],
    [
      'Unable to connect to the server: getting credentials: exec: executable kubelogin failed with exit code 1',
      /kubelogin .*failed/,
    ],
    [
      'Error from server (InternalError): Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://w.kube-system.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused',
      /webhook .* does not answer/,
    ],
  ])('knows %j', (stderr, cause) => {
    expect(recognise(stderr)?.cause).toMatch(cause);
  });

  it('does not take a line for what it is not', () => {
    expect(recognise('(BadRequest) The request is bad.')).toBeUndefined();
  });
});
