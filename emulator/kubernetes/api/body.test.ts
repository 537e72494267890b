import { describe, expect, test } from 'vitest';
import { duplicateFields, type FieldValidation, readObject } from './body.ts';
import { decode, schemaName } from './schemas.ts';

function read(body: string, validation: FieldValidation = 'Strict', type?: string) {
  const request = {
    method: 'POST',
    url: new URL('https://cluster.test/'),
    headers: type ? { 'content-type': type } : {},
    body: Buffer.from(body),
    signal: new AbortController().signal,
  };
  return readObject(request, { apiVersion: 'v1', kind: 'ConfigMap' }, validation);
}

describe('field validation', () => {
  const body = '{"metadata":{"name":"a","nope":1},"data":{"a":"1","a":"2"},"foo":{}}';
  const problems = ['duplicate field "data.a"', 'unknown field "metadata.nope"', 'unknown field "foo"'];

  test('Strict rejects unknown and duplicate fields', () => {
    expect(() => read(body)).toThrow(
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${problems.join(', ')}`,
    );
  });
  test('Warn warns about them and removes them', () => {
    const { object, warnings } = read(body, 'Warn');
    expect(warnings).toEqual(problems);
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { a: '2' },
    });
  });
  test('Ignore returns no warnings', () => expect(read(body, 'Ignore').warnings).toEqual([]));
});

describe('bodies', () => {
  test('can be YAML', () =>
    expect(read('data:\n  a: b\n', 'Strict', 'application/yaml').object.data).toEqual({ a: 'b' }));
  test.each([
    ['not JSON', '{', undefined, 400, /json parse error/],
    ['no object', '[]', undefined, 400, /unrecognized/],
    ['another kind', '{"kind":"Pod","apiVersion":"v1"}', undefined, 400, /cannot be handled as a ConfigMap/],
    [
      'another media type',
      'x',
      'text/plain',
      415,
      /unknown format - accepted media types include: application\/json/,
    ],
  ])('%s is rejected', (_, body, type, code, message) => {
    expect(() => read(body, 'Strict', type)).toThrow(
      expect.objectContaining({
        status: expect.objectContaining({ code, message: expect.stringMatching(message) }),
      }),
    );
  });
});

test.each([
  ['{"a":1,"b":{"a":2}}', []],
  ['{"a":[{"b":1},{"b":1,"b":2}],"a":"{\\"x\\":1,\\"x\\":2}"}', ['a[1].b', 'a']],
  ['{"a":"b","c":"a"}', []],
])('finds the duplicate fields of %s', (json, paths) => expect(duplicateFields(json)).toEqual(paths));

describe('types', () => {
  test.each([
    [
      'ConfigMap',
      { data: { a: 1 } },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'Pod',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'Pod',
      { spec: { containers: [{ env: [{ value: 1 }] }] } },
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      'Pod',
      { spec: { hostNetwork: 'yes' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [
      'Pod',
      { spec: { activeDeadlineSeconds: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64',
    ],
  ])('%s %j', (kind, object, message) => {
    expect(() => decode(schemaName('v1', kind)!, object)).toThrow(message);
  });

  test('removes nulls, converts quantities to strings, accepts names of ports', () => {
    const container = {
      name: 'a',
      resources: { limits: { cpu: 1 } },
      livenessProbe: { httpGet: { port: 'http' } },
      command: null,
    };
    const { value } = decode(schemaName('v1', 'Pod')!, { spec: { containers: [container] } });
    expect(value).toEqual({
      spec: {
        containers: [
          { name: 'a', resources: { limits: { cpu: '1' } }, livenessProbe: { httpGet: { port: 'http' } } },
        ],
      },
    });
  });
});
