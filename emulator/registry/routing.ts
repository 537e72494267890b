import type { Reply, Request } from '../http/service.ts';
import type { BlobStore } from './blobs.ts';
import { RegistryError } from './errors.ts';
import type { Registry } from './registries.ts';

/** One call on the content of a registry. */
export interface Call {
  readonly registry: Registry;
  readonly blobs: BlobStore;
  readonly request: Request;
  /**
   * Checks what the token allows, before anything is looked up.
   * @throws RegistryError 401 with the challenge for what is missing
   */
  require(type: 'repository' | 'registry', name: string, action: string): void;
}

/** A path of the API. The first group of the pattern is the repository's name, the second what is meant in it. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  handle(call: Call, repository: string, reference: string): Reply;
}

/** One page of names, and the header that leads to the next. */
export function pageOf<T>(
  call: Call,
  items: readonly T[],
  nameOf: (item: T) => string,
): { page: readonly T[]; headers: Record<string, string> } {
  const { pathname, searchParams } = call.request.url;
  const last = searchParams.get('last');
  const count = Number(searchParams.get('n') ?? 100);
  if (!Number.isInteger(count) || count < 1) {
    throw new RegistryError(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
  }
  const rest = last === null ? items : items.filter(item => nameOf(item) > last);
  const page = rest.slice(0, count);
  if (page.length === rest.length) return { page, headers: {} };
  const next = new URLSearchParams({ last: nameOf(page.at(-1)!), n: String(count) });
  return { page, headers: { link: `<${pathname}?${next}>; rel="next"` } };
}
