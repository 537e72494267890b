import { execFile } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { github } from './emulator-process.ts';
import { repository as here } from './paths.ts';
import type { Repositories, Repository } from './workflow/repositories.ts';

/** As README calls this project in what is to be copied. */
const publicName = 'OWNER/workload-identity-lab';

/** A workflow file, the repository it belongs to, and all that it may refer to. */
export interface WorkflowFile {
  readonly file: string;
  readonly repository: Repository;
  readonly repositories: Repositories;
}

/**
 * Finds a workflow file: one of this repository's, by path or by name, or one of another checkout, by path. This repository
 * goes by the emulated name, by README's, and by that of its remote `origin`; another one by `local/DIRECTORY`.
 * @param name a path, or the name of a file in .github/workflows, with or without its ending
 * @throws Error where there is no such file, or it is not where workflows are
 */
export async function findWorkflow(name: string): Promise<WorkflowFile> {
  const workflows = join(here, '.github', 'workflows');
  const candidates = [resolve(name), join(workflows, name), join(workflows, `${name}.yml`)];
  // A directory may have the name of a workflow, as `lab` has.
  const found = candidates.find(path => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (!found) throw new Error(`There is no workflow '${name}', here or in .github/workflows.`);
  const file = realpathSync(found);

  const own = await describe(here, github.repository);
  const origin = await originName(here);
  const names = [github.repository, publicName, ...(origin ? [origin] : [])];
  const all = new Map(names.map(known => [known.toLowerCase(), own]));
  if (!relative(realpathSync(here), file).startsWith('..')) {
    return { file: join(here, relative(realpathSync(here), file)), repository: own, repositories: all };
  }
  const root = resolve(dirname(file), '..', '..');
  if (relative(root, dirname(file)) !== join('.github', 'workflows')) {
    throw new Error(
      `'${name}' is outside the repository, and not in the .github/workflows of another checkout.`,
    );
  }
  const other = await describe(root, `local/${basename(root).replaceAll(/[^\w.-]/g, '-')}`);
  return { file, repository: other, repositories: new Map([[other.name.toLowerCase(), other], ...all]) };
}

async function describe(directory: string, name: string): Promise<Repository> {
  return {
    name,
    directory,
    ref: (await git(directory, 'symbolic-ref', '--quiet', 'HEAD')) ?? 'refs/heads/main',
    sha: (await git(directory, 'rev-parse', 'HEAD')) ?? '0'.repeat(40),
  };
}

/** `OWNER/REPO` of a remote on GitHub. */
async function originName(directory: string): Promise<string | undefined> {
  const url = await git(directory, 'remote', 'get-url', 'origin');
  return /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? '')?.[1];
}

/** What git says; nothing where this is no repository, or git is not there. */
async function git(directory: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('git', args, { cwd: directory })).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
