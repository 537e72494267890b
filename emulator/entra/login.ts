import { randomUUID } from 'node:crypto';
import type { AzureCloud } from '../azure-clouds.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import type { EntraContext } from './context.ts';
import { instanceDiscovery, jsonWebKeySet, openIdConfiguration } from './discovery.ts';
import { EntraError, refused } from './errors.ts';
import type { SignIns } from './sign-ins.ts';
import { deviceCode, Form, token } from './token-endpoint.ts';

/** Answers for the host that people and programs sign in at: discovery, keys, tokens. */
export function createLogin(context: EntraContext, signIns: SignIns): Service {
  return async request => {
    const reply = await route(request, context, signIns).catch((error: unknown) => {
      if (error instanceof EntraError)
        return error.toReply(correlationOf(request), context.cloud.hosts.login);
      throw error;
    });
    return { ...reply, headers: { ...headersOf(request), ...reply.headers } };
  };
}

/** What stands above every answer, as captured; without the cookies, which no client of the lab heeds. */
function headersOf(request: Request): Record<string, string> {
  const correlationId = correlationOf(request);
  const wanted = request.headers['return-client-request-id'] === 'true' && correlationId;
  return {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'x-ms-request-id': randomUUID(),
    'x-ms-ests-server': '2.1.22201.5 - EUS ProdSlices',
    ...(wanted && { 'client-request-id': wanted }),
  };
}

async function route(request: Request, context: EntraContext, signIns: SignIns): Promise<Reply> {
  const [tenantName = '', ...rest] = request.url.pathname.slice(1).split('/');
  const tenant = tenantName.toLowerCase();
  const operation = `${request.method} ${rest.join('/')}`;

  if (operation === 'GET discovery/instance') {
    const known = instanceDiscovery(context.cloud, request.url.searchParams.get('authorization_endpoint'));
    if (known === undefined) throw refused.unknownInstance();
    return json(200, known);
  }
  if (operation.startsWith('GET userrealm/'))
    return json(200, userRealm(context.cloud, rest.slice(1).join('/')));

  if (tenant !== context.tenantId && tenant !== 'common' && tenant !== 'organizations') {
    throw refused.unknownTenant(tenantName);
  }
  switch (operation) {
    case 'GET .well-known/openid-configuration':
      return json(200, openIdConfiguration(context.cloud, '1.0', tenant, context.tenantId));
    case 'GET v2.0/.well-known/openid-configuration':
      return json(200, openIdConfiguration(context.cloud, '2.0', tenant, context.tenantId));
    case 'GET discovery/keys':
      return json(
        200,
        jsonWebKeySet(context.cloud, '1.0', tenant, context.tenantId, context.tokens.keys.valid),
      );
    case 'GET discovery/v2.0/keys':
      return json(
        200,
        jsonWebKeySet(context.cloud, '2.0', tenant, context.tenantId, context.tokens.keys.valid),
      );
    case 'POST oauth2/token':
    case 'POST oauth2/v2.0/token':
      return token(new Form(request.body), tenant, context, signIns);
    case 'POST oauth2/devicecode':
    case 'POST oauth2/v2.0/devicecode':
      return deviceCode(new Form(request.body), context, signIns);
    default:
      return { status: 404 };
  }
}

/** Where a user's password would be checked: in the tenant itself, not by a federated domain. */
function userRealm({ instance }: AzureCloud, name: string): unknown {
  return {
    ver: '1.0',
    account_type: 'Managed',
    domain_name: name.split(/@|%40/)[1] ?? '',
    cloud_instance_name: instance,
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  };
}

function correlationOf(request: Request): string | undefined {
  const sent = request.headers['client-request-id'];
  return typeof sent === 'string' && /^[0-9a-f-]{36}$/i.test(sent) ? sent : undefined;
}
