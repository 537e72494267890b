import { preflight } from '../shared/preflight.ts';
import type { Tools } from '../shared/tools.ts';
import { issuerOf } from './cluster.ts';
import { getCredentials } from './credentials.ts';
import { ensureCluster } from './ensure-cluster.ts';
import type { Inputs } from './inputs.ts';
import { lookBefore } from './look.ts';
import { allowPull } from './pull-right.ts';

/** The walkthrough's "Cluster creation": resource group, cluster, credentials, and the right to pull the image. */
export async function createCluster(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { group, clusterName, registryName } = inputs;
  const { report } = tools;

  const { state: before } = await preflight(
    inputs.account,
    { readState: () => lookBefore(inputs, tools), requirementsOf: found => found },
    tools,
  );

  const cluster = await report.step('AKS cluster', clusterName, () =>
    ensureCluster(inputs, tools, before.cluster),
  );
  const issuer = issuerOf(cluster);
  report.facts.cluster = cluster.id;
  report.facts.issuer = issuer;

  // Neither needs the other, and each is mostly az's own start.
  const [kubeconfig] = await Promise.all([
    report.step('Credentials', clusterName, () => getCredentials(inputs, cluster, tools)),
    registryName &&
      report.step('Pull right on', registryName, () => allowPull(cluster, inputs, tools, before.registry)),
  ]);

  return {
    'resource-group': group.name,
    'cluster-name': clusterName,
    'oidc-issuer-url': issuer,
    kubeconfig,
  };
}
