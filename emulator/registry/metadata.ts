import { parseJson } from '../http/json.ts';
import { route } from '../http/router.ts';
import { json } from '../http/service.ts';
import { type ImageManifest, mediaTypes } from '../oci/manifests.ts';
import { type ContentRequest, pageOf, repositoryParameter } from './content-request.ts';
import { disallowed, manifestUnknown, nameUnknown, RegistryError } from './errors.ts';
import type { Manifest, Repository, Tag } from './images.ts';

const repositoryPath = `/acr/v1/${repositoryParameter}` as const;
const tagPath = `${repositoryPath}/_tags/:tag` as const;

/** Only a tag's `writeEnabled`. */
const changeableAttributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

/**
 * `/acr/v1`, which `az acr repository` and `az acr manifest` use.
 * @see https://learn.microsoft.com/rest/api/containerregistry/
 */
export const metadataRoutes = [
  route('GET', '/acr/v1/_catalog', 'List repositories', (request: ContentRequest) => {
    request.requireAccess('registry', 'catalog', '*');
    const { page, headers } = pageOf(request, request.registry.images.all(), ({ name }) => name);
    return json(200, { repositories: page.map(({ name }) => name) }, headers);
  }),
  route('GET', `${repositoryPath}/_tags`, 'List tags', (request: ContentRequest, { repository: name }) => {
    const repository = readRepository(request, name);
    const { page, headers } = pageOf(request, repository.tags(), tag => tag.name);
    return json(
      200,
      { ...imageName(request, name), tags: page.map(tag => showTag(repository, tag)) },
      headers,
    );
  }),
  route('GET', tagPath, 'Get tag', (request: ContentRequest, { repository: name, tag: tagName }) => {
    const repository = readRepository(request, name);
    const tag = repository.tag(tagName);
    if (!tag) throw tagUnknown(tagName);
    return json(200, { ...imageName(request, name), tag: showTag(repository, tag) });
  }),
  route('PATCH', tagPath, 'Update tag', (request: ContentRequest, { repository: name, tag: tagName }) => {
    request.requireAccess('repository', name, 'metadata_write');
    const repository = findRepository(request, name);
    const tag = repository.tag(tagName);
    if (!tag) throw tagUnknown(tagName);
    const { writeEnabled } = (parseJson(request.http) ?? {}) as Record<string, unknown>;
    if (typeof writeEnabled === 'boolean') repository.setLocked(tagName, !writeEnabled);
    return json(200, { ...imageName(request, name), tag: showTag(repository, tag) });
  }),
  route('DELETE', tagPath, 'Delete tag', (request: ContentRequest, { repository: name, tag }) => {
    request.requireAccess('repository', name, 'delete');
    const repository = findRepository(request, name);
    if (!repository.tag(tag)) throw tagUnknown(tag);
    if (repository.isLocked(tag)) throw disallowed();
    repository.removeTag(tag);
    return { status: 202 };
  }),
  route(
    'GET',
    `${repositoryPath}/_manifests`,
    'List manifests',
    (request: ContentRequest, { repository: name }) => {
      const repository = readRepository(request, name);
      const sorted = repository.manifests().sort((one, other) => (one.digest < other.digest ? -1 : 1));
      const { page, headers } = pageOf(request, sorted, ({ digest }) => digest);
      const manifests = page.map(manifest => showManifest(repository, manifest));
      return json(200, { ...imageName(request, name), manifests }, headers);
    },
  ),
  route(
    'GET',
    `${repositoryPath}/_manifests/:digest(sha256:[0-9a-f]{64})`,
    'Get manifest',
    (request: ContentRequest, { repository: name, digest }) => {
      const repository = readRepository(request, name);
      const manifest = repository.manifest(digest);
      if (!manifest) throw manifestUnknown(name, digest);
      return json(200, { ...imageName(request, name), manifest: showManifest(repository, manifest) });
    },
  ),
  route('GET', repositoryPath, 'Get repository', (request: ContentRequest, { repository: name }) => {
    const repository = readRepository(request, name);
    const updated = Math.max(...repository.manifests().map(({ created }) => created.getTime()));
    return json(200, {
      ...imageName(request, name),
      createdTime: repository.created.toISOString(),
      lastUpdateTime: new Date(updated).toISOString(),
      manifestCount: repository.manifests().length,
      tagCount: repository.tags().length,
      changeableAttributes,
    });
  }),
  route('DELETE', repositoryPath, 'Delete repository', (request: ContentRequest, { repository: name }) => {
    request.requireAccess('repository', name, 'delete');
    const repository = findRepository(request, name);
    request.registry.images.remove(name);
    return json(202, {
      manifestsDeleted: repository.manifests().map(({ digest }) => digest),
      tagsDeleted: repository.tags().map(tag => tag.name),
    });
  }),
];

function readRepository(request: ContentRequest, name: string): Repository {
  request.requireAccess('repository', name, 'metadata_read');
  return findRepository(request, name);
}

function findRepository({ registry }: ContentRequest, name: string): Repository {
  const found = registry.images.find(name);
  if (!found || found.manifests().length === 0) throw nameUnknown(name);
  return found;
}

function imageName({ registry }: ContentRequest, name: string): { registry: string; imageName: string } {
  return { registry: registry.loginServer, imageName: name };
}

function showTag(repository: Repository, { name, digest, created, updated }: Tag): Record<string, unknown> {
  return {
    name,
    digest,
    createdTime: created.toISOString(),
    lastUpdateTime: updated.toISOString(),
    signed: false,
    changeableAttributes: { ...changeableAttributes, writeEnabled: !repository.isLocked(name) },
  };
}

function showManifest(
  repository: Repository,
  { digest, mediaType, bytes, created }: Manifest,
): Record<string, unknown> {
  const { config, layers } = JSON.parse(bytes.toString('utf8')) as ImageManifest;
  const image = imageConfig(repository.blob(config.digest));
  const tags = repository.tags().filter(tag => tag.digest === digest);
  return {
    digest,
    imageSize: layers.reduce((sum, { size }) => sum + size, config.size),
    createdTime: created.toISOString(),
    lastUpdateTime: created.toISOString(),
    architecture: image.architecture,
    os: image.os,
    mediaType,
    configMediaType: config.mediaType ?? mediaTypes.config,
    ...(tags.length > 0 && { tags: tags.map(tag => tag.name) }),
    changeableAttributes,
  };
}

/** A client can push anything, which then has no members. */
function imageConfig(content: Buffer | undefined): {
  readonly architecture?: unknown;
  readonly os?: unknown;
} {
  try {
    return JSON.parse(content?.toString('utf8') ?? '{}') ?? {};
  } catch {
    return {};
  }
}

function tagUnknown(tag: string): RegistryError {
  return new RegistryError(404, 'TAG_UNKNOWN', 'the specified tag does not exist', { detail: { Tag: tag } });
}
