import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain } from './support/chain.ts';
import { grantAsOwner } from './support/owner.ts';

const group = 'wilab-refusals';
const rg = ['--resource-group', group];

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
});
afterAll(() => chain?.stop());

const tell = (request: string, body: object) => control(chain.emulator.facts, request, body);

/** Does not throw if az fails. */
const az = (...args: string[]) => chain.start('az', [...args, '--output', 'json']);

describe("a run that is longer than GitHub's token lives", () => {
  /** Seconds. The login itself must fit in. */
  const seconds = 20;
  const vault = ['--vault-name', 'wilabrefusals'];
  let expired: number;
  let principalId: string;

  beforeAll(async () => {
    await tell('PUT /control/github/id-token-lifetime', { seconds });
    await chain.logIn();
    expired = Date.now() + seconds * 1000;
    await tell('PUT /control/github/id-token-lifetime', { seconds: 300 });
    ({ principalId } = await chain.az('identity', 'create', '--name', 'reader', ...rg));
    while (Date.now() < expired) await sleep(expired - Date.now());
  });

  test('gets no token for the vault, but continues with its existing one', async () => {
    const asked = await az('account', 'get-access-token', '--resource', 'https://vault.azure.net');
    expect(asked.exitCode).not.toBe(0);
    expect(asked.output).toMatch(
      /AADSTS700024: Client assertion is not within its valid time range\. Current time: \S+Z, assertion valid from \S+Z, expiry time of assertion \S+Z\./,
    );
    expect(await chain.az('group', 'show', '--name', group)).toMatchObject({ name: group });
  });

  const setupVault = () =>
    chain.run('setup-vault', {
      'resource-group': group,
      'vault-name': vault[1]!,
      'principal-id': principalId,
    });

  test('fails before it creates anything, with the advice to log in again, and then succeeds', async () => {
    const refused = await setupVault();
    expect(refused.exitCode).toBe(1);
    const error = /^::error::(.*)$/m.exec(refused.output)?.[1] ?? refused.output;
    expect(error).toContain('AADSTS700024');
    expect(error).toContain('The GitHub token that az logged in with has expired');
    expect(error).toContain(
      'Set client-id, tenant-id, and subscription-id for this step: it then logs in by itself',
    );
    expect(await chain.az('keyvault', 'list', ...rg)).toEqual([]);

    await chain.logIn();
    const again = await setupVault();
    expect(again.output).not.toContain('::error::');
    expect(again).toMatchObject({ exitCode: 0, outputs: { 'vault-name': vault[1] } });
  });
});

describe('a build', () => {
  const registry = 'wilabrefusals';
  let context: string;

  async function build(name: string, dockerfile: string, ...args: string[]) {
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    return az('acr', 'build', '--registry', name, '--image', 'app:1', context, ...args);
  }

  const good = 'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot\nCOPY main.mjs /\n';

  beforeAll(async () => {
    context = join(chain.directory, 'context');
    mkdirSync(context);
    writeFileSync(join(context, 'main.mjs'), '');
    await chain.az('acr', 'create', '--name', registry, ...rg, '--sku', 'Standard');
  });

  test('fails az if it fails, and pushes no image', async () => {
    const failed = await build(registry, `${good}COPY nothing.mjs /\n`);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('nothing.mjs');
    expect(failed.output).toMatch(
      /Run ID: cf1 failed after \d+s\. Error: failed during run, err: exit status 1/,
    );
    expect(failed.output).toContain('Run failed');
    expect(await chain.az('acr', 'repository', 'list', '--name', registry)).toEqual([]);
    const [run] = await chain.az('acr', 'task', 'list-runs', '--registry', registry);
    expect(run).toMatchObject({ runId: 'cf1', status: 'Failed', provisioningState: 'Succeeded' });
  });

  test('is refused if the subscription is not allowed to use ACR Tasks, and the action reports the fix', async () => {
    await tell('PUT /control/registry-tasks', { allowed: false });
    try {
      const refused = await build(registry, good);
      expect(refused.exitCode).toBe(1);
      expect(refused.output).toContain(
        `(TasksOperationsNotAllowed) ACR Tasks requests for the registry ${registry} and ${chain.emulator.facts.subscriptionId} are not permitted.`,
      );
      const action = await chain.run('build-image', {
        'resource-group': group,
        'registry-name': registry,
        builder: 'acr-tasks',
      });
      expect(action.exitCode).toBe(1);
      const error = /^::error::(.*)$/m.exec(action.output)?.[1] ?? action.output;
      expect(error).toContain('ACR Tasks are off');
      expect(error).toContain('(TasksOperationsNotAllowed)');
    } finally {
      await tell('PUT /control/registry-tasks', { allowed: true });
    }
  });

  test('pushes an image with a tag and a digest', async () => {
    expect((await build(registry, good)).exitCode).toBe(0);
    const show = (image: string) =>
      chain.az('acr', 'repository', 'show', '--name', registry, '--image', image);
    const { digest } = await show('app:1');
    expect(await show(`app@${digest}`)).toMatchObject({ digest, tags: ['1'] });
    const missing = await az('acr', 'repository', 'show', '--name', registry, '--image', 'app:2');
    expect(missing.exitCode).toBe(3);
    expect(missing.output).toContain('the specified tag does not exist');
  });

  test('needs the credentials of the caller to push if roles are assigned for repositories', async () => {
    const abac = 'wilababac';
    const created = await chain.az(
      ...['acr', 'create', '--name', abac, ...rg, '--sku', 'Standard', '--role-assignment-mode', 'rbac-abac'],
    );
    expect(created.roleAssignmentMode).toBe('AbacRepositoryPermissions');
    const refused = await build(abac, good);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('when specifying push, at least one credential is required');

    const { principalId } = await chain.az(
      ...['identity', 'show', '--name', 'lab-deployer', '--resource-group', 'lab-trust'],
    );
    const role = 'Container Registry Repository Writer';
    await grantAsOwner(chain, { role, principalId, scope: created.id });
    // The role becomes visible some seconds later.
    const push = async () => {
      const pushed = await build(abac, good, '--source-acr-auth-id', '[caller]');
      expect(pushed.exitCode, pushed.output).toBe(0);
    };
    await vi.waitFor(push, { timeout: 60_000, interval: 1000 });
  });
});

