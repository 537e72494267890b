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
  create: boolean;
  changeExisting: boolean;
  nodeCount: number;
  /** If empty, AKS chooses one. */
  nodeVmSize: string;
  /** If empty, the default of AKS. */
  kubernetesVersion: string;
  /** If empty, the action grants no permission to pull. */
  registryName: string;
  registryGroup: string;
  timeoutMinutes: number;
  /** A folder that does not exist yet. It will hold only the kubeconfig. */
  kubeconfigFolder: string;
  /** Value of the tag creation-id. */
  creationId: string;
}

/** @throws {InvalidInputs} with every problem */
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
