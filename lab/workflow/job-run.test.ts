import { describe, expect, it } from 'vitest';
import { isRunning } from '../processes.ts';
import { runWorkflow } from './testing.ts';

const job = (steps: string, more = '') =>
  `jobs:\n  j:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;

/** It saves the state `from` for its post script. */
function action(name: string, more = ''): Record<string, string> {
  return {
    [`${name}/action.yml`]: `
name: ${name}
description: ${name}
inputs:
  who: { default: "\${{ github.repository }}" }
  some-text: { default: "" }
runs: { using: node24, main: main.mjs, post: post.mjs ${more} }
`,
    [`${name}/main.mjs`]: `
import { appendFileSync } from 'node:fs';
const { env } = process;
console.log('who=' + env.INPUT_WHO + ' text=' + env['INPUT_SOME-TEXT']);
appendFileSync(env.GITHUB_STATE, 'from=${name}\\n');
appendFileSync(env.GITHUB_OUTPUT, 'created=by ${name}\\n');
if (env['INPUT_SOME-TEXT'] === 'fail') process.exitCode = 3;
`,
    [`${name}/post.mjs`]: `console.log('state=' + process.env.STATE_from);`,
  };
}

describe('steps', () => {
  it('run in order and see outputs, environment, and paths of earlier steps', async () => {
    const run = await runWorkflow(
      job(`
      - id: one
        run: |
          echo "x=1" >> "$GITHUB_OUTPUT"
          echo "Y=2" >> "$GITHUB_ENV"
          mkdir bin; printf '#!/bin/sh\\necho tool' > bin/tool; chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - name: Two
        env: { Z: "\${{ env.Y }}3" }
        run: echo "\${{ steps.one.outputs.x }} $Y $Z $(tool) $GITHUB_REPOSITORY \${{ vars.REGION }}"
`),
    );
    expect(run.logs.Two).toEqual(['1 2 23 tool octo/lab eastus']);
    expect(run.result).toBe('success');
    expect(run.leftovers).toEqual([]);
  });

  it('have an environment from three levels, where the innermost wins, and nothing of this machine', async () => {
    process.env.LAB_TEST_LEAK = 'leaked';
    const run = await runWorkflow(
      `env: { A: workflow, B: workflow, C: workflow }\n${job(
        `
      - name: Show
        env: { C: step }
        run: echo "$A $B $C [$LAB_TEST_LEAK]"
`,
        '    env: { B: job, C: job }\n',
      )}`,
    );
    delete process.env.LAB_TEST_LEAK;
    expect(run.logs.Show).toEqual(['workflow job step []']);
  });

  it('keep every quote of a script that has expressions in it', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Quotes, run: "echo '{\\"ref\\": \\"\${{ github.ref }}\\"}' 'it''s'" }
`),
    );
    expect(run.logs.Quotes).toEqual(['{"ref": "refs/heads/main"} its']);
  });

  it('are skipped after a failure, unless their condition is true', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Bad, id: bad, run: exit 7 }
      - { name: Next, run: "true" }
      - { name: Cleanup, if: always(), run: "echo \${{ steps.bad.outcome }} \${{ job.status }}" }
      - { name: OnFailure, if: failure(), run: "true" }
`),
    );
    expect(run.events.filter(event => !event.startsWith('start'))).toEqual([
      'failure Bad',
      'skipped Next',
      'success Cleanup',
      'success OnFailure',
      'job failure j',
    ]);
    expect(run.logs.Bad).toEqual(['error: Process completed with exit code 7.']);
    expect(run.logs.Cleanup).toEqual(['failure failure']);
  });

  it('with continue-on-error have the outcome failure and the conclusion success', async () => {
    const run = await runWorkflow(
      job(`
      - { id: bad, run: exit 1, continue-on-error: true }
      - { name: After, run: "echo \${{ steps.bad.outcome }} \${{ steps.bad.conclusion }}" }
`),
    );
    expect(run.logs.After).toEqual(['failure success']);
    expect(run.result).toBe('success');
  });

  it('stop at the first failing command, in bash also within a pipe', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Plain, run: "false | true\\necho on" }
      - { name: Bash, shell: bash, run: "false | true\\necho on" }
`),
    );
    expect(run.logs.Plain).toEqual(['on']);
    expect(run.logs.Bash).toEqual(['error: Process completed with exit code 1.']);
  });

  it('fail if an expression or a command is invalid', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Expression, run: "true", if: "\${{ fromJSON('{') }}" }
      - { name: Command, if: always(), run: "echo '::set-env name=A::b'" }
