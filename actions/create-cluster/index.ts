import { rm } from 'node:fs/promises';
import { getState, info, saveState, warning } from '@actions/core';
import { runAction } from '../shared/run.ts';
import { createCluster } from './create-cluster.ts';
import { type Inputs, parse } from './inputs.ts';

// One bundle is the step and its post step, which the runner starts when the job ends, whatever became of it.
const folder = getState('kubeconfig-folder');
if (folder) await removeKubeconfig(folder);
else await runAction({ name: 'create-cluster', parse: parseAndRemember, main: createCluster });

/** Saved before anything is done, so that the post step finds what a cancelled step has left. */
function parseAndRemember(): Inputs {
  const inputs = parse(process.env);
  saveState('kubeconfig-folder', inputs.kubeconfigFolder);
  return inputs;
}

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
