import { describe, expect, it } from 'vitest';
import { runWorkflow } from './testing.ts';

const job = (steps: string) => `jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;

// Proves the order without a clock.
const until = (file: string) => `until test -e ${file}; do sleep 0.02; done`;

describe('a background step', () => {
  it('runs in parallel with the next steps, and its effects apply after the wait', async () => {
    const run = await runWorkflow(
      job(`
      - id: slow
        name: Slow
        background: true
        run: |
          echo "x=1" >> "$GITHUB_OUTPUT"
          echo "Y=2" >> "$GITHUB_ENV"
          ${until('go')}
      - { name: Before, run: 'echo "[\${{ steps.slow.outputs.x }}\${{ steps.slow.outcome }}$Y]"; touch go' }
      - { name: Waiting, wait: slow }
      - { name: After, run: 'echo "[\${{ steps.slow.outputs.x }}\${{ steps.slow.outcome }}$Y]"' }
`),
    );
    expect(run.logs.Before).toEqual(['[]']);
    expect(run.logs.After).toEqual(['[1success2]']);
    expect(run.events.indexOf('start Before')).toBeLessThan(run.events.indexOf('success Slow'));
    expect(run.result).toBe('success');
  });

  it('fails the job at the wait, not before', async () => {
    const run = await runWorkflow(
      job(`
      - { id: bad, name: Bad, background: true, run: "touch failed; exit 1" }
      - { name: Between, run: "${until('failed')}" }
      - { name: Waiting, wait: [bad] }
      - { name: After, run: "true" }
`),
    );
    expect(run.events).toContain('success Between');
    expect(run.events).toContain('failure Waiting');
    expect(run.events).toContain('skipped After');
    expect(run.result).toBe('failure');
  });

  it('with continue-on-error does not fail the job', async () => {
    const run = await runWorkflow(
      job(`
      - { id: bad, background: true, continue-on-error: true, run: exit 1 }
      - { name: Waiting, wait-all: }
      - { name: After, run: "echo \${{ steps.bad.outcome }} \${{ steps.bad.conclusion }}" }
`),
    );
    expect(run.logs.After).toEqual(['failure success']);
    expect(run.result).toBe('success');
  });

  it('without a wait ends before the job ends', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Bad, background: true, run: "${until('go')}; exit 1" }
      - { name: Go, run: touch go }
`),
    );
    expect(run.result).toBe('failure');
  });

  it('has its condition evaluated when it is reached', async () => {
    const run = await runWorkflow(
      job(`
      - { name: Bad, run: exit 1 }
      - { id: not, name: Not, background: true, run: "true" }
      - { id: yes, name: Yes, background: true, if: always(), run: "true" }
      - { wait-all: }
`),
    );
    expect(run.events).toContain('skipped Not');
    expect(run.events).toContain('success Yes');
  });

  it('can be cancelled without failing the job', async () => {
    const run = await runWorkflow(
      job(`
      - { id: slow, name: Slow, background: true, run: "touch started; exec sleep 600" }
      - { run: "${until('started')}" }
      - { cancel: slow }
      - { name: After, run: "echo \${{ steps.slow.outcome }}" }
`),
    );
    expect(run.logs.After).toEqual(['cancelled']);
    expect(run.events).toContain('cancelled Slow');
    expect(run.result).toBe('success');
  });

  it('has separate command files and stop-commands', async () => {
    const run = await runWorkflow(
      job(`
      - { id: a, background: true, run: "echo ::stop-commands::a-token-of-a; echo x=a >> $GITHUB_OUTPUT; touch a; ${until('b')}" }
      - { id: b, background: true, run: "${until('a')}; echo ::set-output name=y::b; echo x=b >> $GITHUB_OUTPUT; touch b" }
      - { wait-all: }
      - { name: After, run: "echo \${{ steps.a.outputs.x }} \${{ steps.b.outputs.x }} \${{ steps.b.outputs.y }}" }
`),
    );
    expect(run.logs.After).toEqual(['a b b']);
  });

  it('runs with at most nine others', async () => {
    const steps = Array.from(
      { length: 11 },
      (_, i) => `      - { name: S${i}, background: true, run: "touch started-$$; ${until('go')}" }\n`,
    );
    const run = await runWorkflow(
      job(`${steps.join('')}
      - { name: Count, run: "until test $(ls started-* | wc -l) -ge 10; do sleep 0.02; done; ls started-* | wc -l; touch go" }
`),
    );
    expect(run.logs.Count).toEqual(['10']);
    expect(run.result).toBe('success');
  });
});

it('a parallel group runs its steps in parallel and waits for them', async () => {
  const run = await runWorkflow(
    job(`
      - parallel:
          - { id: a, run: "touch a; ${until('b')}; echo x=1 >> $GITHUB_OUTPUT" }
          - { id: b, run: "touch b; ${until('a')}" }
      - { name: After, run: "echo \${{ steps.a.outputs.x }}" }
`),
  );
  expect(run.logs.After).toEqual(['1']);
});
