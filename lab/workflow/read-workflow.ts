import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FeatureFlags } from '@actions/expressions';
import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { quote } from '../../actions/shared/quote.ts';
import {
  convertWorkflowTemplate,
  getWorkflowSchema,
  isBasicExpression,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
  TemplateContext,
  TemplateValidationErrors,
} from './parser.ts';
import { defaultPermissions, findExcess, type Permissions, readPermissions } from './permissions.ts';
import { Problems } from './problems.ts';
import { readDefaults, StepsReader } from './read-steps.ts';
import { findRepository, parseUses, type Repositories, type Repository } from './repositories.ts';
import { condition, find, mapping, texts, traverse } from './template-tokens.ts';
import type {
  CallDefinition,
  CallInput,
  CallJob,
  InputDefinition,
  Job,
  RunDefaults,
  StepsJob,
  Workflow,
} from './workflow.ts';

/** The message lists every location. */
export class InvalidWorkflow extends Error {
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[]) {
    super(`The workflow ${path} cannot run:\n${problems.map(problem => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations
 */
const MAX_DEPTH = 10;

/**
 * Also reads the workflows that it calls.
 * @throws {InvalidWorkflow}
 */
export async function readWorkflow(
  file: string,
  repository: Repository,
  repositories: Repositories,
): Promise<Workflow> {
  const path = relative(repository.directory, file);
  const problems = new Problems();
  const reader = new WorkflowReader(repository, repositories);
  const workflow = await reader.read({ repository, path }, problems);
  if (!workflow || problems.list.length > 0) throw new InvalidWorkflow(path, [...new Set(problems.list)]);
  return workflow;
}

// Other keys are problems. `concurrency`, descriptions, and run names have no effect on a single
// run.
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
  'continue-on-error',
  'outputs',
  'defaults',
  'steps',
];
const callKeys = ['name', 'needs', 'if', 'uses', 'with', 'secrets', 'permissions', 'concurrency'];

interface Source {
  readonly repository: Repository;
  readonly path: string;
}

interface CallSite {
  readonly uses: TemplateToken;
  readonly allowed: Permissions;
  readonly problems: Problems;
  readonly depth: number;
}

class WorkflowReader {
  /** The repository of the first workflow. */
  readonly #run: Repository;
  readonly #repositories: Repositories;

  constructor(run: Repository, repositories: Repositories) {
    this.#run = run;
    this.#repositories = repositories;
  }

  /** Undefined if the workflow is invalid. */
  async read(source: Source, problems: Problems, caller?: CallSite): Promise<Workflow | undefined> {
    const root = await this.#parse(source, problems);
    if (!root) return undefined;
    const keys = problems.known(root, workflowKeys, '');
    rejectHashFiles(root, problems);
    const own = readPermissions(keys.get('permissions'));
    if (own && caller) rejectExcess(own, 'The workflow', caller);
    const on = keys.get('on')!;
    const events = isMapping(on) ? [...on].map(({ key }) => key.toString()) : texts(on);
    const schedule = find(on, 'schedule');
    const context: WorkflowDefaults = {
      source,
      problems,
      caller,
      permissions: own ?? caller?.allowed ?? defaultPermissions,
      defaults: readDefaults(keys.get('defaults'), problems),
    };
    const jobs: Job[] = [];
    for (const { key, value } of mapping(keys.get('jobs')!)) {
      const job = await this.#job(key.toString(), mapping(value), context);
      if (job) jobs.push(job);
    }
    return {
      ...source,
      name: keys.get('name')?.toString() ?? source.path,
      events,
      schedules:
        schedule && isSequence(schedule)
          ? [...schedule].map(item => find(item, 'cron')?.toString() ?? '')
          : [],
      inputs: dispatchInputs(on),
      call: callDefinition(on),
      env: problems.mapping(keys.get('env')),
      jobs,
    };
  }

  async #parse({ repository, path }: Source, problems: Problems): Promise<MappingToken | undefined> {
    const context = new TemplateContext(
      new TemplateValidationErrors(),
      getWorkflowSchema(),
      new NoOperationTraceWriter(),
    );
    const featureFlags = new FeatureFlags({ allowBackgroundSteps: true });
    context.state.featureFlags = featureFlags;
    const content = readFileSync(join(repository.directory, path), 'utf8');
    const { value: root } = parseWorkflow({ name: path, content }, context);
    const calls = root && isMapping(root) && context.errors.count === 0 ? this.#calls(root, repository) : [];
    for (const { uses, called } of calls) if (typeof called === 'string') problems.add(uses, called);
    if (calls.some(({ called }) => typeof called === 'string')) return undefined;
    // Finds what the schema cannot express: unknown needs, duplicate step IDs, and unknown inputs
    // of a called workflow.
    const template = root
      ? await convertWorkflowTemplate(
          context,
          root,
          {
            getFileContent: async ({ path: name, ...of }) => {
              const home =
                'owner' in of
                  ? findRepository(this.#repositories, `${of.owner}/${of.repository}`)
                  : repository;
              return { name, content: readFileSync(join(home!.directory, name), 'utf8') };
            },
          },
          { featureFlags, fetchReusableWorkflowDepth: 1 },
        )
      : undefined;
    const errors = [
      ...context.errors.getErrors().map(error => error.message),
      ...(template?.errors ?? []).map(error => error.Message),
    ];
    problems.list.push(...errors);
    return root && errors.length === 0 ? mapping(root) : undefined;
  }

  #calls(root: MappingToken, repository: Repository): { uses: TemplateToken; called: Source | string }[] {
    const jobs = root.find('jobs');
    const all = jobs && isMapping(jobs) ? [...jobs].map(({ value }) => find(value, 'uses')) : [];
    return all.flatMap(uses => (uses ? [{ uses, called: this.#called(uses.toString(), repository) }] : []));
  }

  #called(uses: string, from: Repository): Source | string {
    const reference = parseUses(uses);
    const repository =
      reference?.repository === undefined
        ? reference && from
        : findRepository(this.#repositories, reference.repository);
    if (!reference || !repository) {
      return `The workflow ${quote(uses)} is not available. wilab has these repositories: ${[...this.#repositories.keys()].join(', ')}`;
    }
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(reference.path)) {
      return `The workflow ${quote(uses)} is not a file directly in .github/workflows.`;
    }
    if (!existsSync(join(repository.directory, reference.path)))
      return `The workflow ${quote(uses)} does not exist.`;
    return { repository, path: reference.path };
  }

  async #job(id: string, token: MappingToken, context: WorkflowDefaults): Promise<Job | undefined> {
    const { problems, caller } = context;
    const own = readPermissions(token.find('permissions'));
    if (own && caller) rejectExcess(own, `The nested job '${id}'`, caller);
    const base = {
      id,
      name: token.find('name'),
      needs: texts(token.find('needs')),
      condition: condition(token.find('if')),
      permissions: own ?? context.permissions,
    };
    const uses = token.find('uses');
    if (!uses) return this.#stepsJob(base, token, context);
    const keys = problems.known(token, callKeys, `jobs.${id}.`);
    const depth = (caller?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH) {
      problems.add(uses, `Nested reusable workflow depth exceeded ${MAX_DEPTH}.`);
      return undefined;
    }
    const source = this.#called(uses.toString(), context.source.repository) as Source;
    const workflow = await this.read(source, new Problems(problems.list, source.path), {
      uses,
      allowed: base.permissions,
      problems,
      depth,
    });
    const secrets = keys.get('secrets');
    return (
      workflow && {
        ...base,
        kind: 'call',
        workflow,
        with: problems.mapping(keys.get('with')),
        secrets: secrets && (isMapping(secrets) ? secrets : 'inherit'),
      }
    );
  }

  #stepsJob(
    base: Omit<CallJob, 'kind' | 'workflow'>,
    token: MappingToken,
    context: WorkflowDefaults,
  ): StepsJob {
    const { problems, source } = context;
    const keys = problems.known(token, jobKeys, `jobs.${base.id}.`);
    const runsOn = keys.get('runs-on');
    if (runsOn && !/^ubuntu-/.test(runsOn.toString())) {
      problems.addUnsupported(runsOn, `jobs.${base.id}.runs-on other than ubuntu-*`);
    }
    const environment = keys.get('environment');
    const defaults = readDefaults(keys.get('defaults'), problems);
    const steps = keys.get('steps');
    const reader = new StepsReader(problems, this.#repositories, this.#run, source.repository);
    return {
      ...base,
      kind: 'steps',
      env: problems.mapping(keys.get('env')),
      environment:
        environment && isMapping(environment)
          ? problems.known(environment, ['name'], `jobs.${base.id}.environment.`).get('name')
          : environment,
      continueOnError: keys.get('continue-on-error'),
      defaults: {
        shell: defaults.shell ?? context.defaults.shell,
        workingDirectory: defaults.workingDirectory ?? context.defaults.workingDirectory,
      },
      outputs: problems.mapping(keys.get('outputs')),
      timeoutMinutes: keys.get('timeout-minutes'),
      steps: steps && isSequence(steps) ? reader.read([...steps].map(mapping)) : [],
    };
  }
}

