import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { makeCaller } from './support/caller.ts';
import { Chain, type StepEnded } from './support/chain.ts';

const group = 'wilab-federation';
const rg = ['--resource-group', group];
const cluster = ['--name', 'wilab', ...rg];

let chain: Chain;
let kubeconfig: string;
let issuer: string;
/** The issuer of a deleted cluster. */
let gone: string;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
  const features = ['--enable-oidc-issuer', '--enable-workload-identity'];
  const created = await chain.az(
    'aks',
    'create',
    ...cluster,
    ...features,
    '--node-count',
    '1',
    '--no-ssh-key',
  );
  issuer = created.oidcIssuerProfile.issuerUrl;
  gone = issuer.replace(/[^/]+\/$/, '00000000-0000-4000-8000-00000000dead/');
  kubeconfig = join(chain.directory, 'wilab.kubeconfig');
  await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
});
afterAll(() => chain?.stop());

const federate = (inputs: Record<string, string>, environment: Record<string, string> = {}) =>
  chain.run('federate-identity', { 'resource-group': group, issuer, kubeconfig, ...inputs }, environment);

async function succeed(inputs: Record<string, string>): Promise<StepEnded> {
  const ended = await federate(inputs);
  expect(ended.exitCode, ended.output).toBe(0);
  return ended;
}

function errorOf({ exitCode, output }: StepEnded): string {
  expect(exitCode, output).toBe(1);
  return (/^::error::(.*)$/m.exec(output)?.[1] ?? '').replaceAll('%0A', '\n');
}

const failure = async (inputs: Record<string, string>) => errorOf(await federate(inputs));

const fault = (body: object) => control(chain.emulator.facts, 'POST /control/faults', body);

const credentials = (identity: string): Promise<{ name: string; issuer: string; subject: string }[]> =>
  chain.az('identity', 'federated-credential', 'list', '--identity-name', identity, ...rg);

async function serviceAccount(namespace: string, name: string) {
  const text = await chain.kubectl(kubeconfig, [
    ...['get', 'serviceaccount', name, '--namespace', namespace, '--output', 'json'],
  ]);
  return JSON.parse(text).metadata;
}

describe('an identity below its limit of credentials', () => {
  const workloads = Array.from({ length: 20 }, (_, index) => `team-${index % 2}/app-${index}`).join('\n');

  test('gets twenty credentials in one call, despite throttling, conflicts, and resets', async () => {
    // az itself retries throttled requests.
    await fault({
      failure: 'throttled',
      pathPattern: '/federatedIdentityCredentials/',
      method: 'PUT',
      times: 8,
    });
    await fault({ failure: 'concurrent-credential-writes', times: 2 });
    await fault({ reset: true, pathPattern: '/federatedIdentityCredentials/', method: 'PUT' });
    // kubectl does not retry a POST.
    const posted = { host: '*.hcp.eastus.azmk8s.io', method: 'POST' };
    const slowDown = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'TooManyRequests',
      code: 429,
    };
    await fault({ ...posted, pathPattern: '/namespaces\\?', status: 429, body: slowDown });
    await fault({ ...posted, pathPattern: '/serviceaccounts\\?', reset: true });
    const { output, outputs } = await succeed({ 'identity-name': 'full', issuer: gone, workloads });

    expect(outputs).toMatchObject({
      workloads,
      namespace: 'team-0',
      'service-account': 'app-0',
      subject: 'system:serviceaccount:team-0:app-0',
      audience: 'api://AzureADTokenExchange',
    });
    expect(output).toContain('failed: Azure throttles. Trying again in');
    expect(output).toContain('failed: another credential of this identity is being written. Trying again in');
    for (const reason of ['the cluster throttles', 'the connection was reset'])
      expect(output).toMatch(
        new RegExp(`^kubectl create: attempt 1 of \\d+ failed: ${reason}\\. Trying again in `, 'm'),
      );
    const made = await credentials('full');
    expect(made).toHaveLength(20);
    expect(new Set(made.map(one => one.subject)).size).toBe(20);
    const { annotations, labels } = await serviceAccount('team-1', 'app-19');
    expect(annotations['azure.workload.identity/client-id']).toBe(outputs['client-id']);
    expect(labels['azure.workload.identity/use']).toBe('true');
  });

  test('changes nothing in a second call', async () => {
    const { summary } = await succeed({ 'identity-name': 'full', issuer: gone, workloads });
    expect(summary.match(/\| already there \|/g)).toHaveLength(1 + 2 + 20 + 20);
    expect(summary).not.toMatch(/\| (created|changed) \|/);
  });
});

