import { randomUUID } from 'node:crypto';
import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import {
  clusterName,
  kubernetesVersion,
  registryName,
  resourceGroupName,
  vmSize,
} from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';
import { newKubeconfigFolder } from './kubeconfig-folder.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  clusterName: string;
  /** Create the cluster if it does not exist. */
  create: boolean;
  /** Allow changes to an existing cluster that this repository's lab did not create. */
  changeExisting: boolean;
  nodeCount: number;
  /** '' lets AKS choose. */
  nodeVmSize: string;
  /** '' takes AKS's default. */
  kubernetesVersion: string;
  /** '' gives no pull right. */
  registryName: string;
  /** Resource group of the registry. */
  registryGroup: string;
  timeoutMinutes: number;
  /** A folder that does not exist yet; the kubeconfig will be alone in it. */
  kubeconfigFolder: string;
  /** Value of the tag by which this process recognizes a cluster that it created. */
  creationId: string;
}

/**
 * Reads the action's inputs.
 * @throws {InvalidInputs} with every problem.
 */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const group = resourceGroupInputs(input, environment);
    return {
      account: accountInputs(input, environment),
      group,
      clusterName: input.required('cluster-name', clusterName),
      create: input.boolean('create', true),
      changeExisting: input.boolean('change-existing-cluster', false),
      nodeCount: input.integer('node-count', { default: 1, min: 1, max: 1000 }),
      nodeVmSize: input.optional('node-vm-size', vmSize),
      kubernetesVersion: input.optional('kubernetes-version', kubernetesVersion),
      registryName: input.optional('registry-name', registryName),
      registryGroup: input.optional('registry-resource-group', resourceGroupName, group.name),
      timeoutMinutes: input.integer('timeout-minutes', { default: 30, min: 1, max: 360 }),
      kubeconfigFolder: newKubeconfigFolder(environment),
      creationId: randomUUID(),
    };
  }, read);
}
