import type { Az } from './az.ts';
import type { InputParser } from './inputs.ts';
import { guid } from './naming-rules.ts';

/** An empty string means: not set. */
export interface AccountInputs {
  subscriptionId: string;
  tenantId: string;
  clientId: string;
  retrySeconds: number;
  /** Folder for GitHub's token during the login; undefined outside a runner. */
  temporaryFolder: string | undefined;
}

const NO_ID_TOKEN = `client-id is set, but GitHub issues no ID token to this job. Add this to the job (GitHub never issues one to a pull request from a fork):
    permissions:
      contents: read
      id-token: write`;

/** @param environment shows if the runner issues ID tokens, and its temporary folder */
export function accountInputs(input: InputParser, environment: NodeJS.ProcessEnv): AccountInputs {
  const inputs = {
    subscriptionId: input.optional('subscription-id', guid),
    tenantId: input.optional('tenant-id', guid),
    clientId: input.optional('client-id', guid),
    retrySeconds: 60 * input.integer('retry-minutes', { default: 15, min: 0, max: 60 }),
    temporaryFolder: environment.RUNNER_TEMP,
  };
  if (inputs.clientId && !inputs.tenantId)
    input.problem('tenant-id is required if client-id is set. Set it to the tenant to log in to');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (inputs.clientId && !(url && token)) input.problem(NO_ID_TOKEN);
  return inputs;
}

/** https://learn.microsoft.com/cli/azure/manage-clouds-azure-cli */
export interface AzureCloud {
  name: string;
  endpoints: { activeDirectory: string; resourceManager: string };
  suffixes: { keyvaultDns: string; acrLoginServerEndpoint: string };
}

/** The cloud that az is configured for. */
export function currentCloud(az: Az): Promise<AzureCloud> {
  return az<AzureCloud>(['cloud', 'show']);
}

/**
 * The audience that GitHub's tokens must have in this cloud.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity
 */
export function exchangeAudience(cloudName: string): string {
  const audiences: Readonly<Record<string, string>> = {
    AzureUSGovernment: 'api://AzureADTokenExchangeUSGov',
    AzureChinaCloud: 'api://AzureADTokenExchangeChina',
  };
  return audiences[cloudName] ?? 'api://AzureADTokenExchange';
}
