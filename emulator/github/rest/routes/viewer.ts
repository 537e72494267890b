import { type Call, ok, type Route, required } from '../call.ts';
import { GitHubError } from '../errors.ts';
import { nodeId, userBody } from './bodies.ts';

/** Who the caller is, and how much it may still ask. */
export const viewerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/rate_limit',
    permissions: [],
    documentation: 'rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user',
    answer: ({ caller: { budget } }) => ok({ resources: { core: budget.state }, rate: budget.state }),
  },
  {
    method: 'GET',
    path: '/user',
    permissions: [],
    documentation: 'users/users#get-the-authenticated-user',
    answer: ({ caller: { account } }) => {
      if (!account) throw new GitHubError(401, 'Requires authentication');
      // The token of an app's installation is nobody's.
      if (account.type === 'Bot') throw new GitHubError(403, 'Resource not accessible by integration');
      return ok(userBody(account));
    },
  },
  {
    method: 'POST',
    path: '/graphql',
    permissions: [],
    documentation: 'graphql',
    answer: viewer,
  },
];

/** Of GraphQL just the question who the caller is, which REST does not answer to an app's installation. */
function viewer(call: Call) {
  const { account } = call.caller;
  if (!account) throw new GitHubError(401, 'This endpoint requires you to be authenticated.');
  const query = required(call, 'query', 'string');
  const asked = /^\s*(?:query(?:\s+\w+)?)?\s*\{\s*viewer\s*\{([\w\s,]+)\}\s*\}\s*$/.exec(query)?.[1];
  const known: Record<string, unknown> = {
    login: account.login,
    databaseId: account.id,
    id: nodeId('User', account.id),
  };
  const names = asked?.split(/[\s,]+/).filter(Boolean) ?? [];
  if (names.length === 0 || !names.every(name => Object.hasOwn(known, name))) {
    const message = 'The emulator answers no GraphQL but { viewer { login databaseId id } }.';
    return ok({ errors: [{ type: 'NOT_EMULATED', message }] });
  }
  return ok({ data: { viewer: Object.fromEntries(names.map(name => [name, known[name]])) } });
}
