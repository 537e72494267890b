import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkflow } from './read-workflow.ts';
import { createRepository, describeRepositories } from './testing.ts';
import type { Step, Workflow } from './workflow.ts';

const node = 'runs: { using: node24, main: main.js }';

async function read(content: string, files: Record<string, string> = {}): Promise<Workflow> {
  const root = await createRepository({ 'w.yml': content, ...files });
  const { own, all } = describeRepositories(root);
  return await readWorkflow(join(root, 'w.yml'), own, all);
}

function stepsOf({ jobs: [first] }: Workflow): readonly Step[] {
  return first?.kind === 'steps' ? first.steps : [];
}

const job = (body: string) => `on: workflow_dispatch\njobs:\n  j:\n    runs-on: ubuntu-latest\n${body}`;
const steps = (...list: string[]) => job(`    steps:\n${list.map(step => `      - ${step}\n`).join('')}`);

describe('a workflow', () => {
  it('can have all kinds of steps', async () => {
    const found = stepsOf(
      await read(
        steps(
          '{ id: a, run: "true", background: true }',
          '{ wait: a }',
          '{ wait-all: }',
          '{ id: b, run: "true", background: true }',
          '{ cancel: b }',
          '{ parallel: [{ run: "true" }, { run: "true" }] }',
        ),
      ),
    );
    expect(found.map(step => step.kind)).toEqual([
      'run',
      'wait',
      'wait',
      'run',
      'cancel',
      'run',
      'run',
      'wait',
    ]);
    const [first, second, wait] = found.slice(-3);
    expect(wait).toMatchObject({ targets: [first!.id, second!.id] });
  });

  it('has conditions with success() if they contain no status function', async () => {
    const found = stepsOf(
      await read(steps('{ run: x }', '{ run: x, if: env.A }', '{ run: x, if: "${{ always() && env.A }}" }')),
    );
    expect(found.map(step => 'condition' in step && step.condition)).toEqual([
      'success()',
      'success() && (env.A)',
      'always() && env.A',
    ]);
  });

  it.each([
    ['', false],
    ['    permissions: { id-token: write }\n', true],
    ['    permissions: write-all\n', true],
    ['    permissions: { contents: read }\n', false],
  ])('grants ID tokens according to its permissions: %j', async (permissions, expected) => {
    const { jobs } = await read(job(`${permissions}    steps: [{ run: x }]`));
    expect(jobs[0]!.permissions['id-token'] === 'write').toBe(expected);
  });
});

describe('readWorkflow rejects', () => {
  it.each([
    [
      'a matrix',
      job('    strategy: { matrix: { a: [1] } }\n    steps: [{ run: x }]'),
      /line 5: .* jobs\.j\.strategy/,
    ],
    ['services', job('    services: { db: { image: x } }\n    steps: [{ run: x }]'), /jobs\.j\.services/],
    ['a container', job('    container: x\n    steps: [{ run: x }]'), /jobs\.j\.container/],
    [
      'another system',
      'on: workflow_dispatch\njobs: { j: { runs-on: windows-latest, steps: [{ run: x }] } }',
      /runs-on/,
    ],
    ['hashFiles', steps('{ run: "echo ${{ hashFiles(\'*\') }}" }'), /hashFiles/],
    ['hashFiles in a condition', steps("{ run: x, if: hashFiles('*') == '' }"), /hashFiles/],
    ['another shell', steps('{ run: x, shell: pwsh }'), /the shell "pwsh"/],
    [
      'an unknown action',
      steps('{ uses: actions/cache@v4 }'),
      /The action "actions\/cache@v4" is not available/,
    ],
    [
      'an action outside the repository',
      steps('{ uses: actions/checkout@v7 }', '{ uses: ./../x }'),
      /outside the repository/,
    ],
    [
      'an action before the checkout',
      steps('{ uses: ./a }'),
      /which is empty\. Run actions\/checkout earlier/,
    ],
    ['an image', steps('{ uses: "docker://alpine" }'), /"docker:\/\/alpine"/],
    ['an unknown key', steps('{ run: x, banana: 1 }'), /Unexpected value 'banana'/],
    [
      'an unknown need',
      `${steps('{ run: x }')}  k: { needs: nobody, runs-on: ubuntu-latest, steps: [{ run: x }] }`,
      /nobody/,
    ],
    ['a wait for an unknown step', steps('{ wait: nobody }'), /unknown step ID 'nobody'/],
    ['an expression with an unknown context', steps('{ run: "${{ nope.x }}" }'), /nope/],
    ['invalid YAML', 'on: [', /The workflow w\.yml cannot run/],
  ])('%s', async (_what, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it.each([
    ['a composite action', 'runs: { using: composite, steps: [] }', /composite/],
    ['an older Node', 'runs: { using: node20, main: main.js }', /node20/],
    ['a pre script', 'runs: { using: node24, main: main.js, pre: main.js }', /runs\.pre/],
    [
      'a bundle that was not built',
      'runs: { using: node24, main: dist/index.js }',
      /has no dist\/index\.js.*npm run build/,
    ],
  ])('%s', async (_what, runs, message) => {
    const action = { 'a/action.yml': `name: a\ndescription: a\n${runs}`, 'a/main.js': '' };
    await expect(read(steps('{ uses: actions/checkout@v7 }', '{ uses: ./a }'), action)).rejects.toThrow(
      message,
    );
  });

  it('every problem in one report', async () => {
    const content = steps('{ uses: actions/cache@v4 }', '{ run: x, shell: pwsh }');
    await expect(read(content)).rejects.toMatchObject({
      problems: [/cache/, /pwsh/].map(p => expect.stringMatching(p)),
    });
  });
});

it('reads an action of the repository', async () => {
  const workflow = await read(steps('{ uses: actions/checkout@v7 }', '{ uses: ./a, with: { x: 1 } }'), {
    'a/action.yml': `name: a\ndescription: a\ninputs: { x: { default: d } }\n${node}`,
    'a/main.js': '',
  });
  expect(stepsOf(workflow)[1]).toMatchObject({
    kind: 'action',
    action: { inputs: [{ name: 'x' }], postCondition: 'always()' },
  });
});
