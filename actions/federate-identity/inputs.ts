import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { dnsLabel, dnsSubdomain, federatedCredentialName, identityName, issuerUrl } from '../shared/names.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  identityName: string;
  /** '' stops after the identity. */
  issuer: string;
  namespace: string;
  serviceAccount: string;
  /** Path; given whenever there is an issuer. */
  kubeconfig: string;
  /** '' derives one. */
  credentialName: string;
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const inputs = {
      account: accountInputs(input, environment),
      group: resourceGroupInputs(input, environment),
      identityName: input.required('identity-name', identityName),
      issuer: input.optional('issuer', issuerUrl),
      namespace: input.optional('namespace', dnsLabel, 'default'),
      serviceAccount: input.optional('service-account', dnsSubdomain, 'wi-demo-sa'),
      kubeconfig: input.path('kubeconfig'),
      credentialName: input.optional('credential-name', federatedCredentialName),
    };
    if (inputs.issuer && !inputs.kubeconfig) {
      input.problem('kubeconfig is required with issuer: the service account is made in that cluster');
    }
    return inputs;
  }, read);
}
