import { describe, expect, it } from 'vitest';
import { runWorkflow } from './testing.ts';

/** Each has an output `out` that its script can write. */
function jobs(list: Record<string, { needs?: string; if?: string; run: string }>): string {
  const texts = Object.entries(list).map(
    ([id, { needs, if: condition, run }]) => `
  ${id}:
    runs-on: ubuntu-latest
    ${needs ? `needs: ${needs}` : ''}
    ${condition ? `if: ${condition}` : ''}
    outputs: { out: "\${{ steps.it.outputs.out }}" }
    steps:
      - { id: it, name: ${id}, run: ${JSON.stringify(run)} }
`,
  );
  return `jobs:${texts.join('')}`;
}

describe('jobs', () => {
  it('run after the jobs that they need, and see their outputs', async () => {
    const run = await runWorkflow(
      jobs({
        last: {
          needs: '[first, second]',
          run: 'echo "${{ needs.first.outputs.out }} ${{ needs.second.result }}"',
        },
        first: { run: 'echo "out=1" >> "$GITHUB_OUTPUT"' },
        second: { run: 'true' },
      }),
    );
    expect(run.logs.last).toEqual(['1 success']);
  });

  it('are skipped after a failure, with the jobs after them, unless their condition is true', async () => {
    const run = await runWorkflow(
      jobs({
        bad: { run: 'exit 1' },
        next: { needs: 'bad', run: 'true' },
        behind: { needs: 'next', run: 'true' },
        cleanup: {
          needs: '[bad, next]',
          if: 'always()',
          run: 'echo ${{ needs.bad.result }} ${{ needs.next.result }}',
        },
        afterwards: { needs: 'cleanup', run: 'true' },
        onfailure: { needs: 'next', if: 'failure()', run: 'true' },
      }),
    );
    const results = Object.fromEntries(Object.entries(run.jobs).map(([id, { result }]) => [id, result]));
    expect(results).toEqual({
      bad: 'failure',
      next: 'skipped',
      behind: 'skipped',
      cleanup: 'success',
      afterwards: 'skipped',
      onfailure: 'success',
    });
    expect(run.logs.cleanup).toEqual(['failure skipped']);
    expect(run.result).toBe('failure');
  });

  it('that do not need one another run in parallel', async () => {
    const run = await runWorkflow(
      jobs({
        a: { run: 'touch ~/a; until test -e ~/b; do sleep 0.02; done' },
        b: { run: 'touch ~/b; until test -e ~/a; do sleep 0.02; done' },
      }),
    );
    expect(run.result).toBe('success');
  });

  it('can run alone, with the jobs that they need', async () => {
    const run = await runWorkflow(
      jobs({ a: { run: 'true' }, b: { needs: 'a', run: 'true' }, c: { run: 'true' } }),
      { only: 'b' },
    );
    expect(Object.keys(run.jobs)).toEqual(['a', 'b']);
  });

  it('have conditions on typed inputs', async () => {
    const text = `on:
  workflow_dispatch:
    inputs:
      delete: { type: boolean, default: false }
      count: { type: number, default: 2 }
${jobs({ a: { if: '${{ inputs.delete && inputs.count > 1 }}', run: 'echo ${{ github.event.inputs.delete }}' } })}`;
    expect((await runWorkflow(text)).jobs.a!.result).toBe('skipped');
    const run = await runWorkflow(text, { inputs: { delete: 'true' } });
    expect(run.logs.a).toEqual(['true']);
  });
});

describe('cancellation', () => {
  const started = (line: string, run: { cancel(): unknown }) => void (line === 'started' && run.cancel());

  it('interrupts the step, skips the next, and still runs what always runs', async () => {
    const run = await runWorkflow(
      `jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - { name: Slow, run: "trap 'echo interrupted; exit 1' INT; echo started; while :; do sleep 0.02; done" }
      - { name: Next, run: "true" }
      - { name: Always, if: always(), run: "echo \${{ job.status }}" }
      - { name: Cancelled, if: cancelled(), run: "true" }
  after:
    runs-on: ubuntu-latest
    needs: j
    steps: [{ run: "true" }]
  delete:
    runs-on: ubuntu-latest
    needs: j
    if: always()
    steps: [{ name: Delete, run: "echo \${{ needs.j.result }}" }]
`,
      { onLine: started },
    );
    expect(run.logs.Slow).toEqual(['started', 'interrupted']);
    expect(run.events).toContain('cancelled Slow');
    expect(run.events).toContain('skipped Next');
    expect(run.logs.Always).toEqual(['cancelled']);
    expect(run.events).toContain('success Cancelled');
    expect(run.jobs.after!.result).not.toBe('success');
    expect(run.logs.Delete).toEqual(['cancelled']);
    expect(run.result).toBe('cancelled');
  });

  it('sends SIGINT, then SIGTERM, then SIGKILL', async () => {
    const script = "trap 'echo int' INT; trap 'echo term' TERM; echo started; while :; do sleep 0.02; done";
    const run = await runWorkflow(jobs({ stubborn: { run: script } }), { onLine: started });
    expect(run.logs.stubborn).toEqual(['started', 'int', 'term']);
    expect(run.jobs.stubborn!.result).toBe('cancelled');
  });

  it('does not end a step that always runs', async () => {
    const run = await runWorkflow(
      `jobs:
  j:
    runs-on: ubuntu-latest
    steps: [{ name: Clean, if: always(), run: "echo started; sleep 0.2; echo done" }]
`,
      { onLine: started },
    );
    expect(run.logs.Clean).toEqual(['started', 'done']);
    expect(run.events).toContain('success Clean');
  });

  it('does not end a job that always runs', async () => {
    const run = await runWorkflow(
      jobs({ clean: { if: 'always()', run: 'echo started; sleep 0.2; echo done' } }),
      {
        onLine: started,
      },
    );
    expect(run.logs.clean).toEqual(['started', 'done']);
    expect(run.jobs.clean!.result).toBe('success');
  });

  it('ends background steps whatever their condition is, and starts no more', async () => {
    const run = await runWorkflow(
      `jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - { name: Back, if: always(), background: true, run: "echo started; exec sleep 600" }
      - { name: Front, run: "exec sleep 600" }
      - { name: Late, if: always(), background: true, run: "echo late" }
`,
      { onLine: started },
    );
    expect(run.events).toContain('cancelled Back');
    expect(run.events).toContain('cancelled Late');
    expect(run.logs.Late).toBeUndefined();
  });

  it('kills every process on the second request, and starts nothing more', async () => {
    const run = await runWorkflow(
      `jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - { name: Deaf, run: "trap '' INT TERM; echo started; while :; do sleep 0.02; done" }
      - { name: Always, if: always(), run: "echo ran" }
`,
      { onLine: (line, run) => line === 'started' && run.kill() },
    );
    expect(run.logs.Always).toBeUndefined();
    expect(run.result).toBe('cancelled');
    expect(run.leftovers).toEqual([]);
  });
});
