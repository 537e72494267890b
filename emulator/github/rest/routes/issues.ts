import type { Account, Repository } from '../../repositories.ts';
import {
  type Answer,
  type Call,
  created,
  noContent,
  ok,
  optional,
  optionalStrings,
  pageOf,
  type Route,
  required,
} from '../call.ts';
import { GitHubError, invalidRequest, notFound, validationFailed } from '../errors.ts';
import { worksOn } from '../tokens.ts';
import { htmlUrl, nodeId, repositoryUrl, userBody } from './bodies.ts';
import { ensureLabel, type Label, labelBody } from './labels.ts';

/** What was said to an issue. */
interface Comment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

/** An issue; pull requests, which GitHub lists among them, there are none. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  updatedAt: Date;
  title: string;
  body: string | null;
  labels: readonly Label[];
  state: 'open' | 'closed';
  stateReason: string | null;
  closedAt: Date | null;
  closedBy: Account | null;
  isLocked: boolean;
  readonly comments: Comment[];
}

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

/** Issues and their comments. */
export const issueRoutes: readonly Route[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-repository-issues`, answer: list },
  { ...write, method: 'POST', path: all, documentation: `${page}create-an-issue`, answer: create },
  {
    ...read,
    method: 'GET',
    path: comment,
    documentation: `${commentPage}get-an-issue-comment`,
    answer: show,
  },
  {
    ...write,
    method: 'PATCH',
    path: comment,
    documentation: `${commentPage}update-an-issue-comment`,
    answer: rewrite,
  },
  {
    ...read,
    method: 'GET',
    path: one,
    documentation: `${page}get-an-issue`,
    answer: call => ok(issueBody(call.repository, issueOf(call))),
  },
  { ...write, method: 'PATCH', path: one, documentation: `${page}update-an-issue`, answer: update },
  {
    ...read,
    method: 'GET',
    path: comments,
    documentation: `${commentPage}list-issue-comments`,
    answer: listComments,
  },
  {
    ...write,
    method: 'POST',
    path: comments,
    documentation: `${commentPage}create-an-issue-comment`,
    answer: addComment,
  },
  {
    ...write,
    method: 'POST',
    path: labels,
    documentation: 'issues/labels#add-labels-to-an-issue',
    answer: addLabels,
  },
  { ...write, method: 'PUT', path: lock, documentation: `${page}lock-an-issue`, answer: setLock(true) },
  { ...write, method: 'DELETE', path: lock, documentation: `${page}unlock-an-issue`, answer: setLock(false) },
];

const longest = { title: 256, body: 65_536 } as const;

/**
 * A list in the order that is asked for.
 * @see https://docs.github.com/en/rest/issues/issues#list-repository-issues
 */
function list(call: Call): Answer {
  const { query, repository } = call;
  for (const name of ['assignee', 'mentioned', 'milestone', 'type', 'after', 'before']) {
    if (query.has(name)) throw new GitHubError(501, `The emulator does not filter issues by ${name}.`);
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
  const { items, pages } = pageOf(matching, call);
  return { ...ok(items.map(issue => issueBody(repository, issue))), pages };
}

function oneOf<const Word extends string>(value: string, words: readonly Word[], name: string): Word {
  const found = words.find(word => word === value);
  if (!found) throw validationFailed({ resource: 'Issue', code: 'invalid', field: name });
  return found;
}

function create(call: Call): Answer {
  const { repository, repositories } = call;
  assertIssues(repository);
  const title = checked('title', required(call, 'title', 'string'));
  const body = checked('body', optional(call, 'body', 'string') ?? null);
  const now = new Date();
  const issue: Issue = {
    id: repositories.newId(),
    number: repository.issues.length + 1,
    author: authorOf(call),
    createdAt: now,
    updatedAt: now,
    title,
    body,
    labels: labelled(call, optionalStrings(call, 'labels') ?? []),
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

function update(call: Call): Answer {
  const { repository } = call;
  const issue = issueOf(call);
  if (!worksHere(call) && issue.author !== call.caller.account)
    throw new GitHubError(403, 'Must have admin rights to Repository.');
  const title = optional(call, 'title', 'string');
  const state = optional(call, 'state', 'string');
  const reason = optional(call, 'state_reason', 'string');
  const names = optionalStrings(call, 'labels');
  if (title !== undefined) issue.title = checked('title', title);
  if ('body' in call.body) issue.body = checked('body', optional(call, 'body', 'string') ?? null);
  if (names && worksHere(call)) issue.labels = labelled(call, names);
  if (state !== undefined) {
    const wanted = oneOf(state, ['open', 'closed'], 'state');
    if (wanted === 'closed') {
      const reasons = ['completed', 'not_planned', 'duplicate'] as const;
      issue.stateReason = oneOf(reason ?? 'completed', reasons, 'state_reason');
    } else if (issue.state === 'closed') issue.stateReason = 'reopened';
    if (wanted !== issue.state) {
      issue.closedAt = wanted === 'closed' ? new Date() : null;
      issue.closedBy = wanted === 'closed' ? authorOf(call) : null;
    }
    issue.state = wanted;
  }
  issue.updatedAt = new Date();
  return ok(issueBody(repository, issue));
}

function listComments(call: Call): Answer {
  const issue = issueOf(call);
  const since = new Date(call.query.get('since') ?? 0);
  const matching = issue.comments.filter(({ updatedAt }) => updatedAt >= since);
  const { items, pages } = pageOf(matching, call);
  return { ...ok(items.map(item => commentBody(call.repository, issue, item))), pages };
}

/** A caller without write access to the repository receives this for a locked issue; so does the token of a workflow. */
function addComment(call: Call): Answer {
  const issue = issueOf(call);
  if (issue.isLocked && call.caller.account !== call.repository.owner)
    throw new GitHubError(403, 'Unable to create comment because issue is locked.');
  const body = checked('body', required(call, 'body', 'string'), 'IssueComment');
  const now = new Date();
  const made = {
    id: call.repositories.newId(),
    author: authorOf(call),
    body,
    createdAt: now,
    updatedAt: now,
  };
  issue.comments.push(made);
  issue.updatedAt = now;
  return created(commentBody(call.repository, issue, made));
}

function show(call: Call): Answer {
  const { issue, found } = commentOf(call);
  return ok(commentBody(call.repository, issue, found));
}

function rewrite(call: Call): Answer {
  const { issue, found } = commentOf(call);
  found.body = checked('body', required(call, 'body', 'string'), 'IssueComment');
  found.updatedAt = new Date();
  return ok(commentBody(call.repository, issue, found));
}

function setLock(isLocked: boolean): (call: Call) => Answer {
  return call => {
    if (!worksHere(call)) throw new GitHubError(403, 'Must have admin rights to Repository.');
    issueOf(call).isLocked = isLocked;
    return noContent;
  };
}

function addLabels(call: Call): Answer {
  const issue = issueOf(call);
  const names = optionalStrings(call, 'labels');
  if (!names) throw invalidRequest('"labels" wasn\'t supplied.');
  if (!worksHere(call)) throw new GitHubError(403, 'Must have triage access to the repository.');
  issue.labels = labelled(call, [...issue.labels.map(({ name }) => name), ...names]);
  issue.updatedAt = new Date();
  return ok(issue.labels.map(label => labelBody(call.repository, label)));
}

/** Those who may not label have their labels dropped without a word; a label that is not there is made. */
function labelled(call: Call, names: readonly string[]): Label[] {
  if (!worksHere(call)) return [];
  return [...new Set(names.map(name => ensureLabel(call, name)))];
}

/** Strangers may neither label nor change what others wrote. */
function worksHere({ caller, repository }: Call): boolean {
  return worksOn(caller, repository);
}

/** What may be said, within its limit. @throws GitHubError 422 */
function checked<Text extends string | null>(field: 'title' | 'body', text: Text, resource = 'Issue'): Text {
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

/** The issue of the path. @throws GitHubError 404, 410 */
function issueOf({ repository, parameters }: Call): Issue {
  assertIssues(repository);
  const issue = repository.issues.find(({ number }) => String(number) === parameters.number);
  if (!issue) throw notFound();
  return issue;
}

function commentOf({ repository, parameters }: Call): { issue: Issue; found: Comment } {
  assertIssues(repository);
  for (const issue of repository.issues) {
    const found = issue.comments.find(({ id }) => String(id) === parameters.comment);
    if (found) return { issue, found };
  }
  throw notFound();
}

function authorOf({ caller: { account } }: Call): Account {
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
    user: userBody(issue.author),
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
    closed_by: issue.closedBy && userBody(issue.closedBy),
    author_association: association(repository, issue.author),
    performed_via_github_app: null,
    body: issue.body,
  };
}

function commentBody(
  repository: Repository,
  issue: Issue,
  { id, author, body, createdAt, updatedAt }: Comment,
) {
  return {
    url: `${repositoryUrl(repository)}/issues/comments/${id}`,
    html_url: `${htmlUrl(repository)}/issues/${issue.number}#issuecomment-${id}`,
    issue_url: `${repositoryUrl(repository)}/issues/${issue.number}`,
    id,
    node_id: nodeId('IssueComment', id),
    user: userBody(author),
    body,
    created_at: createdAt,
    updated_at: updatedAt,
    author_association: association(repository, author),
    performed_via_github_app: null,
  };
}
