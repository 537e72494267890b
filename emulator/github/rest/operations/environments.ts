import type { BranchPolicy, Environment, Repository } from '../../repository.ts';
import { GitHubError, invalidRequest, notFound } from '../errors.ts';
import { htmlUrl, nodeId, repositoryUrl } from '../representations.ts';
import {
  noContent,
  type Operation,
  ok,
  optionalMember,
  pageOf,
  type RestReply,
  type RestRequest,
  requiredMember,
} from '../request.ts';

const all = '/repos/:owner/:repo/environments';
const one = `${all}/:environment`;
const policies = `${one}/deployment-branch-policies`;
const page = 'deployments/environments#';
const policyPage = 'deployments/branch-policies#';
const read = { permissions: [['actions', 'read']], isPublic: true } as const;
const write = { permissions: [['administration', 'write']] } as const;

export const environmentOperations: readonly Operation[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-environments`, handler: list },
  {
    ...read,
    method: 'GET',
    path: one,
    documentation: `${page}get-an-environment`,
    handler: request => ok(bodyOf(request.repository, environmentOf(request))),
  },
  {
    ...write,
    method: 'PUT',
    path: one,
    documentation: `${page}create-or-update-an-environment`,
    handler: put,
  },
  {
    ...write,
    method: 'DELETE',
    path: one,
    documentation: `${page}delete-an-environment`,
    handler: request => {
      request.repository.environments.delete(environmentOf(request).name.toLowerCase());
      return noContent;
    },
  },
  {
    ...read,
    method: 'GET',
    path: policies,
    documentation: `${policyPage}list-deployment-branch-policies`,
    handler: request => {
      const { branchPolicies } = environmentOf(request);
      const { items, pages } = pageOf(branchPolicies, request);
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
    handler: addPolicy,
  },
  {
    ...write,
    method: 'DELETE',
    path: `${policies}/:policy`,
    documentation: `${policyPage}delete-a-deployment-branch-policy`,
    handler: request => {
      const { branchPolicies } = environmentOf(request);
      const index = branchPolicies.findIndex(({ id }) => String(id) === request.parameters.policy);
      if (index < 0) throw notFound();
      branchPolicies.splice(index, 1);
      return noContent;
    },
  },
];

/** @throws GitHubError 404 */
export function environmentOf({ repository, parameters }: RestRequest): Environment {
  const environment = repository.environments.get(parameters.environment?.toLowerCase() ?? '');
  if (!environment) throw notFound();
  return environment;
}

function list(request: RestRequest): RestReply {
  const { repository } = request;
  const environments = [...repository.environments.values()];
  const { items, pages } = pageOf(environments, request);
  const bodies = items.map(environment => bodyOf(repository, environment));
  return { ...ok({ total_count: environments.length, environments: bodies }), pages };
}

/** Missing settings are reset. */
function put(request: RestRequest): RestReply {
  const { repository, repositories, parameters, body } = request;
  const name = parameters.environment ?? '';
  if (name === '' || name.length > 255) throw invalidRequest('The name of the environment is not valid.');
  const branches = branchesOf(body.deployment_branch_policy);
  const settings = {
    waitTimer: optionalMember(request, 'wait_timer', 'number') ?? 0,
    preventSelfReview: optionalMember(request, 'prevent_self_review', 'boolean') ?? false,
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

function addPolicy(request: RestRequest): RestReply {
  const environment = environmentOf(request);
  if (environment.branches !== 'custom') throw notFound();
  const name = requiredMember(request, 'name', 'string');
  const type = optionalMember(request, 'type', 'string') ?? 'branch';
  if (type !== 'branch' && type !== 'tag') throw invalidRequest('type must be branch or tag.');
  if (environment.branchPolicies.some(policy => policy.name === name && policy.type === type))
    return { status: 303 };
  const policy: BranchPolicy = { id: request.repositories.newId(), name, type };
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
