import { randomUUID } from 'node:crypto';
import { json, type Reply } from '../http/service.ts';
import { type Descriptor, digestOf, type ImageManifest, isDigest, mediaTypes } from '../oci/manifests.ts';
import { Blob } from './blobs.ts';
import { disallowed, manifestUnknown, nameUnknown, RegistryError } from './errors.ts';
import type { Repository } from './images.ts';
import type { Registry } from './registries.ts';
import { type Call, pageOf, type Route } from './routing.ts';

const repository = '([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)';
const manifests = new RegExp(`^/v2/${repository}/manifests/([^/]+)$`);
const blobs = new RegExp(`^/v2/${repository}/blobs/(sha256:[0-9a-f]{64})$`);
const uploads = new RegExp(`^/v2/${repository}/blobs/uploads/?$`);
const upload = new RegExp(`^/v2/${repository}/blobs/uploads/([0-9a-f-]{36})$`);

/** Uploads of blobs that are under way, by the registry they go to and their id. */
const sessions = new WeakMap<Registry, Map<string, Buffer>>();

/**
 * The distribution API: pulling and pushing images.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export const distributionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/v2\/_catalog$/,
    handle: call => {
      call.require('registry', 'catalog', '*');
      const { page, headers } = pageOf(call, call.registry.images.all(), ({ name }) => name);
      return json(200, { repositories: page.map(({ name }) => name) }, headers);
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/v2/${repository}/tags/list$`),
    handle: (call, name) => {
      call.require('repository', name, 'pull');
      const { page, headers } = pageOf(call, find(call, name).tags(), tag => tag.name);
      return json(200, { name, tags: page.map(tag => tag.name) }, headers);
    },
  },
  { method: 'GET', path: manifests, handle: (call, name, reference) => getManifest(call, name, reference) },
  {
    method: 'HEAD',
    path: manifests,
    handle: (call, name, reference) => {
      const { body, ...reply } = getManifest(call, name, reference);
      return { ...reply, headers: { ...reply.headers, 'content-length': String(body?.length) } };
    },
  },
  { method: 'PUT', path: manifests, handle: putManifest },
  {
    method: 'DELETE',
    path: manifests,
    handle: (call, name, reference) => {
      call.require('repository', name, 'delete');
      const manifest = call.registry.images.find(name)?.manifest(reference);
      if (!manifest) throw manifestUnknown(name, reference);
      find(call, name).removeManifest(manifest.digest);
      return { status: 202 };
    },
  },
  {
    method: 'GET',
    path: blobs,
    handle: (call, name, digest) => {
      const content = getBlob(call, name, digest);
      // A registry sends its clients to its storage account for the content itself.
      const path = `${call.registry.container}/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
      if (!call.blobs.get(path)) call.blobs.put(path, new Blob('BlockBlob', content));
      return { status: 307, headers: { location: call.blobs.signedUrl(path, 'read') } };
    },
  },
  {
    method: 'HEAD',
    path: blobs,
    handle: (call, name, digest) => ({
      status: 200,
      headers: {
        'content-length': String(getBlob(call, name, digest).length),
        'content-type': 'application/octet-stream',
        'docker-content-digest': digest,
      },
    }),
  },
  { method: 'POST', path: uploads, handle: startUpload },
  {
    method: 'PATCH',
    path: upload,
    handle: (call, name, id) => {
      const content = Buffer.concat([openUpload(call, name, id), call.request.body]);
      sessionsOf(call).set(id, content);
      return uploadStatus(202, name, id, content);
    },
  },
  {
    method: 'GET',
    path: upload,
    handle: (call, name, id) => uploadStatus(204, name, id, openUpload(call, name, id)),
  },
  {
    method: 'PUT',
    path: upload,
    handle: (call, name, id) => {
      const content = Buffer.concat([openUpload(call, name, id), call.request.body]);
      sessionsOf(call).delete(id);
      return finishUpload(call, name, content);
    },
  },
  {
    method: 'DELETE',
    path: upload,
    handle: (call, name, id) => {
      openUpload(call, name, id);
      sessionsOf(call).delete(id);
      return { status: 204 };
    },
  },
];

function find(call: Call, name: string): Repository {
  const found = call.registry.images.find(name);
  if (!found) throw nameUnknown(name);
  return found;
}

function getManifest(call: Call, name: string, reference: string): Reply & { body?: Buffer } {
  call.require('repository', name, 'pull');
  const manifest = call.registry.images.find(name)?.manifest(reference);
  if (!manifest) throw manifestUnknown(name, reference);
  const { digest, mediaType, bytes } = manifest;
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'docker-content-digest': digest, etag: `"${digest}"` },
    body: bytes,
  };
}

function putManifest(call: Call, name: string, reference: string): Reply {
  call.require('repository', name, 'push');
  const { body, headers } = call.request;
  const manifest = parseManifest(body);
  const target = find(call, name);
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    if (target.blob(digest)) continue;
    throw new RegistryError(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { detail: { digest } });
  }
  const mediaType = headers['content-type'] ?? manifest.mediaType ?? mediaTypes.ociManifest;
  if (isDigest(reference) && reference !== digestOf(body)) throw digestInvalid();
  if (target.isLocked(reference)) throw disallowed();
  const { digest } = target.addManifest(body, mediaType, isDigest(reference) ? undefined : reference);
  return {
    status: 201,
    headers: { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest },
  };
}

/** @throws RegistryError 400 where it is not the manifest of an image */
function parseManifest(body: Buffer): ImageManifest {
  const invalid = new RegistryError(400, 'MANIFEST_INVALID', 'manifest invalid');
  let parsed: Partial<ImageManifest> | null;
  try {
    parsed = JSON.parse(body.toString('utf8')) as Partial<ImageManifest> | null;
  } catch {
    throw invalid;
  }
  const { schemaVersion, config, layers } = parsed ?? {};
  if (schemaVersion !== 2 || !Array.isArray(layers) || ![config, ...layers].every(isDescriptor))
    throw invalid;
  return parsed as ImageManifest;
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, size, mediaType } = value as Partial<Record<keyof Descriptor, unknown>>;
  return (
    typeof digest === 'string' &&
    Number.isSafeInteger(size) &&
    (mediaType === undefined || typeof mediaType === 'string')
  );
}

