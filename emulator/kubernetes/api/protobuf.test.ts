import { describe, expect, test } from 'vitest';
import { decodeProtobuf } from './protobuf.ts';

/** A length-delimited field. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function integer(number: number, value: number): Buffer {
  return Buffer.from([number << 3, ...varint(value)]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function object(apiVersion: string, kind: string, ...content: Buffer[]): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, type),
    field(2, Buffer.concat(content)),
    field(3, ''),
    field(4, ''),
  ]);
}

const join = (...parts: Buffer[]) => Buffer.concat(parts);

describe('protobuf bodies of kubectl', () => {
  test('TokenRequest', () => {
    const ref = join(field(1, 'Pod'), field(2, 'v1'), field(3, 'p'), field(4, 'uid-1'));
    const spec = join(field(1, 'a'), field(1, 'b'), field(3, ref), integer(4, 600));
    const body = object(
      'authentication.k8s.io/v1',
      'TokenRequest',
      field(1, field(1, '')),
      field(2, spec),
      field(3, field(1, '')),
    );
    expect(decodeProtobuf(body)).toEqual({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['a', 'b'],
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'uid-1' },
        expirationSeconds: 600,
      },
    });
  });

  test('a Secret with labels, values in base64', () => {
    const label = field(11, join(field(1, 'app'), field(2, 'web')));
    const body = object(
      'v1',
      'Secret',
      field(1, join(field(1, 's'), label)),
      field(2, join(field(1, 'a'), field(2, 'b'))),
      field(3, 'Opaque'),
    );
    expect(decodeProtobuf(body)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', labels: { app: 'web' } },
      data: { a: 'Yg==' },
      type: 'Opaque',
    });
  });

  test('a Deployment without zero values, except replicas', () => {
    const template = field(2, join(field(2, join(field(1, 'c'), field(2, 'i'))), integer(11, 0)));
    const spec = field(2, join(integer(1, 0), field(3, template), integer(5, 0), integer(7, 0)));
    expect(decodeProtobuf(object('apps/v1', 'Deployment', spec)).spec).toEqual({
      replicas: 0,
      template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
    });
  });

  test.each([
    ['an unsupported kind', object('v1', 'Node'), 415],
    ['an unsupported field', object('v1', 'ServiceAccount', field(2, field(1, 'x'))), 415],
    ['something else', Buffer.from('{}'), 400],
    ['a truncated message', object('v1', 'Namespace', field(1, 'abc')).subarray(0, 20), 400],
  ])('%s is rejected', (_, body, code) => {
    expect(() => decodeProtobuf(body)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code }) }),
    );
  });
});
