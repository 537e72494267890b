import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { getInput, info, setFailed, setOutput } from '@actions/core';
import type { Repository } from '../../repositories.ts';

/** What a commit does not hold: history, what was installed, what the lab itself keeps. */
const left = ['.git', '.lab', 'node_modules'];

try {
  const repositories: Record<string, Repository> = JSON.parse(process.env.LAB_REPOSITORIES ?? '{}');
  const name = getInput('repository', { required: true });
  const repository = repositories[name.toLowerCase()];
  if (!repository)
    throw new Error(`This machine has no ${name}, only ${Object.keys(repositories).join(', ')}.`);

  const { directory, sha, ref } = repository;
  const wanted = getInput('ref');
  if (![sha, ref, ref.replace(/^refs\/(heads|tags)\//, ''), ''].includes(wanted)) {
    throw new Error(`The lab can only check out what is on disk: ${name} at ${sha} (${ref}), not ${wanted}.`);
  }
  const workspace = process.env.GITHUB_WORKSPACE!;
  const target = resolve(workspace, getInput('path'));
  if (relative(workspace, target).startsWith('..')) {
    throw new Error(`Repository path '${target}' is not under '${workspace}'.`);
  }
  await mkdir(target, { recursive: true });
  // One by one: the workspace may be within the repository's own .lab, and nothing is copied into itself.
  for (const entry of await readdir(directory)) {
    if (left.includes(entry)) continue;
    await cp(join(directory, entry), join(target, entry), {
      recursive: true,
      filter: source => !left.includes(basename(source)),
    });
  }
  setOutput('ref', ref);
  setOutput('commit', sha);
  info(`${name} is ${directory}, as it is on disk.`);
} catch (error) {
  setFailed((error as Error).message);
}
