import { randomUUID } from 'node:crypto';
import type { AzureCloud } from '../azure-clouds.ts';
import { type Route, Router, route } from '../http/router.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import type { EntraContext } from './context.ts';
import { instanceDiscovery, jsonWebKeySet, openIdConfiguration } from './discovery.ts';
import { EntraError, entraErrors } from './errors.ts';
import type { SignIns } from './sign-ins.ts';
import { deviceCode, Form, token } from './token-endpoint.ts';

interface LoginCall {
  readonly request: Request;
  readonly context: EntraContext;
  readonly signIns: SignIns;
  /** From the path, in lower case. */
  readonly tenant: string;
}

interface LoginRoute extends Route<LoginCall, Reply | Promise<Reply>> {
  /** Also for unknown tenants. */
  readonly anyTenant?: true;
}

export const loginRoutes: readonly LoginRoute[] = [
  {
    ...route(
      'GET',
      '/:tenant([^/]*)/discovery/instance',
      'Instance discovery',
      ({ request, context }: LoginCall) => {
        const known = instanceDiscovery(
          context.cloud,
          request.url.searchParams.get('authorization_endpoint'),
        );
        if (known === undefined) throw entraErrors.unknownInstance();
        return json(200, known);
      },
    ),
    anyTenant: true,
  },
  {
    ...route('GET', '/:tenant([^/]*)/userrealm/:user(.*)', 'User realm', ({ context }: LoginCall, { user }) =>
      json(200, userRealm(context.cloud, user)),
    ),
    anyTenant: true,
  },
  route(
    'GET',
    '/:tenant/.well-known/openid-configuration',
    'OpenID configuration 1.0',
    ({ context, tenant }: LoginCall) =>
      json(200, openIdConfiguration(context.cloud, '1.0', tenant, context.tenantId)),
  ),
  route(
    'GET',
    '/:tenant/v2.0/.well-known/openid-configuration',
    'OpenID configuration 2.0',
    ({ context, tenant }: LoginCall) =>
      json(200, openIdConfiguration(context.cloud, '2.0', tenant, context.tenantId)),
  ),
  route('GET', '/:tenant/discovery/keys', 'Keys 1.0', ({ context, tenant }: LoginCall) =>
    json(200, jsonWebKeySet(context.cloud, '1.0', tenant, context.tenantId, context.tokens.keys.valid)),
  ),
  route('GET', '/:tenant/discovery/v2.0/keys', 'Keys 2.0', ({ context, tenant }: LoginCall) =>
    json(200, jsonWebKeySet(context.cloud, '2.0', tenant, context.tenantId, context.tokens.keys.valid)),
  ),
  route('POST', '/:tenant/oauth2/token', 'Token 1.0', answerToken),
  route('POST', '/:tenant/oauth2/v2.0/token', 'Token 2.0', answerToken),
  route('POST', '/:tenant/oauth2/devicecode', 'Device code 1.0', answerDeviceCode),
  route('POST', '/:tenant/oauth2/v2.0/devicecode', 'Device code 2.0', answerDeviceCode),
];

const router = new Router(loginRoutes);

export function createLogin(context: EntraContext, signIns: SignIns): Service {
  return async request => {
    const reply = await dispatch(request, context, signIns).catch((error: unknown) => {
      if (error instanceof EntraError) {
        return error.toReply(correlationOf(request), context.cloud.hosts.login);
      }
      throw error;
    });
    return { ...reply, headers: { ...headersOf(request), ...reply.headers } };
  };
}

async function dispatch(request: Request, context: EntraContext, signIns: SignIns): Promise<Reply> {
  const { method, url } = request;
  const { route: found, parameters } = router.match(method, url.pathname);
  const [, name = ''] = url.pathname.split('/');
  const tenant = name.toLowerCase();
  if (!found?.anyTenant && ![context.tenantId, 'common', 'organizations'].includes(tenant)) {
    throw entraErrors.unknownTenant(name);
  }
  return found?.handler({ request, context, signIns, tenant }, parameters) ?? { status: 404 };
}

function answerToken({ request, context, signIns, tenant }: LoginCall): Promise<Reply> {
  return token(new Form(request.body), tenant, context, signIns);
}

function answerDeviceCode({ request, context, signIns }: LoginCall): Reply {
  return deviceCode(new Form(request.body), context, signIns);
}

/** As captured, without the cookies, which no client here uses. */
function headersOf(request: Request): Record<string, string> {
  const correlationId = correlationOf(request);
  const returned = request.headers['return-client-request-id'] === 'true' && correlationId;
  return {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'x-ms-request-id': randomUUID(),
    'x-ms-ests-server': '2.1.22201.5 - EUS ProdSlices',
    ...(returned && { 'client-request-id': returned }),
  };
}

/** The tenant checks the password, not a federated domain. */
function userRealm({ instance }: AzureCloud, user: string): unknown {
  return {
    ver: '1.0',
    account_type: 'Managed',
    domain_name: user.split(/@|%40/)[1] ?? '',
    cloud_instance_name: instance,
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  };
}

function correlationOf(request: Request): string | undefined {
  const sent = request.headers['client-request-id'];
  return typeof sent === 'string' && /^[0-9a-f-]{36}$/i.test(sent) ? sent : undefined;
}
