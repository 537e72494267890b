import { describe, expect, it } from 'vitest';
import { harmless, printForeign } from './log.ts';

/** What the runner takes for a command: `::name::` after blanks at the start of a line, `##[name]` anywhere. */
const obeyed = (text: string): boolean =>
  text.split(/\r\n|\r|\n/).some(line => /^\s*::/.test(line) || line.includes('##['));

describe('harmless', () => {
  it.each([
    '::set-output name=a::b',
    '   ::add-mask::x',
    'x\n::error::y',
    'x\r::error::y',
    'x ##[add-path]y',
    '##[group]##[group]',
    '\u001b[31m::error::x',
    '#\u001b[0m#[error]x',
    ':\u0000:error::x',
    '\ufeff::error::x',
    '\u200b::error::x',
    '\u00a0::error::x',
  ])('leaves no command in %j', text => {
    expect(obeyed(harmless(text))).toBe(false);
    expect(/^[\s\u200b]*::/m.test(harmless(text))).toBe(false);
  });

  it('keeps plain text as it is', () => {
    const text = 'Secret value: Hello :: world ## [x]\tü\n  indented';
    expect(harmless(text)).toBe(text);
  });

  it('takes colours, titles and control characters away', () => {
    expect(harmless('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007a\u0008b')).toBe('red ab');
  });

  it('takes every kind of line break for one', () => {
    expect(harmless('a\rb\r\nc\nd')).toBe('a\nb\nc\nd');
  });

  it('cuts a line that is too long, and says so', () => {
    const line = harmless('x'.repeat(1_000_000));
    expect(line.length).toBeLessThan(4200);
    expect(line).toMatch(/… \(1000000 characters\)$/);
  });
});

describe('printForeign', () => {
  it('switches commands off by a token of its own, and on again whatever happens', async () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    await printForeign(async print => print('a\n::error::b'), write);
    const token = /^::stop-commands::([\w-]{36})$/.exec(lines[0]!)?.[1];
    expect(lines.slice(1)).toEqual(['| a', `| ${harmless('::error::b')}`, `::${token}::`]);

    lines.length = 0;
    await expect(printForeign(async () => Promise.reject(new Error('x')), write)).rejects.toThrow('x');
    expect(lines[1]).toBe(lines[0]!.replace('::stop-commands', '') + '::');
  });
});