interface WorkflowDefaults {
  readonly source: Source;
  readonly problems: Problems;
  readonly caller?: CallSite;
  readonly permissions: Permissions;
  readonly defaults: RunDefaults;
}

/**
 * Applies even to a job that does not run.
 * @see
 * https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/PermissionsHelper.cs
 */
function rejectExcess(requested: Permissions, who: string, { uses, allowed, problems }: CallSite): void {
  const over = findExcess(requested, allowed);
  if (!over) return;
  problems.add(
    uses,
    `Error calling workflow '${uses}'. ${who} is requesting '${over.requested}', but is only allowed '${over.allowed}'.`,
  );
}

function rejectHashFiles(root: MappingToken, problems: Problems): void {
  for (const [key, token] of traverse(root)) {
    const expression = isBasicExpression(token)
      ? token.expression
      : key?.toString() === 'if'
        ? token.toString()
        : '';
    if (/\bhashFiles\s*\(/i.test(expression)) problems.addUnsupported(token, 'hashFiles()');
  }
}

function dispatchInputs(on: TemplateToken): InputDefinition[] {
  return entriesOf(find(find(on, 'workflow_dispatch'), 'inputs')).map(([name, definition]) => ({
    name,
    type: (find(definition, 'type')?.toString() ?? 'string') as InputDefinition['type'],
    required: find(definition, 'required')?.toString() === 'true',
    default: find(definition, 'default')?.toString(),
    options: texts(find(definition, 'options')),
  }));
}

function callDefinition(on: TemplateToken): CallDefinition {
  const call = find(on, 'workflow_call');
  return {
    inputs: entriesOf(find(call, 'inputs')).map(([name, definition]) => ({
      name,
      type: find(definition, 'type')!.toString() as CallInput['type'],
      default: find(definition, 'default'),
    })),
    outputs: new Map(
      entriesOf(find(call, 'outputs')).map(([name, definition]) => [name, find(definition, 'value')!]),
    ),
  };
}

function entriesOf(token: TemplateToken | undefined): [string, TemplateToken][] {
  return token && isMapping(token) ? [...token].map(({ key, value }) => [key.toString(), value]) : [];
}
