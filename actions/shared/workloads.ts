import type { InputParser } from './inputs.ts';
import { dnsLabel, dnsSubdomain } from './naming-rules.ts';
import { quote } from './quote.ts';

export interface Workload {
  namespace: string;
  serviceAccount: string;
}

/** The maximum of federated credentials of an identity. */
export const MAX_WORKLOADS = 20;

const DEFAULT: Workload = { namespace: 'default', serviceAccount: 'wi-demo-sa' };

/** `default/wi-demo-sa` */
export function nameOf({ namespace, serviceAccount }: Workload): string {
  return `${namespace}/${serviceAccount}`;
}

/**
 * The subject of its tokens.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
 */
export function subjectOf({ namespace, serviceAccount }: Workload): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

export function workloadInputs(input: InputParser): Workload[] {
  const single: Workload = {
    namespace: input.optional('namespace', dnsLabel, DEFAULT.namespace),
    serviceAccount: input.optional('service-account', dnsSubdomain, DEFAULT.serviceAccount),
  };
  const list = input
    .pairs('workloads', 'namespace/service-account', dnsLabel, dnsSubdomain)
    .map(([namespace, serviceAccount]) => ({ namespace, serviceAccount }));
  if (list.length === 0) return [single];

  const names = list.map(nameOf);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
  for (const name of twice) input.problem(`workloads contains ${quote(name)} twice`);
  if (list.length > MAX_WORKLOADS)
    input.problem(`workloads contains ${list.length} service accounts. The maximum is ${MAX_WORKLOADS}`);
  const name = nameOf(single);
  if (name !== nameOf(DEFAULT) && !names.includes(name))
    input.problem(
      `workloads does not contain ${quote(name)}, which namespace and service-account are set to. Set either workloads or these two inputs`,
    );
  return list;
}
