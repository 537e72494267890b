import { describe, expect, it } from 'vitest';
import { block, failureComment, issueBody, marker } from './text.ts';

const run = { id: '7', url: 'https://github.com/octo/lab/actions/runs/7/attempts/1' };

/** What a fenced block holds, and what stands after it, by the rules of CommonMark. */
function read(markdown: string): { inside: string; after: string } {
  const [, fence = '', rest = ''] = /(?:^|\n)(`{3,})text\n([\s\S]*)$/.exec(markdown) ?? [];
  const end = new RegExp(`\\n {0,3}\`{${fence.length},} *(?:\\n|$)`).exec(rest);
  if (!end) throw new Error('The block never ends.');
  return { inside: rest.slice(0, end.index), after: rest.slice(end.index + end[0].length) };
}

describe('block', () => {
  it.each([
    '```\n@octo please look\n```',
    '   ````````\n<img src=x onerror=alert(1)>\n``````````',
    '`'.repeat(5000),
    '~~~\n<!-- hidden -->\n# Heading\n[x](javascript:alert(1))',
    '</pre></code></details>\n@octo/team #1',
  ])('holds all of %j, and ends after it', text => {
    const { inside, after } = read(`${block(text)}\nafter`);
    expect(after).toBe('after');
    expect(inside.slice(0, 1000)).toBe(text.slice(0, 1000));
  });

  it('takes colours, control characters and commands out', () => {
    const text = 'a\u001b[31mred\u001b[0m\u0007\n::set-output name=x::y\n##[error]z\rlast';
    const { inside } = read(block(text));
    expect(inside).toBe('ared\n:\u200b:set-output name=x::y\n##\u200b[error]z\nlast');
  });

  it('is nothing for nothing', () => {
    expect(block(' \n')).toBe('');
  });
});

describe('bodies', () => {
  it('say which run, with the diagnosis, behind the marker', () => {
    const body = issueBody('smoke', run, 'It broke.');
    expect(body.split('\n')).toEqual([
      marker('smoke'),
      `**smoke** fails since [Run 7](${run.url}).`,
      '',
      '```text',
      'It broke.',
      '```',
      '',
      'Each run that fails from now on comments here, and the first that succeeds closes this issue.',
    ]);
    expect(failureComment(run, '')).toBe(`[Run 7](${run.url}) failed, too.`);
  });

  it.each([
    ['lines', 'x\n'.repeat(500_000)],
    ['one line', 'x'.repeat(1_000_000)],
    ['backticks', `${'`'.repeat(5000)}\n`.repeat(200)],
    ['commands', '##['.repeat(333_000)],
    ['lines of commands', '::a\n'.repeat(250_000)],
    ['characters of four bytes', `${'😀'.repeat(100)}\n`.repeat(5000)],
  ])('stay within the limit of GitHub for a million of %s', (_, text) => {
    const body = issueBody('t'.repeat(50), run, text);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.isWellFormed()).toBe(true);
    expect(read(body).after).toContain('Each run that fails');
  });
});
