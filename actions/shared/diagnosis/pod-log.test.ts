import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PodLog } from './pod-log.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What @actions/core told the runner to mask. */
let masked: string[];

beforeEach(() => {
  masked = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    masked.push(...[...String(text).matchAll(/^::add-mask::(.*)$/gm)].map(match => match[1]!));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('PodLog', () => {
  it('recognizes the expected value by its digest, masks it, and never returns it', () => {
    const log = new PodLog(sha256('correct horse'));
    expect(log.addLine('Retrieving your secret from wilab4521.')).toBe(
      'Retrieving your secret from wilab4521.',
    );
    expect(log.verified).toBe(false);
    expect(log.addLine('Secret value: correct horse')).toBe('Secret value: ***');
    expect(log.verified).toBe(true);
    expect(masked).toEqual(['correct horse']);
    expect(log.lines.join()).not.toContain('correct');
  });

  it.each([
    'Secret value: wrong horse',
    'secret value: correct horse',
    '  Secret value: correct horse',
    'Secret value: correct horse ',
  ])('does not find the value in %j', line => {
    const log = new PodLog(sha256('correct horse'));
    log.addLine(line);
    expect(log.verified).toBe(false);
  });

  it.each([
    ['two\nlines\r', 'two\\nlines\\r'],
    ['a\\b', 'a\\b'],
    ['a\\\nb', 'a\\\\\\nb'],
    ['\u001b[0m', '\\u001b[0m'],
    ['', ''],
  ])('recognizes %j as the client prints it', (value, printed) => {
    const log = new PodLog(sha256(value));
    log.addLine(`Secret value: ${printed}`);
    expect(log.verified).toBe(true);
  });

  it('masks other values too, unless the mask makes the log unreadable', () => {
    const log = new PodLog(sha256('correct horse'));
    log.addLine('Secret value: an earlier secret');
    log.addLine('Secret value: true');
    expect(masked).toEqual(['an earlier secret']);
    expect(log.values).toBe(2);
    expect(log.lines).toEqual(['Secret value: ***', 'Secret value: ***']);
  });

  it.each(['a', '1', 'true', 'seven77'])(
    'does not mask the short expected value %j in the whole log',
    value => {
      const log = new PodLog(sha256(value));
      expect(log.addLine(`Secret value: ${value}`)).toBe('Secret value: ***');
      expect(log.verified).toBe(true);
      expect(masked).toEqual([]);
    },
  );

  it('removes the expected value from long lines, which are cut before the runner masks them', () => {
    const log = new PodLog(sha256('correct horse'));
    log.addLine('Secret value: correct horse');
    expect(log.addLine(`${'x'.repeat(4090)}correct horse`)).toBe(`${'x'.repeat(4090)}***`);
  });

  it('keeps the beginning of a long line', () => {
    const log = new PodLog(sha256('x'));
    log.addLine('y'.repeat(200_000));
    expect(log.lines[0]!.length).toBeLessThan(20_000);
  });

  it('keeps a limited number of lines and masks', () => {
    const log = new PodLog(sha256('x'));
    for (let index = 0; index < 1000; index++) log.addLine(`Secret value: a value with the number ${index}`);
    expect(masked.length).toBeLessThanOrEqual(50);
    expect(log.lines.length).toBeLessThanOrEqual(200);
  });
});
