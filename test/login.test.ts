import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control, emulatedGitHub } from '../lab/emulator-process.ts';
import { Chain, type StepEnded } from './support/chain.ts';

// The actions log in (client-id) seconds after the setup, for longer than the tokens of GitHub and
// Entra live, and several at the same time.

let chain: Chain;
let principalId: string;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', 'readers', '--location', 'eastus');
  ({ principalId } = await chain.az('identity', 'create', '--name', 'reader', '--resource-group', 'readers'));
  // The tests must not use the login of the job.
  await chain.az('account', 'clear');
});
afterAll(() => chain?.stop());

const tell = (request: string, body: object = {}) => control(chain.emulator.facts, request, body);
const lateRoles = (body: object) =>
  tell('PUT /control/late-roles', { clientId: chain.emulator.facts.deployer.clientId, ...body });

afterEach(async () => {
  await lateRoles({ seconds: 0 });
  await tell('DELETE /control/faults');
  await tell('PUT /control/github/id-token-lifetime', { seconds: 300 });
  await tell('PUT /control/entra/access-token-lifetime');
});

async function run(action: string, inputs: Readonly<Record<string, string>>): Promise<StepEnded> {
  const { facts } = chain.emulator;
  const { url, token } = await chain.idTokenRequest();
  return chain.run(
    action,
    {
      'client-id': facts.deployer.clientId,
      'tenant-id': facts.tenantId,
      'subscription-id': facts.subscriptionId,
      ...inputs,
    },
    { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token },
  );
}

async function succeed(...args: Parameters<typeof run>): Promise<StepEnded> {
  const ended = await run(...args);
  expect(ended, ended.output).toMatchObject({ exitCode: 0 });
  return ended;
}

/** The smallest input that needs both roles. */
const vault = (name: string) => ({
  ...{ 'resource-group': `group-${name}`, 'vault-name': `wilablogin${name}` },
  'principal-id': principalId,
});

const leftBehind = () => readdirSync(chain.directory).filter(name => /^(azure|private)-/.test(name));

describe('seconds after the setup', () => {
  test('waits until Azure shows the subscription', async () => {
    await lateRoles({ seconds: 15 });
    const { output } = await succeed('sweep-labs', { 'dry-run': 'true' });
    expect(output).toMatch(/Login as \S+: attempt 1 of \d+ failed: Azure shows the identity no subscription/);
    expect(leftBehind()).toEqual([]);
  });

  test.each([
    ['identity-not-seen', 'Entra sees no such identity (AADSTS700016)'],
    ['credential-not-seen', 'Entra sees no federated credential for this token (AADSTS70021)'],
    ['subject-not-seen', 'AADSTS700213, subject "system:serviceaccount:default:workload"'],
    ['subscription-not-seen', 'Azure shows the identity no subscription'],
  ])('retries a login after %s', async (failure, says) => {
    await tell('POST /control/faults', { failure, times: 1 });
    const { output } = await succeed('sweep-labs', { 'dry-run': 'true' });
    expect(output).toContain('attempt 1 of');
    expect(output).toContain(says);
  });

  test('logs in despite failures of the network, of Entra, and of GitHub', async () => {
    await tell('POST /control/faults', { host: 'login.microsoftonline.com', reset: true, times: 2 });
    await tell('POST /control/faults', {
      ...{ host: 'login.microsoftonline.com', method: 'POST', status: 503, body: 'Service Unavailable' },
    });
    const host = 'run-actions.actions.githubusercontent.com';
    await tell('POST /control/faults', { host, reset: true });
    await tell('POST /control/faults', { host, status: 500, body: { message: 'oops' } });
    await succeed('sweep-labs', { 'dry-run': 'true' });
    expect(await control(chain.emulator.facts, 'GET /control/status')).toMatchObject({ faults: 0 });
  });

  test('waits for a permission that a new role grants', async () => {
    await lateRoles({
      ...{ roles: ['Role Based Access Control Administrator'], seconds: 15, createdSecondsAgo: 20 },
    });
    const { output } = await succeed('setup-vault', vault('partly'));
    expect(output).toContain('Azure does not apply the role Role Based Access Control Administrator yet');
  });

  test('immediately reports a permission that no new role grants', async () => {
    await lateRoles({
      ...{ roles: ['Role Based Access Control Administrator'], seconds: 600, createdSecondsAgo: 3600 },
    });
    const started = Date.now();
    const { exitCode, output } = await run('setup-vault', vault('never'));
    expect(exitCode).toBe(1);
    expect(output).toContain('Key Vault');
    expect(Date.now() - started).toBeLessThan(60_000);
  });

  test('reports a permanent refusal with the fix', async () => {
    await tell('POST /control/faults', { failure: 'subscription-not-seen', times: 9 });
    const { exitCode, output } = await run('sweep-labs', { 'dry-run': 'true', 'retry-minutes': '0' });
    expect(exitCode).toBe(1);
    expect(output).toContain('has no role on any subscription');
    expect(leftBehind()).toEqual([]);
  });
});

