import { expect, test } from 'vitest';
import { quote } from './quote.ts';

test.each([
  ['wilab', '"wilab"'],
  ['', '""'],
  ['trailing ', '"trailing "'],
  ['a "word"', String.raw`"a \"word\""`],
  ['one\r\ntwo', String.raw`"one\r\ntwo"`],
  ['bell\u0007', String.raw`"bell\u0007"`],
  ['zero\u200bwidth', String.raw`"zero\u200bwidth"`],
  ['right\u202eto left', String.raw`"right\u202eto left"`],
  ['delete\u007f', String.raw`"delete\u007f"`],
  ['é', '"é"'],
])('quotes %j and makes invisible characters visible', (value, quoted) => {
  expect(quote(value)).toBe(quoted);
});

test('cuts a long value and adds its length', () => {
  expect(quote('x'.repeat(512))).toBe(`"${'x'.repeat(512)}"`);
  expect(quote('x'.repeat(513))).toBe(`"${'x'.repeat(512)}…" (513 characters)`);
});
