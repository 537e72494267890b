import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printProgress } from '../../lab/tools/python-packages.ts';
import { Chain } from '../support/chain.ts';
import { kubeconfigFile, type Lab, labFile } from './support/lab-file.ts';
import { copyPackages, installWalkthroughPackages, pythonVersion } from './support/python-packages.ts';
import { runClient, type SignInIdentity } from './support/run-client.ts';

// Unchanged clients in separate processes with HTTPS_PROXY and the CA. All use one emulator.
// The first script creates the lab in it.

let chain: Chain;
let directory: string;
let lab: Lab;
/** Contributor, and allowed to assign roles. */
let deployer: SignInIdentity;
/** With a service account token. */
let workload: SignInIdentity;

/** GitHub's tokens live for five minutes. */
async function renewDeployerToken(): Promise<void> {
  writeFileSync(deployer.tokenFile, await chain.idToken(), { mode: 0o600 });
}

async function runTests(script: string, who = deployer): Promise<void> {
  await renewDeployerToken();
  const { exitCode, output } = await runClient(chain, script, directory, who, deployer);
  expect(exitCode, output).toBe(0);
  // A script without tests succeeds too.
  expect(output).toMatch(/^ℹ pass [1-9]/m);
}

beforeAll(async () => {
  chain = await Chain.start();
  directory = join(chain.directory, 'sdk-clients');
  mkdirSync(directory, { mode: 0o700 });
  deployer = {
    clientId: chain.emulator.facts.deployer.clientId,
    tokenFile: join(directory, 'deployer-token'),
  };
  await runTests('create-lab');
  lab = JSON.parse(readFileSync(labFile(directory), 'utf8'));

  const [serviceAccount] = walkthroughObjects().split('\n---\n');
  await kubectl(['apply', '--filename', '-'], serviceAccount);
  const audience = 'api://AzureADTokenExchange';
  const token = await kubectl(['create', 'token', 'wi-demo-sa', '--audience', audience]);
  workload = { clientId: lab.clientId, tokenFile: join(directory, 'service-account-token') };
  writeFileSync(workload.tokenFile, token.trim(), { mode: 0o600 });
});
afterAll(() => chain?.stop());

function kubectl(args: readonly string[], input?: string): Promise<string> {
  return chain.kubectl(kubeconfigFile(directory), args, input);
}

/** With the lab's names. */
function walkthroughObjects(): string {
  const variables: Record<string, string> = {
    USER_ASSIGNED_CLIENT_ID: lab.clientId,
    ACR_NAME: lab.registry,
    KEY_VAULT_NAME: lab.vault,
  };
  const text = readFileSync('test/sdk-clients/walkthrough/pod.yaml', 'utf8');
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name) => variables[name]!);
}

describe("Azure's libraries for JavaScript", () => {
  test('@azure/arm-resources', () => runTests('resource-groups'));
  test('@azure/arm-containerservice', () => runTests('clusters'));
  test('@azure/arm-msi', () => runTests('identities'));
  test('@azure/arm-authorization', () => runTests('roles'));
  test('@azure/arm-keyvault', () => runTests('vaults'));
  test('@azure/arm-containerregistry', () => runTests('registries'));
  test('@azure/identity and @azure/keyvault-secrets, as a workload', () => runTests('secrets', workload));
});

// The pod's image is from registries.ts.
test('@kubernetes/client-node', () => runTests('kubernetes'));

