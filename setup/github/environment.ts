import { type Call, nothingToDo, type Step } from '../steps.ts';
import type { Wanted } from '../settings.ts';
import { type GitHub, gitHubCall, lookUpGitHub } from './client.ts';
import { place } from './operations.ts';

const WHAT = 'GitHub environment';
const one = '/repos/{owner}/{repo}/environments/{environment_name}';
const policies = `${one}/deployment-branch-policies`;

/** https://docs.github.com/rest/deployments/environments#get-an-environment */
export interface FoundEnvironment {
  readonly protection_rules?: readonly { readonly type: string }[];
  readonly deployment_branch_policy: { readonly custom_branch_policies: boolean } | null;
  /** The branches that may deploy to it, where it names any. */
  readonly branches: readonly string[];
}

function parameters(wanted: Wanted): Readonly<Record<string, string>> {
  return { ...place(wanted), environment_name: wanted.environment };
}

/** @returns undefined where there is none */
export async function findEnvironment(gitHub: GitHub, wanted: Wanted): Promise<FoundEnvironment | undefined> {
  const where = parameters(wanted);
  const found = await lookUpGitHub(gitHub<Omit<FoundEnvironment, 'branches'>>(`GET ${one}`, where));
  if (!found?.deployment_branch_policy?.custom_branch_policies) return found && { ...found, branches: [] };
  const list = await gitHub<{ branch_policies: { name: string }[] }>(`GET ${policies}`, where);
  return { ...found, branches: list.branch_policies.map(({ name }) => name) };
}

/**
 * Makes the environment, for jobs on the default branch alone: whoever may push to another branch could otherwise run
 * there whatever they like as the identity. One that is there keeps its rules.
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#deployment-branches-and-tags
 */
export function makeEnvironment(
  found: FoundEnvironment | undefined,
  wanted: Wanted,
  defaultBranch: string,
): Step {
  const name = wanted.environment;
  const make = gitHubCall(`PUT ${one}`, () => ({
    ...parameters(wanted),
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  }));
  const admit = gitHubCall(`POST ${policies}`, () => ({ ...parameters(wanted), name: defaultBranch }));
  if (!found) return { what: WHAT, name, does: 'create', calls: [make, admit] };
  // Half made: a run was interrupted between the two.
  if (found.deployment_branch_policy?.custom_branch_policies && found.branches.length === 0)
    return { what: WHAT, name, does: 'change', because: 'it admits no branch', calls: [admit] };
  return nothingToDo(WHAT, name);
}

/** What is to be said of an environment that is there. */
export function environmentNotes(found: FoundEnvironment | undefined, wanted: Wanted): string[] {
  if (!found || found.deployment_branch_policy) return [];
  const settings = `https://github.com/${wanted.repository.fullName}/settings/environments`;
  return [
    `Jobs on any branch may run in the environment ${wanted.environment}; say which shall: ${settings}`,
  ];
}

/**
 * Deletes the environment where this command made it, and nobody has given it rules since.
 * @param made whether this command made it
 */
export function deleteEnvironment(
  found: FoundEnvironment | undefined,
  wanted: Wanted,
  made: boolean,
): { steps: Step[]; stays: string[] } {
  if (!found) return { steps: [], stays: [] };
  const name = wanted.environment;
  const rules = (found.protection_rules ?? []).filter(({ type }) => type !== 'branch_policy');
  if (made && rules.length === 0) {
    const call: Call = gitHubCall(`DELETE ${one}`, () => parameters(wanted));
    return { steps: [{ what: WHAT, name, does: 'delete', calls: [call] }], stays: [] };
  }
  const why = made ? 'it has been given rules' : 'not made by this command';
  return { steps: [], stays: [`${WHAT} ${name}: ${why}`] };
}
