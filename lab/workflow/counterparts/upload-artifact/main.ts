import { randomInt } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  getBooleanInput,
  getInput,
  getMultilineInput,
  info,
  setFailed,
  setOutput,
  warning,
} from '@actions/core';
import { search } from './search.ts';

// See https://github.com/actions/upload-artifact/tree/main/src/upload
function upload(): void {
  const name = getInput('name');
  // https://github.com/actions/toolkit/blob/main/packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts
  if (name === '' || /[\\/":<>|*?\r\n]/.test(name) || name === '.' || name === '..') {
    throw new Error(`The artifact name is not valid: ${name}.`);
  }
  const paths = getMultilineInput('path', { required: true });
  const { files, root } = search(
    paths,
    process.env.GITHUB_WORKSPACE!,
    getBooleanInput('include-hidden-files'),
  );
  if (files.length === 0) {
    const nothing = `No files were found with the provided path: ${paths.join('\n')}. No artifacts will be uploaded.`;
    const say = { warn: warning, error: setFailed, ignore: info }[getInput('if-no-files-found')];
    if (!say) throw new Error('Unrecognized if-no-files-found input. Available options: warn,error,ignore');
    say(nothing);
    return;
  }
  const directory = join(process.env.LAB_ARTIFACTS!, name);
  if (existsSync(directory)) {
    if (!getBooleanInput('overwrite')) {
      throw new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      );
    }
    rmSync(directory, { recursive: true });
  }
  for (const file of files) {
    const target = join(directory, relative(root, file));
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(file, target);
    chmodSync(target, 0o600);
  }
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = process.env;
  const id = randomInt(1_000_000_000, 10_000_000_000);
  setOutput('artifact-id', id);
  setOutput(
    'artifact-url',
    `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`,
  );
  info(`Artifact ${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'} in ${directory}`);
}

try {
  upload();
} catch (error) {
  setFailed((error as Error).message);
}
