import { createHash } from 'node:crypto';

/** What a manifest or a blob is addressed by: `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`;

/** What a manifest says about another piece of content. */
export interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: Digest;
}

/** An image manifest, Docker's or OCI's: they differ in their media types only. */
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

/** The digest of some content. */
export function digestOf(content: Buffer | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The part of an image's config that says how its container runs, by the names of the image specification. */
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

/** What runs the programs of a base image on the machine of the emulator; none in an empty image. */
export type Runtime = 'node' | 'python' | 'none';

/**
 * Labels of a built image that name its base, as the image specification calls them, and the language runtime that
 * the base stands for. The layers of the base itself are not in the image.
 * @see https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
 */
export const labels = {
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  runtime: 'workload-identity-lab.runtime',
} as const;
