import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { quote } from '../../actions/shared/quote.ts';
import { type GitHubClient, lookUpGitHub, NotFound } from './client.ts';

export interface Repository {
  /** As GitHub spells it: Entra compares subjects exactly. */
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  readonly ownerId: number;
  readonly defaultBranch: string;
  readonly visibility: string;
  readonly isFork: boolean;
  readonly hasIssues: boolean;
  /** Undefined without a token. */
  readonly template: SubjectTemplate | undefined;
}

/**
 * https://docs.github.com/rest/actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository
 * That page does not document the prefix. Unlike the prefix, `use_immutable_subject` has been
 * wrong: https://github.com/Azure/azure-dev/issues/9382
 */
export interface SubjectTemplate {
  readonly use_default: boolean;
  readonly include_claim_keys?: readonly string[];
  readonly sub_claim_prefix?: string;
}

interface RepositoryAnswer {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly id: number; readonly login: string };
  readonly default_branch: string;
  readonly visibility?: string;
  readonly private: boolean;
  readonly fork: boolean;
  readonly has_issues: boolean;
}

/**
 * Without a token, GitHub shows only public repositories, and no template.
 * @throws {NotFound} {ActionFailed}
 */
export async function readRepository(
  gitHub: GitHubClient,
  { owner, name: repo }: { owner: string; name: string },
  hasToken: boolean,
): Promise<Repository> {
  const found = await gitHub<RepositoryAnswer>('GET /repos/{owner}/{repo}', { owner, repo }).catch(error => {
    if (!(error instanceof NotFound)) throw error;
    throw new NotFound(
      `GitHub shows no repository ${quote(`${owner}/${repo}`)}.`,
      hasToken
        ? 'Check --repository, and that the token can read it.'
        : 'Check --repository. A private repository needs a token: gh auth login, GH_TOKEN, or --github-token-file.',
    );
  });
  const customization = 'GET /repos/{owner}/{repo}/actions/oidc/customization/sub';
  return {
    owner: found.owner.login,
    name: found.name,
    id: found.id,
    ownerId: found.owner.id,
    defaultBranch: found.default_branch,
    visibility: found.visibility ?? (found.private ? 'private' : 'public'),
    isFork: found.fork,
    hasIssues: found.has_issues,
    template: hasToken
      ? await lookUpGitHub(
          gitHub<SubjectTemplate>(customization, { owner: found.owner.login, repo: found.name }),
        )
      : undefined,
  };
}

/**
 * GitHub disables features in forks.
 * https://docs.github.com/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows
 */
export function repositoryNotes({ owner, name, isFork, hasIssues }: Repository): string[] {
  const page = `https://github.com/${owner}/${name}`;
  return [
    ...(isFork
      ? [
          `GitHub runs no workflow in a fork until you enable it. Enable smoke and sweep separately: ${page}/actions`,
        ]
      : []),
    ...(hasIssues
      ? []
      : [`The smoke test reports in issues, and issues are disabled. Enable them: ${page}/settings`]),
  ];
}

/** `OWNER/NAME` of the remote `origin`, if it is on GitHub. */
export async function originRepository(directory = process.cwd()): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['remote', 'get-url', 'origin'], { cwd: directory });
    return repositoryOf(stdout.trim());
  } catch {
    return undefined;
  }
}

/** @param remote URL (https or ssh), or the short form of ssh */
export function repositoryOf(remote: string): string | undefined {
  const [, owner, name] =
    /^(?:https:\/\/(?:[^@/]+@)?github\.com\/|ssh:\/\/git@github\.com(?::\d+)?\/|git@github\.com:)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      remote,
    ) ?? [];
  return owner && name ? `${owner}/${name}` : undefined;
}
