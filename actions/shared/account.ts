import type { Az } from './az.ts';
import type { InputParser } from './inputs.ts';
import { guid } from './naming-rules.ts';

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
    retrySeconds: 60 * input.integer('retry-minutes', { default: 15, min: 0, max: 60 }),
    temporaryFolder: environment.RUNNER_TEMP,
  };
  if (inputs.clientId && !inputs.tenantId)
    input.problem('tenant-id is required where client-id is given: the tenant to log in to');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (inputs.clientId && !(url && token)) input.problem(NO_ID_TOKEN);
  return inputs;
}

/** A cloud of Azure as az knows it. https://learn.microsoft.com/cli/azure/manage-clouds-azure-cli */
export interface AzureCloud {
  name: string;
  endpoints: { activeDirectory: string; resourceManager: string };
  suffixes: { keyvaultDns: string; acrLoginServerEndpoint: string };
}

/** The cloud that az is set to: its authority and the suffixes of its hosts. */
export function currentCloud(az: Az): Promise<AzureCloud> {
  return az<AzureCloud>(['cloud', 'show']);
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
