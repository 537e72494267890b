import { createHash } from 'node:crypto';

/** The address of a manifest or a blob. */
export type Digest = `sha256:${string}`;

/** A reference to a blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: Digest;
}

/** An image manifest of Docker or OCI: only their media types differ. */
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

/** How a container of the image runs, in the names of the image specification. */
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

/** The language runtime of a base image. The emulator uses the one of its machine; `none` for an empty image. */
export type Runtime = 'node' | 'python' | 'none';

/**
 * Labels of a built image: its base image, as in the image specification, and the language runtime of the base. The
 * image does not contain the layers of the base.
 * @see https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
 */
export const labels = {
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  runtime: 'workload-identity-lab.runtime',
} as const;
