import { randomUUID } from 'node:crypto';
import { route } from '../http/router.ts';
import { json, type Reply } from '../http/service.ts';
import { type Descriptor, digestOf, type ImageManifest, isDigest, mediaTypes } from '../oci/manifests.ts';
import { Blob } from './blobs.ts';
import { type ContentRequest, pageOf, repositoryParameter } from './content-request.ts';
import { disallowed, manifestUnknown, nameUnknown, RegistryError } from './errors.ts';
import type { Repository } from './images.ts';
import type { Registry } from './registries.ts';

const manifest = `/v2/${repositoryParameter}/manifests/:reference` as const;
const blob = `/v2/${repositoryParameter}/blobs/:digest(sha256:[0-9a-f]{64})` as const;
const uploads = `/v2/${repositoryParameter}/blobs/uploads` as const;
const upload = `/v2/${repositoryParameter}/blobs/uploads/:id([0-9a-f-]{36})` as const;

/** By upload ID. */
const unfinishedUploads = new WeakMap<Registry, Map<string, Buffer>>();

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export const distributionRoutes = [
  route('GET', '/v2/_catalog', 'List repositories', (request: ContentRequest) => {
    request.requireAccess('registry', 'catalog', '*');
    const { page, headers } = pageOf(request, request.registry.images.all(), ({ name }) => name);
    return json(200, { repositories: page.map(({ name }) => name) }, headers);
  }),
  route(
    'GET',
    `/v2/${repositoryParameter}/tags/list`,
    'List tags',
    (request: ContentRequest, { repository: name }) => {
      request.requireAccess('repository', name, 'pull');
      const { page, headers } = pageOf(request, findRepository(request, name).tags(), tag => tag.name);
      return json(200, { name, tags: page.map(tag => tag.name) }, headers);
    },
  ),
  route('GET', manifest, 'Get manifest', getManifest),
  route('HEAD', manifest, 'Check manifest', (request: ContentRequest, parameters) => {
    const { body, ...reply } = getManifest(request, parameters);
    return { ...reply, headers: { ...reply.headers, 'content-length': String(body?.length) } };
  }),
  route('PUT', manifest, 'Put manifest', putManifest),
  route('DELETE', manifest, 'Delete manifest', (request: ContentRequest, { repository: name, reference }) => {
    request.requireAccess('repository', name, 'delete');
    const found = request.registry.images.find(name)?.manifest(reference);
    if (!found) throw manifestUnknown(name, reference);
    findRepository(request, name).removeManifest(found.digest);
    return { status: 202 };
  }),
  route('GET', blob, 'Get blob', (request: ContentRequest, { repository: name, digest }) => {
    const content = readBlob(request, name, digest);
    // Clients are redirected to the storage account.
    const path = `${request.registry.container}/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
    if (!request.blobs.get(path)) request.blobs.put(path, new Blob('BlockBlob', content));
    return { status: 307, headers: { location: request.blobs.signedUrl(path, 'read') } };
  }),
  route('HEAD', blob, 'Check blob', (request: ContentRequest, { repository: name, digest }) => ({
    status: 200,
    headers: {
      'content-length': String(readBlob(request, name, digest).length),
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
    },
  })),
  route('POST', uploads, 'Start upload', startUpload),
  route('POST', `${uploads}/`, 'Start upload', startUpload),
  route('PATCH', upload, 'Upload chunk', (request: ContentRequest, { repository: name, id }) => {
    const content = Buffer.concat([readUpload(request, name, id), request.http.body]);
    uploadsOf(request).set(id, content);
    return uploadStatus(202, name, id, content);
  }),
  route('GET', upload, 'Get upload status', (request: ContentRequest, { repository: name, id }) =>
    uploadStatus(204, name, id, readUpload(request, name, id)),
  ),
  route('PUT', upload, 'Finish upload', (request: ContentRequest, { repository: name, id }) => {
    const content = Buffer.concat([readUpload(request, name, id), request.http.body]);
    uploadsOf(request).delete(id);
    return finishUpload(request, name, content);
  }),
  route('DELETE', upload, 'Cancel upload', (request: ContentRequest, { repository: name, id }) => {
    readUpload(request, name, id);
    uploadsOf(request).delete(id);
    return { status: 204 };
  }),
];

function findRepository({ registry }: ContentRequest, name: string): Repository {
  const found = registry.images.find(name);
  if (!found) throw nameUnknown(name);
  return found;
}

interface ManifestParameters {
  readonly repository: string;
  readonly reference: string;
}

function getManifest(
  request: ContentRequest,
  { repository: name, reference }: ManifestParameters,
): Reply & { body?: Buffer } {
  request.requireAccess('repository', name, 'pull');
  const manifest = request.registry.images.find(name)?.manifest(reference);
  if (!manifest) throw manifestUnknown(name, reference);
  const { digest, mediaType, bytes } = manifest;
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'docker-content-digest': digest, etag: `"${digest}"` },
    body: bytes,
  };
}

function putManifest(request: ContentRequest, { repository: name, reference }: ManifestParameters): Reply {
  request.requireAccess('repository', name, 'push');
  const { body, headers } = request.http;
  const manifest = parseManifest(body);
  const target = findRepository(request, name);
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

/** @throws RegistryError 400 */
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

function readBlob(request: ContentRequest, name: string, digest: string): Buffer {
  request.requireAccess('repository', name, 'pull');
  const content = request.registry.images.find(name)?.blob(digest);
  if (!content) throw new RegistryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { detail: digest });
  return content;
}

function startUpload(request: ContentRequest, { repository: name }: { repository: string }): Reply {
  request.requireAccess('repository', name, 'push');
  const { searchParams } = request.http.url;
  const mount = searchParams.get('mount');
  const from = searchParams.get('from');
  if (mount && from) {
    const content = readBlob(request, from, mount);
    request.registry.images.ensure(name).addBlob(content);
    return created(name, mount);
  }
  if (searchParams.has('digest')) return finishUpload(request, name, request.http.body);
  const id = randomUUID();
  uploadsOf(request).set(id, Buffer.alloc(0));
  return uploadStatus(202, name, id, Buffer.alloc(0));
}

function readUpload(request: ContentRequest, name: string, id: string): Buffer {
  request.requireAccess('repository', name, 'push');
  const content = uploadsOf(request).get(id);
  if (!content) throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  return content;
}

function finishUpload(request: ContentRequest, name: string, content: Buffer): Reply {
  const digest = request.http.url.searchParams.get('digest');
  if (digest !== digestOf(content)) throw digestInvalid();
  request.registry.images.ensure(name).addBlob(content);
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

function uploadsOf({ registry }: ContentRequest): Map<string, Buffer> {
  const known = unfinishedUploads.get(registry) ?? new Map<string, Buffer>();
  unfinishedUploads.set(registry, known);
  return known;
}

function digestInvalid(): RegistryError {
  return new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
}
