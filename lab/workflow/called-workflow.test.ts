import { describe, expect, it } from 'vitest';
import { createRepository, runWorkflow } from './testing.ts';

const called = (body: string, jobs = '') => ({
  '.github/workflows/called.yml': `on:
  workflow_call:
${body}
jobs:
${jobs}`,
});
const job = (id: string, run: string, more = '') =>
  `  ${id}:\n    runs-on: ubuntu-latest\n${more}    steps:\n      - { id: it, name: ${id}, run: ${JSON.stringify(run)} }\n`;
const call = (more = '') => `jobs:\n  lab:\n    uses: ./.github/workflows/called.yml\n${more}`;

describe('a called workflow', () => {
  const files = called(
    `    inputs:
      name: { type: string, default: none }
      count: { type: number, default: 1 }
      delete: { type: boolean }
    outputs:
      said: { value: "\${{ jobs.work.outputs.said }}" }
      first: { value: "\${{ jobs.plan.result }}" }`,
    job('plan', 'true') +
      job(
        'work',
        'echo "said=${{ inputs.name }} ${{ inputs.count == 3 }} ${{ inputs.delete == true }} $GITHUB_EVENT_NAME" >> "$GITHUB_OUTPUT"',
        '    needs: plan\n    if: needs.plan.result == \'success\'\n    outputs: { said: "${{ steps.it.outputs.said }}" }\n',
      ),
  );
  const report = job(
    'report',
    'echo "${{ needs.lab.result }}: ${{ needs.lab.outputs.said }}, ${{ needs.lab.outputs.first }}"',
    '    needs: lab\n    if: always()\n',
  );

  it('receives typed inputs, and returns outputs and a result', async () => {
    const run = await runWorkflow(
      `on:
  workflow_dispatch:
    inputs: { count: { type: number, default: 3 }, delete: { type: boolean, default: true } }
${call('    with: { name: it, count: "${{ inputs.count }}", delete: "${{ inputs.delete }}" }\n')}${report}`,
      { files },
    );
    expect(run.logs.report).toEqual(['success: it true true workflow_dispatch, success']);
    expect(run.events).toContain('job success lab.work');
  });

  it('has default inputs, also in a scheduled run', async () => {
    const run = await runWorkflow(
      `on:\n  schedule: [{ cron: "0 3 * * *" }]\n${call('    with: { name: "${{ inputs.name || \'nightly\' }}" }\n')}${report}`,
      { files, cron: '0 3 * * *' },
    );
    expect(run.logs.report).toEqual(['success: nightly false false schedule, success']);
  });

  it('does not start with an empty value for a boolean', async () => {
    const run = await runWorkflow(
      `on:\n  schedule: [{ cron: "0 3 * * *" }]\n${call('    with: { delete: "${{ inputs.delete }}" }\n')}${report}`,
      { files, cron: '0 3 * * *' },
    );
    expect(run.logs.lab).toEqual([
      "error: Input 'delete': Unexpected type of value '', expected type: Boolean.",
    ]);
    expect(run.logs.report).toEqual(['failure: , ']);
  });

  it('has separate environment variables and defaults, and the github context of the caller', async () => {
    const run = await runWorkflow(`name: Caller\nenv: { A: caller }\n${call()}`, {
      files: called('', job('show', 'echo "[$A] ${{ github.workflow }} ${{ job.workflow_file_path }}"')),
    });
    expect(run.logs.show).toEqual(['[] Caller .github/workflows/called.yml']);
  });

  it('fails its caller if one of its jobs fails, and skips the next', async () => {
    const run = await runWorkflow(call() + report, {
      files: called('', job('bad', 'exit 1') + job('next', 'true', '    needs: bad\n')),
    });
    expect(run.logs.report).toEqual(['failure: , ']);
    expect(run.events).toContain('job skipped lab.next');
    expect(run.result).toBe('failure');
  });

  it('still runs jobs that always run after a cancellation', async () => {
    const slow = 'echo started; exec sleep 600';
    const run = await runWorkflow(call() + report, {
      files: called('', job('slow', slow) + job('delete', 'true', '    needs: slow\n    if: always()\n')),
      onLine: (line, running) => line === 'started' && running.cancel(),
    });
    expect(run.events).toEqual(
      expect.arrayContaining(['job cancelled lab.slow', 'job success lab.delete', 'job success report']),
    );
    expect(run.logs.report).toEqual(['cancelled: , ']);
    expect(run.result).toBe('cancelled');
  });
});

it('a cancellation does not end a called job that always runs', async () => {
  const clean = 'echo started; sleep 0.2; echo done';
  const run = await runWorkflow(call(), {
    files: called('', job('clean', clean, '    if: always()\n')),
    onLine: (line, running) => line === 'started' && running.cancel(),
  });
  expect(run.logs.clean).toEqual(['started', 'done']);
  expect(run.events).toContain('job success lab.clean');
});

