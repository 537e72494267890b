import fc from 'fast-check';
import type { Tokens } from './azure-fixture.ts';
import type { SampleRequest } from './sample-request.ts';

/** Sent without correction. */
export interface MalformedRequest {
  readonly sample: SampleRequest;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly token: Credential;
  /** False if `content-length` is wrong. No other request can follow. */
  readonly wellFramed: boolean;
}

export type Credential = keyof Tokens | 'none' | 'garbage' | 'forged';

const methods = [
  'GET',
  'HEAD',
  'PUT',
  'POST',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'NOPE',
];

const unexpectedValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '😀',
    '../..',
    '__proto__',
    'constructor',
    'toString',
    '%00',
    '${x}',
    "'",
    [],
    {},
    [null],
    [[]],
    [{}],
    { '': '' },
    { constructor: { prototype: 1 } },
    'x'.repeat(70_000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Valid and invalid. */
const segment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%2f',
    '%5c',
    '%0d%0a',
    '%20',
    '%F0%9F%98%80',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '*',
    '{}',
    "'",
    '"',
    '<script>',
    ';',
    '@',
    ':',
    '$batch',
    '-1',
    '99999999999999999999',
    'a'.repeat(300),
    'a'.repeat(9_000),
    'a/'.repeat(3_000),
    '/'.repeat(6_000),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => encodeURIComponent(text.toWellFormed())),
  fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
    .map(text => text.replace(/[\s#?]/g, '_')),
);

const headerName = fc.constantFrom(
  'accept',
  'authorization',
  'client-request-id',
  'connection',
  'content-encoding',
  'content-type',
  'cookie',
  'expect',
  'host',
  'if-match',
  'impersonate-group',
  'impersonate-user',
  'origin',
  'range',
  'te',
  'upgrade',
  'x-http-method-override',
  'x-ms-blob-type',
  'x-ms-client-request-id',
  'x-ms-correlation-request-id',
  'x-ms-range',
  'x-ms-return-client-request-id',
  'x-ms-version',
  'constructor',
  '__proto__',
);

const headerValue = fc.oneof(
  fc.constantFrom(
    '',
    'true',
    '*/*',
    'close',
    'websocket',
    'h2c',
    '100-continue',
    '200-maybe',
    'gzip',
    'trailers',
    'bytes=5-1',
    'bytes=0-99999999999999999999',
    'application/json;as=Table;g=meta.k8s.io;v=v1',
    'application/vnd.kubernetes.protobuf',
    'application/yaml',
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'Basic AAAA',
    'Basic Og==',
    'Bearer',
    'Bearer  ',
    'Bearer a.b.c',
    'Bearer e30.e30.',
    'system:serviceaccount:fuzz:fuzz',
    'system:masters',
    'BlockBlob',
    '\u00e9\u00ff',
    '\u007f',
    'x'.repeat(8_000),
  ),
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)),
    maxLength: 30,
  }),
);

const credential = fc.constantFrom<Credential>(
  'arm',
  'vault',
  'graph',
  'reader',
  'cluster',
  'registry',
  'none',
  'garbage',
  'forged',
);

type Change = (request: MalformedRequest) => MalformedRequest;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...methods).map(
    (method): Change =>
      request => ({ ...request, method }),
  ),
  credential.map(
    (token): Change =>
      request => ({ ...request, token }),
  ),
  fc.tuple(fc.nat(), segment).map(
    ([at, text]): Change =>
      request => ({ ...request, path: replaceSegment(request.path, at, text) }),
  ),
  fc.tuple(fc.nat(), segment).map(
    ([at, text]): Change =>
      request => ({ ...request, path: replaceParameter(request.path, at, text) }),
  ),
  fc.constantFrom('api-version=1999-01-01', 'api-version=', 'api-version=x&api-version=y', '').map(
    (version): Change =>
      request => ({ ...request, path: request.path.replace(/api-version=[^&]*/, version) }),
  ),
  fc.tuple(headerName, headerValue).map(
    ([name, value]): Change =>
      request =>
        withHeader(request, name, value),
  ),
  fc.integer({ min: 50, max: 3000 }).map(
    (count): Change =>
      request => ({
        ...request,
        headers: [...request.headers, ...Array.from({ length: count }, (_, n) => [`x-${n}`, 'y'] as const)],
      }),
  ),
  // Three times as likely.
  ...[1, 2, 3].map(() =>
    fc.tuple(fc.nat(), unexpectedValue).map(
      ([at, value]): Change =>
        request => ({ ...request, body: replaceDeep(request, at, value) }),
    ),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('', 'name', '__proto__', 'constructor', '$patch', 'toString')).map(
    ([at, name]): Change =>
      request => ({ ...request, body: renameDeep(request, at, name) }),
  ),
  fc.nat().map(
    (at): Change =>
      request => ({ ...request, body: request.body.subarray(0, at % (request.body.length + 1)) }),
  ),
  fc.uint8Array({ maxLength: 60 }).map(
    (bytes): Change =>
      request => ({ ...request, body: Buffer.from(bytes) }),
  ),
  fc.constantFrom('[', '{"a":', '"', '[{"a":', '{"metadata":', '- ').map(
    (open): Change =>
      request => ({ ...request, body: Buffer.from(open.repeat(20_000)) }),
  ),
  fc.constantFrom(100, 5_000, 20_000).map(
    (depth): Change =>
      request => ({ ...request, body: Buffer.from(nested(request, depth)) }),
  ),
  fc
    .tuple(
      fc.constantFrom('content-length', 'transfer-encoding'),
      fc.constantFrom(
        '-1',
        '0',
        '1',
        'x',
        '1e3',
        '9999999999',
        '18446744073709551616',
        'chunked',
        'identity',
        'chunked, chunked',
      ),
    )
    .map(
      ([name, value]): Change =>
        request => ({ ...withHeader(request, name, value), wellFramed: false }),
    ),
);