describe('an identity at its limit of credentials', () => {
  test('fails with the credentials that look unused, and writes nothing', async () => {
    const text = await failure({ 'identity-name': 'full', workloads: 'new/app' });
    expect(text).toContain(
      'Managed identity "full" has 20 federated credentials, and this step needs 1 more. Azure allows 20.',
    );
    expect(text.match(new RegExp(`issuer "${gone}", subject`, 'g'))).toHaveLength(20);
    expect(await chain.kubectl(kubeconfig, ['get', 'namespaces', '--output', 'name'])).not.toContain('new');

    const command = /az (identity federated-credential delete .*)$/m.exec(text)?.[1]?.split(' ') ?? [];
    await chain.az(...command, '--yes');
    expect((await succeed({ 'identity-name': 'full', workloads: 'new/app' })).summary).toContain('created');
  });
});

describe('resources of another owner', () => {
  test('credential: both values are shown, and replace: true changes it', async () => {
    const [stale] = (await credentials('full')).filter(one => one.issuer === gone);
    const [, , namespace, name] = stale!.subject.split(':');
    const inputs = {
      'identity-name': 'full',
      'credential-name': stale!.name,
      workloads: `${namespace}/${name}`,
    };
    const text = await failure(inputs);
    expect(text).toContain(`Federated credential "${stale!.name}" of "full" already exists`);
    expect(text).toContain(`issuer: current "${gone}"\n`);
    expect(text).toContain(`wanted  "${issuer}"\n`);

    expect((await succeed({ ...inputs, replace: 'true' })).summary).toContain('changed');
    const now = (await credentials('full')).find(one => one.name === stale!.name);
    expect(now).toMatchObject({ issuer, subject: stale!.subject });
  });

  test('service account: both identities are shown, and replace: true changes it', async () => {
    await chain.kubectl(kubeconfig, [
      'label',
      'serviceaccount',
      'app-1',
      'owner=ops',
      '--namespace',
      'team-1',
    ]);
    const before = (await serviceAccount('team-1', 'app-1')).annotations['azure.workload.identity/client-id'];
    const inputs = { 'identity-name': 'other', namespace: 'team-1', 'service-account': 'app-1' };
    const text = await failure(inputs);
    expect(text).toContain('Service account "team-1/app-1" is annotated with another identity than "other"');
    expect(text).toContain(`azure.workload.identity/client-id: current "${before}"`);
    expect(await chain.az('identity', 'list', ...rg, '--query', "[?name=='other']")).toEqual([]);

    const { outputs } = await succeed({ ...inputs, replace: 'true' });
    expect(await serviceAccount('team-1', 'app-1')).toMatchObject({
      annotations: { 'azure.workload.identity/client-id': outputs['client-id'] },
      labels: { owner: 'ops', 'azure.workload.identity/use': 'true' },
    });
  });
});

describe('two concurrent runs on one identity', () => {
  test('each create their credentials', async () => {
    const list = (...names: string[]) => names.map(name => `shared/${name}`).join('\n');
    const runs = await Promise.all([
      federate({ 'identity-name': 'shared', workloads: list('a', 'b', 'c') }),
      federate({ 'identity-name': 'shared', workloads: list('c', 'b', 'd') }),
    ]);
    for (const { exitCode, output } of runs) expect(exitCode, output).toBe(0);
    expect(runs[0].outputs['client-id']).toBe(runs[1].outputs['client-id']);
    const subjects = (await credentials('shared')).map(one => one.subject).sort();
    expect(subjects).toEqual(['a', 'b', 'c', 'd'].map(name => `system:serviceaccount:shared:${name}`));
  });
});