`),
    );
    expect(run.events).toContain('failure Expression');
    expect(run.events).toContain('failure Command');
  });

  it('end at their timeout', async () => {
    const run = await runWorkflow(
      job('      - { name: Slow, timeout-minutes: 0.005, run: exec sleep 600 }\n'),
    );
    expect(run.logs.Slow).toContain("error: The action 'Slow' has timed out after 0.005 minutes.");
    expect(run.result).toBe('failure');
  });
});

describe('actions', () => {
  it('receive inputs with defaults, return outputs, and run their post scripts last, in reverse order', async () => {
    const run = await runWorkflow(
      job(`
      - uses: actions/checkout@v7
      - { name: First, id: first, uses: ./a, with: { some-text: "\${{ github.run_attempt }}", unknown: 1 } }
      - { name: Second, uses: ./b, with: { who: me } }
      - { name: Last, run: "echo \${{ steps.first.outputs.created }}" }
`),
      { files: { ...action('a'), ...action('b') } },
    );
    expect(run.logs.First).toEqual([
      "warning: Unexpected input(s) 'unknown', valid inputs are ['who', 'some-text']",
      'who=octo/lab text=1',
    ]);
    expect(run.logs.Second).toEqual(['who=me text=']);
    expect(run.logs.Last).toEqual(['by a']);
    expect(run.events.filter(event => event.startsWith('start Post'))).toEqual([
      'start Post Second',
      'start Post First',
    ]);
    expect(run.logs['Post First']).toEqual(['state=a']);
  });

  it('run their post script also after a failure, but not if they were skipped', async () => {
    const run = await runWorkflow(
      job(`
      - uses: actions/checkout@v7
      - { name: Fails, uses: ./a, with: { some-text: fail } }
      - { name: Skipped, uses: ./b }
`),
      { files: { ...action('a'), ...action('b') } },
    );
    expect(run.logs['Post Fails']).toEqual(['state=a']);
    expect(run.events).not.toContain('start Post Skipped');
  });

  it('can have a condition for their post script', async () => {
    const run = await runWorkflow(
      job('      - uses: actions/checkout@v7\n      - { name: A, uses: ./a, with: { some-text: fail } }\n'),
      {
        files: action('a', ', post-if: success()'),
      },
    );
    expect(run.events).toContain('skipped Post A');
  });
});

describe('secrets', () => {
  it('are hidden in lines and summaries, and drop outputs that contain them', async () => {
    const run = await runWorkflow(
      job(
        `
      - name: Tell
        id: tell
        run: |
          echo "::add-mask::hush-hush"
          echo "it is hush-hush"
          echo "it is hush-hush" >&2
          echo "It is hush-hush" >> "$GITHUB_STEP_SUMMARY"
          echo "secret=hush-hush" >> "$GITHUB_OUTPUT"
          echo "plain=fine" >> "$GITHUB_OUTPUT"
          echo "\${{ secrets.GITHUB_TOKEN }}"
`,
        '    outputs: { secret: "${{ steps.tell.outputs.secret }}", plain: "${{ steps.tell.outputs.plain }}" }\n',
      ),
    );
    expect([...run.logs.Tell!].sort()).toEqual(['***', 'it is ***', 'it is ***']);
    expect(run.jobs.j).toMatchObject({ outputs: { plain: 'fine' }, summaries: ['It is ***\n'] });
    expect(run.jobs.j!.outputs).not.toHaveProperty('secret');
    expect(run.logs.j).toEqual(["warning: Skip output 'secret' since it may contain secret."]);
  });
});

describe('ID tokens', () => {
  const show = '      - { name: Show, run: \'echo "[$ACTIONS_ID_TOKEN_REQUEST_URL]"\' }\n';

  it('are available with the permission, and have the claims of the environment', async () => {
    const asked: Readonly<Record<string, string>>[] = [];
    const run = await runWorkflow(
      job(show, '    permissions: { id-token: write }\n    environment: azure-lab\n'),
      {
        host: {
          idTokenRequest: async claims => {
            asked.push(claims);
            return { url: 'https://token.test', token: 'request-token' };
          },
        },
      },
    );
    expect(run.logs.Show).toEqual(['[https://token.test]']);
    expect(asked).toEqual([
      expect.objectContaining({
        environment: 'azure-lab',
        repository: 'octo/lab',
        ref: 'refs/heads/main',
      }),
    ]);
  });

  it('are not available without the permission', async () => {
    expect((await runWorkflow(job(show))).logs.Show).toEqual(['[]']);
  });
});

it('ends processes that a step leaves behind', async () => {
  const run = await runWorkflow(job('      - { name: Leave, run: "sleep 600 >/dev/null 2>&1 & echo $!" }\n'));
  const pid = Number(run.logs.Leave![0]);
  await expect.poll(() => isRunning(pid)).toBe(false);
});
