import { describe, expect, test } from 'vitest';
import { compare, compareAddress } from './compare.ts';

const names = { name: 'lab', sub: '5ab00000-0000-4000-8000-000000000001' };

function differences(recorded: unknown, actual: unknown): string[] {
  return compare(recorded, actual, names, 'body').map(({ at }) => at);
}

describe('compare', () => {
  test.each([
    ['string', 'any', 1],
    ['number', 1, '1'],
    ['boolean', false, null],
    ['null', null, 'null'],
    ['guid', '5ab00000-0000-4000-8000-000000000001', '5ab00000'],
    ['date-time', '2026-11-23T16:00:00.1234567Z', '2026-11-23 16:00:00Z'],
    ['date-time', '2026-11-23T16:00:00+00:00', '2026-11-23'],
    ['YYYY-MM-DD HH:MM:SSZ', '2026-11-23 16:00:00Z', '2026-11-23T16:00:00Z'],
    ['uri', 'https://client.example', 'lab'],
    ['number (unix seconds)', 1_700_000_000, 1.5],
    ['base64 string', 'YWI=', 'a b'],
    ['Succeeded', 'Succeeded', 'succeeded'],
    [
      '/subscriptions/{sub}/x/{name}',
      `/subscriptions/${names.sub}/x/lab`,
      `/subscriptions/${names.sub}/x/other`,
    ],
    ['{guid}-{32 hex}', `${names.sub}-${'0'.repeat(32)}`, `${names.sub}-0`],
    [7, 7, 8],
  ])('requires the recorded type or value: %s', (recorded, right, wrong) => {
    expect(differences(recorded, right)).toEqual([]);
    expect(differences(recorded, wrong)).toEqual(['body']);
  });

  test('requires every recorded member and no other', () => {
    expect(differences({ a: { b: 'string' } }, { a: { b: 'x' } })).toEqual([]);
    expect(differences({ a: { b: 'string' } }, { a: {} })).toEqual(['body.a.b']);
    expect(differences({ a: {} }, { a: { b: 'x' } })).toEqual(['body.a.b']);
    expect(differences({ a: {} }, { a: [] })).toEqual(['body.a']);
  });

  test('requires an item in a list for each recorded one', () => {
    const recorded = [{ name: '{name}', state: 'Ready' }];
    expect(differences(recorded, [{ name: 'other' }, { name: 'lab', state: 'Ready' }])).toEqual([]);
    expect(differences(recorded, [{ name: 'other' }, { name: 'lab', state: 'Gone' }])).toEqual([
      'body[].state',
    ]);
    expect(differences(recorded, [])).toEqual(['body[]']);
    expect(differences([], [1])).toEqual(['body']);
    expect(differences(['IPv4'], ['IPv4', 'IPv6'])).toEqual(['body']);
  });
});

test('compareAddress requires the recorded path and parameters, and no others', () => {
  const recorded = 'https://a.example/{name}/{guid}?api-version=1&$skiptoken={opaque}';
  const compared = (actual: string) =>
    compareAddress(recorded, actual, names, 'headers.location').map(({ at }) => at);
  const path = `https://a.example/lab/${names.sub}`;
  expect(compared(`${path}?api-version=1&$skiptoken=abc`)).toEqual([]);
  expect(compared(`${path}?api-version=2&$skiptoken=abc`)).toEqual(['headers.location?api-version']);
  expect(compared(`${path}?api-version=1`)).toEqual(['headers.location?$skiptoken']);
  expect(compared(`${path}?api-version=1&$skiptoken=abc&t=1`)).toEqual(['headers.location?t']);
  expect(compared(`${path}/more?api-version=1&$skiptoken=abc`)).toEqual(['headers.location']);
});
