import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { federatedCredentialName, identityName, issuerUrl } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';
import { type Workload, workloadInputs } from '../shared/workloads.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  identityName: string;
  /** Whether an identity that is not there is made. */
  create: boolean;
  /** '' stops after the identity. */
  issuer: string;
  /** At least one. */
  workloads: readonly Workload[];
  /** Path; given whenever there is an issuer. */
  kubeconfig: string;
  /** For a single workload; '' derives one for each. */
  credentialName: string;
  /** Whether a credential or service account that belongs to another is taken over. */
  replace: boolean;
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
      create: input.boolean('create', true),
      issuer: input.optional('issuer', issuerUrl),
      workloads: workloadInputs(input),
      kubeconfig: input.path('kubeconfig'),
      credentialName: input.optional('credential-name', federatedCredentialName),
      replace: input.boolean('replace', false),
    };
    if (inputs.issuer && !inputs.kubeconfig)
      input.problem('kubeconfig is required with issuer: the service account is made in that cluster');
    if (inputs.credentialName && inputs.workloads.length > 1)
      input.problem(
        'credential-name is for one service account; with more, each credential gets a name of its own',
      );
    return inputs;
  }, read);
}
