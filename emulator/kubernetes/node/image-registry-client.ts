import { createHash } from 'node:crypto';
import type { RequestInit, Response } from 'undici';
import type { Network } from '../../network.ts';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** OCI and Docker manifests differ only in media types. */
export interface ImageManifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Code and message as the container runtime reports them to the kubelet. */
export class PullFailure extends Error {
  override readonly name = 'PullFailure';
  readonly code: 'NotFound' | 'Unknown';

  constructor(code: PullFailure['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/**
 * Reads one repository like a container runtime: requests without a token, follows the challenge to the token
 * endpoint, and requests again.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class ImageRegistryClient {
  readonly #network: Pick<Network, 'fetch'>;
  readonly #registry: string;
  readonly #repository: string;
  readonly #refreshToken: string | undefined;
  #accessToken: string | undefined;

  /** @param refreshToken token for the node's identity; without one, access is anonymous */
  constructor(
    network: Pick<Network, 'fetch'>,
    registry: string,
    repository: string,
    refreshToken: string | undefined,
  ) {
    this.#network = network;
    this.#registry = registry;
    this.#repository = repository;
    this.#refreshToken = refreshToken;
  }

  /** Returns the manifest for this platform, and the digest of the reference itself. @throws PullFailure */
  async manifest(reference: string): Promise<{ digest: string; manifest: ImageManifest }> {
    const content = await this.#content(`manifests/${reference}`);
    const digest = digestOf(content);
    if (reference.startsWith('sha256:') && reference !== digest) throw mismatch(reference, digest);
    const parsed = JSON.parse(content.toString()) as ImageManifest | { manifests: Descriptor[] };
    if (!('manifests' in parsed)) return { digest, manifest: parsed };
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const own = parsed.manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
    );
    if (own === undefined) {
      throw new PullFailure('NotFound', `no match for platform in manifest: ${digest}: not found`);
    }
    const { manifest } = await this.manifest(own.digest);
    return { digest, manifest };
  }

  /** @throws PullFailure, also if the content does not match the digest */
  async blob(digest: string): Promise<Buffer> {
    const content = await this.#content(`blobs/${digest}`);
    if (digestOf(content) !== digest) throw mismatch(digest, digestOf(content));
    return content;
  }

  async #content(path: string): Promise<Buffer> {
    const url = `https://${this.#registry}/v2/${this.#repository}/${path}`;
    const ask = () =>
      this.#fetch(url, {
        headers: {
          accept: path.startsWith('manifests/') ? manifestTypes : '*/*',
          ...(this.#accessToken === undefined ? {} : { authorization: `Bearer ${this.#accessToken}` }),
        },
      });
    let response = await ask();
    if (response.status === 401) {
      this.#accessToken = await this.#authorize(response.headers.get('www-authenticate') ?? '');
      response = await ask();
    }
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    if (response.status === 404) throw new PullFailure('NotFound', 'not found');
    throw unexpected('GET', url, response);
  }

  async #authorize(challenge: string): Promise<string> {
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const { realm, service = '', scope = '' } = parameters;
    if (!/^bearer /i.test(challenge) || realm === undefined) {
      throw new PullFailure('Unknown', 'failed to authorize: no basic auth credentials');
    }
    if (this.#refreshToken === undefined) {
      const url = `${realm}?${new URLSearchParams({ scope, service })}`;
      const response = await this.#fetch(url, {});
      if (response.ok) return accessTokenOf(response);
      const { message } = unexpected('GET', url, response);
      throw new PullFailure('Unknown', `failed to authorize: failed to fetch anonymous token: ${message}`);
    }
    const response = await this.#fetch(realm, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        service,
        scope,
        refresh_token: this.#refreshToken,
      }),
    });
    if (response.ok) return accessTokenOf(response);
    const { message } = unexpected('POST', realm, response);
    throw new PullFailure('Unknown', `failed to authorize: failed to fetch oauth token: ${message}`);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#network.fetch(url, init);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error };
      const method = (init.method ?? 'GET').toLowerCase().replace(/^./, first => first.toUpperCase());
      throw new PullFailure(
        'Unknown',
        `failed to do request: ${method} "${url}": ${cause?.message ?? message}`,
      );
    }
  }
}

async function accessTokenOf(response: Response): Promise<string> {
  const body = (await response.json()) as { access_token?: string; token?: string };
  return body.access_token ?? body.token ?? '';
}

function unexpected(method: string, url: string, response: Response): PullFailure {
  const status = `${response.status} ${response.statusText}`.trim();
  return new PullFailure('Unknown', `unexpected status from ${method} request to ${url}: ${status}`);
}

function mismatch(expected: string, found: string): PullFailure {
  return new PullFailure('Unknown', `content digest ${found} does not match ${expected}`);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
