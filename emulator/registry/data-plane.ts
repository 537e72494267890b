import { randomUUID } from 'node:crypto';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import type { Access } from './access.ts';
import type { BlobStore } from './blobs.ts';
import type { RegistryContext } from './context.ts';
import { distributionRoutes } from './distribution.ts';
import { RegistryError, unauthorized } from './errors.ts';
import { metadataRoutes } from './metadata.ts';
import type { Registries, Registry } from './registries.ts';
import type { Call, Route } from './routing.ts';
import { accessToken, exchange } from './sign-in.ts';
import { RegistryTokens } from './tokens.ts';

const routes: readonly Route[] = [...distributionRoutes, ...metadataRoutes];

/**
 * The content of every registry, on `https://{registry}.azurecr.io`.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function createDataPlane(context: RegistryContext, registries: Registries, blobs: BlobStore): Service {
  const tokens = new RegistryTokens();
  return async request => {
    const { hostname } = request.url;
    const registry = registries.find(hostname.split('.')[0]!);
    // In Azure such a host does not resolve: this is how a proxy reports that.
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
  const { method, url } = request;
  if (url.pathname === '/oauth2/exchange' && method === 'POST')
    return exchange(context, tokens, registry, request);
  if (url.pathname === '/oauth2/token') return accessToken(context, tokens, registry, request);

  const allowed = await accessOf(tokens, registry, request);
  if (/^\/v2\/?$/.test(url.pathname)) {
    if (!allowed) throw unauthorized(registry.loginServer);
    return json(200, {});
  }
  const route = routes.find(candidate => candidate.method === method && candidate.path.test(url.pathname));
  if (!route)
    throw new RegistryError(404, 'NOT_FOUND', `the emulated registry has no ${method} ${url.pathname}`);
  const call: Call = {
    registry,
    blobs,
    request,
    require: (type, name, action) => {
      const holds = allowed?.some(
        access => access.type === type && access.name === name && access.actions.includes(action),
      );
      if (holds) return;
      const error = request.headers.authorization
        ? allowed
          ? 'insufficient_scope'
          : 'invalid_token'
        : undefined;
      throw unauthorized(registry.loginServer, { type, name, action }, error);
    },
  };
  const [, repository = '', reference = ''] = route.path.exec(url.pathname)!;
  return route.handle(call, repository, decoded(reference));
}

/** @throws RegistryError 404 for what is no valid encoding, and so names nothing */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    throw new RegistryError(404, 'NOT_FOUND', `the reference ${reference} is not a valid encoding`);
  }
}

/** What the request's token allows; `undefined` where it has none that is valid. */
async function accessOf(
  tokens: RegistryTokens,
  registry: Registry,
  request: Request,
): Promise<readonly Access[] | undefined> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : tokens.verifyAccessToken(registry.loginServer, token);
}
