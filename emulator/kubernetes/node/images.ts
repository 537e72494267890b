import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { extract, list } from 'tar';
import type { ServicePrincipal } from '../../entra/directory.ts';
import { parseReference } from '../../registry/builder/bases.ts';
import type { World } from '../../world.ts';
import { PullFailure, RegistryClient } from './registry-client.ts';
import type { Image, ImageConfig } from './runtime.ts';

/**
 * The images of a node: pulls them with the kubelet's identity and keeps them unpacked.
 * @see https://github.com/kubernetes-sigs/cloud-provider-azure/tree/master/pkg/credentialprovider
 */
export class ImageStore {
  readonly #world: Pick<World, 'network' | 'tokens' | 'tenantId' | 'latency'>;
  readonly #identity: ServicePrincipal;
  readonly #directory: string;
  readonly #images = new Map<string, Image>();

  /** @param directory for the unpacked images; made on the first pull */
  constructor(
    world: Pick<World, 'network' | 'tokens' | 'tenantId' | 'latency'>,
    identity: ServicePrincipal,
    directory: string,
  ) {
    this.#world = world;
    this.#identity = identity;
    this.#directory = directory;
  }

  /** The image that a reference last led to on this node. */
  find(reference: string): Image | undefined {
    return this.#images.get(fullReference(reference));
  }

  /**
   * Pulls an image: first with the node's identity where the registry is Azure's and takes it, then anonymously.
   * @param reference as the pod names it; `:latest` where it has neither tag nor digest
   * @throws PullFailure, naming what every attempt met
   */
  async pull(reference: string, signal: AbortSignal): Promise<Image> {
    const full = fullReference(reference);
    const { registry, repository, tag, digest } = parseReference(full);
    const refreshToken = registry.endsWith('.azurecr.io') ? await this.#exchangeToken(registry) : undefined;
    const failures: PullFailure[] = [];
    for (const credential of refreshToken === undefined ? [undefined] : [refreshToken, undefined]) {
      const client = new RegistryClient(this.#world.network, registry, repository, credential);
      try {
        const image = await this.#pullWith(client, `${registry}/${repository}`, digest ?? tag ?? '', signal);
        this.#images.set(full, image);
        return image;
      } catch (error) {
        if (!(error instanceof PullFailure)) throw error;
        const message =
          error.code === 'NotFound'
            ? error.message.replace(/^not found$/, `${full}: not found`)
            : error.message;
        failures.push(
          new PullFailure(
            error.code,
            `failed to pull and unpack image "${full}": failed to resolve image: ${message}`,
          ),
        );
      }
    }
    throw summary(failures);
  }

  /** Trades the node's ARM token for a refresh token of the registry; `undefined` where the registry refuses it. */
  async #exchangeToken(registry: string): Promise<string | undefined> {
    const { tokens, network, tenantId } = this.#world;
    const { accessToken } = await tokens.issueAccessToken(this.#identity, 'https://management.azure.com/');
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
    client: RegistryClient,
    name: string,
    reference: string,
    signal: AbortSignal,
  ): Promise<Image> {
    const { digest, manifest } = await client.manifest(reference);
    const id = `${name}@${digest}`;
    const present = [...this.#images.values()].find(image => image.id === id);
    if (present !== undefined) return present;

    const takes = delay(this.#world.latency.of('image pull'), undefined, { signal });
    takes.catch(() => {});
    const config = JSON.parse((await client.blob(manifest.config.digest)).toString()) as {
      config?: ImageConfig;
    };
    const rootFileSystem = join(this.#directory, digest.replace(':', '-'));
    const unpacking = `${rootFileSystem}.${randomUUID()}`;
    await mkdir(unpacking, { recursive: true, mode: 0o700 });
    for (const layer of manifest.layers) await unpack(await client.blob(layer.digest), unpacking);
    await rm(rootFileSystem, { recursive: true, force: true });
    await rename(unpacking, rootFileSystem);
    await takes;
    const size = [manifest.config, ...manifest.layers].reduce((sum, part) => sum + part.size, 0);
    return { id, size, config: config.config ?? {}, rootFileSystem };
  }
}

/** A reference with its tag, where it has neither tag nor digest. */
export function fullReference(reference: string): string {
  const { tag, digest } = parseReference(reference);
  return tag === undefined && digest === undefined ? `${reference}:latest` : reference;
}

/** One failure as it is; several in brackets, each that is not `Unknown` with its code. */
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
 * Applies a layer, a tar that may be compressed, to a directory.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
async function unpack(layer: Buffer, directory: string): Promise<void> {
  const file = `${directory}.layer`;
  await writeFile(file, layer, { mode: 0o600 });
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
      // What a layer says about owner and mode of the root itself does not concern this machine.
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