describe('an identity of another resource group', () => {
  test('is used with create: false, and not created', async () => {
    const theirs = 'wilab-federation-theirs';
    await chain.az('group', 'create', '--name', theirs, '--location', 'westeurope');
    const place = { 'resource-group': theirs, 'identity-name': 'theirs', create: 'false' };
    expect(await failure(place)).toContain(
      `Managed identity "theirs" does not exist in resource group "${theirs}", and create is false.`,
    );
    const made = await chain.az('identity', 'create', '--name', 'theirs', '--resource-group', theirs);
    const byName = { ...place, create: 'true', namespace: 'theirs' };
    expect(await failure(byName)).toMatch(
      /the lab of this repository did not create it\. It has no tags\..*set create: false/,
    );
    expect(await failure({ ...byName, replace: 'true' })).toContain(
      'the lab of this repository did not create it',
    );
    const list = ['identity', 'federated-credential', 'list', '--identity-name', 'theirs'];
    expect(await chain.az(...list, '--resource-group', theirs)).toEqual([]);
    const { outputs } = await succeed({ ...place, namespace: 'theirs' });
    expect(outputs['client-id']).toBe(made.clientId);
  });
});

describe('a transient failure', () => {
  test('is retried no longer than retry-minutes', async () => {
    await fault({ failure: 'concurrent-credential-writes' });
    const ended = await federate({
      'identity-name': 'shared',
      workloads: 'shared/e',
      'retry-minutes': '0',
    });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toMatch(
      /attempt 1 of 1 failed: another credential of this identity is being written\. Given up after /,
    );
    expect(ended.output).toContain('Another client writes federated credentials of this identity');
  });
});

describe('a permanent failure', () => {
  test('fails immediately', async () => {
    await fault({
      status: 409,
      pathPattern: '/federatedIdentityCredentials/',
      method: 'PUT',
      body: { error: { code: 'Conflict', message: 'It is in another state.' } },
    });
    const ended = await federate({ 'identity-name': 'shared', workloads: 'shared/e' });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toContain('(Conflict) It is in another state.');
    expect(ended.output).not.toContain('Trying again');
  });
});

test('a login with the smallest role in README can federate an existing identity', async () => {
  const { id } = await chain.az('identity', 'create', '--name', 'lent', ...rg);
  const roles = { [id]: 'Managed Identity Federated Identity Credential Contributor' };
  const caller = await makeCaller(chain, { name: 'truster', resourceGroup: group, roles });
  const inputs = { ...caller.inputs, 'identity-name': 'lent', create: 'false', workloads: 'lent/a' };
  const { exitCode, output } = await federate(inputs, caller.environment);
  expect(exitCode, output).toBe(0);
  expect(await credentials('lent')).toMatchObject([{ subject: 'system:serviceaccount:lent:a' }]);
});

describe('a login that is only allowed to read', () => {
  test('sees all missing permissions, and can use existing resources', async () => {
    const scope = `/subscriptions/${chain.emulator.facts.subscriptionId}`;
    const roles = { [scope]: 'Reader' };
    const reader = await makeCaller(chain, { name: 'reader', resourceGroup: group, roles });
    await fault({ failure: 'subject-not-seen' });
    const refused = await federate({ ...reader.inputs, 'identity-name': 'mine' }, reader.environment);
    expect(refused.output).toMatch(
      /^Login as \S+: attempt 1 of \d+ failed: .*\(AADSTS700213, .*\)\. Trying again in /m,
    );
    const text = errorOf(refused);
    expect(text).toContain('2 problems to fix before this step can run');
    expect(text).toContain(
      'is not allowed to perform Microsoft.ManagedIdentity/userAssignedIdentities/write',
    );
    expect(text).toContain('userAssignedIdentities/federatedIdentityCredentials/write');

    const there = { ...reader.inputs, 'identity-name': 'reader', issuer: '', kubeconfig: '' };
    const again = await federate(there, reader.environment);
    expect(again.exitCode, again.output).toBe(0);
  });
});
