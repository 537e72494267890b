import type { Account, Issue, IssueComment, Label, Repository } from '../../repository.ts';
import { GitHubError, invalidRequest, notFound, validationFailed } from '../errors.ts';
import { accountBody, htmlUrl, nodeId, repositoryUrl } from '../representations.ts';
import {
  created,
  noContent,
  type Operation,
  ok,
  optionalMember,
  optionalStrings,
  pageOf,
  type RestReply,
  type RestRequest,
  requiredMember,
} from '../request.ts';
import { worksOn } from '../tokens.ts';
import { ensureLabel, labelBody } from './labels.ts';

const all = '/repos/:owner/:repo/issues';
const one = `${all}/:number`;
const comments = `${one}/comments`;
const comment = `${all}/comments/:comment`;
const labels = `${one}/labels`;
const lock = `${one}/lock`;
const page = 'issues/issues#';
const commentPage = 'issues/comments#';
const read = { permissions: [['issues', 'read']], isPublic: true } as const;
const write = { permissions: [['issues', 'write']] } as const;

export const issueOperations: readonly Operation[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-repository-issues`, handler: list },
  { ...write, method: 'POST', path: all, documentation: `${page}create-an-issue`, handler: create },
  {
    ...read,
    method: 'GET',
    path: comment,
    documentation: `${commentPage}get-an-issue-comment`,
    handler: getComment,
  },
  {
    ...write,
    method: 'PATCH',
    path: comment,
    documentation: `${commentPage}update-an-issue-comment`,
    handler: updateComment,
  },
  {
    ...read,
    method: 'GET',
    path: one,
    documentation: `${page}get-an-issue`,
    handler: request => ok(issueBody(request.repository, issueOf(request))),
  },
  { ...write, method: 'PATCH', path: one, documentation: `${page}update-an-issue`, handler: update },
  {
    ...read,
    method: 'GET',
    path: comments,
    documentation: `${commentPage}list-issue-comments`,
    handler: listComments,
  },
  {
    ...write,
    method: 'POST',
    path: comments,
    documentation: `${commentPage}create-an-issue-comment`,
    handler: addComment,
  },
  {
    ...write,
    method: 'POST',
    path: labels,
    documentation: 'issues/labels#add-labels-to-an-issue',
    handler: addLabels,
  },
  { ...write, method: 'PUT', path: lock, documentation: `${page}lock-an-issue`, handler: setLock(true) },
  {
    ...write,
    method: 'DELETE',
    path: lock,
    documentation: `${page}unlock-an-issue`,
    handler: setLock(false),
  },
];

const longest = { title: 256, body: 65_536 } as const;

/** @see https://docs.github.com/en/rest/issues/issues#list-repository-issues */
function list(request: RestRequest): RestReply {
  const { query, repository } = request;
  for (const name of ['assignee', 'mentioned', 'milestone', 'type', 'after', 'before']) {
    if (query.has(name))
      throw new GitHubError(501, `The emulator does not support the filter "${name}" of issues.`);
  }
  const state = oneOf(query.get('state') ?? 'open', ['open', 'closed', 'all'], 'state');
  const sort = oneOf(query.get('sort') ?? 'created', ['created', 'updated', 'comments'], 'sort');
  const direction = oneOf(query.get('direction') ?? 'desc', ['asc', 'desc'], 'direction');
  const creator = query.get('creator')?.toLowerCase();
  const since = new Date(query.get('since') ?? 0);
  const names = (query.get('labels') ?? '').toLowerCase().split(',').filter(Boolean);

  const matching = repository.issues.filter(
    issue =>
      repository.hasIssues &&
      (state === 'all' || issue.state === state) &&
      (creator === undefined || issue.author.login.toLowerCase() === creator) &&
      issue.updatedAt >= since &&
      names.every(name => issue.labels.some(label => label.name.toLowerCase() === name)),
  );
  const measure = {
    created: (issue: Issue) => issue.number,
    updated: (issue: Issue) => issue.updatedAt.getTime(),
    comments: (issue: Issue) => issue.comments.length,
  }[sort];
  const sign = direction === 'asc' ? 1 : -1;
  matching.sort((left, right) => sign * (measure(left) - measure(right)));
  const { items, pages } = pageOf(matching, request);
  return { ...ok(items.map(issue => issueBody(repository, issue))), pages };
}

function oneOf<const Word extends string>(value: string, words: readonly Word[], name: string): Word {
  const found = words.find(word => word === value);
  if (!found) throw validationFailed({ resource: 'Issue', code: 'invalid', field: name });
  return found;
}

function create(request: RestRequest): RestReply {
  const { repository, repositories } = request;
  assertIssues(repository);
  const title = checkText('title', requiredMember(request, 'title', 'string'));
  const body = checkText('body', optionalMember(request, 'body', 'string') ?? null);
  const now = new Date();
  const issue: Issue = {
    id: repositories.newId(),
    number: repository.issues.length + 1,
    author: authorOf(request),
    createdAt: now,
    updatedAt: now,
    title,
    body,
    labels: labelsFor(request, optionalStrings(request, 'labels') ?? []),
    state: 'open',
    stateReason: null,
    closedAt: null,
    closedBy: null,
    isLocked: false,
    comments: [],
  };
  repository.issues.push(issue);
  return created(issueBody(repository, issue));
}

function update(request: RestRequest): RestReply {
  const { repository } = request;
  const issue = issueOf(request);
  if (!hasAccess(request) && issue.author !== request.requester.account)
    throw new GitHubError(403, 'Must have admin rights to Repository.');
  const title = optionalMember(request, 'title', 'string');
  const state = optionalMember(request, 'state', 'string');
  const reason = optionalMember(request, 'state_reason', 'string');
  const names = optionalStrings(request, 'labels');
  if (title !== undefined) issue.title = checkText('title', title);
  if ('body' in request.body)
    issue.body = checkText('body', optionalMember(request, 'body', 'string') ?? null);
  if (names && hasAccess(request)) issue.labels = labelsFor(request, names);
  if (state !== undefined) {
    const wanted = oneOf(state, ['open', 'closed'], 'state');
    if (wanted === 'closed') {
      const reasons = ['completed', 'not_planned', 'duplicate'] as const;
      issue.stateReason = oneOf(reason ?? 'completed', reasons, 'state_reason');
    } else if (issue.state === 'closed') issue.stateReason = 'reopened';
    if (wanted !== issue.state) {
      issue.closedAt = wanted === 'closed' ? new Date() : null;
      issue.closedBy = wanted === 'closed' ? authorOf(request) : null;
    }
    issue.state = wanted;
  }
  issue.updatedAt = new Date();
  return ok(issueBody(repository, issue));
}

function listComments(request: RestRequest): RestReply {
  const issue = issueOf(request);
  const since = new Date(request.query.get('since') ?? 0);
  const matching = issue.comments.filter(({ updatedAt }) => updatedAt >= since);
  const { items, pages } = pageOf(matching, request);
  return { ...ok(items.map(item => commentBody(request.repository, issue, item))), pages };
}

/** Only the owner can comment on a locked issue. */
function addComment(request: RestRequest): RestReply {
  const issue = issueOf(request);
  if (issue.isLocked && request.requester.account !== request.repository.owner)
    throw new GitHubError(403, 'Unable to create comment because issue is locked.');
  const body = checkText('body', requiredMember(request, 'body', 'string'), 'IssueComment');
  const now = new Date();
  const made = {
    id: request.repositories.newId(),
    author: authorOf(request),
    body,
    createdAt: now,
    updatedAt: now,
  };
  issue.comments.push(made);
  issue.updatedAt = now;
  return created(commentBody(request.repository, issue, made));
}

function getComment(request: RestRequest): RestReply {
  const { issue, found } = commentOf(request);
  return ok(commentBody(request.repository, issue, found));
}

function updateComment(request: RestRequest): RestReply {
  const { issue, found } = commentOf(request);
  found.body = checkText('body', requiredMember(request, 'body', 'string'), 'IssueComment');
  found.updatedAt = new Date();
  return ok(commentBody(request.repository, issue, found));
}

function setLock(isLocked: boolean): (request: RestRequest) => RestReply {
  return request => {
    if (!hasAccess(request)) throw new GitHubError(403, 'Must have admin rights to Repository.');
    issueOf(request).isLocked = isLocked;
    return noContent;
  };
}

function addLabels(request: RestRequest): RestReply {
  const issue = issueOf(request);
  const names = optionalStrings(request, 'labels');
  if (!names) throw invalidRequest('"labels" wasn\'t supplied.');
  if (!hasAccess(request)) throw new GitHubError(403, 'Must have triage access to the repository.');
  issue.labels = labelsFor(request, [...issue.labels.map(({ name }) => name), ...names]);
  issue.updatedAt = new Date();
  return ok(issue.labels.map(label => labelBody(request.repository, label)));
}

/** Ignores labels of requesters without access. */
function labelsFor(request: RestRequest, names: readonly string[]): Label[] {
  if (!hasAccess(request)) return [];
  return [...new Set(names.map(name => ensureLabel(request, name)))];
}

function hasAccess({ requester, repository }: RestRequest): boolean {
  return worksOn(requester, repository);
}

/** @throws GitHubError 422 */
function checkText<Text extends string | null>(
  field: 'title' | 'body',
  text: Text,
  resource = 'Issue',
): Text {
  const problem =
    text !== null && text.length > longest[field]
      ? `${field} is too long (maximum is ${longest[field]} characters)`
      : text?.trim() === '' && (field === 'title' || resource === 'IssueComment')
        ? `${field} can't be blank`
        : undefined;
  if (problem) throw validationFailed({ resource, code: 'custom', field, message: problem });
  return text;
}

