import type { Repository } from '../../repositories.ts';
import { type Answer, type Call, noContent, ok, optional, pageOf, type Route, required } from '../call.ts';
import { GitHubError, invalidRequest, notFound } from '../errors.ts';
import { htmlUrl, nodeId, repositoryUrl } from './bodies.ts';
import type { Variable } from './variables.ts';

/** A branch or tag, or pattern of such, that may deploy to an environment. */
interface BranchPolicy {
  readonly id: number;
  name: string;
  readonly type: 'branch' | 'tag';
}

/** What an environment lets run. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
  updatedAt: Date;
  /** Minutes. */
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: readonly { readonly type: string; readonly id: number }[];
  branches: 'all' | 'protected' | 'custom';
  readonly branchPolicies: BranchPolicy[];
  readonly variables: Map<string, Variable>;
}

const all = '/repos/:owner/:repo/environments';
const one = `${all}/:environment`;
const policies = `${one}/deployment-branch-policies`;
const page = 'deployments/environments#';
const policyPage = 'deployments/branch-policies#';
const read = { permissions: [['actions', 'read']], isPublic: true } as const;
const write = { permissions: [['administration', 'write']] } as const;

/** Environments, and the branches that may deploy to them. */
export const environmentRoutes: readonly Route[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-environments`, answer: list },
  {
    ...read,
    method: 'GET',
    path: one,
    documentation: `${page}get-an-environment`,
    answer: call => ok(bodyOf(call.repository, environmentOf(call))),
  },
  {
    ...write,
    method: 'PUT',
    path: one,
    documentation: `${page}create-or-update-an-environment`,
    answer: put,
  },
  {
    ...write,
    method: 'DELETE',
    path: one,
    documentation: `${page}delete-an-environment`,
    answer: call => {
      call.repository.environments.delete(environmentOf(call).name.toLowerCase());
      return noContent;
    },
  },
  {
    ...read,
    method: 'GET',
    path: policies,
    documentation: `${policyPage}list-deployment-branch-policies`,
    answer: call => {
      const { branchPolicies } = environmentOf(call);
      const { items, pages } = pageOf(branchPolicies, call);
      return {
        ...ok({ total_count: branchPolicies.length, branch_policies: items.map(policyBody) }),
        pages,
      };
    },
  },
  {
    ...write,
    method: 'POST',
    path: policies,
    documentation: `${policyPage}create-a-deployment-branch-policy`,
    answer: addPolicy,
  },
  {
    ...write,
    method: 'DELETE',
    path: `${policies}/:policy`,
    documentation: `${policyPage}delete-a-deployment-branch-policy`,
    answer: call => {
      const { branchPolicies } = environmentOf(call);
      const index = branchPolicies.findIndex(({ id }) => String(id) === call.parameters.policy);
      if (index < 0) throw notFound();
      branchPolicies.splice(index, 1);
      return noContent;
    },
  },
];

/** The environment of the path. @throws GitHubError 404 */
export function environmentOf({ repository, parameters }: Call): Environment {
  const environment = repository.environments.get(parameters.environment?.toLowerCase() ?? '');
  if (!environment) throw notFound();
  return environment;
}

function list(call: Call): Answer {
  const { repository } = call;
  const environments = [...repository.environments.values()];
  const { items, pages } = pageOf(environments, call);
  const bodies = items.map(environment => bodyOf(repository, environment));
  return { ...ok({ total_count: environments.length, environments: bodies }), pages };
}

/** Creates the environment or replaces its settings: what is left out is reset. */
function put(call: Call): Answer {
  const { repository, repositories, parameters, body } = call;
  const name = parameters.environment ?? '';
  if (name === '' || name.length > 255) throw invalidRequest('The name of the environment is not valid.');
  const branches = branchesOf(body.deployment_branch_policy);
  const settings = {
    waitTimer: optional(call, 'wait_timer', 'number') ?? 0,
    preventSelfReview: optional(call, 'prevent_self_review', 'boolean') ?? false,
    reviewers: reviewersOf(body.reviewers),
    branches,
    updatedAt: new Date(),
  };
  if (settings.waitTimer < 0 || settings.waitTimer > 43_200)
    throw invalidRequest('wait_timer must be from 0 to 43200.');
  const environment: Environment = {
    ...(repository.environments.get(name.toLowerCase()) ?? {
      id: repositories.newId(),
      name,
      createdAt: settings.updatedAt,
      branchPolicies: [],
      variables: new Map(),
    }),
    ...settings,
  };
  if (branches !== 'custom') environment.branchPolicies.length = 0;
  repository.environments.set(name.toLowerCase(), environment);
  return ok(bodyOf(repository, environment));
}

function branchesOf(policy: unknown): Environment['branches'] {
  if (policy === undefined || policy === null) return 'all';
  const { protected_branches, custom_branch_policies } = policy as Record<string, unknown>;
  if (typeof protected_branches !== 'boolean' || typeof custom_branch_policies !== 'boolean')
    throw invalidRequest('deployment_branch_policy needs protected_branches and custom_branch_policies.');
  if (protected_branches === custom_branch_policies)
    throw new GitHubError(422, 'protected_branches and custom_branch_policies cannot have the same value');
  return custom_branch_policies ? 'custom' : 'protected';
}

function reviewersOf(reviewers: unknown): Environment['reviewers'] {
  if (reviewers === undefined || reviewers === null) return [];
  const isReviewer = (value: Record<string, unknown> | null) =>
    typeof value?.type === 'string' && typeof value.id === 'number';
  if (!Array.isArray(reviewers) || reviewers.length > 6 || !reviewers.every(isReviewer))
    throw invalidRequest('reviewers must be up to six objects with type and id.');
  return reviewers;
}

function addPolicy(call: Call): Answer {
  const environment = environmentOf(call);
  if (environment.branches !== 'custom') throw notFound();
  const name = required(call, 'name', 'string');
  const type = optional(call, 'type', 'string') ?? 'branch';
  if (type !== 'branch' && type !== 'tag') throw invalidRequest('type must be branch or tag.');
  if (environment.branchPolicies.some(policy => policy.name === name && policy.type === type))
    return { status: 303 };
  const policy: BranchPolicy = { id: call.repositories.newId(), name, type };
  environment.branchPolicies.push(policy);
  return ok(policyBody(policy));
}

function policyBody({ id, name, type }: BranchPolicy): object {
  return { id, node_id: nodeId('BranchPolicy', id), name, type };
}

function bodyOf(repository: Repository, environment: Environment): object {
  const { id, name, branches, waitTimer, reviewers } = environment;
  const rule = (number: number, type: string, more: object = {}) => ({
    id: id + number,
    node_id: nodeId('GateRule', id + number),
    type,
    ...more,
  });
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${repositoryUrl(repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${htmlUrl(repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    can_admins_bypass: true,
    protection_rules: [
      ...(waitTimer > 0 ? [rule(1, 'wait_timer', { wait_timer: waitTimer })] : []),
      ...(reviewers.length > 0
        ? [
            rule(2, 'required_reviewers', {
              prevent_self_review: environment.preventSelfReview,
              reviewers: reviewers.map(reviewer => ({ type: reviewer.type, reviewer: { id: reviewer.id } })),
            }),
          ]
        : []),
      ...(branches === 'all' ? [] : [rule(3, 'branch_policy')]),
    ],
    deployment_branch_policy:
      branches === 'all'
        ? null
        : { protected_branches: branches === 'protected', custom_branch_policies: branches === 'custom' },
  };
}
