import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import type { Inputs } from './inputs.ts';

const DOCS = 'https://docs.github.com';

/** The issue was transferred or deleted after it was listed. */
export class IssueGone extends Error {
  constructor(number: number, status: number) {
    super(`Issue #${number} is no longer in this repository (${status}).`);
  }
}

/** Whether the error says that an issue, which was listed a moment ago, is not in the repository any more. */
export function isGone(error: unknown): boolean {
  if (error instanceof IssueGone) return true;
  const refused = refusal(error);
  return refused?.status === 404 || (refused?.status === 410 && /deleted/i.test(refused.message));
}

/** Whether somebody locked the conversation of the issue: then a workflow is not allowed to comment. */
export function isLocked(error: unknown): boolean {
  const refused = refusal(error);
  return refused?.status === 403 && /locked/i.test(refused.message);
}

/** An answer of GitHub's API that is no success; octokit throws it. */
interface Refusal {
  status: number;
  message: string;
  response?: { headers: Record<string, string | number | undefined> };
}

/** The error as GitHub's refusal, if it is one. */
export function refusal(error: unknown): Refusal | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? (error as Error & Refusal)
    : undefined;
}

/**
 * Why a call can succeed later, if it can.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function passing(error: unknown): string | undefined {
  const refused = refusal(error);
  if (!refused) return undefined;
  // octokit makes a 500 of a connection that broke.
  if (refused.status >= 500) return `GitHub does not answer as it should (${refused.status})`;
  return isRateLimit(refused) ? 'GitHub limits the rate of requests' : undefined;
}

/** How long GitHub wants to be left alone after a refusal, in seconds. @param now seconds since the epoch. */
export function pauseAfter(error: unknown, now = Date.now() / 1000): number {
  const { headers = {} } = refusal(error)?.response ?? {};
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return seconds;
  const isSpent = String(headers['x-ratelimit-remaining']) === '0';
  return isSpent ? Math.max(0, Number(headers['x-ratelimit-reset']) - now) || 0 : 0;
}

function isRateLimit({ status, message }: Refusal): boolean {
  return status === 429 || (status === 403 && /rate limit|abuse/i.test(message));
}

/** The error with what to do about it, where that is known. */
export function explained(error: unknown, { repository }: Inputs): unknown {
  const refused = refusal(error);
  if (!refused) return error;
  const name = `${repository.owner}/${repository.repo}`;
  const said = `GitHub says ${refused.status}: ${harmless(refused.message)}`;
  if (passing(error)) {
    const remedy = 'Run this job again later; https://www.githubstatus.com tells what is known.';
    return new ActionFailed(`The issue could not be written. ${said}`, remedy);
  }
  switch (refused.status) {
    case 401:
      return new ActionFailed(
        `GitHub does not accept the token. ${said}`,
        'Leave the input token out, or give it one that has not expired.',
        `${DOCS}/actions/concepts/security/github_token`,
      );
    case 403:
      return new ActionFailed(
        `The token may not write issues of ${name}. ${said}`,
        'Give the job this permission; in runs for a fork or for Dependabot it is not granted.\n\n    permissions:\n      issues: write\n',
        `${DOCS}/actions/reference/workflows-and-actions/workflow-syntax#permissions`,
      );
    case 404:
      return new ActionFailed(
        `The token does not see ${name}. ${said}`,
        'Give the job `permissions: issues: write`, or the action a token for this repository.',
        `${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource`,
      );
    case 410:
      return new ActionFailed(
        `${name} has no issues. ${said}`,
        'Switch them on under Settings, General, Features; in a fork they are off at first.',
        `${DOCS}/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/disabling-issues`,
      );
    case 422:
      return new ActionFailed(
        `GitHub does not accept the issue. ${said}`,
        'Check the inputs title and label, and whether a rule of the repository or organization refuses issues.',
        `${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed`,
      );
    default:
      return error;
  }
}
