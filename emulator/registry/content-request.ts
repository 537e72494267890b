import type { Request } from '../http/service.ts';
import type { BlobStore } from './blobs.ts';
import { RegistryError } from './errors.ts';
import type { Registry } from './registries.ts';

/** The name can have slashes. */
export const repositoryParameter = ':repository([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)';

export interface ContentRequest {
  readonly registry: Registry;
  readonly blobs: BlobStore;
  readonly http: Request;
  /**
   * Call it before reading anything.
   * @throws RegistryError 401 with the challenge for the missing action
   */
  requireAccess(type: 'repository' | 'registry', name: string, action: string): void;
}

/** The headers link to the next page. */
export function pageOf<T>(
  { http }: ContentRequest,
  items: readonly T[],
  nameOf: (item: T) => string,
): { page: readonly T[]; headers: Record<string, string> } {
  const { pathname, searchParams } = http.url;
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
