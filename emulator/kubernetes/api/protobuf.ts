import { isObject } from '../../http/json.ts';
import type { Fields } from './fields.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** Media type of kubectl's imperative commands. kubectl does not fall back to JSON. */
export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

/** `bytes` are base64 in JSON. An `optionalInteger` can be 0. */
type Type =
  | Message
  | 'string'
  | 'bytes'
  | 'integer'
  | 'optionalInteger'
  | 'boolean'
  | 'stringMap'
  | 'bytesMap';

/** Field number → name and type. `[]` after the name means a list. */
interface Message {
  readonly [number: number]: readonly [name: string, type: Type];
}

const objectMeta: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  8: ['creationTimestamp', {}],
  11: ['labels', 'stringMap'],
  12: ['annotations', 'stringMap'],
};
const container: Message = {
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command[]', 'string'],
  4: ['args[]', 'string'],
  5: ['workingDir', 'string'],
  6: [
    'ports[]',
    {
      1: ['name', 'string'],
      2: ['hostPort', 'integer'],
      3: ['containerPort', 'integer'],
      4: ['protocol', 'string'],
      5: ['hostIP', 'string'],
    },
  ],
  7: ['env[]', { 1: ['name', 'string'], 2: ['value', 'string'] }],
  8: ['resources', {}],
  13: ['terminationMessagePath', 'string'],
  14: ['imagePullPolicy', 'string'],
  20: ['terminationMessagePolicy', 'string'],
};
const podSpec: Message = {
  2: ['containers[]', container],
  3: ['restartPolicy', 'string'],
  6: ['dnsPolicy', 'string'],
  8: ['serviceAccountName', 'string'],
  9: ['serviceAccount', 'string'],
  10: ['nodeName', 'string'],
  11: ['hostNetwork', 'boolean'],
  12: ['hostPID', 'boolean'],
  13: ['hostIPC', 'boolean'],
  16: ['hostname', 'string'],
  17: ['subdomain', 'string'],
  19: ['schedulerName', 'string'],
  24: ['priorityClassName', 'string'],
};
const podTemplate: Message = { 1: ['metadata', objectMeta], 2: ['spec', podSpec] };

/** The kinds and fields that kubectl sends in protobuf. */
const kinds: Readonly<Record<string, Message>> = {
  TokenRequest: {
    1: ['metadata', objectMeta],
    2: [
      'spec',
      {
        1: ['audiences[]', 'string'],
        3: [
          'boundObjectRef',
          { 1: ['kind', 'string'], 2: ['apiVersion', 'string'], 3: ['name', 'string'], 4: ['uid', 'string'] },
        ],
        4: ['expirationSeconds', 'optionalInteger'],
      },
    ],
    3: ['status', { 1: ['token', 'string'], 2: ['expirationTimestamp', {}] }],
  },
  SelfSubjectAccessReview: {
    1: ['metadata', objectMeta],
    2: [
      'spec',
      {
        1: [
          'resourceAttributes',
          {
            1: ['namespace', 'string'],
            2: ['verb', 'string'],
            3: ['group', 'string'],
            4: ['version', 'string'],
            5: ['resource', 'string'],
            6: ['subresource', 'string'],
            7: ['name', 'string'],
          },
        ],
        2: ['nonResourceAttributes', { 1: ['path', 'string'], 2: ['verb', 'string'] }],
      },
    ],
    3: [
      'status',
      {
        1: ['allowed', 'boolean'],
        2: ['reason', 'string'],
        3: ['evaluationError', 'string'],
        4: ['denied', 'boolean'],
      },
    ],
  },
  SelfSubjectRulesReview: {
    1: ['metadata', objectMeta],
    2: ['spec', { 1: ['namespace', 'string'] }],
    3: ['status', { 3: ['incomplete', 'boolean'], 4: ['evaluationError', 'string'] }],
  },
  SelfSubjectReview: {
    1: ['metadata', objectMeta],
    2: ['status', { 1: ['userInfo', { 1: ['username', 'string'], 2: ['uid', 'string'] }] }],
  },
  Namespace: { 1: ['metadata', objectMeta], 2: ['spec', {}], 3: ['status', { 1: ['phase', 'string'] }] },
  ServiceAccount: { 1: ['metadata', objectMeta] },
  ConfigMap: {
    1: ['metadata', objectMeta],
    2: ['data', 'stringMap'],
    3: ['binaryData', 'bytesMap'],
    4: ['immutable', 'boolean'],
  },
  Secret: {
    1: ['metadata', objectMeta],
    2: ['data', 'bytesMap'],
    3: ['type', 'string'],
    4: ['stringData', 'stringMap'],
    5: ['immutable', 'boolean'],
  },
  Deployment: {
    1: ['metadata', objectMeta],
    2: [
      'spec',
      {
        1: ['replicas', 'optionalInteger'],
        2: ['selector', { 1: ['matchLabels', 'stringMap'] }],
        3: ['template', podTemplate],
        4: ['strategy', { 1: ['type', 'string'] }],
        5: ['minReadySeconds', 'integer'],
        7: ['paused', 'boolean'],
      },
    ],
    3: ['status', {}],
  },
  Job: { 1: ['metadata', objectMeta], 2: ['spec', { 6: ['template', podTemplate] }], 3: ['status', {}] },
};

