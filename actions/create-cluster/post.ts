import { rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { KUBECONFIG_FOLDER, temporaryFolder } from './kubeconfig-folder.ts';

// The runner starts this file when the job ends, however the step ended: also when its inputs were refused, or it was
// killed before it saved anything. It removes the step's own kubeconfig folder and does nothing else, so it imports
// nothing of the main file. https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#runspost
const folder = process.env[`STATE_${KUBECONFIG_FOLDER.state}`];
if (folder) await removeKubeconfig(folder);

async function removeKubeconfig(folder: string): Promise<void> {
  const isOurs =
    dirname(folder) === resolve(temporaryFolder(process.env)) &&
    KUBECONFIG_FOLDER.name.test(basename(folder));
  if (!isOurs) {
    warn(`${JSON.stringify(folder)} is not a kubeconfig folder of create-cluster. Nothing was removed.`);
    return;
  }
  try {
    await rm(folder, { recursive: true, force: true });
    console.log('The kubeconfig was removed.');
  } catch (error) {
    // A cleanup that failed does not undo what the job proved.
    warn(`The kubeconfig folder "${folder}" could not be removed: ${(error as Error).message}`);
  }
}

function warn(text: string): void {
  console.log(`::warning::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`);
}
