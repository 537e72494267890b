import { randomUUID } from 'node:crypto';
import { Router } from '../http/router.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import type { Access } from './access.ts';
import type { BlobStore } from './blobs.ts';
import type { ContentRequest } from './content-request.ts';
import type { RegistryContext } from './context.ts';
import { distributionRoutes } from './distribution.ts';
import { RegistryError, unauthorized } from './errors.ts';
import { metadataRoutes } from './metadata.ts';
import type { Registries, Registry } from './registries.ts';
import { signInRoutes } from './sign-in.ts';
import { RegistryTokens } from './tokens.ts';

/** Needs a token of the registry. */
export const contentRouter = new Router([...distributionRoutes, ...metadataRoutes]);

export const signInRouter = new Router(signInRoutes);

/**
 * `https://{registry}.azurecr.io`
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function createDataPlane(context: RegistryContext, registries: Registries, blobs: BlobStore): Service {
  const tokens = new RegistryTokens();
  return async request => {
    const { hostname } = request.url;
    const registry = registries.find(hostname.split('.')[0]!);
    // In Azure, this host name does not resolve, which a proxy reports with 502.
    if (!registry || registry.provisioningState === 'Creating') {
      return { status: 502, body: `getaddrinfo ENOTFOUND ${hostname}` };
    }
    const reply = await answer(context, tokens, registry, blobs, request).catch((error: unknown) => {
      if (error instanceof RegistryError) return error.toReply();
      throw error;
    });
    return {
      ...reply,
      headers: {
        ...(/^\/v2(\/|$)/.test(request.url.pathname) && {
          'docker-distribution-api-version': 'registry/2.0',
        }),
        'x-ms-correlation-request-id': randomUUID(),
        ...reply.headers,
      },
    };
  };
}

async function answer(
  context: RegistryContext,
  tokens: RegistryTokens,
  registry: Registry,
  blobs: BlobStore,
  request: Request,
): Promise<Reply> {
  const { method } = request;
  const { pathname } = request.url;
  const signIn = signInRouter.match(method, pathname).route;
  if (signIn) return signIn.handler({ context, tokens, registry, request }, {});

  const access = await accessOf(tokens, registry, request);
  if (/^\/v2\/?$/.test(pathname)) {
    if (!access) throw unauthorized(registry.loginServer);
    return json(200, {});
  }
  const { route, parameters } = contentRouter.match(method, pathname);
  if (!route)
    throw new RegistryError(
      404,
      'NOT_FOUND',
      `the emulator does not implement "${method} ${pathname}" of registries`,
    );
  const contentRequest: ContentRequest = {
    registry,
    blobs,
    http: request,
    requireAccess: (type, name, action) => {
      const isGranted = access?.some(
        each => each.type === type && each.name === name && each.actions.includes(action),
      );
      if (isGranted) return;
      const error = request.headers.authorization
        ? access
          ? 'insufficient_scope'
          : 'invalid_token'
        : undefined;
      throw unauthorized(registry.loginServer, { type, name, action }, error);
    },
  };
  return route.handler(contentRequest, decode(parameters));
}

/** @throws RegistryError 404 for an invalid URL encoding */
function decode(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        throw new RegistryError(404, 'NOT_FOUND', `"${value}" is not a valid URL encoding`);
      }
    }),
  );
}

/** @returns `undefined` without a valid token */
async function accessOf(
  tokens: RegistryTokens,
  registry: Registry,
  request: Request,
): Promise<readonly Access[] | undefined> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : tokens.verifyAccessToken(registry.loginServer, token);
}