describe("the signing keys of a cluster's issuer", () => {
  const cluster = ['--name', 'wilab-keys', ...rg];
  let issuer: string;
  let clientId: string;
  let kubeconfig: string;

  beforeAll(async () => {
    const [created, identity] = await Promise.all([
      chain.az(
        'aks',
        'create',
        ...cluster,
        '--enable-oidc-issuer',
        '--generate-ssh-keys',
        '--node-count',
        '1',
      ),
      chain.az('identity', 'create', '--name', 'keys', ...rg),
    ]);
    issuer = created.oidcIssuerProfile.issuerUrl;
    ({ clientId } = identity);
    kubeconfig = join(chain.directory, 'keys.kubeconfig');
    await chain.az('aks', 'get-credentials', ...cluster, '--file', kubeconfig);
    await chain.az(
      ...['identity', 'federated-credential', 'create', '--name', 'keys', '--identity-name', 'keys', ...rg],
      ...['--issuer', issuer, '--subject', 'system:serviceaccount:default:default'],
      ...['--audiences', 'api://AzureADTokenExchange'],
    );
  });

  const newToken = async () => {
    const audience = ['--audience', 'api://AzureADTokenExchange'];
    return (await chain.kubectl(kubeconfig, ['create', 'token', 'default', ...audience])).trim();
  };
  const rotate = async () => {
    await chain.az('aks', 'oidc-issuer', 'rotate-signing-keys', ...cluster, '--yes');
    await chain.az('aks', 'wait', ...cluster, '--updated');
  };
  /** Returns `ok`, or the code of Entra's refusal. The token stays out of the command line. */
  const exchange = async (token: string): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: 'https://vault.azure.net/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
    });
    const url = `https://login.microsoftonline.com/${chain.emulator.facts.tenantId}/oauth2/v2.0/token`;
    const { output } = await chain.start('curl', ['--silent', '--data', '@-', url], String(form));
    const { access_token, error_codes } = JSON.parse(output);
    return access_token === undefined ? `AADSTS${error_codes[0]}` : 'ok';
  };

  test('are rotated by az: the previous key is valid until the next rotation', async () => {
    const first = await newToken();
    await expect.poll(() => exchange(first), { timeout: 120_000 }).toBe('ok');
    await rotate();
    const second = await newToken();
    expect([await exchange(first), await exchange(second)]).toEqual(['ok', 'ok']);
    await rotate();
    expect([await exchange(first), await exchange(second)]).toEqual(['AADSTS7000272', 'ok']);
    const { output } = await chain.start('curl', ['--silent', `${issuer}openid/v1/jwks`]);
    expect(JSON.parse(output).keys).toHaveLength(2);
  });
});
