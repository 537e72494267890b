import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { quote } from '../../actions/shared/quote.ts';
import { convertActionTemplate, NoOperationTraceWriter, parseAction } from './parser.ts';
import { findRepository, parseUses, type Repositories, type Repository } from './repositories.ts';

export interface Action {
  /** The workspace contains the path only after actions/checkout has run. */
  readonly location: { readonly pathInWorkspace: string } | { readonly directory: string };
  readonly isCounterpart: boolean;
  readonly inputs: readonly { readonly name: string; readonly default?: TemplateToken }[];
  /** Relative to its location. */
  readonly main: string;
  readonly post?: string;
  readonly postCondition: string;
}

/** Replace actions that need GitHub's services or a real login. */
const counterparts: Readonly<Record<string, string>> = {
  'actions/checkout': 'checkout',
  'actions/upload-artifact': 'upload-artifact',
  'actions/download-artifact': 'download-artifact',
  'azure/login': 'azure-login',
};

/** By path in the workspace. `''` is the workspace itself. */
export type Checkouts = ReadonlyMap<string, Repository>;

/**
 * @param uses `./PATH` in the workspace, `OWNER/REPO/PATH@REF` in a repository on this machine, or
 * any version of an action with a local counterpart
 * @throws Error if it is missing or not supported
 */
export function readAction(uses: string, checkouts: Checkouts, repositories: Repositories): Action {
  const { directory, location, isCounterpart } = locate(uses, checkouts, repositories);
  const file = ['action.yml', 'action.yaml']
    .map(name => join(directory, name))
    .find(path => existsSync(path));
  if (!file) throw new Error(`The action ${quote(uses)} has no action.yml.`);

  const { context, value } = parseAction(
    { name: uses, content: readFileSync(file, 'utf8') },
    new NoOperationTraceWriter(),
  );
  const template = value ? convertActionTemplate(context, value) : undefined;
  const errors = context.errors.getErrors();
  if (!template || errors.length > 0) throw new Error(errors.map(error => error.message).join('; '));

  const { runs } = template;
  if (runs.using !== 'node24') {
    throw new Error(`The action ${quote(uses)} uses ${quote(runs.using)}. wilab supports only node24.`);
  }
  if (runs.pre)
    throw new Error(
      `The action ${quote(uses)} has runs.pre, which a runner does not support for a local action.`,
    );
  for (const script of [runs.main, runs.post]) {
    if (script && !existsSync(join(directory, script))) {
      throw new Error(`The action ${quote(uses)} has no ${script}. Build it: npm run build`);
    }
  }
  return {
    location,
    isCounterpart,
    inputs: (template.inputs ?? []).map(({ id, default: value }) => ({ name: id, default: value })),
    main: runs.main,
    post: runs.post,
    postCondition: runs.postIf ?? 'always()',
  };
}

export function findCounterpart(uses: string): string | undefined {
  const { repository, path } = parseUses(uses) ?? {};
  const name = repository?.toLowerCase() ?? '';
  return path === '' && Object.hasOwn(counterparts, name) ? counterparts[name] : undefined;
}

function locate(
  uses: string,
  checkouts: Checkouts,
  repositories: Repositories,
): Pick<Action, 'location' | 'isCounterpart'> & { directory: string } {
  const isCounterpart = findCounterpart(uses);
  if (isCounterpart !== undefined) {
    const directory = fileURLToPath(new URL(`counterparts/${isCounterpart}`, import.meta.url));
    return { directory, location: { directory }, isCounterpart: true };
  }
  const reference = parseUses(uses);
  if (reference?.repository !== undefined) {
    const repository = findRepository(repositories, reference.repository);
    if (repository) {
      const directory = within(repository.directory, reference.path, uses);
      return { directory, location: { directory }, isCounterpart: false };
    }
  } else if (reference) {
    const [path, repository] =
      [...checkouts]
        .filter(([at]) => at === '' || `${reference.path}/`.startsWith(`${at}/`))
        .sort(([a], [b]) => b.length - a.length)[0] ?? [];
    if (path === undefined || !repository) {
      throw new Error(
        `The action ${quote(uses)} is in the workspace, which is empty. Run actions/checkout earlier in the same job.`,
      );
    }
    const directory = within(repository.directory, relative(path, reference.path), uses);
    return { directory, location: { pathInWorkspace: reference.path }, isCounterpart: false };
  }
  throw new Error(
    `The action ${quote(uses)} is not available. wilab runs actions of these repositories: ${[...repositories.keys()].join(', ')}. It also has local counterparts of ${Object.keys(counterparts).join(', ')}.`,
  );
}

function within(directory: string, path: string, uses: string): string {
  const found = join(directory, path);
  if (relative(directory, found).startsWith('..'))
    throw new Error(`The action ${quote(uses)} is outside the repository.`);
  return found;
}
