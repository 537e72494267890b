import { getOctokit } from '@actions/github';
import { documentation } from '../shared/documentation.ts';
import { ActionFailed } from '../shared/failures.ts';
import { quote } from '../shared/quote.ts';
import { githubErrorOf, IssueGone } from './github-errors.ts';
import type { Inputs } from './inputs.ts';
import { marker } from './issue-text.ts';

export interface Issue {
  number: number;
  url: string;
  hasLabel: boolean;
}

/** The issues of one topic that this action opened. Each method can throw the errors of GitHub's API. */
export interface Issues {
  /** Oldest first. */
  listOpen(): Promise<Issue[]>;
  create(title: string, body: string): Promise<Issue>;
  /** The label is for people. The action does not depend on it. */
  addLabel(issue: Issue): Promise<void>;
  comment(issue: Issue, body: string): Promise<void>;
  close(issue: Issue, reason: 'completed' | 'not_planned'): Promise<void>;
}

/** The author of issues that GITHUB_TOKEN creates. */
const ACTIONS_BOT = 'github-actions[bot]';

/** GitHub redirects requests for a transferred issue to another repository. The action does not follow. */
const withoutRedirect = { request: { redirect: 'manual' } } as const;

export function githubIssues({ topic, label, token, repository }: Inputs): Issues {
  const octokit = token === '' ? undefined : getOctokit(token);
  const api = () => {
    if (octokit) return octokit;
    throw new ActionFailed('The input token is empty.', 'Omit the input token, or pass a token.');
  };
  let own: Promise<string> | undefined;
  const login = () => {
    own ??= readLogin(api());
    return own;
  };
  const hasLabel = (labels: readonly (string | { name?: string })[]) =>
    labels.some(each => isSameName(typeof each === 'string' ? each : each.name, label));

  return {
    // The request does not filter by label or creator. It is not proven that GitHub applies these filters for a workflow's
    // token, and each run would open an issue that it does not find.
    async listOpen() {
      const author = await login();
      const listed = await api().paginate(api().rest.issues.listForRepo, {
        ...repository,
        state: 'open',
        per_page: 100,
      });
      // Everyone can write the same title and marker, but nobody can forge the author.
      return listed
        .filter(
          ({ user, body, pull_request }) =>
            isSameName(user?.login, author) && !pull_request && hasMarker(topic, body),
        )
        .map(({ number, html_url, labels }) => ({ number, url: html_url, hasLabel: hasLabel(labels) }))
        .sort((one, other) => one.number - other.number);
    },

    // Without the label, because GitHub rejects the whole issue if the token is not allowed to create a label.
    // https://github.com/orgs/community/discussions/197408
    async create(title, body) {
      const author = await login();
      const { data } = await api().rest.issues.create({ ...repository, title, body });
      const issue = { number: data.number, url: data.html_url, hasLabel: hasLabel(data.labels) };
      if (isSameName(data.user?.login, author)) return issue;
      await this.close(issue, 'not_planned');
      throw new ActionFailed(
        `GitHub created ${issue.url} with the author ${quote(data.user?.login ?? '')}, but the token acts as ${quote(author)}. A later run could not recognize the issue, so the action closed it.`,
        'Report this bug (assumption G-author in docs/github.md). Until it is fixed, use another token.',
        documentation(process.env, 'github.md'),
      );
    },

    async addLabel({ number }) {
      const { status, data } = await api().rest.issues.addLabels({
        ...repository,
        ...withoutRedirect,
        issue_number: number,
        labels: [label],
      });
      if (status !== 200 || !hasLabel(data)) throw new Error(`GitHub answered ${status} without the label`);
    },

    async comment({ number }, body) {
      const { status } = await api().rest.issues.createComment({
        ...repository,
        ...withoutRedirect,
        issue_number: number,
        body,
      });
      if (status !== 201) throw new IssueGone(number, status);
    },

    async close({ number }, state_reason) {
      const { status } = await api().rest.issues.update({
        ...repository,
        ...withoutRedirect,
        issue_number: number,
        state: 'closed',
        state_reason,
      });
      if (status !== 200) throw new IssueGone(number, status);
    },
  };
}

function isSameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function hasMarker(topic: string, body: string | null | undefined): boolean {
  return body?.startsWith(marker(topic)) ?? false;
}

/**
 * The login of the token's owner. REST does not return it for the token of a workflow or an app; GraphQL does. Without an
 * answer, the action assumes GITHUB_TOKEN: it then still changes no issue of another author.
 */
async function readLogin(octokit: ReturnType<typeof getOctokit>): Promise<string> {
  try {
    const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
    return viewer.login;
  } catch (error) {
    if (githubErrorOf(error)) throw error;
    return ACTIONS_BOT;
  }
}
