import { parseJson } from '../http/json.ts';
import { json } from '../http/service.ts';
import { type ImageManifest, mediaTypes } from '../oci/manifests.ts';
import { disallowed, manifestUnknown, nameUnknown, RegistryError } from './errors.ts';
import type { Manifest, Repository, Tag } from './images.ts';
import { type Call, pageOf, type Route } from './routing.ts';

const repository = '([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)';

/** Of the attributes only a tag's writeEnabled can be changed here. */
const changeableAttributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

/**
 * The registry's own API beside the distribution API, `/acr/v1`: what `az acr repository` and `az acr manifest` read.
 * @see https://learn.microsoft.com/rest/api/containerregistry/
 */
export const metadataRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/acr\/v1\/_catalog$/,
    handle: call => {
      call.require('registry', 'catalog', '*');
      const { page, headers } = pageOf(call, call.registry.images.all(), ({ name }) => name);
      return json(200, { repositories: page.map(({ name }) => name) }, headers);
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/acr/v1/${repository}/_tags$`),
    handle: (call, name) => {
      const found = read(call, name);
      const { page, headers } = pageOf(call, found.tags(), tag => tag.name);
      return json(200, { ...naming(call, name), tags: page.map(tag => showTag(found, tag)) }, headers);
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/acr/v1/${repository}/_tags/([^/]+)$`),
    handle: (call, name, reference) => {
      const found = read(call, name);
      const tag = found.tag(reference);
      if (!tag) throw tagUnknown(reference);
      return json(200, { ...naming(call, name), tag: showTag(found, tag) });
    },
  },
  {
    method: 'PATCH',
    path: new RegExp(`^/acr/v1/${repository}/_tags/([^/]+)$`),
    handle: (call, name, reference) => {
      call.require('repository', name, 'metadata_write');
      const found = find(call, name);
      const tag = found.tag(reference);
      if (!tag) throw tagUnknown(reference);
      const { writeEnabled } = (parseJson(call.request) ?? {}) as Record<string, unknown>;
      if (typeof writeEnabled === 'boolean') found.setLocked(reference, !writeEnabled);
      return json(200, { ...naming(call, name), tag: showTag(found, tag) });
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^/acr/v1/${repository}/_tags/([^/]+)$`),
    handle: (call, name, reference) => {
      call.require('repository', name, 'delete');
      const found = find(call, name);
      if (!found.tag(reference)) throw tagUnknown(reference);
      if (found.isLocked(reference)) throw disallowed();
      found.removeTag(reference);
      return { status: 202 };
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/acr/v1/${repository}/_manifests$`),
    handle: (call, name) => {
      const found = read(call, name);
      const sorted = found.manifests().sort((one, other) => (one.digest < other.digest ? -1 : 1));
      const { page, headers } = pageOf(call, sorted, ({ digest }) => digest);
      const manifests = page.map(manifest => showManifest(found, manifest));
      return json(200, { ...naming(call, name), manifests }, headers);
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/acr/v1/${repository}/_manifests/(sha256:[0-9a-f]{64})$`),
    handle: (call, name, digest) => {
      const found = read(call, name);
      const manifest = found.manifest(digest);
      if (!manifest) throw manifestUnknown(name, digest);
      return json(200, { ...naming(call, name), manifest: showManifest(found, manifest) });
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/acr/v1/${repository}$`),
    handle: (call, name) => {
      const found = read(call, name);
      const updated = Math.max(...found.manifests().map(({ created }) => created.getTime()));
      return json(200, {
        ...naming(call, name),
        createdTime: found.created.toISOString(),
        lastUpdateTime: new Date(updated).toISOString(),
        manifestCount: found.manifests().length,
        tagCount: found.tags().length,
        changeableAttributes,
      });
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^/acr/v1/${repository}$`),
    handle: (call, name) => {
      call.require('repository', name, 'delete');
      const found = find(call, name);
      call.registry.images.remove(name);
      return json(202, {
        manifestsDeleted: found.manifests().map(({ digest }) => digest),
        tagsDeleted: found.tags().map(tag => tag.name),
      });
    },
  },
];

function read(call: Call, name: string): Repository {
  call.require('repository', name, 'metadata_read');
  return find(call, name);
}

function find(call: Call, name: string): Repository {
  const found = call.registry.images.find(name);
  if (!found || found.manifests().length === 0) throw nameUnknown(name);
  return found;
}

function naming({ registry }: Call, name: string): { registry: string; imageName: string } {
  return { registry: registry.loginServer, imageName: name };
}

function showTag(found: Repository, { name, digest, created, updated }: Tag): Record<string, unknown> {
  return {
    name,
    digest,
    createdTime: created.toISOString(),
    lastUpdateTime: updated.toISOString(),
    signed: false,
    changeableAttributes: { ...changeableAttributes, writeEnabled: !found.isLocked(name) },
  };
}

function showManifest(
  found: Repository,
  { digest, mediaType, bytes, created }: Manifest,
): Record<string, unknown> {
  const { config, layers } = JSON.parse(bytes.toString('utf8')) as ImageManifest;
  const image = imageConfig(found.blob(config.digest));
  const tags = found.tags().filter(tag => tag.digest === digest);
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

/** The configuration of an image. What was pushed as one may be anything, and then says nothing. */
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
