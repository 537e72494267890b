import { isDeeperThan } from '../../http/json.ts';
import type { Request } from '../../http/service.ts';
import type { Repositories, Repository } from '../repositories.ts';
import { GitHubError, invalidRequest } from './errors.ts';
import type { Caller, Level } from './tokens.ts';

/** The address of the API. */
export const api = 'https://api.github.com';

/** A request, as far as a route's handler works with it. */
export interface Call {
  readonly caller: Caller;
  /** The repository of the path. Routes without one must not ask for it. */
  readonly repository: Repository;
  readonly repositories: Repositories;
  /** The parts of the path that the route names, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object that was sent; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a handler gives. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** The query of other pages, by their relation, for the Link header. */
  readonly pages?: Readonly<Record<string, URLSearchParams>>;
}

/** One operation of the API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/repos/:owner/:repo/issues/:number` */
  readonly path: string;
  /** What a token needs: any one of these. Nothing for what a token's permissions do not matter to. */
  readonly permissions: readonly (readonly [name: string, level: Level])[];
  /** Whether anybody may do it where the repository is public. */
  readonly isPublic?: boolean;
  /** Page and heading of GitHub's reference, such as `issues/issues#create-an-issue`. */
  readonly documentation: string;
  readonly answer: (call: Call) => Answer;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

/**
 * The JSON object in a request's body.
 * @throws GitHubError 400
 */
export function bodyOf(request: Request): Readonly<Record<string, unknown>> {
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

type Kinds = { string: string; boolean: boolean; number: number };

/**
 * A member of the body.
 * @returns `undefined` where it is missing or null
 * @throws GitHubError 422 where it is of another kind
 */
export function optional<Kind extends keyof Kinds>(
  { body }: Call,
  name: string,
  kind: Kind,
): Kinds[Kind] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== kind)
    throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not a ${kind}.`);
  return value as Kinds[Kind];
}

/** As {@link optional}, and it must be there. */
export function required<Kind extends keyof Kinds>(call: Call, name: string, kind: Kind): Kinds[Kind] {
  const value = optional(call, name, kind);
  if (value === undefined) throw invalidRequest(`"${name}" wasn't supplied.`);
  return value;
}

/** A member that is a list of strings. @throws GitHubError 422 */
export function optionalStrings({ body }: Call, name: string): string[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string'))
    throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not an array of strings.`);
  return value;
}

/**
 * One page of a list.
 * @param sizes how long a page is where `per_page` does not say, and at most
 * @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function pageOf<Item>(
  items: readonly Item[],
  { query }: Call,
  sizes = { usual: 30, most: 100 },
): { items: Item[]; pages: Record<string, URLSearchParams> } {
  const size = Math.min(wholeNumber(query.get('per_page')) ?? sizes.usual, sizes.most);
  const page = wholeNumber(query.get('page')) ?? 1;
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

/** A number above 0; what is none counts as not given. */
function wholeNumber(text: string | null): number | undefined {
  const number = /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 ? number : undefined;
}
