import { type Answer, type Call, created, ok, optional, pageOf, type Route, required } from '../call.ts';
import { invalidRequest, notFound } from '../errors.ts';
import { nodeId, repositoryUrl, userBody } from './bodies.ts';

/** A deployment, and what became of it. */
export interface Deployment {
  readonly id: number;
  readonly body: object;
  readonly environment: string;
  readonly statuses: object[];
}

const all = '/repos/:owner/:repo/deployments';
const statuses = `${all}/:deployment/statuses`;
const page = 'deployments/deployments#';
const statusPage = 'deployments/statuses#';
const read = { permissions: [['deployments', 'read']], isPublic: true } as const;
const write = { permissions: [['deployments', 'write']] } as const;

/** Deployments and their statuses. */
export const deploymentRoutes: readonly Route[] = [
  { ...read, method: 'GET', path: all, documentation: `${page}list-deployments`, answer: list },
  { ...write, method: 'POST', path: all, documentation: `${page}create-a-deployment`, answer: create },
  {
    ...read,
    method: 'GET',
    path: `${all}/:deployment`,
    documentation: `${page}get-a-deployment`,
    answer: call => ok(found(call).body),
  },
  {
    ...read,
    method: 'GET',
    path: statuses,
    documentation: `${statusPage}list-deployment-statuses`,
    answer: call => {
      const { items, pages } = pageOf(found(call).statuses, call);
      return { ...ok(items), pages };
    },
  },
  {
    ...write,
    method: 'POST',
    path: statuses,
    documentation: `${statusPage}create-a-deployment-status`,
    answer: addStatus,
  },
];

function list(call: Call): Answer {
  const wanted = call.query.get('environment');
  const matching = call.repository.deployments.filter(
    ({ environment }) => wanted === null || environment === wanted,
  );
  const { items, pages } = pageOf(matching, call);
  return { ...ok(items.map(({ body }) => body)), pages };
}

function create(call: Call): Answer {
  const { repository, repositories, caller } = call;
  const ref = required(call, 'ref', 'string');
  const environment = optional(call, 'environment', 'string') ?? 'production';
  const id = repositories.newId();
  const url = `${repositoryUrl(repository)}/deployments/${id}`;
  const now = new Date();
  const body = {
    url,
    id,
    node_id: nodeId('Deployment', id),
    task: optional(call, 'task', 'string') ?? 'deploy',
    original_environment: environment,
    environment,
    description: optional(call, 'description', 'string') ?? null,
    created_at: now,
    updated_at: now,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(repository),
    creator: caller.account && userBody(caller.account),
    ref,
    payload: call.body.payload ?? {},
    transient_environment: false,
    production_environment: environment === 'production',
  };
  repository.deployments.unshift({ id, environment, body, statuses: [] });
  return created(body);
}

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

function addStatus(call: Call): Answer {
  const deployment = found(call);
  const { repository, repositories, caller } = call;
  const state = required(call, 'state', 'string');
  if (!states.includes(state)) throw invalidRequest(`${JSON.stringify(state)} is not a state.`);
  const id = repositories.newId();
  const url = `${repositoryUrl(repository)}/deployments/${deployment.id}`;
  const now = new Date();
  const body = {
    url: `${url}/statuses/${id}`,
    id,
    node_id: nodeId('DeploymentStatus', id),
    state,
    creator: caller.account && userBody(caller.account),
    description: optional(call, 'description', 'string') ?? '',
    environment: deployment.environment,
    target_url: '',
    log_url: optional(call, 'log_url', 'string') ?? '',
    environment_url: optional(call, 'environment_url', 'string') ?? '',
    created_at: now,
    updated_at: now,
    deployment_url: url,
    repository_url: repositoryUrl(repository),
  };
  deployment.statuses.unshift(body);
  return created(body);
}

function found({ repository, parameters }: Call): Deployment {
  const deployment = repository.deployments.find(({ id }) => String(id) === parameters.deployment);
  if (!deployment) throw notFound();
  return deployment;
}
