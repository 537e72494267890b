export type Method = 'DELETE' | 'GET' | 'HEAD' | 'PATCH' | 'POST' | 'PUT';

/** One operation of a service, as data: for dispatching, for documentation, and for tests that cover every route. */
export interface RouteDeclaration {
  /** The operation's name in the service's reference: `Get Secret`. */
  readonly name: string;
  readonly method: Method;
  /**
   * Path pattern, in the syntax of `URLPattern`: `/secrets/:name` (one segment), `/v2/:repository+/tags/list` (one or
   * more segments), `/runs/:id(\\d+)` (a regular expression without capturing groups).
   */
  readonly path: string;
}

/** A route with the function that answers it. */
export interface Route<Context, Result> extends RouteDeclaration {
  readonly handler: (context: Context, parameters: Readonly<Record<string, string>>) => Result;
}

/** The parameters of a path pattern: `/secrets/:name/:version` has `name` and `version`. */
export type PathParameters<Path extends string> = { readonly [Name in ParameterName<Path>]: string };

type ParameterName<Path extends string> = Path extends `:${infer Rest}` | `${string}/:${infer Rest}`
  ? Rest extends `${infer Segment}/${infer More}`
    ? PlainName<Segment> | ParameterName<`/${More}`>
    : PlainName<Rest>
  : never;

type PlainName<Segment extends string> = Segment extends `${infer Name}(${string}`
  ? Name
  : Segment extends `${infer Name}+`
    ? Name
    : Segment;

/**
 * Declares a route. The handler receives the parameters of its path by name:
 * ```ts
 * const routes = [
 *   route('GET', '/secrets', 'Get Secrets', (call: SecretsCall) => listSecrets(call)),
 *   route('GET', '/secrets/:name', 'Get Secret', (call: SecretsCall, { name }) => getSecret(call, name)),
 * ];
 * ```
 * A service with further data about its routes spreads it in: `{ ...route(…), permissions: ['issues', 'read'] }`.
 */
export function route<const Path extends string, Context, Result>(
  method: Method,
  path: Path,
  name: string,
  handler: (context: Context, parameters: PathParameters<Path>) => Result,
): Route<Context, Result> {
  return { method, path, name, handler: handler as Route<Context, Result>['handler'] };
}

/** What a router found for a request. */
export interface RouteMatch<R extends RouteDeclaration> {
  /** `undefined` if no route has this method and path. */
  readonly route?: R;
  /** By name, as they are in the path: neither decoded nor changed to lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The methods that the path has: for 405. Empty if the path does not exist: for 404. */
  readonly allowed: readonly Method[];
}

/**
 * Finds the route of a request: the first in the list whose method and pattern match.
 *
 * Patterns are compiled to regular expressions, because `URLPattern` needs 16 µs for a match instead of 0.3, encodes
 * a decoded path again, and resolves `..` in it.
 *
 * How a service uses it:
 * ```ts
 * const router = new Router(routes, { ignoreCase: true });
 * const { route, parameters, allowed } = router.match(request.method, request.url.pathname);
 * if (!route) throw allowed.length > 0 ? methodNotAllowed(request.method) : notFound();
 * return route.handler(call, parameters);
 * ```
 */
export class Router<R extends RouteDeclaration> {
  readonly routes: readonly R[];
  readonly #compiled: readonly { readonly route: R; readonly pattern: RegExp }[];

  /** @param options.ignoreCase match literal segments in any case, as Azure does */
  constructor(routes: readonly R[], { ignoreCase = false }: { ignoreCase?: boolean } = {}) {
    this.routes = routes;
    this.#compiled = routes.map(each => ({ route: each, pattern: compile(each.path, ignoreCase) }));
  }

  /** @param path begins with a slash, without a query; decoded or not, as the service wants its parameters */
  match(method: string, path: string): RouteMatch<R> {
    const allowed: Method[] = [];
    for (const { route, pattern } of this.#compiled) {
      const found = pattern.exec(path);
      if (found === null) continue;
      if (route.method === method) return { route, parameters: { ...found.groups }, allowed: [] };
      allowed.push(route.method);
    }
    return { parameters: {}, allowed };
  }
}

/** @throws SyntaxError if a parenthesis is not closed or a regular expression in it is invalid */
function compile(path: string, ignoreCase: boolean): RegExp {
  let source = '';
  let rest = path;
  while (rest !== '') {
    const [literal = '', name] = /^[^:]*(?::(\w+))?/.exec(rest) ?? [];
    const text = name === undefined ? literal : literal.slice(0, -name.length - 1);
    source += text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    rest = rest.slice(literal.length);
    if (name === undefined) continue;
    if (rest.startsWith('(')) {
      const end = closingParenthesis(rest);
      source += `(?<${name}>${rest.slice(1, end)})`;
      rest = rest.slice(end + 1);
    } else if (rest.startsWith('+')) {
      source += `(?<${name}>[^/]+(?:/[^/]+)*)`;
      rest = rest.slice(1);
    } else {
      source += `(?<${name}>[^/]+)`;
    }
  }
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
}

function closingParenthesis(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '(') depth++;
    else if (text[index] === ')' && --depth === 0) return index;
  }
  throw new SyntaxError(`A parenthesis in ${text} is not closed.`);
}
