import { TokenRejected } from '../entra/tokens.ts';
import { route } from '../http/router.ts';
import { json, type Reply, type Request } from '../http/service.ts';
import { canSignIn, grant } from './access.ts';
import type { RegistryContext } from './context.ts';
import { unauthorized } from './errors.ts';
import type { Registry } from './registries.ts';
import type { RegistryTokens } from './tokens.ts';

interface SignInRequest {
  readonly context: RegistryContext;
  readonly tokens: RegistryTokens;
  readonly registry: Registry;
  readonly request: Request;
}

/** @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md */
export const signInRoutes = [
  route('POST', '/oauth2/exchange', 'Exchange Entra token for refresh token', issueRefreshToken),
  route('POST', '/oauth2/token', 'Get access token', issueAccessToken),
  route('GET', '/oauth2/token', 'Get access token with password', issueAccessToken),
];

/**
 * Resource Manager's audience is accepted if the registry's policy allows it.
 * @throws RegistryError 401 for an invalid token, or a principal without permission on the registry
 */
async function issueRefreshToken({ context, tokens, registry, request }: SignInRequest): Promise<Reply> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const { audiences } = context.cloud;
  const accepted = [
    ...audiences.containerRegistry,
    ...(registry.armTokens === 'enabled' ? audiences.arm : []),
  ];
  if (form.get('grant_type') !== 'access_token' || form.get('service') !== registry.loginServer) {
    throw unauthorized(registry.loginServer);
  }
  const caller = await context.tokens
    .verifyAccessToken(`Bearer ${form.get('access_token')}`, accepted)
    .catch((error: unknown) => {
      throw error instanceof TokenRejected ? unauthorized(registry.loginServer) : error;
    });
  if (!canSignIn(context, registry, caller.objectId)) throw unauthorized(registry.loginServer);
  return json(200, { refresh_token: await tokens.issueRefreshToken(registry.loginServer, caller.objectId) });
}

/**
 * Only the scopes that roles allow. The refresh token is in a POST's form or, as docker and containerd send it, a GET's
 * password. Without one, the client is anonymous.
 * @throws RegistryError 401 for an invalid token, or an anonymous client that is allowed nothing
 */
async function issueAccessToken({ context, tokens, registry, request }: SignInRequest): Promise<Reply> {
  const { loginServer } = registry;
  const parameters =
    request.method === 'POST' ? new URLSearchParams(request.body.toString('utf8')) : request.url.searchParams;
  if (parameters.get('service') !== loginServer) throw unauthorized(loginServer);
  const refreshToken = parameters.get('refresh_token') ?? parameters.get('password') ?? passwordOf(request);
  const principalId =
    refreshToken === undefined ? undefined : await tokens.verifyRefreshToken(loginServer, refreshToken);
  if (refreshToken !== undefined && principalId === undefined) throw unauthorized(loginServer);
  const scopes = parameters.getAll('scope').flatMap(scope => scope.split(' '));
  const access = scopes.map(scope => grant(context, registry, principalId, scope));
  if (principalId === undefined && !access.some(({ actions }) => actions.length > 0)) {
    throw unauthorized(loginServer);
  }
  return json(200, { access_token: await tokens.issueAccessToken(loginServer, principalId, access) });
}

/** The user name is ignored. */
function passwordOf({ headers }: Request): string | undefined {
  const credentials = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (credentials === undefined) return undefined;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
