import { GitHub as Octokit } from '@actions/github/lib/utils';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { log } from '../../actions/shared/log.ts';
import { quote } from '../../actions/shared/quote.ts';
import { retry } from '../../actions/shared/retry.ts';
import { realTime } from '../../actions/shared/time.ts';

/**
 * @param route with placeholders: `GET /repos/{owner}/{repo}`
 * @throws {ActionFailed} {NotFound}
 */
export type GitHubClient = <T>(route: string, parameters: Readonly<Record<string, unknown>>) => Promise<T>;

/** Or GitHub does not show the object to this token. */
export class NotFound extends ActionFailed {}

/** As octokit throws it. */
interface RequestError extends Error {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | undefined>> };
}

/** @param token undefined for anonymous requests */
export function createGitHubClient(token: string | undefined): GitHubClient {
  const octokit = new Octokit({ ...(token && { auth: token }), baseUrl: 'https://api.github.com' });
  return async <T>(route: string, parameters: Readonly<Record<string, unknown>>) => {
    const what = `GitHub ${route}`;
    try {
      const request = () => octokit.request(route, parameters);
      const { data } = await retry({ what, timeoutSeconds: 30, time: realTime, log, transient }, request);
      return data as T;
    } catch (error) {
      throw isRequestError(error) ? toActionFailed(error, formatRequest(route, parameters)) : error;
    }
  };
}

function isRequestError(error: unknown): error is RequestError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function transient(error: unknown): string | undefined {
  if (!isRequestError(error) || error.status < 500) return undefined;
  return error.response ? `GitHub answered ${error.status}` : 'GitHub could not be reached';
}

const TOKEN_PERMISSIONS =
  'https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens';

function toActionFailed({ status, message, response }: RequestError, request: string): ActionFailed {
  const refused = `GitHub refused the request ${quote(request)}.\nGitHub answered ${status}: ${quote(message)}`;
  if (status === 401)
    return new ActionFailed(
      'GitHub does not accept the token. It is wrong, expired, or revoked.',
      'Log in again (gh auth login), or pass another token (--github-token-file, GH_TOKEN).',
      TOKEN_PERMISSIONS,
    );
  if (status === 403 || status === 429) {
    const needed = response?.headers['x-accepted-github-permissions'];
    return new ActionFailed(
      refused,
      [
        'Use a token of an administrator of the repository.',
        'A fine-grained token needs, for this repository: Administration and Variables (read and write), Actions and Metadata (read).',
        ...(needed ? [`This request needs: ${needed}.`] : []),
        'A classic token needs the scope repo. The GITHUB_TOKEN of a job cannot have these permissions.',
      ].join(' '),
      TOKEN_PERMISSIONS,
    );
  }
  if (status === 422 && /billing plan/.test(message))
    return new ActionFailed(
      refused,
      'Environments of a private repository can have rules only on a paid plan. Create the environment without rules (gh api --method PUT, with the path above) and run this command again: it uses an existing environment as it is. Or make the repository public.',
      'https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments',
    );
  if (status === 404)
    return new NotFound(
      `GitHub has nothing at ${quote(request)}, or does not show it to this token.`,
      'Check --repository, and that the token can read it.',
      TOKEN_PERMISSIONS,
    );
  // Without an answer, octokit sets the status 500.
  if (!response)
    return new ActionFailed(
      `GitHub could not be reached for the request ${quote(request)}.\nThe error was: ${quote(message)}`,
      'Check the proxy and DNS.',
    );
  return new ActionFailed(refused, 'Try again later. See https://www.githubstatus.com.');
}

/** Undefined if GitHub answers "not found". */
export async function lookUpGitHub<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** The path with its parameters, and the other parameters as the body. */
export function formatRequest(route: string, parameters: Readonly<Record<string, unknown>>): string {
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
