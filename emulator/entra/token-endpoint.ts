import type { AzureCloud } from '../azure-clouds.ts';
import { json, type Reply } from '../http/service.ts';
import { validateAssertion } from './assertion.ts';
import type { EntraContext } from './context.ts';
import type { Principal, ServicePrincipal, User } from './directory.ts';
import { entraErrors, notKept } from './errors.ts';
import { deviceCodeLifetime, type SignIns } from './sign-ins.ts';
import { azureCliClientId } from './tokens.ts';

const noClient = '00000000-0000-0000-0000-000000000000';
const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export class Form {
  readonly #fields: URLSearchParams;

  constructor(body: Buffer) {
    this.#fields = new URLSearchParams(body.toString('utf8'));
  }

  get(name: string): string | undefined {
    return this.#fields.get(name) || undefined;
  }

  /** @throws EntraError if it is missing or empty */
  require(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw entraErrors.missingParameter(name);
    return value;
  }
}

/**
 * v2.0 (`scope`) and v1.0 (`resource`).
 * @throws EntraError
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export async function token(
  form: Form,
  tenant: string,
  context: EntraContext,
  signIns: SignIns,
): Promise<Reply> {
  const grant = form.require('grant_type');
  const clientId = form.require('client_id').toLowerCase();
  switch (grant) {
    case 'client_credentials': {
      if (tenant !== context.tenantId) throw entraErrors.noTenant();
      if (clientId === noClient) throw entraErrors.invalidClient(clientId);
      const client = context.directory.findByClientId(clientId);
      if (!client) throw entraErrors.unknownClient(clientId, context.tenantId);
      await authenticate(client, form, context);
      return tokenReply(await accessToken(client, form.get('scope'), form, context));
    }
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code': {
      requirePublicClient(clientId, context);
      const signIn = signIns.redeemDeviceCode(form.require('device_code'), clientId);
      return userReply(signIn.user, clientId, signIn.scope, form, context, signIns);
    }
    case 'refresh_token': {
      requirePublicClient(clientId, context);
      const { user } = signIns.redeemRefreshToken(form.require('refresh_token'), clientId);
      return userReply(user, clientId, form.get('scope'), form, context, signIns);
    }
    case 'password':
      // The user has no password, so every password is wrong.
      throw entraErrors.wrongPassword();
    default:
      throw entraErrors.unsupportedGrant(grant);
  }
}

/** @throws EntraError */
export function deviceCode(form: Form, context: EntraContext, signIns: SignIns): Reply {
  const clientId = form.require('client_id').toLowerCase();
  requirePublicClient(clientId, context);
  const scope = form.require('scope');
  const { userCode, deviceCode } = signIns.startDeviceCode(clientId, scope);
  const page = 'https://login.microsoft.com/device';
  return json(
    200,
    {
      user_code: userCode,
      device_code: deviceCode,
      verification_uri: page,
      expires_in: deviceCodeLifetime,
      interval: 5,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
    },
    notKept,
  );
}

async function authenticate(client: ServicePrincipal, form: Form, context: EntraContext): Promise<void> {
  const assertion = form.get('client_assertion');
  if (assertion !== undefined && form.get('client_assertion_type') === assertionType) {
    return validateAssertion(assertion, client.federatedCredentials, context.network);
  }
  if (form.get('client_secret') === undefined) throw entraErrors.noCredential();
  // Applications have no secrets, so every secret is wrong.
  throw client.kind === 'ManagedIdentity'
    ? entraErrors.secretOfManagedIdentity()
    : entraErrors.wrongSecret(client.clientId);
}

/** az's own application is public and does not authenticate. */
function requirePublicClient(clientId: string, context: EntraContext): void {
  if (clientId !== azureCliClientId) throw entraErrors.unknownClient(clientId, context.tenantId);
}

interface IssuedToken {
  readonly accessToken: string;
  readonly expiresIn: number;
}

async function accessToken(
  principal: Principal,
  scope: string | undefined,
  form: Form,
  context: EntraContext,
): Promise<IssuedToken> {
  const requested = scope === undefined ? form.require('resource') : scope;
  const named = resourceOf(context.cloud, scope === undefined ? `${requested}/.default` : requested);
  if (named === undefined) throw entraErrors.missingParameter('scope');
  if (!named.known) throw entraErrors.unknownResource(named.resource, context.tenantId);
  return context.tokens.issueAccessToken(principal, named.resource);
}

async function userReply(
  user: User,
  clientId: string,
  scope: string | undefined,
  form: Form,
  context: EntraContext,
  signIns: SignIns,
): Promise<Reply> {
  const issued = await accessToken(user, scope, form, context);
  return tokenReply(issued, {
    scope,
    refresh_token: signIns.issueRefreshToken({ user, clientId }),
    // Clients of this family share refresh tokens.
    foci: '1',
    id_token: await context.tokens.issueIdToken(user, clientId),
    client_info: Buffer.from(JSON.stringify({ uid: user.objectId, utid: context.tenantId })).toString(
      'base64url',
    ),
  });
}

function tokenReply({ accessToken, expiresIn }: IssuedToken, further: Record<string, unknown> = {}): Reply {
  return json(
    200,
    {
      token_type: 'Bearer',
      expires_in: expiresIn,
      ext_expires_in: expiresIn,
      access_token: accessToken,
      ...further,
    },
    notKept,
  );
}

/**
 * Everything before the last `/.default`. So the resource in `https://management.core.windows.net//.default` keeps its
 * trailing slash.
 * @param scope separated by spaces; OpenID's own (`openid`, `profile`, …) are ignored
 * @returns the audience, and if the tenant has it
 */
function resourceOf(
  { audiences }: AzureCloud,
  scope: string,
): { resource: string; known: boolean } | undefined {
  const named = scope.split(/\s+/).find(part => part !== '' && !openIdScopes.has(part));
  if (named === undefined) return undefined;
  const resource = named.slice(0, named.lastIndexOf('/'));
  return { resource, known: Object.values(audiences).flat().includes(resource) };
}
