import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The state with which the step passes its kubeconfig folder to its post step, and the pattern of the folder's name. */
export const KUBECONFIG_FOLDER = {
  state: 'kubeconfig-folder',
  name: /^kubeconfig-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/,
} as const;

export function temporaryFolder(environment: NodeJS.ProcessEnv): string {
  return environment.RUNNER_TEMP || tmpdir();
}

export function newKubeconfigFolder(environment: NodeJS.ProcessEnv): string {
  return join(resolve(temporaryFolder(environment)), `kubeconfig-${randomUUID()}`);
}
