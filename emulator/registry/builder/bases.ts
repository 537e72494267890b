import { isDigest } from '../images.ts';

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

/** A base image as a Dockerfile's FROM names it. */
export interface Base {
  /** `mcr.microsoft.com`, `docker.io`. */
  readonly registry: string;
  /** `library/node`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly runtime: Runtime;
  readonly config: ContainerConfig;
  /** Ids of the user names that the base's /etc/passwd holds. */
  readonly users: Readonly<Record<string, number>>;
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const nonroot = { root: 0, nonroot: 65532 };

/** A base that the emulator knows: what its tags look like, and how its containers run. */
interface KnownBase {
  readonly registry: string;
  readonly repository: RegExp;
  readonly tag: RegExp;
  readonly runtime: Runtime;
  readonly users: Readonly<Record<string, number>>;
  config(tag: string): ContainerConfig;
}

/** The language runtimes that an image can be built from. */
const known: readonly KnownBase[] = [
  {
    registry: 'mcr.microsoft.com',
    repository: /^azurelinux\/(distroless|base)\/nodejs$/,
    tag: /^24\b/,
    runtime: 'node',
    users: nonroot,
    config: tag => ({ User: /\bnonroot\b/.test(tag) ? '65532' : '', Env: [path], WorkingDir: '/' }),
  },
  {
    registry: 'gcr.io',
    repository: /^distroless\/nodejs24-debian13$/,
    tag: /^(latest|nonroot|debug|debug-nonroot)$/,
    runtime: 'node',
    users: nonroot,
    config: tag => ({
      User: /\bnonroot\b/.test(tag) ? '65532' : '0',
      Env: [path, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
      Entrypoint: ['/nodejs/bin/node'],
      WorkingDir: /\bnonroot\b/.test(tag) ? '/home/nonroot' : '/',
    }),
  },
  {
    registry: 'docker.io',
    repository: /^library\/node$/,
    tag: /^(latest|lts|current|24)\b/,
    runtime: 'node',
    users: { root: 0, node: 1000 },
    config: () => ({
      User: '',
      Env: [path],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['node'],
      WorkingDir: '/',
    }),
  },
  {
    registry: 'docker.io',
    repository: /^library\/python$/,
    tag: /^(latest|slim|alpine|3)\b/,
    runtime: 'python',
    users: { root: 0 },
    config: () => ({ User: '', Env: [path, 'LANG=C.UTF-8'], Cmd: ['python3'], WorkingDir: '/' }),
  },
];

/**
 * The base image that a FROM names.
 * @param reference `[registry/]repository[:tag][@digest]`, or `scratch`
 * @throws Error with the message that docker gives for an image that cannot be pulled
 */
export function findBase(reference: string): Base {
  if (reference === 'scratch') {
    return {
      registry: '',
      repository: 'scratch',
      runtime: 'none',
      users: { root: 0 },
      config: { Env: [path] },
    };
  }
  const { registry, repository, tag, digest } = parseReference(reference);
  if (digest !== undefined && !isDigest(digest)) throw new Error('invalid reference format');
  const repositories = known.filter(base => base.registry === registry && base.repository.test(repository));
  const found = repositories.find(base => base.tag.test(tag ?? 'latest') || (tag === undefined && digest));
  if (!found) {
    const reason =
      repositories.length > 0
        ? `manifest for ${reference} not found: manifest unknown: manifest tagged by "${tag ?? 'latest'}" is not found`
        : `pull access denied for ${reference.replace(/[:@].*$/, '')}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
    throw new Error(`${reason} (the emulator builds only from images of a language runtime that it can run)`);
  }
  const { runtime, users } = found;
  return { registry, repository, tag, digest, runtime, users, config: found.config(tag ?? 'latest') };
}

/**
 * An image reference taken apart; Docker Hub is meant where no registry is named.
 * @see https://github.com/distribution/reference
 */
export function parseReference(reference: string): {
  registry: string;
  repository: string;
  tag?: string;
  digest?: string;
} {
  const [name = '', digest] = reference.split('@');
  const [, untagged = '', tag] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? [];
  const slash = untagged.indexOf('/');
  const host = untagged.slice(0, Math.max(slash, 0));
  if (/[.:]|^localhost$/.test(host))
    return { registry: host, repository: untagged.slice(slash + 1), tag, digest };
  const repository = untagged.includes('/') ? untagged : `library/${untagged}`;
  return { registry: 'docker.io', repository, tag, digest };
}
