import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getState, info, saveState, warning } from '@actions/core';
import { parseInputs } from '../shared/inputs.ts';
import { clusterName, kubernetesVersion, registryName, vmSize } from '../shared/names.ts';
import { resourceGroupInputs } from '../shared/resource-group.ts';
import { runAction } from '../shared/run.ts';
import { createCluster, type Inputs } from './create-cluster.ts';

function parse(): Inputs {
  const inputs = parseInputs(input => ({
    group: resourceGroupInputs(input, process.env),
    clusterName: input.required('cluster-name', clusterName),
    nodeCount: input.integer('node-count', { whenEmpty: 1, least: 1, most: 1000 }),
    nodeVmSize: input.optional('node-vm-size', vmSize),
    kubernetesVersion: input.optional('kubernetes-version', kubernetesVersion),
    registryName: input.optional('registry-name', registryName),
    timeoutMinutes: input.integer('timeout-minutes', { whenEmpty: 30, least: 1, most: 360 }),
    kubeconfigFolder: join(process.env.RUNNER_TEMP || tmpdir(), `kubeconfig-${randomUUID()}`),
  }));
  saveState('kubeconfig-folder', inputs.kubeconfigFolder);
  return inputs;
}

// One bundle is the step and its post step, which the runner starts when the job ends, whatever became of it.
const kubeconfigFolder = getState('kubeconfig-folder');
if (!kubeconfigFolder) await runAction({ name: 'create-cluster', parse, main: createCluster });
else await removeKubeconfig(kubeconfigFolder);

async function removeKubeconfig(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    info('The kubeconfig is removed.');
  } catch (error) {
    // What a job proved is not undone by a clean-up that failed.
    warning(
      `The kubeconfig in ${folder} could not be removed: ${error instanceof Error ? error.message : error}`,
    );
  }
}
