import { decodeJwt } from 'jose';
import type { AzureCloud } from '../azure-clouds.ts';
import { type Caller, TokenRejected } from '../entra/tokens.ts';
import type { Request } from '../http/service.ts';
import type { ArmContext } from './context.ts';
import { ArmError } from './errors.ts';

/** @throws ArmError 401 */
export async function authenticate(context: ArmContext, request: Request): Promise<Caller> {
  try {
    return await context.tokens.verifyAccessToken(request.headers.authorization, context.cloud.audiences.arm);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    const [code, message] = rejection(error, context, request.headers.authorization);
    const reason = error.reason === 'missing' ? "missing 'Authorization' header" : 'an invalid access token';
    throw new ArmError(401, code, message, {
      headers: {
        'x-ms-failure-cause': 'gateway',
        'www-authenticate': `Bearer authorization_uri="https://${context.cloud.hosts.login}/${context.tenantId}", error="invalid_token", error_description="The authentication failed because of ${reason}."`,
      },
    });
  }
}

function rejection(
  error: TokenRejected,
  { cloud, tenantId }: ArmContext,
  authorization = '',
): [string, string] {
  switch (error.reason) {
    case 'missing':
      return ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."];
    case 'audience':
      return [
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${error.found}'. It should exactly match with one of the allowed audiences ${allowed(cloud)}.`,
      ];
    case 'issuer':
      return [
        'InvalidAuthenticationTokenTenant',
        `The access token is from the wrong issuer '${error.found}'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
      ];
    case 'expired': {
      const { exp = 0 } = decodeJwt(authorization.replace(/^Bearer +/i, ''));
      return [
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${utc(new Date(exp * 1000))}' is earlier than current UTC time '${utc(new Date())}'.`,
      ];
    }
    default:
      return ['InvalidAuthenticationToken', 'The access token is invalid.'];
  }
}

/** In Azure's order: the resource's older name first. */
function allowed({ audiences }: AzureCloud): string {
  const [newer = '', newerSlash = '', older = '', olderSlash = ''] = audiences.arm;
  return [olderSlash, older, newerSlash, newer].map(each => `'${each}'`).join(',');
}

/** As .NET: `11/23/2026 3:04:05 PM`. */
function utc(date: Date): string {
  return date.toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}
