import { describe, expect, it } from 'vitest';
import { BoundedPrinter, harmless, printUntrusted } from './log.ts';

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
  ])('removes the command from %j', text => {
    expect(obeyed(harmless(text))).toBe(false);
    expect(/^[\s\u200b]*::/m.test(harmless(text))).toBe(false);
  });

  it('keeps plain text unchanged', () => {
    const text = 'Secret value: Hello :: world ## [x]\tü\n  indented';
    expect(harmless(text)).toBe(text);
  });

  it('removes colors, titles, and control characters', () => {
    expect(harmless('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007a\u0008b')).toBe('red ab');
  });

  it('treats every kind of line break as one', () => {
    expect(harmless('a\rb\r\nc\nd')).toBe('a\nb\nc\nd');
  });

  it('shortens a line that is too long, and marks it', () => {
    const line = harmless('x'.repeat(1_000_000));
    expect(line.length).toBeLessThan(4200);
    expect(line).toMatch(/… \(1000000 characters\)$/);
  });
});

describe('printUntrusted', () => {
  const printed = (text: string): string[] => {
    const lines: string[] = [];
    printUntrusted('events\n::error::x', text, line => void lines.push(line));
    return lines;
  };

  it('prints in a group, and disables commands with a new token', () => {
    const lines = printed('a\n::error::b');
    const token = /^::stop-commands::([\w-]{36})$/.exec(lines[1]!)?.[1];
    expect(lines).toEqual([
      `::group::events ${harmless('::error::x')}`,
      `::stop-commands::${token}`,
      '| a',
      `| ${harmless('::error::b')}`,
      `::${token}::`,
      '::endgroup::',
    ]);
    expect(printed('')[1]).not.toBe(lines[1]);
  });

  it('prints the beginning and the end of a long text', () => {
    const text = `first\n${'x\n'.repeat(100_000)}last`;
    const lines = printed(text);
    expect(lines[2]).toBe('| first');
    expect(lines.at(-3)).toBe('| last');
    expect(lines.join('\n').length).toBeLessThan(200_000);
    expect(lines).toContainEqual(expect.stringMatching(/^\| … \(\d+ characters\)$/));
  });
});

describe('BoundedPrinter', () => {
  const printed = (lines: number): string[] => {
    const output: string[] = [];
    const printer = new BoundedPrinter(line => void output.push(line), 3);
    for (let line = 1; line <= lines; line++) printer.take(`${line}`);
    printer.end();
    return output;
  };

  it('prints a short stream unchanged', () => {
    expect(printed(3)).toEqual(['1', '2', '3']);
  });

  it('prints the end of a longer stream, and the number of omitted lines', () => {
    const output = printed(1000);
    expect(output.slice(0, 6)).toEqual([
      ...['1', '2', '3', expect.stringContaining('3 lines were printed')],
      ...['… 977 lines left out', '981'],
    ]);
    expect(output.at(-1)).toBe('1000');
  });

  it('reports no omission if nothing is omitted', () => {
    expect(printed(5)).toEqual(['1', '2', '3', expect.any(String), '4', '5']);
  });
});