/**
 * Reads an object in Kubernetes' protobuf encoding.
 * @returns the object as in JSON, without zero values
 * @throws StatusError 415 for an unknown kind or field, 400 for invalid bytes
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
export function decodeProtobuf(body: Uint8Array): Fields {
  if (Buffer.from(body.subarray(0, 4)).toString('latin1') !== 'k8s\0') {
    throw badRequest('provided data does not appear to be a protobuf message');
  }
  const unknown: Message = {
    1: ['type', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }],
    2: ['raw', 'bytes'],
    3: ['contentEncoding', 'string'],
    4: ['contentType', 'string'],
  };
  const { type, raw } = readMessage(body.subarray(4), unknown);
  const { apiVersion, kind } = isObject(type) ? type : {};
  const message = kinds[String(kind)];
  if (!message) throw notReadable();
  return { apiVersion, kind, ...readMessage(Buffer.from(String(raw ?? ''), 'base64'), message) };
}

function readMessage(bytes: Uint8Array, message: Message): Fields {
  const result: Fields = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = message[number];
    if (!field) {
      if (isEmpty(value)) continue;
      throw notReadable();
    }
    const [name, type] = field;
    if (name.endsWith('[]')) {
      const list = name.slice(0, -2);
      result[list] = [...((result[list] as unknown[] | undefined) ?? []), readValue(value, type)];
    } else if (type === 'stringMap' || type === 'bytesMap') {
      const entry = readMessage(asBytes(value), {
        1: ['key', 'string'],
        2: ['value', type === 'stringMap' ? 'string' : 'bytes'],
      });
      result[name] = {
        ...(result[name] as Fields | undefined),
        [String(entry.key ?? '')]: entry.value ?? '',
      };
    } else {
      const read = readValue(value, type);
      if (!isZero(read, type)) result[name] = read;
    }
  }
  return result;
}

function readValue(value: bigint | Uint8Array, type: Type): unknown {
  if (type === 'string') return Buffer.from(asBytes(value)).toString('utf8');
  if (type === 'bytes') return Buffer.from(asBytes(value)).toString('base64');
  if (type === 'integer' || type === 'optionalInteger' || type === 'boolean') {
    if (typeof value !== 'bigint') throw badRequest('unexpected wire type');
    return type === 'boolean' ? value !== 0n : Number(BigInt.asIntN(64, value));
  }
  if (typeof type === 'string') throw badRequest('unexpected wire type');
  return readMessage(asBytes(value), type);
}

/** True for the zero value of a type, which Go writes for unset fields. */
function isZero(value: unknown, type: Type): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === '' || value === false || (value === 0 && type !== 'optionalInteger');
}

/** True for the zero value of any type. */
function isEmpty(value: bigint | Uint8Array): boolean {
  if (typeof value === 'bigint') return value === 0n;
  // A message with only empty fields is empty.
  return value.length === 0 || emptyMessage(value);
}

function emptyMessage(bytes: Uint8Array): boolean {
  try {
    return [...wireFields(bytes)].every(({ value }) => isEmpty(value));
  } catch {
    return false;
  }
}

function asBytes(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === 'bigint') throw badRequest('unexpected wire type');
  return value;
}

/** Reads the fields of a message. @see https://protobuf.dev/programming-guides/encoding/ */
function* wireFields(bytes: Uint8Array): Generator<{ number: number; value: bigint | Uint8Array }> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw badRequest('unexpected end of protobuf message');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wireType = tag & 7;
    if (wireType === 0) yield { number: tag >>> 3, value: varint() };
    else {
      const length = wireType === 2 ? Number(varint()) : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
      if (!(at + length <= bytes.length)) throw badRequest('unexpected end of protobuf message');
      yield { number: tag >>> 3, value: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

function notReadable() {
  return unsupportedMediaType(['application/json', 'application/yaml']);
}
