import { randomUUID } from 'node:crypto';
import { type ErrorFormat, mebibyte } from '../http/error-format.ts';
import { json, type Reply } from '../http/service.ts';
import { sevenDecimals, wholeSeconds } from '../timestamps.ts';

export const notKept = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache', expires: '-1' } as const;

export class EntraError extends Error {
  override readonly name = 'EntraError';
  /** After `AADSTS`. */
  readonly code: number;
  readonly status: number;
  /** OAuth's: `invalid_client`. */
  readonly error: string;
  /** The code has a documentation page. */
  readonly hasPage: boolean;

  constructor(code: number, status: number, error: string, message: string, hasPage = true) {
    super(`AADSTS${code}: ${message}`);
    this.code = code;
    this.status = status;
    this.error = error;
    this.hasPage = hasPage;
  }

  /** @param correlationId the client's `client-request-id` */
  toReply(correlationId: string = randomUUID(), host = 'login.microsoftonline.com'): Reply {
    const timestamp = wholeSeconds(new Date()).replace('T', ' ');
    const traceId = randomUUID();
    return json(
      this.status,
      {
        error: this.error,
        error_description: `${this.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
        error_codes: [this.code],
        timestamp,
        trace_id: traceId,
        correlation_id: correlationId,
        ...(this.hasPage && { error_uri: `https://${host}/error?code=${this.code}` }),
      },
      { ...notKept, 'x-ms-request-id': traceId },
    );
  }
}

const check =
  'your federated identity credential Subject, Audience and Issuer against the presented assertion.';
const federationPage = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const noRecord = 'No matching federated identity record found for presented assertion';
const otherTenant = 'You may have sent your authentication request to the wrong tenant.';

/** Word for word. docs/fidelity.md has the sources. */
export const entraErrors = {
  unknownTenant: (tenant: string) =>
    new EntraError(
      90002,
      400,
      'invalid_request',
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    ),
  noTenant: () =>
    new EntraError(
      50059,
      400,
      'invalid_request',
      'No tenant-identifying information found in either the request or implied by any provided credentials.',
    ),
  missingParameter: (name: string) =>
    new EntraError(
      900144,
      400,
      'invalid_request',
      `The request body must contain the following parameter: '${name}'.`,
    ),
  unsupportedGrant: (grant: string) =>
    new EntraError(
      70003,
      400,
      'unsupported_grant_type',
      `The app requested an unsupported grant type '${grant}'.`,
      false,
    ),
  unknownClient: (clientId: string, tenantId: string) =>
    new EntraError(
      700016,
      400,
      'unauthorized_client',
      `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ${otherTenant}`,
    ),
  /** The all-zero GUID. */
  invalidClient: (clientId: string) =>
    new EntraError(
      700038,
      400,
      'unauthorized_client',
      `${clientId} is not a valid application identifier.`,
      false,
    ),
  noCredential: () =>
    new EntraError(
      7000218,
      401,
      'invalid_client',
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  secretOfManagedIdentity: () =>
    new EntraError(7000232, 401, 'invalid_client', 'MSI identity should not use ClientSecretCredential.'),
  wrongSecret: (clientId: string) =>
    new EntraError(
      7000215,
      401,
      'invalid_client',
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    ),
  malformedAssertion: () =>
    new EntraError(50027, 400, 'invalid_request', 'JWT token is invalid or malformed.'),
  assertionAlgorithm: () =>
    new EntraError(
      5002730,
      400,
      'invalid_request',
      'Invalid JWT token. Unsupported key for the signing algorithm.',
    ),
  issuedByEntra: () =>
    new EntraError(
      700222,
      400,
      'invalid_request',
      'AAD-issued tokens may not be used for federated identity flows.',
    ),
  notYetPropagated: (issuer: string, subject: string, audience: string) =>
    new EntraError(
      70021,
      401,
      'invalid_client',
      `${noRecord}. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. ${federationPage}`,
    ),
  wrongIssuer: (issuer: string) =>
    new EntraError(
      700211,
      401,
      'invalid_client',
      `${noRecord} issuer '${issuer}'. Please check ${check} ${federationPage}`,
      false,
    ),
  wrongSubject: (subject: string) =>
    new EntraError(
      700213,
      401,
      'invalid_client',
      `${noRecord} subject '${subject}'. Check ${check} ${federationPage}`,
    ),
  subjectOfOtherCase: (subject: string) =>
    new EntraError(
      7002138,
      401,
      'invalid_client',
      `${noRecord} subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check ${check} See documentation at: ${federationPage}.`,
    ),
  wrongAudience: (audience: string) =>
    new EntraError(
      700212,
      401,
      'invalid_client',
      `${noRecord} audience '${audience}'. Check ${check} ${federationPage}`,
    ),
  issuerUnreachable: () =>
    new EntraError(501661, 400, 'invalid_request', 'Request to External OIDC endpoint failed.'),
  unknownKey: (kid: string, issuer: string) =>
    new EntraError(
      7000272,
      401,
      'invalid_client',
      `The certificate with identifier ${kid} used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`,
    ),
  wrongSignature: () =>
    new EntraError(700027, 401, 'invalid_client', 'Client assertion failed signature validation.'),
  /** Seconds since the epoch. */
  assertionOutOfTime: (from: number, to: number) =>
    new EntraError(
      700024,
      401,
      'invalid_client',
      `Client assertion is not within its valid time range. Current time: ${sevenDecimals(new Date())}, assertion valid from ${sevenDecimals(new Date(from * 1000))}, expiry time of assertion ${sevenDecimals(new Date(to * 1000))}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .`,
    ),
  unknownResource: (resource: string, tenantId: string) =>
    new EntraError(
      500011,
      400,
      'invalid_resource',
      `The resource principal named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    ),
  wrongPassword: () =>
    new EntraError(
      50126,
      400,
      'invalid_grant',
      'Error validating credentials due to invalid username or password.',
    ),
  authorizationPending: () =>
    new EntraError(
      70016,
      400,
      'authorization_pending',
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    ),
  deviceCodeExpired: () =>
    new EntraError(
      70020,
      400,
      'expired_token',
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
  unknownGrant: () =>
    new EntraError(9002313, 400, 'invalid_grant', 'Invalid request. Request is malformed or invalid.'),
  unknownInstance: () => new EntraError(50049, 400, 'invalid_instance', 'Unknown or invalid instance.'),
} as const;

/** The limit is a guess, as is most of the wording. */
export const entraErrorFormat: ErrorFormat = {
  bodyLimit: mebibyte,
  toReply: ({ status, message }) =>
    status === 500
      ? new EntraError(90033, status, 'temporarily_unavailable', message).toReply()
      : new EntraError(
          90013,
          status,
          'invalid_request',
          `Invalid input received from the user. ${message}`,
        ).toReply(),
};
