import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { documentation } from '../shared/documentation.ts';
import { parseInputs } from '../shared/inputs.ts';
import { dnsLabel, dnsSubdomain, secretName, vaultName } from '../shared/names.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

export interface Inputs {
  account: AccountInputs;
  /** Path of a file; '' is kubectl's own choice. */
  kubeconfig: string;
  /** '' is: all of them. */
  namespace: string;
  /** The ones to look at; none is: all that use workload identity. */
  workloads: Workload[];
  /** What the workloads read; '' is: as they themselves say. */
  vaultName: string;
  secretName: string;
  failOnBroken: boolean;
  /** Whether the last lines of a broken workload's log are printed. */
  showLogs: boolean;
  /** Address of the page that explains each verdict. */
  documentation: string;
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
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
          `workloads names ${nameOf(each)}, which is not in namespace ${namespace}; leave namespace empty`,
        );
    return inputs;
  }, read);
}
