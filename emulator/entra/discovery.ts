import type { AzureCloud } from '../azure-clouds.ts';
import type { SigningKey } from '../pki/signing-key.ts';

/**
 * @param tenant as in the path. For `common` and `organizations`, the document has Entra's placeholder.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function openIdConfiguration(
  { hosts, instance }: AzureCloud,
  version: '1.0' | '2.0',
  tenant: string,
  tenantId: string,
): unknown {
  const host = `https://${hosts.login}`;
  const issuerTenant = tenant === tenantId ? tenantId : '{tenantid}';
  const authority = `${host}/${tenant}`;
  const oauth = version === '2.0' ? `${authority}/oauth2/v2.0` : `${authority}/oauth2`;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: version === '2.0' ? `${authority}/discovery/v2.0/keys` : `${host}/common/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: version === '2.0' ? ['openid', 'profile', 'email', 'offline_access'] : ['openid'],
    issuer: version === '2.0' ? `${host}/${issuerTenant}/v2.0` : `https://sts.windows.net/${issuerTenant}/`,
    request_uri_parameter_supported: false,
    userinfo_endpoint:
      version === '2.0' ? `https://${hosts.graph}/oidc/userinfo` : `${authority}/openid/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: [
      'sub',
      'iss',
      'cloud_instance_name',
      'cloud_instance_host_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'at_hash',
      'c_hash',
      'email',
    ],
    kerberos_endpoint: `${authority}/kerberos`,
    tenant_region_scope: tenant === tenantId ? 'WW' : null,
    cloud_instance_name: instance,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: hosts.graph,
    rbac_url: 'https://pas.windows.net',
  };
}

/** `kid` and `x5t` are the certificate's thumbprint. Only version 2.0 has the issuer. */
export function jsonWebKeySet(
  { hosts, instance }: AzureCloud,
  version: '1.0' | '2.0',
  tenant: string,
  tenantId: string,
  keys: readonly SigningKey[],
): unknown {
  const issuer = `https://${hosts.login}/${tenant === tenantId ? tenantId : '{tenantid}'}/v2.0`;
  return {
    keys: keys.map(({ kid, published: { n, e }, certificate }) => ({
      kty: 'RSA',
      use: 'sig',
      kid,
      x5t: kid,
      n,
      e,
      x5c: [certificate.toString('base64')],
      cloud_instance_name: instance,
      ...(version === '2.0' && { issuer }),
    })),
  };
}

/**
 * Aliases of the login host, for MSAL.
 * @returns `undefined` if the endpoint belongs to a different cloud
 */
export function instanceDiscovery({ hosts }: AzureCloud, authorizationEndpoint: string | null): unknown {
  const requested = URL.parse(authorizationEndpoint ?? '');
  if (requested === null || !hosts.logins.includes(requested.host)) return undefined;
  const tenant = requested.pathname.split('/')[1];
  return {
    tenant_discovery_endpoint: `https://${hosts.login}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: hosts.logins[0],
        preferred_cache: hosts.logins[1],
        aliases: hosts.logins,
      },
    ],
  };
}
