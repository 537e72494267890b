/**
 * Default registry: Docker Hub.
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
