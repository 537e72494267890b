import { describe, expect, it } from 'vitest';
import {
  CLIENT_NOT_CONFIGURED,
  ENTRA_UNREACHED,
  lastFinding,
  presentedValue,
  reasonIn,
  TOKEN_EXCHANGED,
  VALUE_SHOWN,
  VAULT_OF_OTHER_TENANT,
} from './log-findings.ts';

describe('lastFinding', () => {
  // As the libraries print it; the texts are from public issues.
  it.each([
    [
      'Python',
      'azure.core.exceptions.ClientAuthenticationError: (invalid_client) AADSTS700213: No matching',
      'AADSTS700213',
    ],
    [
      '.NET',
      'Azure.Identity.AuthenticationFailedException: ClientAssertionCredential authentication failed: AADSTS501661: Request',
      'AADSTS501661',
    ],
    ['Go', '"error": { "innererror": { "code": "ForbiddenByRbac" } }', 'ForbiddenByRbac'],
    [
      'Java',
      'Status code 403, "{"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource.',
      'ForbiddenByRbac',
    ],
    [
      'CSI driver',
      "Message=\"The user, group or application 'appid=x' does not have secrets get permission on key vault",
      'AccessDenied',
    ],
    [
      '.NET',
      'Public network access is disabled and request is not from a trusted service nor via an approved private link.',
      'ForbiddenByConnection',
    ],
    ['Go', 'dial tcp: lookup kv.vault.azure.net on 10.0.0.10:53: no such host', 'ENOTFOUND'],
    ['Python', "Failed to resolve 'kv.vault.azure.net' ([Errno -2] Name or service not known)", 'ENOTFOUND'],
    ['Java', 'java.net.UnknownHostException: login.microsoftonline.com', 'ENOTFOUND'],
    ['Go', 'Get "https://kv.vault.azure.net/secrets/a": dial tcp 20.0.0.1:443: i/o timeout', 'ETIMEDOUT'],
    [
      '.NET',
      'WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured.',
      CLIENT_NOT_CONFIGURED,
    ],
    [
      'JavaScript',
      'CredentialUnavailableError: WorkloadIdentityCredential: is unavailable. tenantId, clientId, and federatedTokenFilePath are required parameters.',
      CLIENT_NOT_CONFIGURED,
    ],
    [
      'Go',
      'no token file specified. Check pod configuration or set TokenFilePath in the options',
      CLIENT_NOT_CONFIGURED,
    ],
    [
      'Python',
      'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
      CLIENT_NOT_CONFIGURED,
    ],
    [
      'Python',
      'INFO:azure.identity._credentials.chained:DefaultAzureCredential acquired a token from WorkloadIdentityCredential',
      TOKEN_EXCHANGED,
    ],
    ['Go', 'DefaultAzureCredential authenticated with WorkloadIdentityCredential', TOKEN_EXCHANGED],
    [
      'Go',
      'Get "https://kv.vault.azure.net/secrets/a": read tcp 10.244.0.5:50312->20.0.0.1:443: read: connection reset by peer',
      'ECONNRESET',
    ],
    [
      'JavaScript',
      'AuthenticationRequiredError: network_error: See https://aka.ms/msal.js.errors#network_error for details',
      ENTRA_UNREACHED,
    ],
    [
      'JavaScript',
      'CredentialUnavailableError: The current credential is not configured to acquire tokens for tenant 4ee2e558. To enable',
      VAULT_OF_OTHER_TENANT,
    ],
    [
      'Go',
      `DefaultAzureCredential isn't configured to acquire tokens for tenant "4ee2e558"`,
      VAULT_OF_OTHER_TENANT,
    ],
    ['Key Vault', 'AKV10032: Invalid issuer. Expected one of https://sts.windows.net/x/', 'AKV10032'],
  ])('recognizes the message of %s: %s', (_, line, code) => {
    expect(lastFinding(['starting', line, 'stopping'])?.code).toBe(code);
  });

  it.each([
    'connect ETIMEDOUT 10.0.0.5:6379',
    'getaddrinfo ENOTFOUND database',
    'AccessDenied by S3',
    'Forbidden',
    '403',
    // The answer to a client's first request, which asks where to get a token.
    'AKV10000: Request is missing a Bearer or PoP token.',
    ' Secret value: x',
  ])('finds nothing in %j', line => {
    expect(lastFinding([line])).toBeUndefined();
  });

  it('finds the refusal among the reports of DefaultAzureCredential', () => {
    const told = `azure.core.exceptions.ClientAuthenticationError: DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
	EnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
Visit https://aka.ms/azsdk/python/identity/environmentcredential/troubleshoot to troubleshoot this issue.
	WorkloadIdentityCredential: Microsoft Entra ID error '(invalid_client) AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:a:b'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.'
	ManagedIdentityCredential: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.
To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/azsdk/python/identity/defaultazurecredential/troubleshoot.`;
    const finding = lastFinding(told.split('\n'));
    expect(finding?.code).toBe('AADSTS700213');
    expect(presentedValue(finding!.line)).toBe('system:serviceaccount:a:b');
  });

  it('prefers the last finding, and a code over unavailable credentials', () => {
    expect(lastFinding(['AADSTS70021: …', 'Secret value: ***'])?.code).toBe(VALUE_SHOWN);
    expect(
      lastFinding(['AADSTS700211: …', 'ManagedIdentityCredential authentication unavailable.'])?.code,
    ).toBe('AADSTS700211');
  });
});

it('reasonIn removes the prefix of the client, and shortens the reason', () => {
  expect(reasonIn('Given up after 600 s: secret S could not be read (X): why')).toBe('why');
  expect(reasonIn('y'.repeat(5000)).length).toBeLessThan(600);
});

it('presentedValue returns the claim that Entra received', () => {
  expect(presentedValue("for presented assertion subject 'a:b'. Please")).toBe('a:b');
  expect(presentedValue('AADSTS70021')).toBeUndefined();
});
