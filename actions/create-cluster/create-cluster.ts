import { preflight } from '../shared/preflight.ts';
import type { Tools } from '../shared/tools.ts';
import { issuerOf } from './cluster.ts';
import { getCredentials } from './credentials.ts';
import { ensureCluster } from './ensure-cluster.ts';
import type { Inputs } from './inputs.ts';
import { grantPull } from './pull-permission.ts';
import { readState } from './state.ts';

export async function createCluster(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { group, clusterName, registryName } = inputs;
  const { report } = tools;

  const { state } = await preflight(
    inputs.account,
    { readState: () => readState(inputs, tools), requirementsOf: found => found },
    tools,
  );

  const cluster = await report.step('AKS cluster', clusterName, () =>
    ensureCluster(inputs, tools, state.cluster),
  );
  const issuer = issuerOf(cluster);
  report.facts.cluster = cluster.id;
  report.facts.issuer = issuer;

  // Both take seconds, most of them to start az.
  const [kubeconfig] = await Promise.all([
    report.step('Credentials', clusterName, () => getCredentials(inputs, cluster, tools)),
    registryName &&
      report.step('Permission to pull from', registryName, () =>
        grantPull(cluster, inputs, tools, state.registry),
      ),
  ]);

  return {
    'resource-group': group.name,
    'cluster-name': clusterName,
    'oidc-issuer-url': issuer,
    kubeconfig,
  };
}
