import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { quote } from '../actions/shared/quote.ts';
import type { Backend } from './backend.ts';
import type { Screen } from './display/screen.ts';
import { createPrivateDirectory } from './paths.ts';
import { findProgram, MissingToolError } from './tools/find-program.ts';

interface Account {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly user: { readonly name: string };
}

export class NotLoggedIn extends Error {}

/** Variables that steps inherit. Others might be credentials. */
const INHERITED_VARIABLES = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'],
  ...['REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE'],
  ...['AZURE_CONFIG_DIR', 'AZURE_EXTENSION_DIR', 'AZURE_CORE_COLLECT_TELEMETRY'],
  // Rootless Docker.
  ...['DOCKER_HOST', 'DOCKER_CONTEXT'],
];

/** @throws {MissingToolError} {NotLoggedIn}; Error if the user does not agree or cannot be asked */
export async function openAzureBackend(
  screen: Screen,
  options: { yes: boolean; keepsLab: boolean; job: string | undefined; signal: AbortSignal },
): Promise<Backend> {
  const az = findProgram('az');
  if (!az)
    throw new MissingToolError(
      'az is not on PATH.\nInstall the Azure CLI: https://learn.microsoft.com/cli/azure/install-azure-cli',
    );
  if (!findProgram('kubectl'))
    throw new MissingToolError('kubectl is not on PATH.\nInstall it: az aks install-cli');
  const account = await readAccount(az, options.signal);
  const { id, name, tenantId, user } = account;
  screen.print(`Real Azure: subscription ${quote(name)} (${id}), logged in as ${quote(user.name)}.`);
  await confirmCost(screen, name, options);
  return {
    processes: [],
    async end() {},
    host: {
      // Steps use the existing login.
      vars: { AZURE_CLIENT_ID: '', AZURE_TENANT_ID: tenantId, AZURE_SUBSCRIPTION_ID: id },
      counterparts: { LAB_AZ_LOGIN: `${user.name}, subscription ${name}` },
      environment: async directory => ({
        ...Object.fromEntries(INHERITED_VARIABLES.flatMap(variable => entryOf(variable))),
        TMPDIR: createPrivateDirectory(join(directory, 'tmp')),
        KUBECACHEDIR: createPrivateDirectory(join(directory, 'kube-cache')),
      }),
    },
  };
}

function entryOf(name: string): [string, string][] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

/** Also requests a token, because az shows the account of an expired login. */
async function readAccount(az: string, signal: AbortSignal): Promise<Account> {
  const run = async (...args: string[]) =>
    (await promisify(execFile)(az, [...args, '--output', 'json', '--only-show-errors'], { signal })).stdout;
  try {
    const account = JSON.parse(await run('account', 'show'));
    await run('account', 'get-access-token', '--query', 'expiresOn');
    return account;
  } catch (error) {
    signal.throwIfAborted();
    const output = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim();
    throw new NotLoggedIn(
      `az is not logged in.\naz printed: ${output}\nRun "az login", select the subscription with "az account set", and try again.\nhttps://learn.microsoft.com/cli/azure/authenticate-azure-cli`,
    );
  }
}

async function confirmCost(
  screen: Screen,
  subscription: string,
  { yes, keepsLab, job, signal }: Parameters<typeof openAzureBackend>[1],
): Promise<void> {
  const deletion = keepsLab
    ? 'They cost money until you delete their resource group.'
    : job !== undefined
      ? `Only the job ${quote(job)} and the jobs that it needs run. Delete the resource group of what they leave.`
      : 'The workflow deletes them at the end.';
  screen.print(
    `The workflow creates resources that cost money. A lab is an AKS cluster with one node, a Standard container registry, and a key vault.
By list prices this is about 0.30 USD per hour, most of it for the node (estimate; https://azure.microsoft.com/pricing/calculator).
${deletion}`,
  );
  if (yes) return;
  if (!screen.interactive || !process.stdin.isTTY) {
    throw new Error(
      'Cannot prompt: not running in a terminal. --cloud azure asks before it spends money.\nPass --yes.',
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await prompt.question(`Continue in ${subscription}? [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was created.');
  } finally {
    prompt.close();
  }
}
