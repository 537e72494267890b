import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { clusterName, kubernetesVersion, registryName, vmSize } from '../shared/names.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  clusterName: string;
  nodeCount: number;
  /** '' lets AKS choose. */
  nodeVmSize: string;
  /** '' takes AKS's default. */
  kubernetesVersion: string;
  /** '' gives no pull right. */
  registryName: string;
  timeoutMinutes: number;
  /** A folder that does not exist yet; the kubeconfig will be alone in it. */
  kubeconfigFolder: string;
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(
    input => ({
      account: accountInputs(input, environment),
      group: resourceGroupInputs(input, environment),
      clusterName: input.required('cluster-name', clusterName),
      nodeCount: input.integer('node-count', { whenEmpty: 1, least: 1, most: 1000 }),
      nodeVmSize: input.optional('node-vm-size', vmSize),
      kubernetesVersion: input.optional('kubernetes-version', kubernetesVersion),
      registryName: input.optional('registry-name', registryName),
      timeoutMinutes: input.integer('timeout-minutes', { whenEmpty: 30, least: 1, most: 360 }),
      kubeconfigFolder: join(environment.RUNNER_TEMP || tmpdir(), `kubeconfig-${randomUUID()}`),
    }),
    read,
  );
}