function getBlob(call: Call, name: string, digest: string): Buffer {
  call.require('repository', name, 'pull');
  const content = call.registry.images.find(name)?.blob(digest);
  if (!content) throw new RegistryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { detail: digest });
  return content;
}

function startUpload(call: Call, name: string): Reply {
  call.require('repository', name, 'push');
  const { searchParams } = call.request.url;
  const mount = searchParams.get('mount');
  const from = searchParams.get('from');
  if (mount && from) {
    const content = getBlob(call, from, mount);
    call.registry.images.obtain(name).addBlob(content);
    return created(name, mount);
  }
  if (searchParams.has('digest')) return finishUpload(call, name, call.request.body);
  const id = randomUUID();
  sessionsOf(call).set(id, Buffer.alloc(0));
  return uploadStatus(202, name, id, Buffer.alloc(0));
}

function openUpload(call: Call, name: string, id: string): Buffer {
  call.require('repository', name, 'push');
  const content = sessionsOf(call).get(id);
  if (!content) throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  return content;
}

function finishUpload(call: Call, name: string, content: Buffer): Reply {
  const digest = call.request.url.searchParams.get('digest');
  if (digest !== digestOf(content)) throw digestInvalid();
  call.registry.images.obtain(name).addBlob(content);
  return created(name, digest);
}

function created(name: string, digest: string): Reply {
  return {
    status: 201,
    headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

function uploadStatus(status: number, name: string, id: string, content: Buffer): Reply {
  return {
    status,
    headers: {
      location: `/v2/${name}/blobs/uploads/${id}`,
      'docker-upload-uuid': id,
      range: `0-${Math.max(content.length - 1, 0)}`,
    },
  };
}

function sessionsOf({ registry }: Call): Map<string, Buffer> {
  const known = sessions.get(registry) ?? new Map<string, Buffer>();
  sessions.set(registry, known);
  return known;
}

function digestInvalid(): RegistryError {
  return new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
}