/** Up to three mutations. */
export function malformedRequests(samples: readonly SampleRequest[]): fc.Arbitrary<MalformedRequest> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 0, maxLength: 3 }))
    .map(([sample, changes]) => changes.reduce((request, next) => next(request), asItIs(sample)))
    .map(request => (request.sample.onlyRead ? { ...request, method: request.sample.method } : request));
}

/** Header values are Latin-1. */
export function bytesOf(request: MalformedRequest, tokens: Tokens): Buffer {
  const { sample, method, path, headers, body, token, wellFramed } = request;
  const bearer = { none: undefined, garbage: 'not.a.token', forged: forged(tokens.vault), ...tokens }[token];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(headers.some(([name]) => name === 'host') ? [] : [`host: ${sample.host}`]),
    ...(bearer === undefined || headers.some(([name]) => name === 'authorization')
      ? []
      : [`authorization: Bearer ${bearer}`]),
    ...(headers.some(([name]) => name === 'user-agent') ? [] : ['user-agent: fuzz']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(wellFramed ? [`content-length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** Keeps the signature. */
function forged(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const changed = { ...claims, oid: '11111111-2222-3333-4444-555555555555' };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

function asItIs(sample: SampleRequest): MalformedRequest {
  const { method, path, token = 'none', contentType, body } = sample;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = contentType ? [['content-type', contentType] as const] : [];
  return { sample, method, path, headers, body: Buffer.from(text), token, wellFramed: true };
}

function withHeader(request: MalformedRequest, name: string, value: string): MalformedRequest {
  return { ...request, headers: [...request.headers.filter(([other]) => other !== name), [name, value]] };
}

function replaceSegment(path: string, at: number, text: string): string {
  const [place = '', query] = path.split('?');
  const segments = place.split('/');
  segments[1 + (at % Math.max(1, segments.length - 1))] = text;
  return query === undefined ? segments.join('/') : `${segments.join('/')}?${query}`;
}

function replaceParameter(path: string, at: number, text: string): string {
  const [place = '', query = ''] = path.split('?');
  const parameters = query.split('&');
  const chosen = at % parameters.length;
  parameters[chosen] = `${parameters[chosen]!.split('=')[0]}=${text}`;
  return `${place}?${parameters.join('&')}`;
}

function places(value: unknown): [holder: Record<string, unknown>, name: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap(name => [
    [holder, name] as [Record<string, unknown>, string],
    ...places(holder[name]),
  ]);
}

function replaceDeep({ body }: MalformedRequest, at: number, value: unknown): Buffer {
  return editDeep(body, at, (holder, name) => {
    holder[name] = value;
  });
}

function renameDeep({ body }: MalformedRequest, at: number, name: string): Buffer {
  return editDeep(body, at, (holder, old) => {
    Object.defineProperty(holder, name, {
      value: holder[old],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  });
}

function editDeep(
  body: Buffer,
  at: number,
  edit: (holder: Record<string, unknown>, name: string) => void,
): Buffer {
  const text = body.toString('utf8');
  // This function could not walk it either.
  if (text.includes('{"a":'.repeat(50))) return body;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return body;
  }
  // Includes the body itself.
  const root = { body: value };
  const all = places(root);
  const [holder, name] = all[at % all.length]!;
  edit(holder, name);
  return Buffer.from(JSON.stringify(root.body) ?? '');
}

function nested({ body }: MalformedRequest, depth: number): string {
  const deep = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
  const text = body.toString('utf8');
  return text.startsWith('{') && text.length > 2 ? `{"deep":${deep},${text.slice(1)}` : deep;
}
