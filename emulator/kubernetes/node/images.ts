import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract, list } from 'tar';
import type { ServicePrincipal } from '../../entra/directory.ts';
import { parseReference } from '../../oci/references.ts';
import type { ClusterContext } from '../context.ts';
import {
  type Descriptor,
  type ImageManifest,
  ImageRegistryClient,
  PullFailure,
} from './image-registry-client.ts';
import type { Image, ImageConfig } from './runtime.ts';

/**
 * Pulls images with the kubelet's identity, and keeps them unpacked.
 * @see https://github.com/kubernetes-sigs/cloud-provider-azure/tree/master/pkg/credentialprovider
 */
export class ImageStore {
  readonly #context: Pick<ClusterContext, 'cloud' | 'network' | 'tokens' | 'tenantId' | 'latency'>;
  readonly #identity: ServicePrincipal;
  readonly #directory: string;
  readonly #images = new Map<string, Image>();

  /** @param directory created on the first pull */
  constructor(
    context: Pick<ClusterContext, 'cloud' | 'network' | 'tokens' | 'tenantId' | 'latency'>,
    identity: ServicePrincipal,
    directory: string,
  ) {
    this.#context = context;
    this.#identity = identity;
    this.#directory = directory;
  }

  find(reference: string): Image | undefined {
    return this.#images.get(fullReference(reference));
  }

  /**
   * Pulls an image with the node's identity if the registry is Azure's, then anonymously.
   * @param reference as in the pod; the default tag is `latest`
   * @throws PullFailure with the failures of all attempts
   */
  async pull(reference: string, signal: AbortSignal): Promise<Image> {
    const full = fullReference(reference);
    const { registry, repository, tag, digest } = parseReference(full);
    const refreshToken = registry.endsWith(`.${this.#context.cloud.suffixes.registry}`)
      ? await this.#exchangeToken(registry)
      : undefined;
    const failures: PullFailure[] = [];
    for (const credential of refreshToken === undefined ? [undefined] : [refreshToken, undefined]) {
      const client = new ImageRegistryClient(this.#context.network, registry, repository, credential);
      try {
        const image = await this.#pullWith(client, `${registry}/${repository}`, digest ?? tag ?? '', signal);
        this.#images.set(full, image);
        return image;
      } catch (error) {
        if (!(error instanceof PullFailure)) throw error;
        const message = error.message.replace(/: not found$/, `: ${full}: not found`);
        failures.push(new PullFailure(error.code, `failed to pull and unpack image "${full}": ${message}`));
      }
    }
    throw summary(failures);
  }

  /** Exchanges the node's ARM token for a refresh token. `undefined` if the registry rejects it. */
  async #exchangeToken(registry: string): Promise<string | undefined> {
    const { cloud, tokens, network, tenantId } = this.#context;
    const { accessToken } = await tokens.issueAccessToken(
      this.#identity,
      `https://${cloud.hosts.resourceManager}/`,
    );
    try {
      const response = await network.fetch(`https://${registry}/oauth2/exchange`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'access_token',
          service: registry,
          tenant: tenantId,
          access_token: accessToken,
        }),
      });
      if (!response.ok) return undefined;
      return ((await response.json()) as { refresh_token: string }).refresh_token;
    } catch {
      return undefined;
    }
  }

  async #pullWith(
    client: ImageRegistryClient,
    name: string,
    reference: string,
    signal: AbortSignal,
  ): Promise<Image> {
    const { digest, manifest } = await stage('failed to resolve image', client.manifest(reference));
    const id = `${name}@${digest}`;
    const present = this.#byId(id);
    if (present !== undefined) return present;

    const takes = delay(this.#context.latency.of('image pull'), undefined, { signal });
    takes.catch(() => {});
    const rootFileSystem = join(this.#directory, randomUUID());
    try {
      const config = await fetchImage(client, manifest, rootFileSystem);
      await takes;
      // Another container might have pulled the same image.
      const pulled = this.#byId(id);
      if (pulled === undefined) return { id, size: sizeOf(manifest), config, rootFileSystem };
      await rm(rootFileSystem, { recursive: true });
      return pulled;
    } catch (error) {
      await rm(rootFileSystem, { recursive: true, force: true });
      throw error;
    }
  }

  #byId(id: string): Image | undefined {
    return [...this.#images.values()].find(image => image.id === id);
  }
}

async function fetchImage(
  client: ImageRegistryClient,
  manifest: ImageManifest,
  directory: string,
): Promise<ImageConfig> {
  const content = ({ digest }: Descriptor) => stage('failed to copy', client.blob(digest));
  const { config = {} } = JSON.parse((await content(manifest.config)).toString()) as { config?: ImageConfig };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const layer of manifest.layers) {
    await stage(`failed to extract layer ${layer.digest}`, unpack(await content(layer), directory));
  }
  return config;
}

/** Compressed, in bytes. */
function sizeOf({ config, layers }: ImageManifest): number {
  return [config, ...layers].reduce((sum, part) => sum + part.size, 0);
}

/** Adds the stage to a failure. */
async function stage<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof PullFailure ? error.code : 'Unknown';
    throw new PullFailure(code, `${name}: ${(error as Error).message}`);
  }
}

/** Adds `:latest` if the reference has neither tag nor digest. */
export function fullReference(reference: string): string {
  const { tag, digest } = parseReference(reference);
  return tag === undefined && digest === undefined ? `${reference}:latest` : reference;
}

/** Joins several failures, with codes other than `Unknown`. */
function summary(failures: readonly PullFailure[]): PullFailure {
  const texts = failures.map(({ code, message }) =>
    code === 'Unknown' ? message : `rpc error: code = ${code} desc = ${message}`,
  );
  const distinct = [...new Set(texts)];
  return new PullFailure(
    failures[0]?.code ?? 'Unknown',
    distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`,
  );
}

/**
 * Applies a layer, which can be compressed, to a directory.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
async function unpack(layer: Buffer, directory: string): Promise<void> {
  const tar = layer[0] === 0x1f ? await promisify(gunzip)(layer) : layer;
  // A layer without entries is only zeros, which is not a valid archive.
  if (tar.every(byte => byte === 0)) return;
  const file = `${directory}.layer`;
  await writeFile(file, tar, { mode: 0o600 });
  try {
    const whiteouts: string[] = [];
    await list({
      file,
      onReadEntry: entry => {
        if (basename(entry.path).startsWith('.wh.')) whiteouts.push(entry.path);
      },
    });
    for (const whiteout of whiteouts) await applyWhiteout(directory, whiteout);
    await extract({
      file,
      cwd: directory,
      preserveOwner: false,
      // Owner and mode of the layer's root do not apply to this machine.
      filter: path => !basename(path).startsWith('.wh.') && !/^\.?\/?$/.test(path),
    });
  } finally {
    await rm(file, { force: true });
  }
}

async function applyWhiteout(directory: string, path: string): Promise<void> {
  const segments = path.split('/').filter(segment => segment !== '' && segment !== '.');
  if (segments.includes('..')) return;
  const parent = join(directory, dirname(segments.join('/')));
  const name = segments.at(-1)?.slice('.wh.'.length) ?? '';
  const names = name === '.wh..opq' ? await readdir(parent).catch(() => []) : [name];
  for (const one of names) await rm(join(parent, one), { recursive: true, force: true });
}
