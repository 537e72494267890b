import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Request as FetchRequest, Response } from 'undici';
import { json, type Service } from '../../http/service.ts';
import type { ImageConfig } from '../../kubernetes/node/runtime.ts';
import type { Network } from '../../network.ts';
import { packLayer } from '../../oci/layers.ts';

/** Without sockets. */
export function createTestNetwork(find: (host: string) => Service | undefined): Pick<Network, 'fetch'> {
  return {
    fetch: async (address, init = {}) => {
      const { signal, ...rest } = init;
      const url = new URL(String(address));
      const service = find(url.hostname);
      if (service === undefined) throw new TypeError('fetch failed', { cause: new Error('Forbidden') });
      const asked = new FetchRequest(url, rest);
      const reply = await service({
        method: asked.method,
        url,
        headers: Object.fromEntries(asked.headers),
        body: Buffer.from(await asked.arrayBuffer()),
        signal: signal ?? new AbortController().signal,
      });
      const headers = Object.entries(reply.headers ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      );
      const { body } = reply;
      const stream = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
      return new Response(stream ? body : readable(body, signal ?? undefined), {
        status: reply.status,
        headers,
      });
    },
  };
}

function readable(chunks: AsyncIterable<string | Uint8Array>, signal?: AbortSignal): ReadableStream {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    start(controller) {
      signal?.addEventListener('abort', () => {
        controller.error(signal.reason);
        void iterator.return?.();
      });
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (signal?.aborted) return;
      if (done) controller.close();
      else controller.enqueue(typeof value === 'string' ? Buffer.from(value) : value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** Anonymous pull: one repository per image, tag `1`. */
export function createOpenRegistry(
  images: Record<string, { files: Record<string, string>; config: ImageConfig }>,
): Service {
  const contents = new Map<string, Buffer>();
  const add = (content: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    contents.set(digest, content);
    return { digest, size: content.length, mediaType: 'application/octet-stream' };
  };
  const tags = new Map<string, string>();
  for (const [repository, { files, config }] of Object.entries(images)) {
    const entries = Object.entries(files).map(([path, text]) => {
      const content = Buffer.from(text);
      return [path, { type: 'File', mode: 0o644, uid: 0, gid: 0, content }] as const;
    });
    const manifest = {
      config: add(Buffer.from(JSON.stringify({ config }))),
      layers: [add(gzipSync(packLayer(new Map(entries))))],
    };
    tags.set(repository, add(Buffer.from(JSON.stringify(manifest))).digest);
  }
  return ({ url }) => {
    const [, repository = '', reference = ''] =
      /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
    const content = contents.get(reference === '1' ? (tags.get(repository) ?? '') : reference);
    return content === undefined ? json(404, { errors: [] }) : { status: 200, body: content };
  };
}
