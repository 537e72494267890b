import { quote } from '../../actions/shared/quote.ts';
import type { Settings } from '../settings.ts';
import { type Step, unchangedStep } from '../steps.ts';
import { type GitHubClient, lookUpGitHub } from './client.ts';
import { gitHubOperation, repositoryParameters } from './operations.ts';

const WHAT = 'GitHub environment';
const ENVIRONMENT = '/repos/{owner}/{repo}/environments/{environment_name}';
const POLICIES = `${ENVIRONMENT}/deployment-branch-policies`;

/** https://docs.github.com/rest/deployments/environments#get-an-environment */
export interface FoundEnvironment {
  readonly protection_rules?: readonly { readonly type: string }[];
  readonly deployment_branch_policy: { readonly custom_branch_policies: boolean } | null;
  /** Empty unless the policy lists branches. */
  readonly branches: readonly string[];
}

function parameters(settings: Settings): Readonly<Record<string, string>> {
  return { ...repositoryParameters(settings), environment_name: settings.environment };
}

export async function findEnvironment(
  gitHub: GitHubClient,
  settings: Settings,
): Promise<FoundEnvironment | undefined> {
  const where = parameters(settings);
  const found = await lookUpGitHub(gitHub<Omit<FoundEnvironment, 'branches'>>(`GET ${ENVIRONMENT}`, where));
  if (!found?.deployment_branch_policy?.custom_branch_policies) return found && { ...found, branches: [] };
  const list = await gitHub<{ branch_policies: { name: string }[] }>(`GET ${POLICIES}`, where);
  return { ...found, branches: list.branch_policies.map(({ name }) => name) };
}

/**
 * Only the default branch, because otherwise everyone who can push could run code as the identity.
 * An existing environment keeps its rules.
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#deployment-branches-and-tags
 */
export function planEnvironment(
  found: FoundEnvironment | undefined,
  settings: Settings,
  defaultBranch: string,
): Step {
  const name = settings.environment;
  const create = gitHubOperation(`PUT ${ENVIRONMENT}`, () => ({
    ...parameters(settings),
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  }));
  const allowBranch = gitHubOperation(`POST ${POLICIES}`, () => ({
    ...parameters(settings),
    name: defaultBranch,
  }));
  if (!found) return { what: WHAT, name, change: 'create', operations: [create, allowBranch] };
  // A run was interrupted between the two operations.
  if (found.deployment_branch_policy?.custom_branch_policies && found.branches.length === 0)
    return { what: WHAT, name, change: 'update', reason: 'it allows no branch', operations: [allowBranch] };
  return unchangedStep(WHAT, name);
}

export function environmentNotes(found: FoundEnvironment | undefined, settings: Settings): string[] {
  if (!found || found.deployment_branch_policy) return [];
  return [
    `Jobs on any branch can use the environment ${quote(settings.environment)}. Limit its branches: https://github.com/${settings.repository.fullName}/settings/environments`,
  ];
}

/** Only if this command created it (`isOwned`) and it has no rules of other kinds. */
export function planEnvironmentDeletion(
  found: FoundEnvironment | undefined,
  settings: Settings,
  isOwned: boolean,
): { steps: Step[]; kept: string[] } {
  if (!found) return { steps: [], kept: [] };
  const name = settings.environment;
  const rules = (found.protection_rules ?? []).filter(({ type }) => type !== 'branch_policy');
  if (isOwned && rules.length === 0) {
    const remove = gitHubOperation(`DELETE ${ENVIRONMENT}`, () => parameters(settings));
    return { steps: [{ what: WHAT, name, change: 'delete', operations: [remove] }], kept: [] };
  }
  const why = isOwned ? 'it has protection rules' : 'not created by this command';
  return { steps: [], kept: [`${WHAT} ${name}: ${why}`] };
}
