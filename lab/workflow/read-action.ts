import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { convertActionTemplate, NoOperationTraceWriter, parseAction } from './parser.ts';
import { findRepository, parseUses, type Repositories, type Repository } from './repositories.ts';

/** An action that runs on Node: its `action.yml`, read. */
export interface Action {
  /** Where it is when its step runs: in the workspace, where actions/checkout has put it, or in a directory of its own. */
  readonly place: { readonly inWorkspace: string } | { readonly directory: string };
  /** Whether it is the lab's stand-in for an action of somebody else. */
  readonly counterpart: boolean;
  readonly inputs: readonly { readonly name: string; readonly default?: TemplateToken }[];
  /** Relative to its place. */
  readonly main: string;
  readonly post?: string;
  /** An expression. */
  readonly postCondition: string;
}

/** What a runner or GitHub itself does for a workflow, done here by an action of the lab's own that takes the same inputs. */
const counterparts: Readonly<Record<string, string>> = {
  'actions/checkout': 'checkout',
  'actions/upload-artifact': 'upload-artifact',
  'actions/download-artifact': 'download-artifact',
  'azure/login': 'azure-login',
};

/** The repositories that a job has checked out so far, by their path in the workspace; `''` is the workspace itself. */
export type Checkouts = ReadonlyMap<string, Repository>;

/**
 * Finds and reads the action that a step uses.
 * @param uses `./PATH` in the workspace, `OWNER/REPO/PATH@REF` in a repository that this machine has, or one of the actions
 *   that have a local counterpart, at any version
 * @throws Error saying what about it the lab does not implement, or what is missing
 */
export function readAction(uses: string, checkouts: Checkouts, repositories: Repositories): Action {
  const { directory, place, counterpart } = locate(uses, checkouts, repositories);
  const file = ['action.yml', 'action.yaml']
    .map(name => join(directory, name))
    .find(path => existsSync(path));
  if (!file) throw new Error(`'${uses}' has no action.yml`);

  const { context, value } = parseAction(
    { name: uses, content: readFileSync(file, 'utf8') },
    new NoOperationTraceWriter(),
  );
  const template = value ? convertActionTemplate(context, value) : undefined;
  const errors = context.errors.getErrors();
  if (!template || errors.length > 0) throw new Error(errors.map(error => error.message).join('; '));

  const { runs } = template;
  if (runs.using !== 'node24') {
    throw new Error(`'${uses}' runs.using is ${runs.using}: the lab implements node24 only`);
  }
  if (runs.pre) throw new Error(`'${uses}' has runs.pre, which a runner does not support for a local action`);
  for (const script of [runs.main, runs.post]) {
    if (script && !existsSync(join(directory, script))) {
      throw new Error(`'${uses}' lacks ${script}: build it with 'npm run build'`);
    }
  }
  return {
    place,
    counterpart,
    inputs: (template.inputs ?? []).map(({ id, default: value }) => ({ name: id, default: value })),
    main: runs.main,
    post: runs.post,
    postCondition: runs.postIf ?? 'always()',
  };
}

/** The name under which an action has a counterpart, or `undefined`. */
export function counterpartOf(uses: string): string | undefined {
  const { repository, path } = parseUses(uses) ?? {};
  const name = repository?.toLowerCase() ?? '';
  return path === '' && Object.hasOwn(counterparts, name) ? counterparts[name] : undefined;
}

function locate(
  uses: string,
  checkouts: Checkouts,
  repositories: Repositories,
): Pick<Action, 'place' | 'counterpart'> & { directory: string } {
  const counterpart = counterpartOf(uses);
  if (counterpart !== undefined) {
    const directory = fileURLToPath(new URL(`counterparts/${counterpart}`, import.meta.url));
    return { directory, place: { directory }, counterpart: true };
  }
  const reference = parseUses(uses);
  if (reference?.repository !== undefined) {
    const repository = findRepository(repositories, reference.repository);
    if (repository) {
      const directory = within(repository.directory, reference.path, uses);
      return { directory, place: { directory }, counterpart: false };
    }
  } else if (reference) {
    // The longest path that holds it.
    const [path, repository] =
      [...checkouts]
        .filter(([at]) => at === '' || `${reference.path}/`.startsWith(`${at}/`))
        .sort(([a], [b]) => b.length - a.length)[0] ?? [];
    if (path === undefined || !repository) {
      throw new Error(
        `'${uses}' is in the workspace, which is empty until actions/checkout has run in the same job`,
      );
    }
    const directory = within(repository.directory, relative(path, reference.path), uses);
    return { directory, place: { inWorkspace: reference.path }, counterpart: false };
  }
  throw new Error(
    `'${uses}' is not an action of a repository that this machine has (${[...repositories.keys()].join(', ')}), and the lab has a local counterpart only for ${Object.keys(counterparts).join(', ')}`,
  );
}

function within(directory: string, path: string, uses: string): string {
  const found = join(directory, path);
  if (relative(directory, found).startsWith('..')) throw new Error(`'${uses}' is outside the repository`);
  return found;
}
