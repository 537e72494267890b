import { describeOwner, isLabOwned } from '../shared/ownership.ts';
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
 * Why this step is not allowed to change the cluster; undefined when the user allows it, or a lab of this repository created
 * the cluster.
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
  const because = operation === 'start' ? '' : ` (${whyUpdate(cluster)})`;
  const command = ['az', 'aks', verb, ...clusterOf(inputs), ...options].join(' ');
  return {
    what: `AKS cluster "${clusterName}" ${need}${because}, and no lab of this repository created it (${describeOwner(cluster.tags)}).`,
    remedy: `Ask its owner to run: ${command}\nOr allow this action to do it: change-existing-cluster: true`,
    link: 'https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster',
  };
}

function whyUpdate({ provisioningState, oidcIssuerProfile, securityProfile }: ManagedCluster): string {
  if (provisioningState !== 'Succeeded') return `state "${provisioningState}"`;
  const missing = [
    oidcIssuerProfile?.enabled ? '' : 'OIDC issuer',
    securityProfile?.workloadIdentity?.enabled ? '' : 'workload identity',
  ].filter(text => text);
  return `not enabled: ${missing.join(', ')}`;
}
