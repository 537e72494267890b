import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import type { Cloud } from './backend.ts';
import type { Screen } from './display/screen.ts';
import { makePrivate } from './paths.ts';
import { MissingTool } from './tools/missing-tool.ts';
import { which } from './tools/find-program.ts';

/** The login that az has. */
interface Account {
  /** Of the subscription. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly user: { readonly name: string };
}

/** az has no login, or one that no longer works. */
export class NotLoggedIn extends Error {}

/**
 * What of the caller's environment a step may see: where programs and their settings are, and how to reach Azure. Anything
 * else might be a credential.
 */
const kept = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'],
  ...['REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE'],
  ...['AZURE_CONFIG_DIR', 'AZURE_EXTENSION_DIR', 'AZURE_CORE_COLLECT_TELEMETRY'],
  // Where a docker without root has its daemon.
  ...['DOCKER_HOST', 'DOCKER_CONTEXT'],
];

/**
 * Opens the real Azure, on the login that the caller's az has, once the caller agrees.
 * @param options.yes the caller has agreed already
 * @param options.keeps whether what is made stays
 * @param options.job the only job that is to run, with what it needs
 * @throws MissingTool, NotLoggedIn; Error where the caller does not agree or cannot be asked
 */
export async function openAzure(
  screen: Screen,
  options: { yes: boolean; keeps: boolean; job: string | undefined; signal: AbortSignal },
): Promise<Cloud> {
  const az = which('az');
  if (!az)
    throw new MissingTool('az is not on PATH: https://learn.microsoft.com/cli/azure/install-azure-cli');
  if (!which('kubectl')) throw new MissingTool('kubectl is not on PATH: az aks install-cli');
  const account = await loggedIn(az, options.signal);
  const { id, name, tenantId, user } = account;
  screen.print(`The real Azure: subscription ${name} (${id}), as ${user.name}.`);
  await agree(screen, name, options);
  return {
    processes: [],
    async end() {},
    machine: {
      // The login is there: the steps need no identity of their own.
      vars: { AZURE_CLIENT_ID: '', AZURE_TENANT_ID: tenantId, AZURE_SUBSCRIPTION_ID: id },
      counterparts: { LAB_AZ_LOGIN: `${user.name}, subscription ${name}` },
      environment: async directory => ({
        ...Object.fromEntries(kept.flatMap(variable => entryOf(variable))),
        TMPDIR: makePrivate(join(directory, 'tmp')),
        KUBECACHEDIR: makePrivate(join(directory, 'kube-cache')),
      }),
    },
  };
}

function entryOf(name: string): [string, string][] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

/** The login of az. A token is asked for, because az shows the account of a login that has expired, too. */
async function loggedIn(az: string, signal: AbortSignal): Promise<Account> {
  const ask = async (...args: string[]) =>
    (await promisify(execFile)(az, [...args, '--output', 'json', '--only-show-errors'], { signal })).stdout;
  try {
    const account = JSON.parse(await ask('account', 'show'));
    await ask('account', 'get-access-token', '--query', 'expiresOn');
    return account;
  } catch (error) {
    signal.throwIfAborted();
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim();
    throw new NotLoggedIn(
      `az is not logged in: ${said}\nRun 'az login', choose the subscription with 'az account set', and try again: https://learn.microsoft.com/cli/azure/authenticate-azure-cli`,
    );
  }
}

/** Says what will be there and what it costs, and asks. */
async function agree(
  screen: Screen,
  subscription: string,
  { yes, keeps, job, signal }: Parameters<typeof openAzure>[1],
): Promise<void> {
  const stays = keeps
    ? 'They stay until you delete their resource group'
    : job !== undefined
      ? `Only job ${job} runs, with what it needs: what these do not delete stays until you delete its resource group`
      : 'The workflow deletes them at the end';
  screen.print(
    `What the workflow makes costs money while it is there. A lab is an AKS cluster of one node, a Standard container registry
and a key vault: by list prices about 0.30 USD an hour, most of it the node (estimated; https://azure.microsoft.com/pricing/calculator).
${stays}.`,
  );
  if (yes) return;
  if (!screen.interactive || !process.stdin.isTTY) {
    throw new Error('--cloud azure asks before it spends money, and nobody is there to answer: give --yes.');
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await prompt.question(`Go on in ${subscription}? [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was made.');
  } finally {
    prompt.close();
  }
}