describe('secrets', () => {
  const show = called(
    '    secrets: { KEY: { required: false } }',
    job(
      'show',
      'echo "${{ secrets.KEY }}"; echo "${{ secrets.KEY }}" | rev; echo "${{ secrets.GITHUB_TOKEN != \'\' }}"',
    ),
  );

  it('are passed by name and hidden', async () => {
    const run = await runWorkflow(call('    secrets: { KEY: "k-${{ secrets.GITHUB_TOKEN }}" }\n'), {
      files: show,
      host: { githubToken: async () => 'drawer' },
    });
    expect(run.logs.show).toEqual(['***', 'reward-k', 'true']);
  });

  it.each([
    ['inherit', 'true'],
    ['', 'false'],
  ])('reach the next called workflow only if they are passed: %s', async (secrets, expected) => {
    const next = '.github/workflows/next.yml';
    const run = await runWorkflow(call('    secrets: { KEY: hush-hush }\n'), {
      files: {
        ...called(
          '    secrets: { KEY: { required: false } }',
          `  deep:\n    uses: ./${next}\n${secrets && `    secrets: ${secrets}\n`}`,
        ),
        [next]: `on: workflow_call\njobs:\n${job('show', "echo ${{ secrets.KEY == 'hush-hush' }}")}`,
      },
    });
    expect(run.logs.show).toEqual([expected]);
  });

  it('are empty if they are not passed', async () => {
    const run = await runWorkflow(call(), { files: show });
    expect(run.logs.show).toEqual(['', '', 'true']);
  });
});

describe('permissions', () => {
  const asked = (permissions: string) => called('', job('work', 'true', `    permissions: ${permissions}\n`));

  it('of a called job must not exceed those of its caller', async () => {
    const run = runWorkflow(`permissions: { contents: read }\n${call()}`, {
      files: asked('{ contents: read, id-token: write, issues: read }'),
    });
    await expect(run).rejects.toThrow(
      "line 5: Error calling workflow './.github/workflows/called.yml'. The nested job 'work' is requesting 'id-token: write, issues: read', but is only allowed 'id-token: none, issues: none'.",
    );
  });

  it('of a called job apply to its token, and default to those of its caller', async () => {
    const tokens: unknown[] = [];
    const host = {
      githubToken: async (permissions: object) => {
        tokens.push(permissions);
        return 'token';
      },
    };
    const granted = call('    permissions: { contents: read, issues: write }\n');
    await runWorkflow(granted, { files: asked('{ contents: read }'), host });
    await runWorkflow(granted, { files: called('', job('work', 'true')), host });
    await runWorkflow(`jobs:\n${job('plain', 'true')}`, { host });
    expect(tokens).toEqual([
      { contents: 'read' },
      { contents: 'read', issues: 'write' },
      { contents: 'read', packages: 'read' },
    ]);
  });
});

describe('another repository', () => {
  const lab = () =>
    createRepository({
      ...called(
        '',
        `  work:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with: { repository: "\${{ job.workflow_repository }}", ref: "\${{ job.workflow_sha }}" }
      - { name: Local, uses: ./actions/a }
`,
      ),
      'actions/a/action.yml': 'name: a\ndescription: a\nruns: { using: node24, main: main.mjs }\n',
      'actions/a/main.mjs': "console.log('of the lab, in ' + process.env.GITHUB_REPOSITORY);\n",
    });

  it('provides actions and workflows, which check themselves out', async () => {
    const run = await runWorkflow(
      `jobs:
  whole: { uses: Project/Lab/.github/workflows/called.yml@main }
  single:
    runs-on: ubuntu-latest
    steps: [{ name: Single, uses: project/lab/actions/a@v1 }]
`,
      { others: { 'project/lab': await lab() } },
    );
    expect(run.logs.Local).toEqual(['of the lab, in octo/lab']);
    expect(run.logs.Single).toEqual(['of the lab, in octo/lab']);
  });

  it.each([
    ['nobody/knows/.github/workflows/x.yml@v1', /workflow "nobody\/knows.+" is not available/],
    ['./.github/workflows/nosuch.yml', /does not exist/],
    ['./other/x.yml', /not a file directly in \.github\/workflows/],
  ])('is rejected if it is not available: %s', async (uses, message) => {
    await expect(runWorkflow(`jobs: { x: { uses: "${uses}" } }`)).rejects.toThrow(message);
  });
});

it.each([
  ['an unknown input', '    with: { color: red }\n', /Invalid input, color is not defined/],
  ['a missing required input', '', /Input size is required, but not provided/],
])('rejects a call with %s', async (_what, more, message) => {
  const files = called('    inputs: { size: { type: string, required: true } }', job('x', 'true'));
  await expect(runWorkflow(call(more), { files })).rejects.toThrow(message);
});

it('rejects a workflow that calls itself', async () => {
  const self = '.github/workflows/called.yml';
  await expect(runWorkflow(call(), { files: { [self]: `on: workflow_call\n${call()}` } })).rejects.toThrow(
    'Nested reusable workflow depth exceeded 10.',
  );
});

it('a job with continue-on-error does not fail the run', async () => {
  const run = await runWorkflow(
    `jobs:\n${job('bad', 'exit 1', '    continue-on-error: true\n')}${job('next', 'echo ${{ needs.bad.result }}', '    needs: bad\n')}`,
  );
  expect(run.logs.next).toEqual(['success']);
  expect(run.result).toBe('success');
});
