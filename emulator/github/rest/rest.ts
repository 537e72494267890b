import { randomUUID } from 'node:crypto';
import { json, type Reply, type Request, type Service } from '../../http/service.ts';
import type { Repositories, Repository } from '../repositories.ts';
import { type Answer, api, bodyOf, type Route } from './call.ts';
import { GitHubError, notFound } from './errors.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { environmentRoutes } from './routes/environments.ts';
import { issueRoutes } from './routes/issues.ts';
import { labelRoutes } from './routes/labels.ts';
import { repositoryRoutes } from './routes/repository.ts';
import { variableRoutes } from './routes/variables.ts';
import { viewerRoutes } from './routes/viewer.ts';
import { type Caller, type Tokens, worksOn } from './tokens.ts';

const routes: readonly Route[] = [
  ...viewerRoutes,
  ...repositoryRoutes,
  ...variableRoutes,
  ...environmentRoutes,
  ...deploymentRoutes,
  ...issueRoutes,
  ...labelRoutes,
];

const versions = ['2022-11-28', '2026-03-10'];

/**
 * GitHub's REST API, as far as workflows, `gh api` and the set-up use it.
 * @see https://docs.github.com/en/rest
 */
export function createRest(repositories: Repositories, tokens: Tokens): Service {
  return request => {
    const said: Said = {
      headers: {
        'x-github-media-type': 'github.v3; format=json',
        'x-github-request-id': randomUUID().toUpperCase(),
      },
      documentation: '',
    };
    let reply: Reply;
    try {
      const caller = admitted(request, tokens, said);
      reply = answered(request, caller, repositories, said);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      reply = error.toReply(said.documentation);
    }
    return { ...reply, headers: { ...said.headers, ...reply.headers } };
  };
}

/** What an answer says besides, be it a success or not; it is gathered on the way. */
interface Said {
  readonly headers: Record<string, string>;
  /** Page and heading of the reference. */
  documentation: string;
}

/** Who calls, once it is sure that the request may be looked at. @throws GitHubError 400, 401, 403 */
function admitted(request: Request, tokens: Tokens, { headers }: Said): Caller {
  if (!request.headers['user-agent']) {
    const message =
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.';
    throw new GitHubError(403, message);
  }
  const version = String(request.headers['x-github-api-version'] ?? versions[0]);
  if (!versions.includes(version)) throw new GitHubError(400, `The API version ${version} is not supported.`);
  headers['x-github-api-version-selected'] = version;

  const caller = tokens.callerOf(request.headers.authorization);
  const { account, budget } = caller;
  const allowed = request.url.pathname === '/rate_limit' || budget.spend();
  for (const [name, value] of Object.entries(budget.state)) headers[`x-ratelimit-${name}`] = String(value);
  if (!allowed) {
    const whose = account ? `user ID ${account.id}` : '127.0.0.1';
    throw new GitHubError(403, `API rate limit exceeded for ${whose}.`);
  }
  return caller;
}

function answered(request: Request, caller: Caller, repositories: Repositories, said: Said): Reply {
  const match = matching(request, repositories);
  if (!match) throw notFound();
  const { route, repository, parameters } = match;
  said.documentation = route.documentation;
  const accepted = route.permissions.map(([name, level]) => `${name}=${level}`).join('; ');
  if (accepted) said.headers['x-accepted-github-permissions'] = accepted;
  if (parameters.owner !== undefined) authorize(route, caller, repository);
  const answer = route.answer({
    caller,
    // Routes without one do not ask for it.
    repository: repository as Repository,
    repositories,
    parameters,
    query: request.url.searchParams,
    body: bodyOf(request),
  });
  return replyOf(answer, request.url, repository);
}

interface Match {
  readonly route: Route;
  readonly repository: Repository | undefined;
  readonly parameters: Record<string, string>;
}

function matching(request: Request, repositories: Repositories): Match | undefined {
  const parts = partsOf(request.url.pathname, repositories);
  for (const route of routes) {
    const wanted = route.path.slice(1).split('/');
    if (route.method !== request.method || wanted.length !== parts.length) continue;
    if (!wanted.every((part, index) => part.startsWith(':') || part === parts[index])) continue;
    const parameters = Object.fromEntries(
      wanted.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), parts[index] ?? '']] : [])),
    );
    return { route, parameters, repository: repositories.find(`${parameters.owner}/${parameters.repo}`) };
  }
  return undefined;
}

/** The parts of a path, decoded; `/repositories/ID/…`, as in Link headers, is the same as `/repos/OWNER/NAME/…`. */
function partsOf(path: string, repositories: Repositories): string[] {
  let parts: string[];
  try {
    parts = path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return [];
  }
  const [first, id, ...rest] = parts;
  if (first !== 'repositories') return parts;
  const repository = repositories.findById(Number(id));
  return repository ? ['repos', repository.owner.login, repository.name, ...rest] : [];
}

/**
 * Whether the caller may do this with this repository. What it may not see does not exist for it.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 * @throws GitHubError 401, 403, 404
 */
function authorize(route: Route, caller: Caller, repository: Repository | undefined): void {
  if (!repository) throw notFound();
  const belongs = worksOn(caller, repository);
  if (repository.isPrivate && !belongs) throw notFound();
  if (!repository.isPrivate && route.isPublic) return;
  const { account } = caller;
  if (!account) throw new GitHubError(401, 'Requires authentication');
  const has = ([name, level]: Route['permissions'][number]) =>
    // A user may speak in the issues of any repository that it sees.
    (belongs || (name === 'issues' && account.type !== 'Bot')) &&
    (caller.permissions[name] === 'write' || caller.permissions[name] === level);
  if (route.permissions.some(has)) return;
  const what = account.type === 'Bot' ? 'integration' : 'personal access token';
  throw new GitHubError(403, `Resource not accessible by ${what}`);
}

function replyOf({ status, body, pages = {} }: Answer, url: URL, repository: Repository | undefined): Reply {
  const path = repository
    ? url.pathname.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`)
    : url.pathname;
  const link = Object.entries(pages)
    .map(([relation, query]) => `<${api}${path}?${query}>; rel="${relation}"`)
    .join(', ');
  const headers: Record<string, string> = link ? { link } : {};
  return body === undefined ? { status, headers } : json(status, body, headers);
}
