import { describe, expect, test } from 'vitest';
import type { Fields } from '../fields.ts';
import { schemaName, schemas } from '../schemas.ts';
import { jsonPatch } from './json.ts';
import { mergePatch } from './merge.ts';
import { goValue, strategicMergePatch } from './strategic.ts';

const podSchema = schemas[schemaName('v1', 'Pod')!]!;
const strategic = (object: Fields, patch: Fields) => strategicMergePatch(object, patch, podSchema);

describe('strategic merge patch', () => {
  const containers = [
    { name: 'a', image: 'a:1', command: ['x', 'y'] },
    { name: 'b', image: 'b:1' },
  ];
  const cases: [what: string, object: Fields, patch: Fields, result: Fields][] = [
    [
      'merges maps, and deletes null values',
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: null, c: '3' } } },
      { metadata: { labels: { b: '2', c: '3' } } },
    ],
    [
      'merges lists by their merge key',
      { spec: { containers } },
      { spec: { containers: [{ name: 'b', image: 'b:2' }, { name: 'c' }] } },
      { spec: { containers: [containers[0], { name: 'b', image: 'b:2' }, { name: 'c' }] } },
    ],
    [
      'replaces lists without a merge key',
      { spec: { containers } },
      { spec: { containers: [{ name: 'a', command: ['z'] }] } },
      { spec: { containers: [{ name: 'a', image: 'a:1', command: ['z'] }, containers[1]] } },
    ],
    [
      'replaces tolerations, which have no merge key',
      { spec: { tolerations: [{ key: 'a' }] } },
      { spec: { tolerations: [{ key: 'b' }] } },
      { spec: { tolerations: [{ key: 'b' }] } },
    ],
    [
      'deletes an item',
      { spec: { containers } },
      { spec: { containers: [{ name: 'a', $patch: 'delete' }] } },
      { spec: { containers: [containers[1]] } },
    ],
    [
      'replaces a list',
      { spec: { containers } },
      { spec: { containers: [{ $patch: 'replace' }, { name: 'c' }] } },
      { spec: { containers: [{ name: 'c' }] } },
    ],
    [
      'replaces a map',
      { spec: { nodeSelector: { a: '1' } } },
      { spec: { nodeSelector: { $patch: 'replace', b: '2' } } },
      { spec: { nodeSelector: { b: '2' } } },
    ],
    [
      'deletes a map',
      { spec: { nodeSelector: { a: '1' } } },
      { spec: { nodeSelector: { $patch: 'delete' } } },
      { spec: { nodeSelector: {} } },
    ],
    [
      'merges sets of values',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['b', 'c'] } },
      { metadata: { finalizers: ['a', 'b', 'c'] } },
    ],
    [
      'removes values from a set',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'applies an order',
      { spec: { containers } },
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
          containers: [{ name: 'c' }],
        },
      },
      { spec: { containers: [{ name: 'c' }, containers[1], containers[0]] } },
    ],
    [
      'reorders if the patch has only an order',
      { spec: { containers } },
      { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
      { spec: { containers: [containers[1], containers[0]] } },
    ],
    [
      'removes keys that are not retained',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
      { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] } },
      { spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } },
    ],
  ];
  test.each(cases)('%s', (_, object, patch, result) => {
    const before = structuredClone(object);
    expect(strategic(object, patch)).toEqual(result);
    expect(object).toEqual(before);
  });

  test('rejects an item without its merge key, as Kubernetes does', () => {
    const patch = { spec: { containers: [{ image: 'x' }] } };
    expect(() => strategic({ spec: { containers } }, patch)).toThrow(
      expect.objectContaining({
        status: expect.objectContaining({
          code: 500,
          message: 'map: map[image:x] does not contain declared merge key: name',
        }),
      }),
    );
  });
});

describe('JSON merge patch', () => {
  // The examples of RFC 7386, appendix A.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 'foo' }, 'bar', 'bar'],
  ])('%j with %j', (target, patch, result) => expect(mergePatch(target, patch)).toEqual(result));
});

describe('JSON patch', () => {
  test('is applied to a copy', () => {
    const object = { a: { b: 1 } };
    expect(jsonPatch(object, [{ op: 'replace', path: '/a/b', value: 2 }])).toEqual({ a: { b: 2 } });
    expect(object).toEqual({ a: { b: 1 } });
  });
  test.each([
    [[{ op: 'test', path: '/a', value: 2 }], 422],
    [[{ op: 'remove', path: '/missing' }], 422],
    [{ op: 'remove' }, 400],
  ])('%j is rejected', (patch, code) => {
    expect(() => jsonPatch({ a: 1 }, patch)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code }) }),
    );
  });
});

test("formats values like Go's %v", () => {
  expect(goValue({ b: ['x', 1], a: null })).toBe('map[a:<nil> b:[x 1]]');
});
