import { GitHub as Octokit } from '@actions/github/lib/utils';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { log } from '../../actions/shared/log.ts';
import { retry } from '../../actions/shared/retry.ts';
import { realTime } from '../../actions/shared/time.ts';
import type { Call, Ids } from '../steps.ts';

/**
 * Sends a request to GitHub's REST API as the holder of a token.
 * @param route with places for parameters: `GET /repos/{owner}/{repo}`
 * @returns the answer's body
 * @throws {ActionFailed} naming what is wrong with the token or the repository; {NotFound}
 */
export type GitHub = <T>(route: string, parameters: Readonly<Record<string, unknown>>) => Promise<T>;

/** GitHub knows no such thing, or does not show it to this token. */
export class NotFound extends ActionFailed {}

/** An answer that is no success, as octokit throws it. */
interface RequestError extends Error {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | undefined>> };
}

/**
 * @param token undefined for what anybody may see
 */
export function gitHubClient(token: string | undefined): GitHub {
  const octokit = new Octokit({ ...(token && { auth: token }), baseUrl: 'https://api.github.com' });
  return async <T>(route: string, parameters: Readonly<Record<string, unknown>>) => {
    const what = `GitHub ${route}`;
    try {
      const request = () => octokit.request(route, parameters);
      const { data } = await retry({ what, timeoutSeconds: 30, time: realTime, log, transient }, request);
      return data as T;
    } catch (error) {
      throw isRequestError(error) ? named(error, shown(route, parameters)) : error;
    }
  };
}

function isRequestError(error: unknown): error is RequestError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function transient(error: unknown): string | undefined {
  if (!isRequestError(error) || error.status < 500) return undefined;
  return error.response ? `GitHub answered ${error.status}` : 'the network did not reach GitHub';
}

const TOKENS =
  'https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens';

function named({ status, message, response }: RequestError, request: string): ActionFailed {
  if (status === 401)
    return new ActionFailed(
      'GitHub does not accept the token: it is wrong, expired or revoked.',
      'Log in again (gh auth login), or give another token (--github-token-file, GH_TOKEN).',
      TOKENS,
    );
  if (status === 403 || status === 429) {
    const needed = response?.headers['x-accepted-github-permissions'];
    return new ActionFailed(
      `GitHub refuses ${request}: ${message}`,
      `The token needs, for this repository, Administration and Variables: read and write, Actions and Metadata: read${needed ? ` (this request: ${needed})` : ''}; a classic one the scope repo. The token of a workflow's job cannot have them. Its owner must be an administrator of the repository.`,
      TOKENS,
    );
  }
  if (status === 422 && /billing plan/.test(message))
    return new ActionFailed(
      `GitHub refuses ${request}: ${message}`,
      "A private repository's environment can only have rules on a paid plan. Make the environment without rules, with gh api --method PUT and the path above, and run this again: it takes an environment that is there as it is. Or make the repository public.",
      'https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments',
    );
  if (status === 404)
    return new NotFound(
      `GitHub knows nothing at ${request}, or does not show it to this token.`,
      'Check --repository, and that the token may see it.',
      TOKENS,
    );
  // octokit gives such a failure the number 500.
  if (!response)
    return new ActionFailed(
      `The network did not reach GitHub for ${request}: ${message}`,
      'Check proxy and DNS.',
    );
  return new ActionFailed(
    `GitHub refuses ${request}: ${status} ${message}`,
    'Try again later; see https://www.githubstatus.com.',
  );
}

/** What GitHub gives, or undefined where it knows no such thing. */
export async function lookUpGitHub<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** A request to GitHub that changes something. */
export function gitHubCall(route: string, parameters: (ids: Ids) => Readonly<Record<string, unknown>>): Call {
  return {
    show: ids => `GitHub API: ${shown(route, parameters(ids))}`,
    run: async (ids, { gitHub }) => {
      await gitHub!(route, parameters(ids));
      return {};
    },
  };
}

/** A request as it goes out: the parameters in their places, the others as the body. */
function shown(route: string, parameters: Readonly<Record<string, unknown>>): string {
  const left = new Map(Object.entries(parameters));
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(left.get(name));
    left.delete(name);
    return encodeURIComponent(value);
  });
  const body =
    left.size > 0 && !route.startsWith('GET') ? ` ${JSON.stringify(Object.fromEntries(left))}` : '';
  return `${path}${body}`;
}
