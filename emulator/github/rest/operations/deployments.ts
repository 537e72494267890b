import type { Deployment } from '../../repository.ts';
import { invalidRequest, notFound } from '../errors.ts';
import { accountBody, nodeId, repositoryUrl } from '../representations.ts';
import {
  created,
  type Operation,
  ok,
  optionalMember,
  pageOf,
  type RestReply,
  type RestRequest,
  requiredMember,
} from '../request.ts';

const all = '/repos/:owner/:repo/deployments';
const statuses = `${all}/:deployment/statuses`;
const page = 'deployments/deployments#';
const statusPage = 'deployments/statuses#';
const read = { permissions: [['deployments', 'read']], isPublic: true } as const;
const write = { permissions: [['deployments', 'write']] } as const;

export const deploymentOperations: readonly Operation[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-deployments`, handler: list },
  { ...write, method: 'POST', path: all, documentation: `${page}create-a-deployment`, handler: create },
  {
    ...read,
    method: 'GET',
    path: `${all}/:deployment`,
    documentation: `${page}get-a-deployment`,
    handler: request => ok(found(request).body),
  },
  {
    ...read,
    method: 'GET',
    path: statuses,
    documentation: `${statusPage}list-deployment-statuses`,
    handler: request => {
      const { items, pages } = pageOf(found(request).statuses, request);
      return { ...ok(items), pages };
    },
  },
  {
    ...write,
    method: 'POST',
    path: statuses,
    documentation: `${statusPage}create-a-deployment-status`,
    handler: addStatus,
  },
];

function list(request: RestRequest): RestReply {
  const wanted = request.query.get('environment');
  const matching = request.repository.deployments.filter(
    ({ environment }) => wanted === null || environment === wanted,
  );
  const { items, pages } = pageOf(matching, request);
  return { ...ok(items.map(({ body }) => body)), pages };
}

function create(request: RestRequest): RestReply {
  const { repository, repositories, requester } = request;
  const ref = requiredMember(request, 'ref', 'string');
  const environment = optionalMember(request, 'environment', 'string') ?? 'production';
  const id = repositories.newId();
  const url = `${repositoryUrl(repository)}/deployments/${id}`;
  const now = new Date();
  const body = {
    url,
    id,
    node_id: nodeId('Deployment', id),
    task: optionalMember(request, 'task', 'string') ?? 'deploy',
    original_environment: environment,
    environment,
    description: optionalMember(request, 'description', 'string') ?? null,
    created_at: now,
    updated_at: now,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(repository),
    creator: requester.account && accountBody(requester.account),
    ref,
    payload: request.body.payload ?? {},
    transient_environment: false,
    production_environment: environment === 'production',
  };
  repository.deployments.unshift({ id, environment, body, statuses: [] });
  return created(body);
}

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

function addStatus(request: RestRequest): RestReply {
  const deployment = found(request);
  const { repository, repositories, requester } = request;
  const state = requiredMember(request, 'state', 'string');
  if (!states.includes(state)) throw invalidRequest(`${JSON.stringify(state)} is not a state.`);
  const id = repositories.newId();
  const url = `${repositoryUrl(repository)}/deployments/${deployment.id}`;
  const now = new Date();
  const body = {
    url: `${url}/statuses/${id}`,
    id,
    node_id: nodeId('DeploymentStatus', id),
    state,
    creator: requester.account && accountBody(requester.account),
    description: optionalMember(request, 'description', 'string') ?? '',
    environment: deployment.environment,
    target_url: '',
    log_url: optionalMember(request, 'log_url', 'string') ?? '',
    environment_url: optionalMember(request, 'environment_url', 'string') ?? '',
    created_at: now,
    updated_at: now,
    deployment_url: url,
    repository_url: repositoryUrl(repository),
  };
  deployment.statuses.unshift(body);
  return created(body);
}

function found({ repository, parameters }: RestRequest): Deployment {
  const deployment = repository.deployments.find(({ id }) => String(id) === parameters.deployment);
  if (!deployment) throw notFound();
  return deployment;
}
