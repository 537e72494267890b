import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkloadIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { describe, expect, it } from 'vitest';
import { explain } from './failure.ts';

/** The error that the real SecretClient makes of an answer. */
async function answered(status: number, body: unknown): Promise<unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const contentType = typeof body === 'string' ? 'text/plain' : 'application/json; charset=utf-8';
  const vault = createServer((request, response) => {
    const known = request.headers.authorization === 'Bearer a-token';
    response
      .writeHead(known ? status : 401, known ? { 'content-type': contentType } : challenge)
      .end(known ? text : '');
  });
  await once(vault.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = vault.address() as AddressInfo;
    const credential = {
      getToken: async () => ({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    const options = {
      retryOptions: { maxRetries: 0 },
      allowInsecureConnection: true,
      disableChallengeResourceVerification: true,
    };
    await new SecretClient(`http://127.0.0.1:${port}`, credential, options).getSecret('Secret');
    throw new Error('the secret was read');
  } catch (error) {
    return error;
  } finally {
    vault.close();
    vault.closeAllConnections();
  }
}

const challenge = {
  'www-authenticate':
    'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"',
};

const tenantId = '72f988bf-0000-4000-8000-000000000001';

const forbidden = (code: string) => ({
  error: { code: 'Forbidden', message: 'no', innererror: { code } },
});

describe('explain', () => {
  // MSAL's message for a 503 without a body from the emulated Entra.
  it.each([
    [503, true],
    [429, true],
    [404, false],
  ])('classifies a response %i of Entra without a code by its status', (status, transient) => {
    const message = `ChainedTokenCredential authentication failed.\nAuthenticationRequiredError: server_error: Error(s): Not Available - Timestamp: Not Available - Description: A server error occured. Http status code: ${status} Http status message: x`;
    expect(explain(new Error(message))).toMatchObject({ code: `HTTP ${status}`, transient });
  });

  it.each(['AADSTS70021', 'AADSTS700211', 'AADSTS700212', 'AADSTS700213', 'AADSTS700016', 'AADSTS700024'])(
    'counts %s as transient',
    code => {
      const failure = explain(
        new Error(`WorkloadIdentityCredential: ${code}: No matching record. Trace ID: 1`),
      );
      expect(failure).toEqual({
        code,
        message: 'No matching record.',
        transient: true,
      });
    },
  );

  it.each(['AADSTS90002', 'AADSTS7000232', 'AADSTS500011'])('counts %s as permanent', code => {
    expect(explain(new Error(`${code}: no`))).toMatchObject({ code, transient: false });
  });

  it.each([
    [403, forbidden('ForbiddenByRbac'), 'ForbiddenByRbac', true],
    [403, forbidden('AccessDenied'), 'AccessDenied', true],
    [403, forbidden('SecretDisabled'), 'SecretDisabled', false],
    [403, forbidden('ForbiddenByFirewall'), 'ForbiddenByFirewall', false],
    [404, { error: { code: 'SecretNotFound', message: 'no' } }, 'SecretNotFound', false],
    [401, { error: { code: 'Unauthorized', message: 'AKV10032' } }, 'Unauthorized', false],
    [429, { error: { code: 'Throttled', message: 'slow' } }, 'Throttled', true],
    [503, '<html>', 'HTTP 503', true],
    [400, '', 'HTTP 400', false],
    [502, 'getaddrinfo ENOTFOUND v.vault.azure.net', 'ENOTFOUND', true],
  ])('HTTP %i %j is %s, transient %s', async (status, body, code, transient) => {
    expect(explain(await answered(status, body))).toMatchObject({ code, transient });
  });

  it.each([
    Object.assign(new Error('getaddrinfo ENOTFOUND v.vault.azure.net'), { code: 'ENOTFOUND' }),
    new Error('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    }),
    new Error('WorkloadIdentityCredential: network_error: getaddrinfo EAI_AGAIN login.microsoftonline.com'),
  ])('counts a network error as transient: %s', error => {
    expect(explain(error).transient).toBe(true);
  });

  it('counts an unreachable Entra as transient, with this version of MSAL', async () => {
    const unanswered = new WorkloadIdentityCredential({
      ...{ clientId: tenantId, tenantId, tokenFilePath: import.meta.filename },
      ...{ authorityHost: 'https://127.0.0.1:1', retryOptions: { maxRetries: 0 } },
    });
    const error = await unanswered.getToken('https://vault.azure.net/.default').catch(thrown => thrown);
    expect(explain(error)).toMatchObject({
      code: 'endpoints_resolution_error',
      message: expect.stringMatching(/^Entra could not be reached: /),
      transient: true,
    });
    const cut = 'AuthenticationRequiredError: network_error: See https://aka.ms/msal.js.errors#network_error';
    expect(explain(new Error(cut))).toMatchObject({ code: 'network_error', transient: true });
  });

  it('counts everything else as permanent', () => {
    expect(explain(new TypeError('x is not a function'))).toEqual({
      code: 'TypeError',
      message: 'x is not a function',
      transient: false,
    });
    expect(explain('thrown text')).toMatchObject({ code: 'Error', message: 'thrown text', transient: false });
  });

  it('shortens the message to one line without control characters', () => {
    const { message } = explain(new Error(`a\r\nb\u001b[31m\tc ${'x'.repeat(5000)}`));
    expect(message).toMatch(/^a b \[31m c x+…$/);
    expect(message.length).toBeLessThan(1300);
  });
});
