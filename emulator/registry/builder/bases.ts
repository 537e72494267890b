import { type ContainerConfig, isDigest, type Runtime } from '../../oci/manifests.ts';
import { parseReference } from '../../oci/references.ts';

export interface Base {
  readonly registry: string;
  /** `library/node`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly runtime: Runtime;
  readonly config: ContainerConfig;
  /** By name, as in the base's /etc/passwd. */
  readonly users: Readonly<Record<string, number>>;
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const nonroot = { root: 0, nonroot: 65532 };

interface KnownBase {
  readonly registry: string;
  readonly repository: RegExp;
  readonly tag: RegExp;
  readonly runtime: Runtime;
  readonly users: Readonly<Record<string, number>>;
  config(tag: string): ContainerConfig;
}

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
 * @param reference `[registry/]repository[:tag][@digest]`, or `scratch`
 * @throws Error with docker's message if it cannot be pulled
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
    throw new Error(`${reason} (the emulator supports only base images of language runtimes)`);
  }
  const { runtime, users } = found;
  return { registry, repository, tag, digest, runtime, users, config: found.config(tag ?? 'latest') };
}
