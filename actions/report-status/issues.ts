import { getOctokit } from '@actions/github';
import { ActionFailed } from '../shared/failures.ts';
import type { Inputs } from './inputs.ts';
import { refusal } from './refusals.ts';
import { marker } from './text.ts';

/** An issue, as far as this action works with it. */
export interface Issue {
  number: number;
  url: string;
}

/** The issues of one topic that this action opened. Each call may fail as GitHub's API does. */
export interface Issues {
  /** Those that are open, the oldest first. */
  open(): Promise<Issue[]>;
  create(title: string, body: string): Promise<Issue>;
  comment(issue: Issue, body: string): Promise<void>;
  close(issue: Issue, reason: 'completed' | 'not_planned'): Promise<void>;
}

/** Who GITHUB_TOKEN acts as. */
const ACTIONS_BOT = 'github-actions[bot]';

/** The issues as they are on GitHub. */
export function githubIssues({ topic, label, token, repository }: Inputs): Issues {
  const octokit = token === '' ? undefined : getOctokit(token);
  const api = () => {
    if (octokit) return octokit;
    throw new ActionFailed('The token is empty.', 'Leave the input token out, or give it a token.');
  };
  let login: string | undefined;

  return {
    async open() {
      login ??= await ownLogin(api());
      const listed = await api().paginate(api().rest.issues.listForRepo, {
        ...repository,
        state: 'open',
        labels: label,
        creator: login,
        per_page: 100,
      });
      // Anybody may write a title and a marker, but nobody can be the author in our place.
      return listed
        .filter(({ user, body, pull_request }) => user?.login === login && !pull_request && isOf(topic, body))
        .map(({ number, html_url }) => ({ number, url: html_url }))
        .sort((one, other) => one.number - other.number);
    },

    async create(title, body) {
      const { data } = await api().rest.issues.create({ ...repository, title, body, labels: [label] });
      if (data.labels.length === 0) {
        throw new ActionFailed(
          `GitHub opened ${data.html_url} without the label ${label}, so the next run cannot find it.`,
          'Close that issue, and give the action a token that may label: GITHUB_TOKEN with issues: write, or one of somebody with the triage role.',
          'https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization',
        );
      }
      return { number: data.number, url: data.html_url };
    },

    async comment({ number }, body) {
      await api().rest.issues.createComment({ ...repository, issue_number: number, body });
    },

    async close({ number }, state_reason) {
      await api().rest.issues.update({ ...repository, issue_number: number, state: 'closed', state_reason });
    },
  };
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
