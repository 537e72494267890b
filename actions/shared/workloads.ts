import type { InputParser } from './inputs.ts';
import { dnsLabel, dnsSubdomain } from './naming-rules.ts';

/** A Kubernetes service account, under which pods run and with which an identity is federated. */
export interface Workload {
  namespace: string;
  serviceAccount: string;
}

/** An identity has room for so many federated credentials, so no more workloads make sense at once. */
export const MAX_WORKLOADS = 20;

const DEFAULT: Workload = { namespace: 'default', serviceAccount: 'wi-demo-sa' };

/** As a list names it: `default/wi-demo-sa`. */
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

/**
 * Reads `workloads`, a list of them, or else `namespace` and `service-account`, which name one.
 * @returns at least one
 */
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
  for (const name of twice) input.problem(`workloads names ${JSON.stringify(name)} twice`);
  if (list.length > MAX_WORKLOADS)
    input.problem(`workloads names ${list.length} service accounts; valid are at most ${MAX_WORKLOADS}`);
  const name = nameOf(single);
  if (name !== nameOf(DEFAULT) && !names.includes(name))
    input.problem(
      `workloads does not name ${name}, which namespace and service-account name; give the list or these two`,
    );
  return list;
}
