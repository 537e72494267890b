import { expect, test } from 'vitest';
import { isOlder } from './versions.ts';

test.each([
  ['2.60.9', true],
  ['2.61.0', false],
  ['2.61', false],
  ['2.100.0', false],
  ['3.0', false],
])('compares %s with 2.61.0: %s', (version, expected) => {
  expect(isOlder(version, '2.61.0')).toBe(expected);
});
