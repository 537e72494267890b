import { isDeeperThan } from '../../http/json.ts';
import type { Method } from '../../http/router.ts';
import type { Request } from '../../http/service.ts';
import type { Repositories } from '../repositories.ts';
import type { Repository } from '../repository.ts';
import { GitHubError, invalidRequest } from './errors.ts';
import type { Level, Requester } from './tokens.ts';

export const api = 'https://api.github.com';

export interface RestRequest {
  readonly requester: Requester;
  /** Only for operations whose path has one. */
  readonly repository: Repository;
  readonly repositories: Repositories;
  /** Decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty without a body. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RestReply {
  readonly status: number;
  readonly body?: unknown;
  /** For `Link`: query parameters by relation. */
  readonly pages?: Readonly<Record<string, URLSearchParams>>;
}

export interface Operation {
  readonly method: Method;
  /** Path pattern of the router: `/repos/:owner/:repo/issues/:number`. */
  readonly path: string;
  /** Any one is enough. Empty: none needed. */
  readonly permissions: readonly (readonly [name: string, level: Level])[];
  /** Everybody can use it on a public repository. */
  readonly isPublic?: boolean;
  /** In GitHub's reference: `issues/issues#create-an-issue`. */
  readonly documentation: string;
  readonly handler: (request: RestRequest) => RestReply;
}

export const ok = (body: unknown): RestReply => ({ status: 200, body });
export const created = (body: unknown): RestReply => ({ status: 201, body });
export const noContent: RestReply = { status: 204 };

/** @throws GitHubError 400 */
export function parseBody(request: Request): Readonly<Record<string, unknown>> {
  if (request.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new GitHubError(400, 'Problems parsing JSON');
  }
  if (value === null) return {};
  if (isDeeperThan(value, 64)) throw new GitHubError(400, 'Problems parsing JSON');
  if (typeof value !== 'object' || Array.isArray(value))
    throw new GitHubError(400, 'Body should be a JSON object');
  return value as Record<string, unknown>;
}

type MemberTypes = { string: string; boolean: boolean; number: number };

/**
 * @returns `undefined` if it is missing or null
 * @throws GitHubError 422 for another type
 */
export function optionalMember<Type extends keyof MemberTypes>(
  { body }: RestRequest,
  name: string,
  type: Type,
): MemberTypes[Type] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== type)
    throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not a ${type}.`);
  return value as MemberTypes[Type];
}

/** @throws GitHubError 422 also if it is missing */
export function requiredMember<Type extends keyof MemberTypes>(
  request: RestRequest,
  name: string,
  type: Type,
): MemberTypes[Type] {
  const value = optionalMember(request, name, type);
  if (value === undefined) throw invalidRequest(`"${name}" wasn't supplied.`);
  return value;
}

/** @throws GitHubError 422 */
export function optionalStrings({ body }: RestRequest, name: string): string[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string'))
    throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not an array of strings.`);
  return value;
}

/**
 * @param sizes default and maximum of `per_page`
 * @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function pageOf<Item>(
  items: readonly Item[],
  { query }: RestRequest,
  sizes = { default: 30, maximum: 100 },
): { items: Item[]; pages: Record<string, URLSearchParams> } {
  const size = Math.min(positiveInteger(query.get('per_page')) ?? sizes.default, sizes.maximum);
  const page = positiveInteger(query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  const at = (number: number): URLSearchParams => {
    const other = new URLSearchParams(query);
    other.set('page', String(number));
    return other;
  };
  const pages = {
    ...(page > 1 && { prev: at(Math.min(page - 1, last)) }),
    ...(page < last && { next: at(page + 1), last: at(last) }),
    ...(page > 1 && { first: at(1) }),
  };
  return { items: items.slice((page - 1) * size, page * size), pages };
}

function positiveInteger(text: string | null): number | undefined {
  const number = /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 ? number : undefined;
}
