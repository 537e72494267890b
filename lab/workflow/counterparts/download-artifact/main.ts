import { cpSync, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, matchesGlob, resolve } from 'node:path';
import { getBooleanInput, getInput, info, setFailed, setOutput } from '@actions/core';

// See https://github.com/actions/download-artifact/blob/main/src/download-artifact.ts
function download(): void {
  const artifacts = process.env.LAB_ARTIFACTS!;
  const [name, pattern] = [getInput('name'), getInput('pattern')];
  const path = resolve(process.env.GITHUB_WORKSPACE!, getInput('path').replace(/^~/, homedir()));
  const all = existsSync(artifacts) ? readdirSync(artifacts) : [];
  const wanted = all.filter(one => (name ? one === name : pattern === '' || matchesGlob(one, pattern)));
  if (name && wanted.length === 0) throw new Error(`Artifact '${name}' not found`);
  const together = name !== '' || getBooleanInput('merge-multiple') || wanted.length === 1;
  for (const one of wanted) {
    cpSync(join(artifacts, one), together ? path : join(path, one), { recursive: true });
  }
  info(`Total of ${wanted.length} artifact(s) downloaded`);
  setOutput('download-path', path);
}

try {
  download();
} catch (error) {
  setFailed(`Unable to download artifact(s): ${(error as Error).message}`);
}
