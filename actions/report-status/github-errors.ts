import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import { quote } from '../shared/quote.ts';
import type { Inputs } from './inputs.ts';

const DOCS = 'https://docs.github.com';

/** The issue was transferred or deleted after it was listed. */
export class IssueGone extends Error {
  constructor(number: number, status: number) {
    super(`Issue #${number} is no longer in this repository (${status}).`);
  }
}

export function isGone(error: unknown): boolean {
  if (error instanceof IssueGone) return true;
  const failure = githubErrorOf(error);
  return failure?.status === 404 || (failure?.status === 410 && /deleted/i.test(failure.message));
}

/** True if the conversation is locked. A workflow is then not allowed to comment. */
export function isLocked(error: unknown): boolean {
  const failure = githubErrorOf(error);
  return failure?.status === 403 && /locked/i.test(failure.message);
}

interface GithubError {
  status: number;
  message: string;
  response?: { headers: Record<string, string | number | undefined> };
}

export function githubErrorOf(error: unknown): GithubError | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? (error as Error & GithubError)
    : undefined;
}

/**
 * Why the same request can succeed later; undefined if a retry does not help.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function transientReason(error: unknown): string | undefined {
  const failure = githubErrorOf(error);
  if (!failure) return undefined;
  // octokit reports a broken connection as status 500.
  if (failure.status >= 500) return `GitHub had an internal error (${failure.status})`;
  return isRateLimit(failure) ? 'GitHub limits the rate of requests' : undefined;
}

/** The wait that GitHub requests, in seconds. @param now seconds since the epoch. */
export function requestedWait(error: unknown, now = Date.now() / 1000): number {
  const { headers = {} } = githubErrorOf(error)?.response ?? {};
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return seconds;
  const isExhausted = String(headers['x-ratelimit-remaining']) === '0';
  return isExhausted ? Math.max(0, Number(headers['x-ratelimit-reset']) - now) || 0 : 0;
}

function isRateLimit({ status, message }: GithubError): boolean {
  return status === 429 || (status === 403 && /rate limit|abuse/i.test(message));
}

export function explainGithubError(error: unknown, { repository }: Inputs): unknown {
  const failure = githubErrorOf(error);
  if (!failure) return error;
  const name = `${repository.owner}/${repository.repo}`;
  const answer = `GitHub answered ${failure.status}: ${quote(harmless(failure.message))}`;
  if (transientReason(error)) {
    return new ActionFailed(
      `The action could not write the issue.\n${answer}`,
      'Run this job again later.',
      'https://www.githubstatus.com',
    );
  }
  switch (failure.status) {
    case 401:
      return new ActionFailed(
        `GitHub does not accept the token.\n${answer}`,
        'Omit the input token, or pass a token that has not expired.',
        `${DOCS}/actions/concepts/security/github_token`,
      );
    case 403:
      return new ActionFailed(
        `The token is not allowed to write issues of ${quote(name)}.\n${answer}`,
        'Give the job this permission. GitHub does not grant it to runs for a fork or for Dependabot.\n\n    permissions:\n      issues: write\n',
        `${DOCS}/actions/reference/workflows-and-actions/workflow-syntax#permissions`,
      );
    case 404:
      return new ActionFailed(
        `The token cannot access the repository ${quote(name)}.\n${answer}`,
        'Pass a token for this repository, or give the job this permission:\n\n    permissions:\n      issues: write\n',
        `${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource`,
      );
    case 410:
      return new ActionFailed(
        `The repository ${quote(name)} has issues disabled.\n${answer}`,
        'Enable issues under Settings, General, Features. A fork has them disabled at first.',
        `${DOCS}/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/disabling-issues`,
      );
    case 422:
      return new ActionFailed(
        `GitHub does not accept the issue.\n${answer}`,
        'Check the inputs title and label, and the rules of the repository and the organization for new issues.',
        `${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed`,
      );
    default:
      return error;
  }
}
