import type { Label, Repository } from '../../repository.ts';
import { notFound, validationFailed } from '../errors.ts';
import { nodeId, repositoryUrl } from '../representations.ts';
import {
  created,
  noContent,
  type Operation,
  ok,
  optionalMember,
  pageOf,
  type RestReply,
  type RestRequest,
  requiredMember,
} from '../request.ts';

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

export const labelOperations: readonly Operation[] = [
  {
    ...read,
    method: 'GET',
    path: all,
    documentation: `${page}list-labels-for-a-repository`,
    handler: request => {
      const { items, pages } = pageOf([...request.repository.labels.values()], request);
      return { ...ok(items.map(label => labelBody(request.repository, label))), pages };
    },
  },
  { ...write, method: 'POST', path: all, documentation: `${page}create-a-label`, handler: create },
  {
    ...read,
    method: 'GET',
    path: `${all}/:label`,
    documentation: `${page}get-a-label`,
    handler: ({ repository, parameters }) => {
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
    handler: remove,
  },
];

/** Also removes the label from issues. */
function remove({ repository, parameters }: RestRequest): RestReply {
  const key = parameters.label?.toLowerCase() ?? '';
  const label = repository.labels.get(key);
  if (!label) throw notFound();
  repository.labels.delete(key);
  for (const issue of repository.issues) issue.labels = issue.labels.filter(each => each !== label);
  return noContent;
}

function create(request: RestRequest): RestReply {
  const { repository } = request;
  const name = requiredMember(request, 'name', 'string');
  const color = optionalMember(request, 'color', 'string') ?? 'ededed';
  const invalid = (code: 'invalid' | 'already_exists', field: string) =>
    validationFailed({ resource: 'Label', code, field });
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid('invalid', 'color');
  if (repository.labels.has(name.toLowerCase())) throw invalid('already_exists', 'name');
  const label = ensureLabel(request, name, color, optionalMember(request, 'description', 'string') ?? null);
  return created(labelBody(repository, label));
}

/** @throws GitHubError 422 */
export function ensureLabel(
  { repository, repositories }: RestRequest,
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
