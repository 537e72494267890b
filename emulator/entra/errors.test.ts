import { expect, it } from 'vitest';
import { type EntraError, entraErrors } from './errors.ts';

const check =
  'your federated identity credential Subject, Audience and Issuer against the presented assertion.';
const page = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const otherTenant =
  'This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.';

/** Code, status, `error`, message before the trace ID, `error_uri`. */
const rows: [EntraError, number, number, string, string, 'page' | 'no page'][] = [
  [
    entraErrors.wrongIssuer('I'),
    ...([700211, 401, 'invalid_client'] as const),
    `No matching federated identity record found for presented assertion issuer 'I'. Please check ${check} ${page}`,
    'no page',
  ],
  [
    entraErrors.wrongSubject('S'),
    ...([700213, 401, 'invalid_client'] as const),
    `No matching federated identity record found for presented assertion subject 'S'. Check ${check} ${page}`,
    'page',
  ],
  [
    entraErrors.subjectOfOtherCase('S'),
    ...([7002138, 401, 'invalid_client'] as const),
    `No matching federated identity record found for presented assertion subject 'S'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check ${check} See documentation at: ${page}.`,
    'page',
  ],
  [
    entraErrors.wrongAudience('A'),
    ...([700212, 401, 'invalid_client'] as const),
    `No matching federated identity record found for presented assertion audience 'A'. Check ${check} ${page}`,
    'page',
  ],
  [
    entraErrors.notYetPropagated('I', 'S', 'A'),
    ...([70021, 401, 'invalid_client'] as const),
    `No matching federated identity record found for presented assertion. Assertion Issuer: 'I'. Assertion Subject: 'S'. Assertion Audience: 'A'. ${page}`,
    'page',
  ],
  [
    entraErrors.unknownKey('K', 'I'),
    ...([7000272, 401, 'invalid_client'] as const),
    "The certificate with identifier K used to sign the federated credential could not be found in the metadata of identity provider I. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.",
    'page',
  ],
  [
    entraErrors.issuerUnreachable(),
    ...([501661, 400, 'invalid_request'] as const),
    'Request to External OIDC endpoint failed.',
    'page',
  ],
  [
    entraErrors.issuedByEntra(),
    ...([700222, 400, 'invalid_request'] as const),
    'AAD-issued tokens may not be used for federated identity flows.',
    'page',
  ],
  [
    entraErrors.unknownClient('X', 'T'),
    ...([700016, 400, 'unauthorized_client'] as const),
    `Application with identifier 'X' was not found in the directory 'T'. ${otherTenant} You may have sent your authentication request to the wrong tenant.`,
    'page',
  ],
  [
    entraErrors.unknownTenant('T'),
    ...([90002, 400, 'invalid_request'] as const),
    "Tenant 'T' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    'page',
  ],
  [
    entraErrors.invalidClient('X'),
    ...([700038, 400, 'unauthorized_client'] as const),
    'X is not a valid application identifier.',
    'no page',
  ],
  [
    entraErrors.wrongSecret('X'),
    ...([7000215, 401, 'invalid_client'] as const),
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'X'.",
    'page',
  ],
  [
    entraErrors.unknownResource('R', 'T'),
    ...([500011, 400, 'invalid_resource'] as const),
    `The resource principal named R was not found in the tenant named T. ${otherTenant} You might have sent your authentication request to the wrong tenant.`,
    'page',
  ],
  [
    entraErrors.unsupportedGrant('x'),
    ...([70003, 400, 'unsupported_grant_type'] as const),
    "The app requested an unsupported grant type 'x'.",
    'no page',
  ],
  [
    entraErrors.secretOfManagedIdentity(),
    ...([7000232, 401, 'invalid_client'] as const),
    'MSI identity should not use ClientSecretCredential.',
    'page',
  ],
];

it.each(rows)('%s', (error, code, status, name, text, uri) => {
  const correlationId = 'c0441d00-0000-4000-8000-000000000001';
  const reply = error.toReply(correlationId);
  const body = JSON.parse(String(reply.body));
  const { timestamp, trace_id: traceId } = body;
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
  expect(reply.status).toBe(status);
  expect(body).toEqual({
    error: name,
    error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(uri === 'page' && { error_uri: `https://login.microsoftonline.com/error?code=${code}` }),
  });
  expect(reply.headers).toEqual({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': traceId,
  });
});
