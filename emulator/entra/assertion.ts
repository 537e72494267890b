import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import type { Network } from '../network.ts';
import type { FederatedCredential } from './directory.ts';
import { entraErrors } from './errors.ts';

/** Not verified yet. */
interface Assertion {
  readonly text: string;
  readonly algorithm: unknown;
  readonly kid: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Seconds since the epoch. */
  readonly notBefore: number;
  readonly expires: number;
}

/** Versions 1.0 and 2.0. */
const entraIssuer = /^https:\/\/(sts\.windows\.net|login\.microsoftonline\.(com|us))\//;

type IssuerDocument = Readonly<Record<string, unknown>>;

/**
 * The order of the checks is our own, because Entra does not document it: form, not issued by Entra, federated
 * credential (case-sensitive), algorithm, published keys, signature, time.
 * @throws EntraError if a check fails
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export async function validateAssertion(
  assertion: string,
  credentials: readonly FederatedCredential[],
  network: Network,
): Promise<void> {
  const presented = parse(assertion);
  if (entraIssuer.test(presented.issuer)) throw entraErrors.issuedByEntra();
  match(presented, credentials);
  if (presented.algorithm !== 'RS256') throw entraErrors.assertionAlgorithm();
  const key = await publishedKey(presented, network);
  await verifySignature(presented, key);
  const now = Date.now() / 1000;
  if (now < presented.notBefore || now >= presented.expires) {
    throw entraErrors.assertionOutOfTime(presented.notBefore, presented.expires);
  }
}

function parse(text: string): Assertion {
  try {
    const { alg, kid = '' } = decodeProtectedHeader(text);
    const { iss, sub, aud, nbf, iat, exp } = decodeJwt(text);
    const audiences = [aud].flat();
    const notBefore = nbf ?? iat ?? 0;
    if (
      typeof iss === 'string' &&
      typeof sub === 'string' &&
      typeof exp === 'number' &&
      typeof notBefore === 'number' &&
      audiences.every(one => typeof one === 'string')
    ) {
      return { text, algorithm: alg, kid, issuer: iss, subject: sub, audiences, notBefore, expires: exp };
    }
  } catch {
    // Entra reports the same as for a missing claim.
  }
  throw entraErrors.malformedAssertion();
}

/** @throws EntraError for the first of issuer, subject, and audience that no credential has */
function match(presented: Assertion, credentials: readonly FederatedCredential[]): void {
  const now = Date.now();
  const seen = credentials.filter(credential => credential.effectiveAt <= now);
  const ofIssuer = seen.filter(credential => credential.issuer === presented.issuer);
  const ofSubject = ofIssuer.filter(credential => credential.subject === presented.subject);
  if (ofSubject.some(credential => fitsAudience(presented, credential))) return;

  const { issuer, subject } = presented;
  const audience = presented.audiences.join(', ');
  const onItsWay = credentials.some(
    credential =>
      credential.issuer === issuer && credential.subject === subject && fitsAudience(presented, credential),
  );
  if (onItsWay) throw entraErrors.notYetPropagated(issuer, subject, audience);
  if (ofIssuer.length === 0) throw entraErrors.wrongIssuer(issuer);
  if (ofSubject.length === 0) {
    const folded = subject.toLowerCase();
    const otherCase = ofIssuer.some(credential => credential.subject.toLowerCase() === folded);
    throw otherCase ? entraErrors.subjectOfOtherCase(subject) : entraErrors.wrongSubject(subject);
  }
  throw entraErrors.wrongAudience(audience);
}

function fitsAudience(presented: Assertion, credential: FederatedCredential): boolean {
  return presented.audiences.some(audience => credential.audiences.includes(audience));
}

async function publishedKey({ issuer, kid }: Assertion, network: Network): Promise<JWK> {
  const discovery = await document(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, network);
  if (discovery.issuer !== issuer || typeof discovery.jwks_uri !== 'string') {
    throw entraErrors.issuerUnreachable();
  }
  const { keys } = await document(discovery.jwks_uri, network);
  if (!Array.isArray(keys)) throw entraErrors.issuerUnreachable();
  const key: JWK | undefined = keys.find((candidate: JWK) => candidate?.kid === kid);
  if (key?.kty !== 'RSA') throw entraErrors.unknownKey(kid, issuer);
  return key;
}

async function document(url: string, network: Network): Promise<IssuerDocument> {
  try {
    const reply = await network.fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
    const value: unknown = await reply.json();
    if (reply.status === 200 && typeof value === 'object' && value !== null) return value as IssuerDocument;
  } catch {
    // Same error for an unreachable issuer and invalid JSON.
  }
  throw entraErrors.issuerUnreachable();
}

async function verifySignature({ text }: Assertion, key: JWK): Promise<void> {
  try {
    await compactVerify(text, await importJWK(key, 'RS256'), { algorithms: ['RS256'] });
  } catch {
    throw entraErrors.wrongSignature();
  }
}
