import { execFile } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { quote } from '../actions/shared/quote.ts';
import { emulatedGitHub } from './emulator-process.ts';
import { repositoryRoot } from './paths.ts';
import type { Repositories, Repository } from './workflow/repositories.ts';

const DOCUMENTED_NAME = 'OWNER/workload-identity-lab';

export interface WorkflowFile {
  readonly file: string;
  readonly repository: Repository;
  readonly repositories: Repositories;
}

/**
 * This repository has three names: the emulated one, README's, and that of its remote `origin`.
 * Another checkout has the name `local/DIRECTORY`.
 * @param name a path, or the name of a file in .github/workflows, with or without its extension
 * @throws Error if the file does not exist, or is not in .github/workflows
 */
export async function findWorkflow(name: string): Promise<WorkflowFile> {
  const workflows = join(repositoryRoot, '.github', 'workflows');
  const candidates = [resolve(name), join(workflows, name), join(workflows, `${name}.yml`)];
  // A directory can have the name of a workflow, for example `lab`.
  const found = candidates.find(path => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (!found)
    throw new Error(
      `--workflow: the workflow ${quote(name)} does not exist in the current directory or in .github/workflows.`,
    );
  const file = realpathSync(found);

  const own = await readRepository(repositoryRoot, emulatedGitHub.repository);
  const origin = await readOriginName(repositoryRoot);
  const names = [emulatedGitHub.repository, DOCUMENTED_NAME, ...(origin ? [origin] : [])];
  const all = new Map(names.map(known => [known.toLowerCase(), own]));
  const pathInRepository = relative(realpathSync(repositoryRoot), file);
  if (!pathInRepository.startsWith('..')) {
    return { file: join(repositoryRoot, pathInRepository), repository: own, repositories: all };
  }
  const root = resolve(dirname(file), '..', '..');
  if (relative(root, dirname(file)) !== join('.github', 'workflows')) {
    throw new Error(
      `--workflow: ${quote(name)} is outside this repository and not in .github/workflows of another checkout.`,
    );
  }
  const other = await readRepository(root, `local/${basename(root).replaceAll(/[^\w.-]/g, '-')}`);
  return { file, repository: other, repositories: new Map([[other.name.toLowerCase(), other], ...all]) };
}

async function readRepository(directory: string, name: string): Promise<Repository> {
  return {
    name,
    directory,
    ref: (await git(directory, 'symbolic-ref', '--quiet', 'HEAD')) ?? 'refs/heads/main',
    sha: (await git(directory, 'rev-parse', 'HEAD')) ?? '0'.repeat(40),
  };
}

/** `OWNER/REPO`, if the remote is on GitHub. */
async function readOriginName(directory: string): Promise<string | undefined> {
  const url = await git(directory, 'remote', 'get-url', 'origin');
  return /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? '')?.[1];
}

/** Undefined if git fails or is not installed. */
async function git(directory: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('git', args, { cwd: directory })).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