describe('actions at the same time', () => {
  test('log in without changing the login of the job, and leave no private files', async () => {
    await chain.logIn();
    const profile = join(chain.env.AZURE_CONFIG_DIR!, 'azureProfile.json');
    const before = readFileSync(profile, 'utf8');
    const all = await Promise.all([1, 2, 3, 4].map(() => run('sweep-labs', { 'dry-run': 'true' })));
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(profile, 'utf8')).toBe(before);
    expect(leftBehind()).toEqual([]);
    await chain.az('account', 'clear');
  });
});

describe('a step that is longer than its tokens live', () => {
  test('a sweep logs in again, and continues', async () => {
    await chain.logIn();
    const tags = [
      ...['managed-by=workload-identity-lab', `repository=${emulatedGitHub.repository}`],
      'expires-on=2020-01-01T00:00:00Z',
    ];
    for (const name of ['sweep-one', 'sweep-two'])
      await chain.az('group', 'create', '--name', name, '--location', 'eastus', '--tags', ...tags);
    await chain.az('account', 'clear');
    // az replaces an access token five minutes before its end.
    await tell('PUT /control/entra/access-token-lifetime', { seconds: 302 });
    await tell('PUT /control/github/id-token-lifetime', { seconds: 4 });
    // Makes the sweep longer than that.
    await tell('POST /control/faults', {
      ...{ failure: 'throttled', pathPattern: '/resourcegroups/sweep-', times: 12 },
    });
    const { output, outputs } = await succeed('sweep-labs', { 'dry-run': 'false' });
    expect(output).toContain('The login has expired. Logging in again.');
    expect(outputs).toMatchObject({ deleted: '["sweep-one","sweep-two"]' });
    expect(leftBehind()).toEqual([]);
  });
});

describe('a login of the job that is too old for a token of another service', () => {
  beforeAll(async () => {
    await tell('PUT /control/github/id-token-lifetime', { seconds: 10 });
    await chain.logIn();
    await sleep(11_000);
  });
  const withoutClientId = { 'client-id': '', 'tenant-id': '' };

  test.each([
    ['setup-vault', () => vault('stale')],
    ['build-image', () => ({ 'resource-group': 'group-stale', 'registry-name': 'wilabloginstale' })],
  ])('is noticed by %s before anything is created', async (action, inputs) => {
    const { exitCode, output } = await run(action, { ...inputs(), ...withoutClientId });
    expect(exitCode).toBe(1);
    expect(output).toContain('The GitHub token that az logged in with has expired');
    expect(output).toContain(
      'Set client-id, tenant-id, and subscription-id for this step: it then logs in by itself',
    );
    expect(await chain.az('group', 'exists', '--name', 'group-stale')).toBe(false);
  });

  test('does not affect an action with client-id', async () => {
    await succeed('setup-vault', vault('stale'));
  });
});