function assertIssues({ hasIssues }: Repository): void {
  if (!hasIssues) throw new GitHubError(410, 'Issues has been disabled in this repository.');
}

/** @throws GitHubError 404, 410 */
function issueOf({ repository, parameters }: RestRequest): Issue {
  assertIssues(repository);
  const issue = repository.issues.find(({ number }) => String(number) === parameters.number);
  if (!issue) throw notFound();
  return issue;
}

function commentOf({ repository, parameters }: RestRequest): { issue: Issue; found: IssueComment } {
  assertIssues(repository);
  for (const issue of repository.issues) {
    const found = issue.comments.find(({ id }) => String(id) === parameters.comment);
    if (found) return { issue, found };
  }
  throw notFound();
}

function authorOf({ requester: { account } }: RestRequest): Account {
  if (!account) throw new GitHubError(401, 'Requires authentication');
  return account;
}

function association({ owner }: Repository, account: Account): string {
  return account === owner ? 'OWNER' : 'NONE';
}

function issueBody(repository: Repository, issue: Issue): object {
  const url = `${repositoryUrl(repository)}/issues/${issue.number}`;
  return {
    url,
    repository_url: repositoryUrl(repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${htmlUrl(repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: accountBody(issue.author),
    labels: issue.labels.map(label => labelBody(repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.isLocked,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy && accountBody(issue.closedBy),
    author_association: association(repository, issue.author),
    performed_via_github_app: null,
    body: issue.body,
  };
}

function commentBody(
  repository: Repository,
  issue: Issue,
  { id, author, body, createdAt, updatedAt }: IssueComment,
) {
  return {
    url: `${repositoryUrl(repository)}/issues/comments/${id}`,
    html_url: `${htmlUrl(repository)}/issues/${issue.number}#issuecomment-${id}`,
    issue_url: `${repositoryUrl(repository)}/issues/${issue.number}`,
    id,
    node_id: nodeId('IssueComment', id),
    user: accountBody(author),
    body,
    created_at: createdAt,
    updated_at: updatedAt,
    author_association: association(repository, author),
    performed_via_github_app: null,
  };
}
