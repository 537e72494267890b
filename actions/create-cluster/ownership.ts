import { describeOwner, isLabOwned } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import { clusterOf, type ManagedCluster, type Operation } from './cluster.ts';
import type { Inputs } from './inputs.ts';

const CHANGES = {
  start: { need: 'is stopped', args: ['start'] },
  update: {
    need: 'must be updated',
    args: ['update', '--enable-oidc-issuer', '--enable-workload-identity'],
  },
} as const;

/**
 * Explains why this step does not change the cluster.
 * @returns undefined if the lab of this repository created the cluster, or the user allows the change
 */
export function refusedChange(
  operation: Exclude<Operation, 'create'>,
  cluster: ManagedCluster,
  inputs: Inputs,
): { what: string; remedy: string; link: string } | undefined {
  if (inputs.changeExisting || isLabOwned(cluster.tags, inputs.group.tags.repository)) return undefined;
  const { clusterName } = inputs;
  const { need, args } = CHANGES[operation];
  const [verb, ...options] = args;
  const reason = operation === 'start' ? '' : ` (${whyUpdate(cluster)})`;
  const command = ['az', 'aks', verb, ...clusterOf(inputs), ...options].join(' ');
  return {
    what: `AKS cluster ${quote(clusterName)} ${need}${reason}, and the lab of this repository did not create it. It has ${describeOwner(cluster.tags)}.`,
    remedy: `Ask its owner to run: ${command}\nOr let this action do it: set change-existing-cluster: true`,
    link: 'https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster',
  };
}

function whyUpdate({ provisioningState, oidcIssuerProfile, securityProfile }: ManagedCluster): string {
  if (provisioningState !== 'Succeeded') return `state ${quote(provisioningState)}`;
  const missing = [
    oidcIssuerProfile?.enabled ? '' : 'OIDC issuer',
    securityProfile?.workloadIdentity?.enabled ? '' : 'workload identity',
  ].filter(text => text);
  return `not enabled: ${missing.join(', ')}`;
}
