import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type GitHub, lookUpGitHub, NotFound } from './client.ts';

/** What GitHub says about a repository, as far as the subjects of its tokens need it. */
export interface Repository {
  /** As GitHub spells it: the comparison of subjects is exact. */
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  readonly ownerId: number;
  readonly defaultBranch: string;
  readonly visibility: string;
  readonly isFork: boolean;
  readonly hasIssues: boolean;
  /** How its subjects are made; undefined where that could not be asked. */
  readonly template: SubjectTemplate | undefined;
}

/**
 * https://docs.github.com/rest/actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository
 * The prefix is not in that page yet; the boolean beside it, use_immutable_subject, has been seen to be wrong, the prefix
 * has not: https://github.com/Azure/azure-dev/issues/9382
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
 * Asks GitHub about a repository.
 * @param hasToken without one only a public repository is seen, and not the template of its subjects
 * @throws {NotFound} where there is none, or it is not seen; {ActionFailed} where the token is wrong
 */
export async function askAbout(
  gitHub: GitHub,
  { owner, name: repo }: { owner: string; name: string },
  hasToken: boolean,
): Promise<Repository> {
  const found = await gitHub<RepositoryAnswer>('GET /repos/{owner}/{repo}', { owner, repo }).catch(error => {
    if (!(error instanceof NotFound)) throw error;
    throw new NotFound(
      `GitHub shows no repository ${owner}/${repo}.`,
      hasToken
        ? 'Check --repository, and that the token may see it.'
        : 'Check --repository. A private one needs a token: gh auth login, GH_TOKEN, or --github-token-file.',
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
 * What GitHub has switched off in a fork, and labs need.
 * https://docs.github.com/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows
 */
export function repositoryNotes({ owner, name, isFork, hasIssues }: Repository): string[] {
  const page = `https://github.com/${owner}/${name}`;
  return [
    ...(isFork
      ? [
          `A fork runs no workflow before you have enabled them, smoke and sweep each by itself: ${page}/actions`,
        ]
      : []),
    ...(hasIssues
      ? []
      : [
          `The repository has no issues, in which the smoke test reports; they are switched on in ${page}/settings`,
        ]),
  ];
}

/**
 * The repository that this folder was cloned from, as `OWNER/NAME`; undefined where that is not GitHub's.
 * @param directory of the working tree
 */
export async function originRepository(directory = process.cwd()): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['remote', 'get-url', 'origin'], { cwd: directory });
    return repositoryOf(stdout.trim());
  } catch {
    return undefined;
  }
}

/** `OWNER/NAME` from a remote of GitHub: https, ssh or the short form of ssh. */
export function repositoryOf(remote: string): string | undefined {
  const [, owner, name] =
    /^(?:https:\/\/(?:[^@/]+@)?github\.com\/|ssh:\/\/git@github\.com(?::\d+)?\/|git@github\.com:)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      remote,
    ) ?? [];
  return owner && name ? `${owner}/${name}` : undefined;
}
