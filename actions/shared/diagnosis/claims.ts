import { setSecret } from '@actions/core';
import type { Kubectl } from '../kubectl.ts';
import type { Pod } from '../kubernetes-objects.ts';
import { subjectOf, type Workload } from '../workloads.ts';
import type { OptionalReads } from './optional-reads.ts';
import { projectedToken, USUAL_AUDIENCE } from './pod.ts';

/** What Entra compares of a service account's token with a federated credential. */
export interface Claims {
  /** undefined where it could not be seen. */
  issuer: string | undefined;
  subject: string;
  audience: string;
}

/**
 * The claims of a service account's tokens: from a token that the cluster makes for it, which lives ten minutes, is
 * masked before anything else and goes nowhere; or, for a caller who may not have one made, from the pod's volume and
 * the cluster's own description of its issuer.
 */
export async function claimsOf(
  workload: Workload,
  pod: Pod | null | undefined,
  kubectl: Kubectl,
  optional: OptionalReads,
): Promise<Claims> {
  const { namespace, serviceAccount } = workload;
  const audience = (pod && projectedToken(pod)?.audience) ?? USUAL_AUDIENCE;
  const made = await optional.readOrSkip(async () => {
    const token = await kubectl([
      ...['create', 'token', serviceAccount, '--namespace', namespace],
      ...['--audience', audience, '--duration', '10m'],
    ]);
    setSecret(token.trim());
    return parseClaims(token);
  });
  if (made) return made;

  const issuer = await optional.readOrNote("the issuer of the service account's tokens", async () => {
    const discovery = JSON.parse(await kubectl(['get', '--raw', '/.well-known/openid-configuration']));
    return String((discovery as { issuer: unknown }).issuer);
  });
  return { issuer, subject: subjectOf(workload), audience };
}

/**
 * The claims in a token (RFC 7519, section 3), without any check of its signature.
 * @throws where it is no token with an issuer, a subject and an audience; the message holds nothing of it.
 */
export function parseClaims(token: string): Claims {
  let claims: { iss?: unknown; sub?: unknown; aud?: unknown };
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    throw new Error('The cluster gave something that is no JSON Web Token.');
  }
  const { iss, sub, aud } = claims;
  const audience = Array.isArray(aud) ? (aud[0] as unknown) : aud;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof audience !== 'string')
    throw new Error('The token of the cluster lacks iss, sub or aud.');
  return { issuer: iss, subject: sub, audience };
}
