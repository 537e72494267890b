import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { federatedCredentialName, identityName, issuerUrl } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';
import { type Workload, workloadInputs } from '../shared/workloads.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  identityName: string;
  create: boolean;
  /** If empty, the action only creates the identity. */
  issuer: string;
  /** At least one. */
  workloads: readonly Workload[];
  /** Never empty if there is an issuer. */
  kubeconfig: string;
  /** For a single workload. If empty, each workload gets a derived name. */
  credentialName: string;
  replace: boolean;
}

/** @throws {InvalidInputs} with every problem */
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
      input.problem(
        'kubeconfig is required with issuer: the action creates the service account in that cluster',
      );
    if (inputs.credentialName && inputs.workloads.length > 1)
      input.problem(
        'credential-name applies to one service account. Leave it empty: each credential then gets its own name',
      );
    return inputs;
  }, read);
}
