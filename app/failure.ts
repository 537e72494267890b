export interface Failure {
  /** The code to look up: `AADSTS700213`, `ForbiddenByRbac`, `SecretNotFound`, `ENOTFOUND` … */
  readonly code: string;
  /** The message of the service, on one line. */
  readonly message: string;
  readonly transient: boolean;
}

/**
 * Transient errors of Entra. Until it applies a new credential or identity, which takes seconds to minutes, it answers as
 * if that did not exist: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
const transientEntraCodes = new Set([
  'AADSTS70021', // no matching credential (the older, general code)
  'AADSTS700211', // … for the issuer
  'AADSTS700212', // … for the audience
  'AADSTS700213', // … for the subject
  'AADSTS7002138', // … for the subject, which differs only in case
  'AADSTS700016', // the directory does not have the identity yet
  'AADSTS700024', // the token is expired or not valid yet; the kubelet renews it
  'AADSTS7000272', // Entra does not have the issuer's key yet
  'AADSTS50166', // the issuer did not respond
  'AADSTS501661',
  'AADSTS90061',
  'AADSTS90033', // transient error of Entra itself
  'AADSTS50196',
]);

/** Refusals that end when Key Vault applies the role or the policy. */
const transientVaultCodes = new Set(['ForbiddenByRbac', 'AccessDenied']);

/** Network errors. ENOTFOUND also occurs until DNS has the name of a new vault. */
const networkCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'REQUEST_SEND_ERROR',
]);

export function explain(error: unknown): Failure {
  const message = oneLine(error instanceof Error ? error.message : String(error));

  const entra = /(AADSTS\d+):? ?(.*)/.exec(message);
  if (entra) {
    const [, code = '', said = ''] = entra;
    return { code, message: said, transient: transientEntraCodes.has(code) };
  }

  const status = field(error, 'statusCode');
  if (typeof status === 'number') {
    const transient = isTransient(status);
    const code = keyVaultCode(error);
    if (code) return { code, message, transient: transient || transientVaultCodes.has(code) };
    // Not a response of Key Vault: a proxy's, which might contain the reason.
    const said = oneLine(bodyOf(error)).slice(0, 200);
    return { code: networkCode(undefined, said) ?? `HTTP ${status}`, message: said || message, transient };
  }

  // Entra or a proxy responded without an AADSTS code. MSAL has the status only in its message.
  const answered = Number(/\bHttp status code: (\d{3})\b/i.exec(message)?.[1]);
  if (answered) return { code: `HTTP ${answered}`, message, transient: isTransient(answered) };

  const code = networkCode(error, message);
  // MSAL does not report the cause, which might be transient.
  const unreached = /\b(network_error|endpoints_resolution_error)\b/.exec(message)?.[1];
  if (!code && unreached)
    return { code: unreached, message: `Entra could not be reached: ${message}`, transient: true };
  return {
    code: code ?? (error instanceof Error ? error.name : 'Error'),
    message,
    transient: code !== undefined,
  };
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** One line of at most 1200 characters, without Entra's trace IDs. */
function oneLine(message: string): string {
  const text = message
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replace(/ Trace ID: .*/, '')
    .trim();
  return text.length > 1200 ? `${text.slice(0, 1200)}…` : text;
}

/** Key Vault's innermost code: the reason of Forbidden is one level below it. */
function keyVaultCode(error: unknown): string | undefined {
  const answer = field(field(error, 'details'), 'error');
  const code = field(field(answer, 'innerError'), 'code') ?? field(answer, 'code');
  return typeof code === 'string' ? code : undefined;
}

function bodyOf(error: unknown): string {
  const body = field(field(error, 'response'), 'bodyAsText');
  return typeof body === 'string' ? body : '';
}

/** The code of a network error: of the error, of one of its causes, or in the message of a credential. */
function networkCode(error: unknown, message: string): string | undefined {
  for (
    let cause = error, depth = 0;
    cause !== undefined && depth < 8;
    cause = field(cause, 'cause'), depth++
  ) {
    const code = field(cause, 'code');
    if (typeof code === 'string' && networkCodes.has(code)) return code;
  }
  const named = /\b(E[A-Z_]{4,})\b/.exec(message)?.[1];
  return named !== undefined && networkCodes.has(named) ? named : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
