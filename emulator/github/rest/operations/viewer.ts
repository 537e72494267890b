import { GitHubError } from '../errors.ts';
import { accountBody, nodeId } from '../representations.ts';
import { type Operation, ok, type RestRequest, requiredMember } from '../request.ts';

export const viewerOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/rate_limit',
    permissions: [],
    documentation: 'rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user',
    handler: ({ requester: { rateLimit } }) =>
      ok({ resources: { core: rateLimit.state }, rate: rateLimit.state }),
  },
  {
    method: 'GET',
    path: '/user',
    permissions: [],
    documentation: 'users/users#get-the-authenticated-user',
    handler: ({ requester: { account } }) => {
      if (!account) throw new GitHubError(401, 'Requires authentication');
      // An app's installation has no user.
      if (account.type === 'Bot') throw new GitHubError(403, 'Resource not accessible by integration');
      return ok(accountBody(account));
    },
  },
  {
    method: 'POST',
    path: '/graphql',
    permissions: [],
    documentation: 'graphql',
    handler: viewer,
  },
];

/** The only GraphQL query: REST does not return the viewer to an app's installation. */
function viewer(request: RestRequest) {
  const { account } = request.requester;
  if (!account) throw new GitHubError(401, 'This endpoint requires you to be authenticated.');
  const query = requiredMember(request, 'query', 'string');
  const asked = /^\s*(?:query(?:\s+\w+)?)?\s*\{\s*viewer\s*\{([\w\s,]+)\}\s*\}\s*$/.exec(query)?.[1];
  const known: Record<string, unknown> = {
    login: account.login,
    databaseId: account.id,
    id: nodeId('User', account.id),
  };
  const names = asked?.split(/[\s,]+/).filter(Boolean) ?? [];
  if (names.length === 0 || !names.every(name => Object.hasOwn(known, name))) {
    const message = 'The emulator supports only the GraphQL query { viewer { login databaseId id } }.';
    return ok({ errors: [{ type: 'NOT_EMULATED', message }] });
  }
  return ok({ data: { viewer: Object.fromEntries(names.map(name => [name, known[name]])) } });
}
