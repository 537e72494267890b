import { saveState } from '@actions/core';
import { runAction } from '../shared/run.ts';
import { createCluster } from './create-cluster.ts';
import { type Inputs, parse } from './inputs.ts';
import { KUBECONFIG_FOLDER } from './kubeconfig-folder.ts';

void runAction({ name: 'create-cluster', parse: parseAndRemember, main: createCluster });

/** Saves the folder before anything is done, so that the post step finds what a cancelled step leaves behind. */
function parseAndRemember(): Inputs {
  const inputs = parse(process.env);
  saveState(KUBECONFIG_FOLDER.state, inputs.kubeconfigFolder);
  return inputs;
}