describe('curl', () => {
  /** Tokens are never arguments of a process. */
  async function curl(
    url: string,
    { token, form, accept = '*/*' }: { token?: string; form?: Record<string, string>; accept?: string } = {},
  ) {
    const headers = [`accept: ${accept}`, ...(token ? [`authorization: Bearer ${token}`] : [])].join('\n');
    const body = form && join(directory, 'form');
    if (body) writeFileSync(body, new URLSearchParams(form).toString(), { mode: 0o600 });
    const args = [
      '--silent',
      '--show-error',
      '--include',
      '--header',
      '@-',
      ...(body ? ['--data', `@${body}`] : []),
    ];
    const { exitCode, output } = await chain.start('curl', [...args, url], headers);
    expect(exitCode, output).toBe(0);
    // The proxy's response to CONNECT comes first.
    const [, head = '', text = ''] =
      /^HTTP\/1\.1 200 .*?\r\n\r\n(HTTP\/.*?)\r\n\r\n(.*)$/s.exec(output) ?? [];
    const status = Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]);
    return { status, head, text, json: () => JSON.parse(text) };
  }

  async function signIn({ clientId, tokenFile }: SignInIdentity, resource: string): Promise<string> {
    const { tenantId } = chain.emulator.facts;
    await renewDeployerToken();
    const answer = await curl(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, {
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        scope: `${resource}/.default`,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: readFileSync(tokenFile, 'utf8'),
      },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json()).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
    return answer.json().access_token;
  }

  test('reads the documents of the issuer', async () => {
    const discovery = await curl(`${lab.issuer}.well-known/openid-configuration`);
    expect(discovery.json()).toMatchObject({ issuer: lab.issuer, jwks_uri: `${lab.issuer}openid/v1/jwks` });
    const { keys } = (await curl(discovery.json().jwks_uri)).json();
    const header = Buffer.from(readFileSync(workload.tokenFile, 'utf8').split('.')[0]!, 'base64url');
    const { kid } = JSON.parse(header.toString());
    expect(keys).toContainEqual(expect.objectContaining({ kid, kty: 'RSA', alg: 'RS256', use: 'sig' }));
  });

  test('exchanges a service account token and reads the secret', async () => {
    const url = `${lab.vaultUri}secrets/Secret?api-version=7.6`;
    const challenge = await curl(url);
    expect(challenge.status).toBe(401);
    expect(challenge.head).toMatch(
      /^www-authenticate: Bearer authorization="https:\/\/login\.microsoftonline/im,
    );
    const token = await signIn(workload, 'https://vault.azure.net');
    expect((await curl(url, { token })).json()).toMatchObject({ value: 'Hello again' });
  });

  test('calls Resource Manager, which requires an api-version', async () => {
    const token = await signIn(deployer, 'https://management.azure.com');
    const url = `https://management.azure.com/subscriptions/${chain.emulator.facts.subscriptionId}/resourcegroups/${lab.resourceGroup}`;
    const group = await curl(`${url}?api-version=2025-04-01`, { token });
    expect(group.json()).toMatchObject({ name: lab.resourceGroup, location: lab.location });
    const refused = await curl(url, { token });
    expect([refused.status, refused.json().error.code]).toEqual([400, 'MissingApiVersionParameter']);
  });

  test('gets a challenge, a token, and a manifest from the registry', async () => {
    const registry = `https://${lab.loginServer}`;
    const challenge = await curl(`${registry}/v2/`);
    expect(challenge.status).toBe(401);
    const realm = `${registry}/oauth2/token`;
    expect(challenge.head).toContain(`Bearer realm="${realm}",service="${lab.loginServer}"`);

    const service = lab.loginServer;
    const access_token = await signIn(deployer, 'https://containerregistry.azure.net');
    const exchange = await curl(`${registry}/oauth2/exchange`, {
      form: { grant_type: 'access_token', service, access_token },
    });
    const { refresh_token } = exchange.json();
    const scope = 'repository:ticker:pull';
    const token = await curl(realm, { form: { grant_type: 'refresh_token', service, scope, refresh_token } });
    const manifest = await curl(`${registry}/v2/ticker/manifests/1`, {
      token: token.json().access_token,
      accept: 'application/vnd.docker.distribution.manifest.v2+json',
    });
    const digest = expect.stringMatching(/^sha256:/);
    expect(manifest.json()).toMatchObject({ schemaVersion: 2, config: { digest } });
  });
});

test("runs the walkthrough's Python program in a pod", { timeout: 900_000 }, async ({ skip }) => {
  try {
    await installWalkthroughPackages(printProgress());
  } catch (error) {
    console.warn(`SKIPPED: the walkthrough's Python program. ${(error as Error).message}`);
    skip('Python or its package index is not available');
  }
  const context = join(directory, 'wi-python');
  cpSync('test/sdk-clients/walkthrough', context, { recursive: true });
  copyPackages(join(context, 'packages'));
  const image = ['--image', 'wi-kv-test:1.0', '--registry', lab.registry];
  const build = await chain.start('az', [
    ...['acr', 'build', ...image, '--build-arg', `PYTHON=${pythonVersion()}`, context],
    ...['--only-show-errors', '--output', 'none'],
  ]);
  expect(build.exitCode, build.output).toBe(0);

  await kubectl(['apply', '--filename', '-'], walkthroughObjects());
  await kubectl(['wait', '--for=condition=Ready', 'pod/wi-kv-test', '--timeout=60s']);
  const expected = `Retrieving your secret from ${lab.vault}.\nSecret value: Hello again\n`;
  const log = async () => (await kubectl(['logs', 'wi-kv-test'])).slice(0, expected.length);
  await expect.poll(log, { timeout: 60_000, interval: 200 }).toBe(expected);
});
