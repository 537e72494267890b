import { describe, expect, it } from 'vitest';
import { codeBlock, failureComment, issueBody, marker } from './issue-text.ts';

const run = { id: '7', url: 'https://github.com/octo/lab/actions/runs/7/attempts/1' };

/** The content of a fenced block and the text after it, by the rules of CommonMark. */
function read(markdown: string): { inside: string; after: string } {
  const [, fence = '', rest = ''] = /(?:^|\n)(`{3,})text\n([\s\S]*)$/.exec(markdown) ?? [];
  const end = new RegExp(`\\n {0,3}\`{${fence.length},} *(?:\\n|$)`).exec(rest);
  if (!end) throw new Error('The block does not end.');
  return { inside: rest.slice(0, end.index), after: rest.slice(end.index + end[0].length) };
}

describe('codeBlock', () => {
  it.each([
    '```\n@octo please look\n```',
    '   ````````\n<img src=x onerror=alert(1)>\n``````````',
    '`'.repeat(5000),
    '~~~\n<!-- hidden -->\n# Heading\n[x](javascript:alert(1))',
    '</pre></code></details>\n@octo/team #1',
  ])('contains all of %j and ends after it', text => {
    const { inside, after } = read(`${codeBlock(text)}\nafter`);
    expect(after).toBe('after');
    expect(inside.slice(0, 1000)).toBe(text.slice(0, 1000));
  });

  it('removes colors, control characters, and workflow commands', () => {
    const text = 'a\u001b[31mred\u001b[0m\u0007\n::set-output name=x::y\n##[error]z\rlast';
    const { inside } = read(codeBlock(text));
    expect(inside).toBe('ared\n:\u200b:set-output name=x::y\n##\u200b[error]z\nlast');
  });

  it('returns no block for an empty text', () => {
    expect(codeBlock(' \n')).toBe('');
  });
});

describe('issueBody', () => {
  it('shows the run and the diagnosis after the marker', () => {
    const body = issueBody('smoke', run, 'It broke.');
    expect(body.split('\n')).toEqual([
      marker('smoke'),
      `**smoke** has failed since [Run 7](${run.url}).`,
      '',
      '```text',
      'It broke.',
      '```',
      '',
      'Each further run that fails adds a comment here. The first run that succeeds closes this issue.',
    ]);
    expect(failureComment(run, '')).toBe(`[Run 7](${run.url}) also failed.`);
  });

  it.each([
    ['lines', 'x\n'.repeat(500_000)],
    ['one line', 'x'.repeat(1_000_000)],
    ['backticks', `${'`'.repeat(5000)}\n`.repeat(200)],
    ['commands', '##['.repeat(333_000)],
    ['lines of commands', '::a\n'.repeat(250_000)],
    ['characters of four bytes', `${'😀'.repeat(100)}\n`.repeat(5000)],
  ])('stays within the limit of GitHub for a million characters of %s', (_, text) => {
    const body = issueBody('t'.repeat(50), run, text);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.isWellFormed()).toBe(true);
    expect(read(body).after).toContain('Each further run that fails');
  });
});
