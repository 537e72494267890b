import type { Attributes } from './authorization.ts';
import { badRequest } from './status.ts';

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  /** Plural name. */
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
}

/**
 * Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`.
 * @returns `undefined` for a path without a resource, such as `/version`
 * @throws StatusError 400 for invalid percent-encoding
 */
export function parsePath(pathname: string): ResourcePath | undefined {
  const [root, ...segments] = pathname.split('/').filter(Boolean).map(decoded);
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : segments.shift();
  const version = segments.shift();
  if (group === undefined || version === undefined || segments.length === 0) return undefined;
  // `namespaces/NAME` and its subresources are a resource, not a scope.
  const isNamespace =
    segments[0] === 'namespaces' && (segments.length < 3 || /^(status|finalize)$/.test(segments[2]!));
  const namespace = segments[0] === 'namespaces' && !isNamespace ? segments.splice(0, 2)[1] : undefined;
  const [resource = '', name, subresource, ...rest] = segments;
  if (rest.length > 0) return undefined;
  const optional = {
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(subresource && { subresource }),
  };
  return { group, version, resource, ...optional };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(segment)}`);
  }
}

/** The verb of a request, as in a Role. */
export function verbOf(method: string, path: ResourcePath, query: URLSearchParams): string {
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return path.name ? 'delete' : 'deletecollection';
  if (isTrue(query, 'watch')) return 'watch';
  return path.name ? 'get' : 'list';
}

/** The permission that a request needs. */
export function attributesOf(method: string, url: URL): Attributes {
  const path = parsePath(url.pathname);
  if (!path) return { verb: method.toLowerCase(), path: url.pathname };
  const { group, resource, namespace, name, subresource } = path;
  // A request for a namespace is in that namespace.
  const within = resource === 'namespaces' && !group ? name : namespace;
  return {
    verb: verbOf(method, path, url.searchParams),
    group,
    resource,
    ...(subresource && { subresource }),
    ...(within && { namespace: within }),
    ...(name && { name }),
  };
}

/** Reads a query parameter as Go reads a boolean. */
export function isTrue(query: URLSearchParams, name: string): boolean {
  return ['true', '1', 't', 'T', 'TRUE', 'True'].includes(query.get(name) ?? '');
}
