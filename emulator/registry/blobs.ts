import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Reply, Request, Service } from '../http/service.ts';
import { wholeSeconds } from '../timestamps.ts';

export type Permission = 'read' | 'write';

const letters = { read: 'r', write: 'cw' } as const;

const account = 'eusmanaged1';

/** A log is an append blob. Every append adds a block. */
export class Blob {
  readonly type: 'BlockBlob' | 'AppendBlob';
  readonly #created = new Date();
  #content: Buffer;
  #blocks = 0;
  #lastModified = this.#created;
  #etag = newEtag();
  #metadata: Readonly<Record<string, string>> = {};

  constructor(type: Blob['type'], content: Buffer = Buffer.alloc(0)) {
    this.type = type;
    this.#content = content;
  }

  get content(): Buffer {
    return this.#content;
  }

  append(text: string): void {
    this.#content = Buffer.concat([this.#content, Buffer.from(text)]);
    this.#blocks += 1;
    this.#touch();
  }

  set metadata(metadata: Readonly<Record<string, string>>) {
    this.#metadata = metadata;
    this.#touch();
  }

  get headers(): Record<string, string> {
    return {
      ...this.identity,
      'accept-ranges': 'bytes',
      'content-type': this.type === 'AppendBlob' ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'x-ms-blob-type': this.type,
      ...(this.type === 'AppendBlob' && { 'x-ms-blob-committed-block-count': String(this.#blocks) }),
      'x-ms-creation-time': this.#created.toUTCString(),
      'x-ms-lease-state': 'available',
      'x-ms-lease-status': 'unlocked',
      'x-ms-server-encrypted': 'true',
      ...Object.fromEntries(
        Object.entries(this.#metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]),
      ),
    };
  }

  get identity(): Record<string, string> {
    return { etag: this.#etag, 'last-modified': this.#lastModified.toUTCString() };
  }

  #touch(): void {
    this.#lastModified = new Date();
    this.#etag = newEtag();
  }
}

/** By path (`container/name`). */
export class BlobStore {
  readonly #blobs = new Map<string, Blob>();
  readonly #key = randomBytes(32);
  readonly #suffix: string;

  /** @param suffix `core.windows.net` */
  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  get(path: string): Blob | undefined {
    return this.#blobs.get(path);
  }

  put(path: string, blob: Blob): Blob {
    this.#blobs.set(path, blob);
    return blob;
  }

  removeContainer(container: string): void {
    for (const path of [...this.#blobs.keys()])
      if (path.startsWith(`${container}/`)) this.#blobs.delete(path);
  }

  /** Valid for an hour. */
  signedUrl(path: string, permission: Permission): string {
    const expiry = wholeSeconds(new Date(Date.now() + 3_600_000));
    const query = new URLSearchParams({
      sv: '2023-11-03',
      se: expiry,
      sr: 'b',
      sp: letters[permission],
      sig: this.#sign(path, letters[permission], expiry),
    });
    return `https://${account}.blob.${this.#suffix}/${path}?${query}`;
  }

  isSigned({ pathname, searchParams }: URL, permission: Permission): boolean {
    const [permissions, expiry, signature] = ['sp', 'se', 'sig'].map(name => searchParams.get(name) ?? '');
    const given = Buffer.from(signature!);
    const expected = Buffer.from(this.#sign(pathname.slice(1), permissions!, expiry!));
    return (
      given.length === expected.length &&
      timingSafeEqual(given, expected) &&
      permissions === letters[permission] &&
      Date.parse(expiry!) > Date.now()
    );
  }

  #sign(path: string, permissions: string, expiry: string): string {
    return createHmac('sha256', this.#key).update(`${permissions}\n${expiry}\n${path}`).digest('base64');
  }
}

/**
 * What clients of registries use.
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export function createBlobService(blobs: BlobStore): Service {
  return request => {
    const reply = answer(blobs, request);
    return {
      ...reply,
      headers: {
        'x-ms-request-id': randomUUID(),
        'x-ms-version': header(request, 'x-ms-version') ?? '2023-11-03',
        ...reply.headers,
      },
    };
  };
}

function answer(blobs: BlobStore, request: Request): Reply {
  const { method, url } = request;
  const permission = method === 'PUT' ? 'write' : 'read';
  if (!blobs.isSigned(url, permission)) {
    return failure(
      request,
      403,
      'AuthenticationFailed',
      'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    );
  }
  if (method === 'PUT') return put(blobs, request);
  if (method !== 'GET' && method !== 'HEAD') {
    return failure(
      request,
      405,
      'UnsupportedHttpVerb',
      'The resource does not support the specified HTTP verb.',
    );
  }
  const blob = blobs.get(url.pathname.slice(1));
  if (!blob) return failure(request, 404, 'BlobNotFound', 'The specified blob does not exist.');
  if (method === 'HEAD') {
    return { status: 200, headers: { ...blob.headers, 'content-length': String(blob.content.length) } };
  }
  return get(blob, request);
}

function put(blobs: BlobStore, request: Request): Reply {
  if (request.url.searchParams.has('comp') || header(request, 'x-ms-blob-type') !== 'BlockBlob') {
    return failure(request, 501, 'NotImplemented', 'The emulator accepts a block blob only in one request.');
  }
  const blob = blobs.put(request.url.pathname.slice(1), new Blob('BlockBlob', request.body));
  return { status: 201, headers: { ...blob.identity, 'x-ms-request-server-encrypted': 'true' } };
}

function get(blob: Blob, request: Request): Reply {
  const range = /^bytes=(\d+)-(\d*)$/.exec(header(request, 'x-ms-range') ?? header(request, 'range') ?? '');
  if (!range) return { status: 200, headers: blob.headers, body: blob.content };
  const { length } = blob.content;
  const first = Number(range[1]);
  if (first >= length) {
    const message = 'The range specified is invalid for the current size of the resource.';
    return failure(request, 416, 'InvalidRange', message, { 'content-range': `bytes */${length}` });
  }
  const last = Math.min(range[2] ? Number(range[2]) : length - 1, length - 1);
  return {
    status: 206,
    headers: { ...blob.headers, 'content-range': `bytes ${first}-${last}/${length}` },
    body: blob.content.subarray(first, last + 1),
  };
}

function failure(
  { method }: Request,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  const body = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}\nTime:${new Date().toISOString()}</Message></Error>`;
  return {
    status,
    headers: { 'x-ms-error-code': code, 'content-type': 'application/xml', ...headers },
    ...(method !== 'HEAD' && { body }),
  };
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function newEtag(): string {
  return `"0x${randomBytes(8).toString('hex').toUpperCase()}"`;
}
