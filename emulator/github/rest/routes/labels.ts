import type { Repository } from '../../repositories.ts';
import {
  type Answer,
  type Call,
  created,
  noContent,
  ok,
  optional,
  pageOf,
  type Route,
  required,
} from '../call.ts';
import { notFound, validationFailed } from '../errors.ts';
import { nodeId, repositoryUrl } from './bodies.ts';

/** A label of a repository. */
export interface Label {
  readonly id: number;
  readonly name: string;
  /** Six hexadecimal digits. */
  readonly color: string;
  readonly description: string | null;
}

const all = '/repos/:owner/:repo/labels';
const page = 'issues/labels#';
const read = {
  permissions: [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  isPublic: true,
} as const;
const write = {
  permissions: [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
} as const;

/** The labels that a repository has. */
export const labelRoutes: readonly Route[] = [
  {
    ...read,
    method: 'GET',
    path: all,
    documentation: `${page}list-labels-for-a-repository`,
    answer: call => {
      const { items, pages } = pageOf([...call.repository.labels.values()], call);
      return { ...ok(items.map(label => labelBody(call.repository, label))), pages };
    },
  },
  { ...write, method: 'POST', path: all, documentation: `${page}create-a-label`, answer: create },
  {
    ...read,
    method: 'GET',
    path: `${all}/:label`,
    documentation: `${page}get-a-label`,
    answer: ({ repository, parameters }) => {
      const label = repository.labels.get(parameters.label?.toLowerCase() ?? '');
      if (!label) throw notFound();
      return ok(labelBody(repository, label));
    },
  },
  {
    ...write,
    method: 'DELETE',
    path: `${all}/:label`,
    documentation: `${page}delete-a-label`,
    answer: remove,
  },
];

/** Its issues lose it. */
function remove({ repository, parameters }: Call): Answer {
  const key = parameters.label?.toLowerCase() ?? '';
  const label = repository.labels.get(key);
  if (!label) throw notFound();
  repository.labels.delete(key);
  for (const issue of repository.issues) issue.labels = issue.labels.filter(each => each !== label);
  return noContent;
}

function create(call: Call): Answer {
  const { repository } = call;
  const name = required(call, 'name', 'string');
  const color = optional(call, 'color', 'string') ?? 'ededed';
  const invalid = (code: 'invalid' | 'already_exists', field: string) =>
    validationFailed({ resource: 'Label', code, field });
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid('invalid', 'color');
  if (repository.labels.has(name.toLowerCase())) throw invalid('already_exists', 'name');
  const label = ensureLabel(call, name, color, optional(call, 'description', 'string') ?? null);
  return created(labelBody(repository, label));
}

/** The label of that name, made where it is not there. @throws GitHubError 422 */
export function ensureLabel(
  { repository, repositories }: Call,
  name: string,
  color = 'ededed',
  description: string | null = null,
): Label {
  if (name.trim() === '' || name.length > 50)
    throw validationFailed({ resource: 'Label', code: 'invalid', field: 'name' });
  const key = name.toLowerCase();
  const label = repository.labels.get(key) ?? { id: repositories.newId(), name, color, description };
  repository.labels.set(key, label);
  return label;
}

export function labelBody(repository: Repository, { id, name, color, description }: Label): object {
  return {
    id,
    node_id: nodeId('Label', id),
    url: `${repositoryUrl(repository)}/labels/${encodeURIComponent(name)}`,
    name,
    color,
    default: false,
    description,
  };
}
