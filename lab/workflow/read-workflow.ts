import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { FeatureFlags } from '@actions/expressions';
import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { readAction } from './action.ts';
import {
  convertWorkflowTemplate,
  ensureStatusFunction,
  getWorkflowSchema,
  isBasicExpression,
  isMapping,
  isSequence,
  isString,
  NoOperationTraceWriter,
  parseWorkflow,
  TemplateContext,
  TemplateValidationErrors,
} from './parser.ts';
import { shellNames } from './shells.ts';
import type { InputDefinition, Job, RunDefaults, Step, Workflow } from './workflow.ts';

/** The workflow is not valid, or uses what the lab does not implement. Every place is named. */
export class WorkflowRefused extends Error {
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[]) {
    super(`${path} cannot be run here:\n${problems.map(problem => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads a workflow with GitHub's own parser.
 * @param file the workflow file
 * @param repository the directory of the repository it belongs to
 * @throws WorkflowRefused
 */
export async function readWorkflow(file: string, repository: string): Promise<Workflow> {
  const path = relative(repository, file);
  const context = new TemplateContext(
    new TemplateValidationErrors(),
    getWorkflowSchema(),
    new NoOperationTraceWriter(),
  );
  const featureFlags = new FeatureFlags({ allowBackgroundSteps: true });
  context.state.featureFlags = featureFlags;
  const { value: root } = parseWorkflow({ name: path, content: readFileSync(file, 'utf8') }, context);
  // The conversion finds what the schema cannot say: unknown needs, step ids used twice.
  const template = root
    ? await convertWorkflowTemplate(context, root, undefined, { featureFlags })
    : undefined;
  const errors = [
    ...context.errors.getErrors().map(error => error.message),
    ...(template?.errors ?? []).map(error => error.Message),
  ];
  if (!root || errors.length > 0) throw new WorkflowRefused(path, [...new Set(errors)]);

  const reader = new Reader(repository);
  const workflow = reader.workflow(path, mapping(root));
  if (reader.problems.length > 0) throw new WorkflowRefused(path, reader.problems);
  return workflow;
}

// What the lab implements. Everything else that GitHub's schema allows is refused by name, never ignored.
// `concurrency` has nothing to do where there is one run at a time, and descriptions and run names change nothing.
const workflowKeys = [
  'name',
  'description',
  'run-name',
  'on',
  'env',
  'defaults',
  'permissions',
  'concurrency',
  'jobs',
];
const jobKeys = [
  'name',
  'needs',
  'if',
  'runs-on',
  'timeout-minutes',
  'env',
  'environment',
  'permissions',
  'concurrency',
  'outputs',
  'defaults',
  'steps',
];

class Reader {
  readonly problems: string[] = [];
  readonly #repository: string;

  constructor(repository: string) {
    this.#repository = repository;
  }

  workflow(path: string, root: MappingToken): Workflow {
    const keys = this.#known(root, workflowKeys, '');
    for (const [key, token] of traverse(root)) {
      const expression = isBasicExpression(token)
        ? token.expression
        : key?.toString() === 'if'
          ? token.toString()
          : '';
      if (/\bhashFiles\s*\(/i.test(expression)) this.#refuse(token, 'hashFiles()');
    }
    const permissions = keys.get('permissions');
    const defaults = this.#defaults(keys.get('defaults'));
    return {
      path,
      name: keys.get('name')?.toString() ?? path,
      inputs: this.#inputs(keys.get('on')!),
      env: this.#mapping(keys.get('env')),
      jobs: [...mapping(keys.get('jobs')!)].map(({ key, value }) =>
        this.#job(key.toString(), mapping(value), permissions, defaults),
      ),
    };
  }

  #inputs(on: TemplateToken): InputDefinition[] {
    const events = isMapping(on)
      ? [...on].map(({ key }) => key.toString())
      : isSequence(on)
        ? [...on].map(String)
        : [String(on)];
    if (!events.includes('workflow_dispatch')) {
      this.#refuse(on, 'a workflow without on.workflow_dispatch');
    }
    const dispatch = isMapping(on) ? on.find('workflow_dispatch') : undefined;
    const inputs = dispatch && isMapping(dispatch) ? dispatch.find('inputs') : undefined;
    if (!inputs || !isMapping(inputs)) return [];
    return [...inputs].map(({ key, value }) => {
      const of = (name: string) => (isMapping(value) ? value.find(name) : undefined);
      const options = of('options');
      return {
        name: key.toString(),
        type: (of('type')?.toString() ?? 'string') as InputDefinition['type'],
        required: of('required')?.toString() === 'true',
        default: of('default')?.toString(),
        options: options && isSequence(options) ? [...options].map(String) : [],
      };
    });
  }

  #job(id: string, token: MappingToken, inherited: TemplateToken | undefined, outer: RunDefaults): Job {
    const keys = this.#known(token, jobKeys, `jobs.${id}.`);
    const runsOn = keys.get('runs-on');
    if (runsOn && !/^ubuntu-/.test(runsOn.toString())) {
      this.#refuse(runsOn, `jobs.${id}.runs-on other than ubuntu-*`);
    }
    const needs = keys.get('needs');
    const defaults = this.#defaults(keys.get('defaults'));
    const steps = keys.get('steps');
    return {
      id,
      name: keys.get('name'),
      needs: needs ? (isSequence(needs) ? [...needs].map(String) : [needs.toString()]) : [],
      condition: condition(keys.get('if')),
      env: this.#mapping(keys.get('env')),
      environment: this.#environment(keys.get('environment'), id),
      idToken: grantsIdToken(keys.get('permissions') ?? inherited),
      defaults: {
        shell: defaults.shell ?? outer.shell,
        workingDirectory: defaults.workingDirectory ?? outer.workingDirectory,
      },
      outputs: this.#mapping(keys.get('outputs')),
      timeoutMinutes: keys.get('timeout-minutes'),
      steps: steps && isSequence(steps) ? this.#steps([...steps].map(mapping), { value: 0 }) : [],
    };
  }

  #environment(token: TemplateToken | undefined, job: string): TemplateToken | undefined {
    if (!token || !isMapping(token)) return token;
    return this.#known(token, ['name'], `jobs.${job}.environment.`).get('name');
  }

  #steps(tokens: readonly MappingToken[], counter: { value: number }): Step[] {
    return tokens.flatMap((token): Step[] => {
      const of = (key: string) => token.find(key);
      const id = of('id')?.toString() ?? `__step_${++counter.value}`;
      const base = { id, name: of('name') };
      const wait = of('wait');
      if (wait)
        return [
          { ...base, kind: 'wait', targets: isSequence(wait) ? [...wait].map(String) : [wait.toString()] },
        ];
      if (of('wait-all')) return [{ ...base, kind: 'wait' }];
      const cancel = of('cancel');
      if (cancel) return [{ ...base, kind: 'cancel', target: cancel.toString() }];
      const parallel = of('parallel');
      if (parallel && isSequence(parallel)) {
        // A parallel group is its steps in the background, and a wait for them.
        const steps = this.#steps([...parallel].map(mapping), counter).map(step => ({
          ...step,
          background: true,
        }));
        return [...steps, { ...base, kind: 'wait', targets: steps.map(step => step.id) }];
      }
      return this.#execution(token, base);
    });
  }

  #execution(token: MappingToken, base: { id: string; name?: TemplateToken }): Step[] {
    const of = (key: string) => token.find(key);
    const common = {
      ...base,
      condition: condition(of('if')),
      env: this.#mapping(of('env')),
      continueOnError: of('continue-on-error'),
      timeoutMinutes: of('timeout-minutes'),
      background: of('background')?.toString() === 'true',
    };
    const uses = of('uses');
    if (!uses) {
      const script = of('run')!;
      this.#shell(of('shell'));
      return [
        { ...common, kind: 'run', script, shell: of('shell'), workingDirectory: of('working-directory') },
      ];
    }
    try {
      const action = readAction(uses.toString(), this.#repository);
      return [{ ...common, kind: 'action', uses: uses.toString(), action, with: this.#mapping(of('with')) }];
    } catch (error) {
      this.problems.push(`${place(uses)}${(error as Error).message}`);
      return [];
    }
  }

  #defaults(token: TemplateToken | undefined): RunDefaults {
    const run = token && isMapping(token) ? token.find('run') : undefined;
    if (!run || !isMapping(run)) return {};
    this.#shell(run.find('shell'));
    return { shell: run.find('shell'), workingDirectory: run.find('working-directory') };
  }

  #shell(token: TemplateToken | undefined): void {
    if (!token || isBasicExpression(token) || shellNames.includes(token.toString())) return;
    this.#refuse(token, `the shell '${token}', only ${shellNames.join(', ')}`);
  }

  #mapping(token: TemplateToken | undefined): MappingToken | undefined {
    if (token === undefined || isMapping(token)) return token;
    // An `env:` with nothing under it is allowed; one that is an expression as a whole is not implemented.
    if (isBasicExpression(token)) this.#refuse(token, 'an expression in place of a whole mapping');
    return undefined;
  }

  #known(token: MappingToken, keys: readonly string[], path: string): Map<string, TemplateToken> {
    for (const { key } of token) {
      if (!keys.includes(key.toString())) this.#refuse(key, `${path}${key}`);
    }
    return new Map([...token].map(({ key, value }) => [key.toString(), value]));
  }

  #refuse(token: TemplateToken, what: string): void {
    this.problems.push(`${place(token)}the lab does not implement ${what}`);
  }
}

function place(token: TemplateToken): string {
  return token.line === undefined ? '' : `line ${token.line}: `;
}

function mapping(token: TemplateToken): MappingToken {
  return token.assertMapping('mapping');
}

function* traverse(root: TemplateToken): Generator<[TemplateToken | undefined, TemplateToken]> {
  if (isMapping(root)) {
    for (const { key, value } of root) {
      yield [key, value];
      yield* traverse(value);
    }
  } else if (isSequence(root)) {
    for (const value of root) {
      yield [undefined, value];
      yield* traverse(value);
    }
  }
}

function condition(token: TemplateToken | undefined): string {
  if (token === undefined) return 'success()';
  const expression = isBasicExpression(token)
    ? token.expression
    : isString(token)
      ? token.value.trim()
      : token.toString();
  return expression === '' ? 'success()' : ensureStatusFunction(expression, token.definitionInfo);
}

function grantsIdToken(permissions: TemplateToken | undefined): boolean {
  if (permissions === undefined) return false;
  if (isMapping(permissions)) return permissions.find('id-token')?.toString() === 'write';
  return permissions.toString() === 'write-all';
}
