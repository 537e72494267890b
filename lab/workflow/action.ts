import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { convertActionTemplate, NoOperationTraceWriter, parseAction } from './parser.ts';

/** An action that runs on Node: its `action.yml`, read. */
export interface Action {
  readonly directory: string;
  readonly inputs: readonly { readonly name: string; readonly default?: TemplateToken }[];
  /** Absolute paths. */
  readonly main: string;
  readonly post?: string;
  /** An expression. */
  readonly postCondition: string;
}

/** What a runner or GitHub itself does for a workflow, done here by an action of the lab's own that takes the same inputs. */
const counterparts: Readonly<Record<string, string>> = {
  'actions/checkout': 'counterparts/checkout',
  'azure/login': 'counterparts/azure-login',
};

/**
 * Finds and reads the action that a step uses.
 * @param uses `./path` in the repository, or one of the actions that have a local counterpart, at any version
 * @param repository the repository's directory
 * @throws Error saying what about it the lab does not implement, or what is missing
 */
export function readAction(uses: string, repository: string): Action {
  const directory = locate(uses, repository);
  const file = ['action.yml', 'action.yaml']
    .map(name => join(directory, name))
    .find(path => existsSync(path));
  if (!file) throw new Error(`'${uses}' has no action.yml`);

  const { context, value } = parseAction(
    { name: relative(repository, file), content: readFileSync(file, 'utf8') },
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
    directory,
    inputs: (template.inputs ?? []).map(({ id, default: value }) => ({ name: id, default: value })),
    main: join(directory, runs.main),
    post: runs.post ? join(directory, runs.post) : undefined,
    postCondition: runs.postIf ?? 'always()',
  };
}

function locate(uses: string, repository: string): string {
  if (uses.startsWith('./')) {
    const directory = join(repository, uses);
    if (relative(repository, directory).startsWith('..'))
      throw new Error(`'${uses}' is outside the repository`);
    return directory;
  }
  const name = uses.split('@')[0]!.toLowerCase();
  const counterpart = Object.hasOwn(counterparts, name) ? counterparts[name]! : undefined;
  if (!counterpart) {
    throw new Error(
      `'${uses}' is not an action of this repository, and the lab has a local counterpart only for ${Object.keys(counterparts).join(' and ')}`,
    );
  }
  return fileURLToPath(new URL(counterpart, import.meta.url));
}
