import { describe, expect, it } from 'vitest';
import { parseDockerIgnore } from './docker-ignore.ts';

describe('parseDockerIgnore', () => {
  it.each([
    // The project's own file.
    ['*\n!app/dist/**', 'app/dist/main.js', false],
    ['*\n!app/dist/**', 'app/main.ts', true],
    ['*\n!app/dist/**', 'package.json', true],
    ['*\n!app/dist/**', 'node_modules/app/dist/main.js', true],
    // A folder that is kept out keeps out what lies in it; the last rule that fits decides.
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'lib/node_modules/a.js', false],
    ['**/node_modules', 'lib/node_modules/a.js', true],
    ['docs\n!docs/keep.md', 'docs/keep.md', false],
    ['!docs/keep.md\ndocs', 'docs/keep.md', true],
    // Patterns.
    ['*.log', 'a.log', true],
    ['*.log', 'a/b.log', false],
    ['**/*.log', 'b.log', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a.c', 'abc', false],
    ['/build/', 'build/x', true],
    ['./build', 'build/x', true],
    // Comments, blank lines, Windows line ends, a byte order mark.
    ['\uFEFF# *\r\n\r\n  a  \r\n', 'a', true],
    ['# *', 'b', false],
    ['', 'anything', false],
  ])('%j excludes %s: %s', (text, path, expected) => {
    expect(parseDockerIgnore(text).ignores(path)).toBe(expected);
  });

  it('skips folders that are excluded as a whole', () => {
    const ignore = parseDockerIgnore('*\n!app/dist/**');
    expect(ignore.ignoresAllBelow('node_modules')).toBe(true);
    expect(ignore.ignoresAllBelow('app/node_modules')).toBe(true);
    expect(ignore.ignoresAllBelow('app')).toBe(false);
    expect(ignore.ignoresAllBelow('app/dist')).toBe(false);
    expect(parseDockerIgnore('*\n!**/x').ignoresAllBelow('a')).toBe(false);
  });
});
