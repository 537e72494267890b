import { randomUUID } from 'node:crypto';
import { Router } from '../../http/router.ts';
import { json, type Reply, type Request, type Service } from '../../http/service.ts';
import type { Repositories } from '../repositories.ts';
import type { Repository } from '../repository.ts';
import { GitHubError, notFound } from './errors.ts';
import { deploymentOperations } from './operations/deployments.ts';
import { environmentOperations } from './operations/environments.ts';
import { issueOperations } from './operations/issues.ts';
import { labelOperations } from './operations/labels.ts';
import { repositoryOperations } from './operations/repository.ts';
import { variableOperations } from './operations/variables.ts';
import { viewerOperations } from './operations/viewer.ts';
import { api, type Operation, parseBody, type RestReply } from './request.ts';
import { type GitHubTokens, type Requester, worksOn } from './tokens.ts';

const operations: readonly Operation[] = [
  ...viewerOperations,
  ...repositoryOperations,
  ...variableOperations,
  ...environmentOperations,
  ...deploymentOperations,
  ...issueOperations,
  ...labelOperations,
];

/** Named by heading in GitHub's reference: `create-an-issue`. */
export const restRouter = new Router(
  operations.map(operation => ({ ...operation, name: operation.documentation.split('#').at(-1)! })),
);

const versions = ['2022-11-28', '2026-03-10'];

/**
 * The operations that workflows, `gh api`, and the set-up use.
 * @see https://docs.github.com/en/rest
 */
export function createRestApi(repositories: Repositories, tokens: GitHubTokens): Service {
  return request => {
    const context: ReplyContext = {
      headers: {
        'x-github-media-type': 'github.v3; format=json',
        'x-github-request-id': randomUUID().toUpperCase(),
      },
      documentation: '',
    };
    let reply: Reply;
    try {
      const requester = authenticate(request, tokens, context);
      reply = runOperation(request, requester, repositories, context);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      reply = error.toReply(context.documentation);
    }
    return { ...reply, headers: { ...context.headers, ...reply.headers } };
  };
}

/** Also on errors. */
interface ReplyContext {
  readonly headers: Record<string, string>;
  /** Page and heading of the reference. */
  documentation: string;
}

/** @throws GitHubError 400, 401, 403 */
function authenticate(request: Request, tokens: GitHubTokens, { headers }: ReplyContext): Requester {
  if (!request.headers['user-agent']) {
    const message =
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.';
    throw new GitHubError(403, message);
  }
  const version = String(request.headers['x-github-api-version'] ?? versions[0]);
  if (!versions.includes(version)) throw new GitHubError(400, `The API version ${version} is not supported.`);
  headers['x-github-api-version-selected'] = version;

  const requester = tokens.requesterOf(request.headers.authorization);
  const { account, rateLimit } = requester;
  const allowed = request.url.pathname === '/rate_limit' || rateLimit.spend();
  for (const [name, value] of Object.entries(rateLimit.state)) headers[`x-ratelimit-${name}`] = String(value);
  if (!allowed) {
    const whose = account ? `user ID ${account.id}` : '127.0.0.1';
    throw new GitHubError(403, `API rate limit exceeded for ${whose}.`);
  }
  return requester;
}

function runOperation(
  request: Request,
  requester: Requester,
  repositories: Repositories,
  context: ReplyContext,
): Reply {
  const { route, parameters: encoded } = restRouter.match(
    request.method,
    normalizePath(request.url.pathname, repositories),
  );
  if (!route) throw notFound();
  context.documentation = route.documentation;
  const accepted = route.permissions.map(([name, level]) => `${name}=${level}`).join('; ');
  if (accepted) context.headers['x-accepted-github-permissions'] = accepted;
  const parameters = Object.fromEntries(
    Object.entries(encoded).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
  const repository = repositories.find(`${parameters.owner}/${parameters.repo}`);
  if (parameters.owner !== undefined) authorize(route, requester, repository);
  const reply = route.handler({
    requester,
    repository: repository as Repository,
    repositories,
    parameters,
    query: request.url.searchParams,
    body: parseBody(request),
  });
  return toHttpReply(reply, request.url, repository);
}

/**
 * `Link` headers have `/repositories/ID/…`. Encodes every segment the same way.
 * @returns an empty path for an invalid encoding or unknown ID
 */
function normalizePath(path: string, repositories: Repositories): string {
  let segments: string[];
  try {
    segments = path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return '';
  }
  const [first, id, ...rest] = segments;
  if (first === 'repositories') {
    const repository = repositories.findById(Number(id));
    if (!repository) return '';
    segments = ['repos', repository.owner.login, repository.name, ...rest];
  }
  return `/${segments.map(segment => encodeURIComponent(segment.toWellFormed())).join('/')}`;
}

/**
 * A repository that the requester cannot read does not exist for it.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 * @throws GitHubError 401, 403, 404
 */
function authorize(operation: Operation, requester: Requester, repository: Repository | undefined): void {
  if (!repository) throw notFound();
  const belongs = worksOn(requester, repository);
  if (repository.isPrivate && !belongs) throw notFound();
  if (!repository.isPrivate && operation.isPublic) return;
  const { account } = requester;
  if (!account) throw new GitHubError(401, 'Requires authentication');
  const isGranted = ([name, level]: Operation['permissions'][number]) =>
    // Users can write in the issues of every repository that they can read.
    (belongs || (name === 'issues' && account.type !== 'Bot')) &&
    (requester.permissions[name] === 'write' || requester.permissions[name] === level);
  if (operation.permissions.some(isGranted)) return;
  const what = account.type === 'Bot' ? 'integration' : 'personal access token';
  throw new GitHubError(403, `Resource not accessible by ${what}`);
}

function toHttpReply(
  { status, body, pages = {} }: RestReply,
  url: URL,
  repository: Repository | undefined,
): Reply {
  const path = repository
    ? url.pathname.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`)
    : url.pathname;
  const link = Object.entries(pages)
    .map(([relation, query]) => `<${api}${path}?${query}>; rel="${relation}"`)
    .join(', ');
  const headers: Record<string, string> = link ? { link } : {};
  return body === undefined ? { status, headers } : json(status, body, headers);
}
