import { TokenRejected } from '../entra/tokens.ts';
import { json, type Reply, type Request } from '../http/service.ts';
import { grant, mayUse } from './access.ts';
import type { RegistryContext } from './context.ts';
import { unauthorized } from './errors.ts';
import type { Registry } from './registries.ts';
import type { RegistryTokens } from './tokens.ts';

/**
 * `POST /oauth2/exchange`: an Entra access token for a refresh token of the registry. The token is for container
 * registries, or for Resource Manager where the registry's policy allows that.
 * @throws RegistryError 401 where the token is refused, or its principal may do nothing with the registry
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export async function exchange(
  context: RegistryContext,
  tokens: RegistryTokens,
  registry: Registry,
  request: Request,
): Promise<Reply> {
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
  if (!mayUse(context, registry, caller.objectId)) throw unauthorized(registry.loginServer);
  return json(200, { refresh_token: await tokens.issueRefreshToken(registry.loginServer, caller.objectId) });
}

/**
 * `/oauth2/token`: an access token for scopes, with as much of them as roles allow. POST takes the refresh token in a
 * form; GET as a password, as docker and containerd send it, or none at all.
 * @throws RegistryError 401 where the refresh token is refused, or an anonymous client may have nothing
 */
export async function accessToken(
  context: RegistryContext,
  tokens: RegistryTokens,
  registry: Registry,
  request: Request,
): Promise<Reply> {
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

/** The password of basic authentication; the user name is not looked at. */
function passwordOf({ headers }: Request): string | undefined {
  const credentials = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (credentials === undefined) return undefined;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
