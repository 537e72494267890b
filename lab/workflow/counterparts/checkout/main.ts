import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { getInput, info, setFailed, setOutput } from '@actions/core';
import type { Repository } from '../../repositories.ts';

/** Not part of a commit. */
const EXCLUDED = ['.git', '.lab', 'node_modules'];

try {
  const repositories: Record<string, Repository> = JSON.parse(process.env.LAB_REPOSITORIES ?? '{}');
  const name = getInput('repository', { required: true });
  const repository = repositories[name.toLowerCase()];
  if (!repository)
    throw new Error(
      `The repository "${name}" is not available. wilab has: ${Object.keys(repositories).join(', ')}`,
    );

  const { directory, sha, ref } = repository;
  const wanted = getInput('ref');
  if (![sha, ref, ref.replace(/^refs\/(heads|tags)\//, ''), ''].includes(wanted)) {
    throw new Error(`The ref "${wanted}" is not available. This machine has ${name} at ${sha} (${ref}).`);
  }
  const workspace = process.env.GITHUB_WORKSPACE!;
  const target = resolve(workspace, getInput('path'));
  if (relative(workspace, target).startsWith('..')) {
    throw new Error(`Repository path '${target}' is not under '${workspace}'.`);
  }
  mkdirSync(target, { recursive: true });
  // The workspace can be in the repository's .lab, and a directory cannot be copied into itself.
  for (const entry of readdirSync(directory)) {
    if (EXCLUDED.includes(entry)) continue;
    cpSync(join(directory, entry), join(target, entry), {
      recursive: true,
      filter: source => !EXCLUDED.includes(basename(source)),
    });
  }
  setOutput('ref', ref);
  setOutput('commit', sha);
  info(`Copied ${name} from ${directory}.`);
} catch (error) {
  setFailed((error as Error).message);
}
