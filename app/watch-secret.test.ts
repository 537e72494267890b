import { describe, expect, it } from 'vitest';
import { escapeControls, ReadFailed, watchSecret } from './watch-secret.ts';

const options = {
  vaultName: 'wilab4521',
  secretName: 'Secret',
  intervalMs: 5000,
  retryMs: 60_000,
  reads: Infinity,
};
const notYet = new Error('AADSTS700213: No matching federated identity record found');

/** Runs the loop with these answers and a fake clock, until they are used up. */
async function run(answers: (string | Error)[], settings = options) {
  const lines: string[] = [];
  const waits: number[] = [];
  const readiness: boolean[] = [];
  const left = [...answers];
  let clock = 0;
  const stop = new Error('stopped');
  const end = await watchSecret(settings, {
    readSecret: async () => {
      const answer = left.shift() ?? notYet;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    print: line => lines.push(line),
    ready: isReady => readiness.push(isReady),
    sleep: async milliseconds => {
      waits.push(milliseconds);
      clock += milliseconds;
      if (left.length === 0 && answers.length > 0) throw stop;
    },
    now: () => clock,
    random: () => 0,
  }).catch((error: unknown) => error);
  return { lines, waits, readiness, end, stop };
}

describe('watchSecret', () => {
  it("prints the walkthrough's two lines every interval", async () => {
    const { lines, waits, end, stop } = await run(['Hello', 'World']);
    expect(lines).toEqual([
      'Retrieving your secret from wilab4521.',
      'Secret value: Hello',
      'Retrieving your secret from wilab4521.',
      'Secret value: World',
    ]);
    expect(waits).toEqual([5000, 5000]);
    expect(end).toBe(stop);
  });

  it('doubles the wait after transient failures, prints them, and resets the wait after a success', async () => {
    const { lines, waits } = await run([notYet, notYet, notYet, 'Hello', notYet]);
    expect(waits).toEqual([1000, 2000, 4000, 5000, 1000]);
    expect(lines[1]).toBe(
      'Trying again in 1.0 s: secret Secret could not be read (AADSTS700213): ' +
        'No matching federated identity record found',
    );
  });

  it('ends after the number of successful reads', async () => {
    const { lines, end } = await run([notYet, 'Hello', 'World', 'never read'], { ...options, reads: 2 });
    expect(lines.filter(line => line.startsWith('Secret value'))).toEqual([
      'Secret value: Hello',
      'Secret value: World',
    ]);
    expect(end).toBeUndefined();
  });

  it('is ready while it can read', async () => {
    const { readiness } = await run([notYet, 'Hello', notYet, 'World']);
    expect(readiness).toEqual([false, true, false, true]);
  });

  it('gives up after the time limit', async () => {
    const { end, waits } = await run([], { ...options, retryMs: 10_000 });
    expect(end).toBeInstanceOf(ReadFailed);
    expect((end as Error).message).toMatch(/^Given up after 10 s: .*AADSTS700213/);
    expect(waits).toEqual([1000, 2000, 4000]);
  });

  it('never waits longer than 30 s at a time', async () => {
    const { waits } = await run([], { ...options, retryMs: 200_000 });
    expect(Math.max(...waits)).toBe(30_000);
  });

  it('fails immediately for a permanent reason', async () => {
    const missing = Object.assign(new Error('A secret with (name/id) Secret was not found'), {
      statusCode: 404,
      details: { error: { code: 'SecretNotFound' } },
    });
    const { end, waits } = await run([missing]);
    expect(end).toBeInstanceOf(ReadFailed);
    expect((end as Error).message).toContain('SecretNotFound');
    expect(waits).toEqual([]);
  });
});

describe('escapeControls', () => {
  it.each([
    ['plain: ü \\ "quoted"', 'plain: ü \\ "quoted"'],
    ['two\nlines\r\n', 'two\\nlines\\r\\n'],
    ['a\\n\nb', 'a\\\\n\\nb'],
    ['\u001b[2J\u0085\u2028', '\\u001b[2J\\u0085\\u2028'],
  ])('%j is printed as %j', (value, printed) => {
    expect(escapeControls(value)).toBe(printed);
  });
});
