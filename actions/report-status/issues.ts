import { getOctokit } from '@actions/github';
import { documentation } from '../shared/documentation.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Inputs } from './inputs.ts';
import { IssueGone, refusal } from './refusals.ts';
import { marker } from './text.ts';

/** An issue, as far as this action works with it. */
export interface Issue {
  number: number;
  url: string;
  hasLabel: boolean;
}

/** The issues of one topic that this action opened. Each call may fail as GitHub's API does. */
export interface Issues {
  /** Those that are open, the oldest first. */
  open(): Promise<Issue[]>;
  create(title: string, body: string): Promise<Issue>;
  /** Adds the label. It is for people: nothing is decided by it. */
  label(issue: Issue): Promise<void>;
  comment(issue: Issue, body: string): Promise<void>;
  close(issue: Issue, reason: 'completed' | 'not_planned'): Promise<void>;
}

/** Who GITHUB_TOKEN acts as. */
const ACTIONS_BOT = 'github-actions[bot]';

/** GitHub answers for a transferred issue with a redirect. Followed, the request would reach another repository. */
const here = { request: { redirect: 'manual' } } as const;

/** The issues as they are on GitHub. */
export function githubIssues({ topic, label, token, repository }: Inputs): Issues {
  const octokit = token === '' ? undefined : getOctokit(token);
  const api = () => {
    if (octokit) return octokit;
    throw new ActionFailed('The token is empty.', 'Leave the input token out, or give it a token.');
  };
  let own: Promise<string> | undefined;
  const login = () => {
    own ??= ownLogin(api());
    return own;
  };
  const hasLabel = (labels: readonly (string | { name?: string })[]) =>
    labels.some(each => sameName(typeof each === 'string' ? each : each.name, label));

  return {
    // Neither the label nor the creator narrows the list: that GitHub applies them as documented is not proven for a
    // workflow's token, and an issue that is not found is opened again by each run.
    async open() {
      const author = await login();
      const listed = await api().paginate(api().rest.issues.listForRepo, {
        ...repository,
        state: 'open',
        per_page: 100,
      });
      // Anybody may write a title and a marker, but nobody can be the author in our place.
      return listed
        .filter(
          ({ user, body, pull_request }) =>
            sameName(user?.login, author) && !pull_request && isOf(topic, body),
        )
        .map(({ number, html_url, labels }) => ({ number, url: html_url, hasLabel: hasLabel(labels) }))
        .sort((one, other) => one.number - other.number);
    },

    // Without the label: GitHub refuses the whole issue where the token is not allowed to create a label.
    // https://github.com/orgs/community/discussions/197408
    async create(title, body) {
      const author = await login();
      const { data } = await api().rest.issues.create({ ...repository, title, body });
      const issue = { number: data.number, url: data.html_url, hasLabel: hasLabel(data.labels) };
      if (sameName(data.user?.login, author)) return issue;
      await this.close(issue, 'not_planned');
      throw new ActionFailed(
        `GitHub opened ${issue.url} as "${data.user?.login}", but the token says that it acts as "${author}". A later run could not recognize the issue, so it was closed again.`,
        'Report this (assumption G-author), and use another token meanwhile.',
        documentation(process.env, 'github.md'),
      );
    },

    async label({ number }) {
      const { status, data } = await api().rest.issues.addLabels({
        ...repository,
        ...here,
        issue_number: number,
        labels: [label],
      });
      if (status !== 200 || !hasLabel(data)) throw new Error(`GitHub answered ${status}, without the label`);
    },

    async comment({ number }, body) {
      const { status } = await api().rest.issues.createComment({
        ...repository,
        ...here,
        issue_number: number,
        body,
      });
      if (status !== 201) throw new IssueGone(number, status);
    },

    async close({ number }, state_reason) {
      const { status } = await api().rest.issues.update({
        ...repository,
        ...here,
        issue_number: number,
        state: 'closed',
        state_reason,
      });
      if (status !== 200) throw new IssueGone(number, status);
    },
  };
}

function sameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function isOf(topic: string, body: string | null | undefined): boolean {
  return body?.startsWith(marker(topic)) ?? false;
}

/**
 * The name that the token acts under. REST does not say it to the token of a workflow or an app; GraphQL does. Where it
 * does not answer either, it is taken for GITHUB_TOKEN: nobody else's issue is touched for that.
 */
async function ownLogin(octokit: ReturnType<typeof getOctokit>): Promise<string> {
  try {
    const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
    return viewer.login;
  } catch (error) {
    if (refusal(error)) throw error;
    return ACTIONS_BOT;
  }
}
