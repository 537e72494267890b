/** Why a read of the secret failed. */
export interface Failure {
  /** The code to look up: `AADSTS700213`, `ForbiddenByRbac`, `SecretNotFound`, `ENOTFOUND` … */
  readonly code: string;
  /** What the service said, on one line. */
  readonly message: string;
  /** True when the same request can succeed later although nobody mends anything. */
  readonly transient: boolean;
}

/**
 * Entra's codes that pass by themselves. A federated credential, or the identity itself, takes seconds to minutes to
 * be seen everywhere, and until then the answer is the same as for one that does not exist
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations).
 */
const transientEntraCodes = new Set([
  'AADSTS70021', // no matching credential (the older, general code)
  'AADSTS700211', // … for the issuer
  'AADSTS700212', // … for the audience
  'AADSTS700213', // … for the subject
  'AADSTS7002138', // … for the subject's spelling
  'AADSTS700016', // the identity is not in the directory yet
  'AADSTS700024', // the token is too old or too young: the kubelet renews it
  'AADSTS7000272', // the issuer's key is not known yet
  'AADSTS50166', // the issuer did not answer
  'AADSTS501661',
  'AADSTS90061',
  'AADSTS90033', // Entra itself has a passing trouble
  'AADSTS50196',
]);

/** Key Vault's refusals that end once the grant is seen. */
const transientVaultCodes = new Set(['ForbiddenByRbac', 'AccessDenied']);

/** Troubles of the network; ENOTFOUND is also what a vault that was just created gives until its name is known. */
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

/**
 * Explains an error of SecretClient.getSecret.
 * @param error whatever was thrown
 */
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
    // Not Key Vault's own answer: a proxy's, which may say what happened to it on the way.
    const said = oneLine(bodyOf(error)).slice(0, 200);
    return { code: networkCode(undefined, said) ?? `HTTP ${status}`, message: said || message, transient };
  }

  // Entra, or a proxy before it, answered without a code of Entra's: MSAL keeps the status in its message only.
  const answered = Number(/\bHttp status code: (\d{3})\b/i.exec(message)?.[1]);
  if (answered) return { code: `HTTP ${answered}`, message, transient: isTransient(answered) };

  const code = networkCode(error, message);
  // MSAL does not say what kept it from Entra; it may pass, like any trouble of the network.
  const unreached = /\b(network_error|endpoints_resolution_error)\b/.exec(message)?.[1];
  if (!code && unreached)
    return { code: unreached, message: `Entra was not reached: ${message}`, transient: true };
  return {
    code: code ?? (error instanceof Error ? error.name : 'Error'),
    message,
    transient: code !== undefined,
  };
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Everything on one line, so that one failure is one line of the log, and bounded; without Entra's trace ids. */
function oneLine(message: string): string {
  const text = message
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replace(/ Trace ID: .*/, '')
    .trim();
  return text.length > 1200 ? `${text.slice(0, 1200)}…` : text;
}

/** Key Vault's innermost code, as SecretClient hands it on: Forbidden's reason stands one level below it. */
function keyVaultCode(error: unknown): string | undefined {
  const answer = field(field(error, 'details'), 'error');
  const code = field(field(answer, 'innerError'), 'code') ?? field(answer, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** The body of the answer that an error of the SDK is about, where it was not JSON. */
function bodyOf(error: unknown): string {
  const body = field(field(error, 'response'), 'bodyAsText');
  return typeof body === 'string' ? body : '';
}

/** The code of a trouble of the network: of the error or one of its causes, or, from a credential, in its message. */
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
