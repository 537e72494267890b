import type { Variable } from '../../repository.ts';
import { GitHubError, notFound, validationFailed } from '../errors.ts';
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
import { environmentOf } from './environments.ts';

interface Place {
  /** In the operation's name. */
  readonly kind: 'repository' | 'environment';
  readonly path: string;
  /** GITHUB_TOKEN can have neither permission. */
  readonly permission: 'actions_variables' | 'environments';
  readonly limit: number;
  readonly variables: (request: RestRequest) => Map<string, Variable>;
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables#limits-for-configuration-variables */
const places: readonly Place[] = [
  {
    kind: 'repository',
    path: '/repos/:owner/:repo/actions/variables',
    permission: 'actions_variables',
    limit: 500,
    variables: ({ repository }) => repository.variables,
  },
  {
    kind: 'environment',
    path: '/repos/:owner/:repo/environments/:environment/variables',
    permission: 'environments',
    limit: 100,
    variables: request => environmentOf(request).variables,
  },
];

const largestValue = 48 * 1024;

export const variableOperations: readonly Operation[] = places.flatMap((place): Operation[] => {
  const { kind, path, permission, variables } = place;
  const page = `actions/variables#`;
  const read = { permissions: [[permission, 'read']] } as const;
  const write = { permissions: [[permission, 'write']] } as const;
  const one = `${path}/:name`;
  return [
    {
      ...read,
      method: 'GET',
      path,
      documentation: `${page}list-${kind}-variables`,
      handler: request => list(request, variables(request)),
    },
    {
      ...read,
      method: 'GET',
      path: one,
      documentation: `${page}get-a${kind === 'environment' ? 'n' : ''}-${kind}-variable`,
      handler: request => ok(bodyOf(found(request, variables(request)))),
    },
    {
      ...write,
      method: 'POST',
      path,
      documentation: `${page}create-a${kind === 'environment' ? 'n' : ''}-${kind}-variable`,
      handler: request => create(request, variables(request), place.limit),
    },
    {
      ...write,
      method: 'PATCH',
      path: one,
      documentation: `${page}update-a${kind === 'environment' ? 'n' : ''}-${kind}-variable`,
      handler: request => update(request, variables(request)),
    },
    {
      ...write,
      method: 'DELETE',
      path: one,
      documentation: `${page}delete-a${kind === 'environment' ? 'n' : ''}-${kind}-variable`,
      handler: request => {
        const all = variables(request);
        all.delete(found(request, all).name);
        return noContent;
      },
    },
  ];
});

function list(request: RestRequest, all: ReadonlyMap<string, Variable>): RestReply {
  const sorted = [...all.values()].sort((one, other) => one.name.localeCompare(other.name));
  const { items, pages } = pageOf(sorted, request, { default: 10, maximum: 30 });
  return { ...ok({ total_count: all.size, variables: items.map(bodyOf) }), pages };
}

function create(request: RestRequest, all: Map<string, Variable>, limit: number): RestReply {
  const name = validName(requiredMember(request, 'name', 'string'));
  const value = validValue(requiredMember(request, 'value', 'string'));
  if (all.has(name)) throw new GitHubError(409, 'Already exists - Variable already exists');
  if (all.size >= limit) throw new GitHubError(422, `There can be no more than ${limit} variables.`);
  const now = new Date();
  all.set(name, { name, value, createdAt: now, updatedAt: now });
  return created({});
}

function update(request: RestRequest, all: Map<string, Variable>): RestReply {
  const before = found(request, all);
  const name = validName(optionalMember(request, 'name', 'string') ?? before.name);
  const value = validValue(optionalMember(request, 'value', 'string') ?? before.value);
  if (name !== before.name && all.has(name))
    throw new GitHubError(409, 'Already exists - Variable already exists');
  all.delete(before.name);
  all.set(name, { ...before, name, value, updatedAt: new Date() });
  return noContent;
}

function found({ parameters }: RestRequest, all: ReadonlyMap<string, Variable>): Variable {
  const variable = all.get(parameters.name?.toUpperCase() ?? '');
  if (!variable) throw notFound();
  return variable;
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables#naming-conventions-for-configuration-variables */
function validName(name: string): string {
  const upper = name.toUpperCase();
  if (!/^[A-Z_][A-Z0-9_]*$/.test(upper) || upper.startsWith('GITHUB_'))
    throw validationFailed({ resource: 'Variable', code: 'invalid', field: 'name' });
  return upper;
}

function validValue(value: string): string {
  if (Buffer.byteLength(value) > largestValue)
    throw validationFailed({ resource: 'Variable', code: 'invalid', field: 'value' });
  return value;
}

function bodyOf({ name, value, createdAt, updatedAt }: Variable): object {
  return { name, value, created_at: createdAt, updated_at: updatedAt };
}
