import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { documentation } from '../shared/documentation.ts';
import { parseInputs } from '../shared/inputs.ts';
import { dnsLabel, dnsSubdomain, secretName, vaultName } from '../shared/naming-rules.ts';
import { quote } from '../shared/quote.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

export interface Inputs {
  account: AccountInputs;
  /** Path of the file; '' leaves the choice to kubectl. */
  kubeconfig: string;
  /** '' means all. */
  namespace: string;
  /** Empty means all that use workload identity. */
  workloads: Workload[];
  /** '' means: take it from the pod's environment or log. */
  vaultName: string;
  secretName: string;
  failOnBroken: boolean;
  showLogs: boolean;
  /** Address of the page that explains each verdict. */
  documentation: string;
}

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const inputs = {
      account: accountInputs(input, environment),
      kubeconfig: input.path('kubeconfig'),
      namespace: input.optional('namespace', dnsLabel),
      workloads: input
        .pairs('workloads', 'namespace/service-account', dnsLabel, dnsSubdomain)
        .map(([namespace, serviceAccount]) => ({ namespace, serviceAccount })),
      vaultName: input.optional('vault-name', vaultName),
      secretName: input.optional('secret-name', secretName),
      failOnBroken: input.boolean('fail-on-broken', true),
      showLogs: input.boolean('show-logs', true),
      documentation: documentation(environment),
    };
    const { namespace, workloads } = inputs;
    for (const each of workloads)
      if (namespace && each.namespace !== namespace)
        input.problem(
          `workloads lists ${quote(nameOf(each))}, which is not in namespace ${quote(namespace)}; leave namespace empty`,
        );
    return inputs;
  }, read);
}
