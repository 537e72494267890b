import { describe, expect, it } from 'vitest';
import { Masks } from './masks.ts';

function masksOf(...values: string[]): Masks {
  const masks = new Masks();
  for (const value of values) masks.add(value);
  return masks;
}

describe('masks', () => {
  it('hides every occurrence, and nothing else', () => {
    expect(masksOf('s3cret').mask('a s3cret, S3CRET, s3cret')).toBe('a ***, S3CRET, ***');
    expect(masksOf('s3cret').hides('no secret here')).toBe(false);
  });

  it('hides overlapping and adjacent values as one', () => {
    expect(masksOf('abcd', 'cdef').mask('xabcdefx')).toBe('x***x');
    expect(masksOf('ab', 'cd').mask('abcd')).toBe('***');
  });

  it('hides a multi-line value completely and by line', () => {
    const masks = masksOf('first\n  second\n');
    expect(masks.mask('first')).toBe('***');
    expect(masks.mask('the second one')).toBe('the *** one');
  });

  it.each([
    ['base64', Buffer.from('{"k":"top-secret"}').toString('base64')],
    ['base64 of a text that contains it', Buffer.from('xtop-secret').toString('base64')],
  ])('hides the value in %s', (_form, text) => {
    const masks = masksOf('top-secret', '{"k":"top-secret"}');
    expect(masks.mask(text)).toContain('***');
  });

  it('hides the value in JSON and in a URL', () => {
    expect(masksOf('a"b c').mask('{"x":"a\\"b c"}')).toBe('{"x":"***"}');
    expect(masksOf('a b&c').mask('?q=a%20b%26c')).toBe('?q=***');
  });

  it('does not hide white space', () => {
    expect(masksOf(' ', '\n').mask('a b')).toBe('a b');
  });
});
