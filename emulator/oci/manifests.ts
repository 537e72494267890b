import { createHash } from 'node:crypto';

export type Digest = `sha256:${string}`;

export interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: Digest;
}

/** Docker's and OCI's differ only in media types. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export const mediaTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
} as const;

export function digestOf(content: Buffer | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** In the names of the image specification. */
export interface ContainerConfig {
  User?: string;
  ExposedPorts?: Record<string, Record<string, never>>;
  Env?: string[];
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
  Shell?: string[];
}

/** Of a base image. The emulator uses its machine's; `none` for an empty image. */
export type Runtime = 'node' | 'python' | 'none';

/**
 * The image does not contain the base's layers, but names base and runtime.
 * @see https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
 */
export const labels = {
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  runtime: 'workload-identity-lab.runtime',
} as const;
