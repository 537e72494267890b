import { describe, expect, it } from 'vitest';
import { explain } from './failure.ts';

/** An error as @azure/core-rest-pipeline throws it. */
function restError(statusCode: number, body: unknown): Error {
  return Object.assign(new Error('refused'), {
    statusCode,
    response: { bodyAsText: typeof body === 'string' ? body : JSON.stringify(body) },
  });
}

const forbidden = (code: string) => ({
  error: { code: 'Forbidden', message: 'no', innererror: { code } },
});

describe('explain', () => {
  it.each(['AADSTS70021', 'AADSTS700211', 'AADSTS700212', 'AADSTS700213', 'AADSTS700016', 'AADSTS700024'])(
    'takes %s for something that passes',
    code => {
      const failure = explain(
        new Error(`WorkloadIdentityCredential: ${code}: No matching record. Trace ID: 1`),
      );
      expect(failure).toEqual({
        code,
        message: `WorkloadIdentityCredential: ${code}: No matching record.`,
        transient: true,
      });
    },
  );

  it.each(['AADSTS90002', 'AADSTS7000232', 'AADSTS500011'])('takes %s for something that stays', code => {
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
  ])('HTTP %i %j is %s, transient %s', (status, body, code, transient) => {
    expect(explain(restError(status, body))).toMatchObject({ code, transient });
  });

  it.each([
    Object.assign(new Error('getaddrinfo ENOTFOUND v.vault.azure.net'), { code: 'ENOTFOUND' }),
    new Error('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    }),
    new Error('WorkloadIdentityCredential: network_error: getaddrinfo EAI_AGAIN login.microsoftonline.com'),
  ])('takes a trouble of the network for something that passes: %s', error => {
    expect(explain(error).transient).toBe(true);
  });

  it('takes everything else for something that stays', () => {
    expect(explain(new TypeError('x is not a function'))).toEqual({
      code: 'TypeError',
      message: 'x is not a function',
      transient: false,
    });
    expect(explain('thrown text')).toMatchObject({ code: 'Error', message: 'thrown text', transient: false });
  });

  it('keeps the message on one line, without control characters, and bounded', () => {
    const { message } = explain(new Error(`a\r\nb\u001b[31m\tc ${'x'.repeat(5000)}`));
    expect(message).toMatch(/^a b \[31m c x+…$/);
    expect(message.length).toBeLessThan(1300);
  });
});
