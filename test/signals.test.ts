import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control, emulatedGitHub } from '../lab/emulator-process.ts';
import { isRunning } from '../lab/processes.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { until } from './support/lab-copy.ts';
import { usePlainAz } from './support/plain-az.ts';

usePlainAz();

const group = 'wilab-signals';
const rg = ['--resource-group', group];
const signals = ['SIGINT', 'SIGTERM'] as const;

let chain: Chain;
let kubeconfig: string;
let issuer: string;
let principalId: string;
let context: string;
/** As in its Debian package: bash starts az and waits, so az is not a child of the action. */
let asPackaged: { PATH: string };

beforeAll(async () => {
  chain = await Chain.start();
  const bin = join(chain.directory, 'packaged');
  mkdirSync(bin);
  const az = join(chain.directory, 'bin', 'az');
  writeFileSync(join(bin, 'az'), `#!/usr/bin/env bash\n'${az}' "$@"\n`, { mode: 0o700 });
  asPackaged = { PATH: [bin, chain.env.PATH].join(delimiter) };
  context = join(chain.directory, 'context');
  mkdirSync(context);
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot\nCOPY Dockerfile /\n',
  );

  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
  const managed = ['--tags', 'managed-by=workload-identity-lab', `repository=${emulatedGitHub.repository}`];
  await chain.az('group', 'create', '--name', 'wilab-signals-lab', '--location', 'eastus', ...managed);
  const cluster = ['--name', 'signals', ...rg];
  const features = [
    '--enable-oidc-issuer',
    '--enable-workload-identity',
    '--node-count',
    '1',
    '--no-ssh-key',
  ];
  const made = await chain.az('aks', 'create', ...cluster, ...features);
  issuer = made.oidcIssuerProfile.issuerUrl;
  kubeconfig = join(chain.directory, 'signals.kubeconfig');
  await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
  ({ principalId } = await chain.az('identity', 'create', '--name', 'reader', ...rg));
});
afterAll(() => chain?.stop());
afterEach(() => control(chain.emulator.facts, 'DELETE /control/faults'));

/** The answer asks the sender to come back in an hour. */
async function hold(what: { host: string; method: string; pathPattern: string }): Promise<void> {
  const headers = { 'retry-after': '3600' };
  const body = { error: { code: 'TooManyRequests', message: 'Later.' } };
  await control(chain.emulator.facts, 'POST /control/faults', { ...what, status: 429, headers, body });
}

/** Each sender waits now. */
async function allHeld(): Promise<void> {
  const waiting = async () =>
    ((await control(chain.emulator.facts, 'GET /control/status')) as { faults: number }).faults;
  await expect.poll(waiting, { timeout: 240_000 }).toBe(0);
}

/** With their process IDs. */
const processes = () =>
  readFileSync(join(chain.directory, 'bin', 'processes.log'), 'utf8')
    .trim()
    .split('\n');

/** The other actions have no state. */
async function runPostStep({ state }: StepEnded): Promise<void> {
  if (Object.keys(state).length === 0) return;
  const post = await chain.runPost('create-cluster', state);
  expect(post.exitCode, post.output).toBe(0);
}

/** The step and its tools have ended. The post step leaves nothing. */
async function expectStopped(ended: StepEnded, signal: string) {
  const { exitCode, output } = ended;
  expect(exitCode, output).toBe(1);
  expect(output).toContain(`The step was cancelled (${signal}).`);
  expect(
    processes()
      .slice(-20)
      .filter(line => isRunning(Number(line.split(' ')[1]))),
  ).toEqual([]);
  await runPostStep(ended);
  const temporary = /^(kubeconfig|docker|build-image|private)-/;
  expect(readdirSync(chain.directory).filter(name => temporary.test(name))).toEqual([]);
}

const management = 'management.azure.com';
const put = (pathPattern: string) => ({ host: management, method: 'PUT', pathPattern });

describe.each([
  {
    action: 'setup-vault',
    cut: 'while the vault is created',
    inputs: () => ({ 'vault-name': 'wilabsignals', 'principal-id': principalId }),
    held: [put('/vaults/wilabsignals\\?')],
    goesOn: 'az keyvault create --name wilabsignals',
  },
  {
    action: 'setup-vault',
    cut: 'while the secret is written',
    inputs: () => ({ 'vault-name': 'wilabsignals', 'principal-id': principalId, 'secret-name': 'Late' }),
    held: [{ host: 'wilabsignals.vault.azure.net', method: 'PUT', pathPattern: '/secrets/' }],
    goesOn: 'az keyvault secret set --vault-name wilabsignals',
  },
  {
    action: 'build-image',
    cut: 'while the image is built',
    inputs: () => ({ 'registry-name': 'wilabsignals', context }),
    held: [{ host: management, method: 'POST', pathPattern: '/registries/wilabsignals/scheduleRun' }],
    goesOn: 'az acr build --registry wilabsignals',
  },
  {
    action: 'federate-identity',
    cut: 'while az and kubectl write at the same time',
    inputs: () => ({ 'identity-name': 'signals', issuer, kubeconfig }),
    held: [
      put('/federatedIdentityCredentials/'),
      { host: '*.hcp.eastus.azmk8s.io', method: 'POST', pathPattern: '/serviceaccounts' },
    ],
    goesOn: 'az identity federated-credential create',
  },
  {
    action: 'create-cluster',
    cut: 'while the nodes get the permission to pull',
    inputs: () => ({ 'cluster-name': 'signals', 'registry-name': 'wilabsignals' }),
    held: [put('/registries/wilabsignals/providers/Microsoft.Authorization/roleAssignments/')],
    goesOn: 'az role assignment create',
  },
  {
    action: 'delete-lab',
    cut: 'before it is known that Azure deletes',
    inputs: () => ({ 'resource-group': 'wilab-signals-lab' }),
    held: [{ host: management, method: 'DELETE', pathPattern: '/resourcegroups/wilab-signals-lab\\?' }],
    goesOn: 'az group delete --name wilab-signals-lab',
  },
])('$action, $cut,', ({ action, inputs, held, goesOn }) => {
  const all = () => ({ 'resource-group': group, ...inputs() });

  test.each(signals)('stops at %s, and lists what Azure might continue', async signal => {
    for (const what of held) await hold(what);
    const ended = await chain.run(action, all(), asPackaged, async child => {
      await allHeld();
      child.kill(signal);
    });
    await expectStopped(ended, signal);
    expect(ended.output).toContain(`Azure might continue what these commands began:%0A\`${goesOn}`);
  });

  test('the next run continues from what exists', async () => {
    const ended = await chain.succeed(action, all());
    await runPostStep(ended);
    expect(ended.summary).toMatch(/\| (created|changed|deleted) \|/);
  });
});

test('create-cluster aborts its creation also if the runner sends SIGTERM after SIGINT', async () => {
  const held = { cluster: 'last', operation: 'create', held: true };
  await control(chain.emulator.facts, 'POST /control/cluster-operations', held);
  const inputs = { 'resource-group': group, 'cluster-name': 'last' };
  const ended = await chain.run('create-cluster', inputs, asPackaged, async (child, output) => {
    await until('the creation', () => output().includes('Creating'));
    const before = processes().length;
    child.kill('SIGINT');
    await until('the last word', () => processes().length > before);
    child.kill('SIGTERM');
  });
  await expectStopped(ended, 'SIGINT');
  expect(ended.output).toContain('AKS cluster last: Azure was asked to abort its creation.');
  const cluster = await chain.az('aks', 'show', '--name', 'last', ...rg);
  expect(cluster.provisioningState).toBe('Canceled');
});
