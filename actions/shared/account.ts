import { getIDToken } from '@actions/core';
import type { Az } from './az.ts';
import { CommandFailed } from './command.ts';
import { ActionFailed } from './failures.ts';
import type { InputParser } from './inputs.ts';
import { guid } from './names.ts';
import { inPrivateFile } from './private-file.ts';
import { retry } from './retry.ts';
import type { Tools } from './tools.ts';

/** Which account the work is to be done with; the inputs that every action has. '' is: not said. */
export interface AccountInputs {
  /** A guardrail: az must be set to this subscription. */
  subscriptionId: string;
  /** A guardrail: az must be logged in to this tenant. */
  tenantId: string;
  /** Whom to log in as, with a fresh token of GitHub; '' takes the login that is there. */
  clientId: string;
  /** For how long, in seconds, what fails for a reason that passes is tried again. */
  retrySeconds: number;
  /** Where GitHub's token may lie for a moment; undefined where no runner names a folder. */
  temporaryFolder: string | undefined;
}

const NO_ID_TOKEN = `client-id is given, but GitHub gives this job no ID token to log in with. Add to the job (a pull request from a fork never gets one):
    permissions:
      contents: read
      id-token: write`;

/**
 * Reads `subscription-id`, `tenant-id`, `client-id` and `retry-minutes`.
 * @param environment tells whether the runner gives ID tokens, and its temporary folder.
 */
export function accountInputs(input: InputParser, environment: NodeJS.ProcessEnv): AccountInputs {
  const inputs = {
    subscriptionId: input.optional('subscription-id', guid),
    tenantId: input.optional('tenant-id', guid),
    clientId: input.optional('client-id', guid),
    retrySeconds: 60 * input.integer('retry-minutes', { whenEmpty: 10, least: 0, most: 60 }),
    temporaryFolder: environment.RUNNER_TEMP,
  };
  if (inputs.clientId && !inputs.tenantId)
    input.problem('tenant-id is required where client-id is given: the tenant to log in to');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (inputs.clientId && !(url && token)) input.problem(NO_ID_TOKEN);
  return inputs;
}

/** A cloud of Azure as az knows it. https://learn.microsoft.com/cli/azure/manage-clouds-azure-cli */
export interface Cloud {
  name: string;
  endpoints: { activeDirectory: string; resourceManager: string };
  suffixes: { keyvaultDns: string; acrLoginServerEndpoint: string };
}

/** The cloud that az is set to: its authority and the suffixes of its hosts. */
export function currentCloud(az: Az): Promise<Cloud> {
  return az<Cloud>(['cloud', 'show']);
}

/**
 * The audience of GitHub's tokens that Entra exchanges for its own, in this cloud.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity
 */
export function exchangeAudience(cloudName: string): string {
  const audiences: Readonly<Record<string, string>> = {
    AzureUSGovernment: 'api://AzureADTokenExchangeUSGov',
    AzureChinaCloud: 'api://AzureADTokenExchangeChina',
  };
  return audiences[cloudName] ?? 'api://AzureADTokenExchange';
}

/**
 * Logs az in with a token that GitHub signs now. az keeps the token that it was logged in with and needs it again for
 * each new kind of Azure token, but it lives five minutes only (AADSTS700024): so a step that comes late needs a login
 * of its own. https://github.com/Azure/azure-cli/issues/28708
 *
 * Now and then Entra does not see a credential that is there, also an old one. It says the same of one that is not, so that
 * it is asked three times only: https://github.com/Azure/azure-workload-identity/issues/977
 * @throws {ActionFailed} when GitHub gives no token; {CommandFailed} when Entra refuses it.
 */
export async function logIn(
  { clientId, tenantId, subscriptionId, temporaryFolder, retrySeconds: timeoutSeconds }: AccountInputs,
  { az, time, log }: Pick<Tools, 'az' | 'time' | 'log'>,
): Promise<void> {
  const audience = exchangeAudience((await currentCloud(az)).name);
  const patience = { timeoutSeconds, firstWaitSeconds: 5, mostAttempts: 3, time, log };
  // With a token of its own each time: az remembers what Entra said of one.
  await retry({ what: 'az login', ...patience, transient: notSeen }, async () =>
    inPrivateFile(await idToken(audience), temporaryFolder, file =>
      az([
        ...['login', '--service-principal', '--username', clientId, '--tenant', tenantId],
        ...['--federated-token', `@${file}`],
      ]),
    ),
  );
  if (subscriptionId) await az(['account', 'set', '--subscription', subscriptionId]);
}

function notSeen(error: unknown): string | undefined {
  const code = error instanceof CommandFailed && /AADSTS70021[123]?\b/.exec(error.stderr)?.[0];
  return code ? `Entra sees no federated credential for the token of GitHub (${code})` : undefined;
}

/** @throws {ActionFailed} when GitHub gives none. */
function idToken(audience: string): Promise<string> {
  return getIDToken(audience).catch((error: unknown) => {
    throw new ActionFailed(
      `GitHub gives this job no ID token: ${error instanceof Error ? error.message : error}`,
      'The job needs permissions: id-token: write.',
      'https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure',
    );
  });
}
